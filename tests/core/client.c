/* client.c - account keys made: the pair, the limit, and the number of a form. */
#define _GNU_SOURCE
#include "core/fixture.h"

#include "core/secret.h"

enum { CREATORS = 20 };

static enum made
create(struct request *rq, str once, struct client_made *made)
{
	struct client_wish wish = {
		.environment = S("production"), .name = S("Website"), .once = once
	};

	return client_create(rq, &wish, made);
}

/* Creates and commits, as the admin; the answer only. */
static enum made
create_as(const struct people *p, const char *once)
{
	struct request *rq = begin_as(p);
	struct client_made made;
	enum made answer = create(rq, str_of(once), &made);

	if (answer == MADE_NEW)
		commit(rq);
	else
		db_rollback(rq->db);
	return answer;
}

static bool
delete_as(const struct people *p, str id)
{
	struct request *rq = begin_as(p);
	bool done = client_delete(rq, id);

	commit(rq);
	return done;
}

static long
live(const struct people *p)
{
	return sql_number("SELECT COUNT(*) FROM client WHERE organization_id = %d AND "
			  "deleted_at IS NULL",
	    (int)p->org);
}

static long
acts(const struct people *p, const char *act)
{
	return sql_number("SELECT COUNT(*) FROM audit_entry WHERE organization_id = %d AND "
			  "act = '%s'",
	    (int)p->org, act);
}

/* ---- create */

static void
create_makes_a_pair(void **state)
{
	struct people ann = world_people();
	struct request *rq = begin_as(&ann);
	struct client_made made;
	struct secret_parts parts;

	(void)state;
	assert_int_equal(create(rq, S(""), &made), MADE_NEW);
	commit(rq);
	assert_int_equal(made.id.n, PUBLIC_ID_CHARS);
	assert_true(client_id_ok(made.client_id));
	assert_true(str_starts(made.client_id, S("kdc_live_")));
	assert_int_equal(secret_read(rq->desk->keyring, made.secret, &parts), SECRET_GOOD);
	assert_true(parts.production);
	CHECK_STR(made.name, "Website");
	assert_int_equal(made.made_at, rq->now);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM client c JOIN secret s ON s.current_of = c.id WHERE "
		       "c.public_id = '%.*s' AND c.client_id = '%.*s' AND c.place IN (1, 2) AND "
		       "c.created_by = %d AND s.sid = '%.*s' AND s.hint = '%.*s' AND "
		       "s.status = 'active' AND s.kind = 'primary' AND s.stored_at IS NULL AND "
		       "s.key_number = 1",
		STR(made.id), STR(made.client_id), (int)ann.user, STR(parts.sid),
		STR(str_part(made.secret, 77, 4))),
	    1);
	assert_int_equal(acts(&ann, "client.create"), 1);
	assert_int_equal(acts(&ann, "secret.reveal"), 1);
}

static void
environments_are_apart(void **state)
{
	struct people ann = world_people();
	struct client_made made;

	(void)state;
	make_key(&ann, S("production"));
	make_key(&ann, S("production"));
	made = make_key(&ann, S("integration"));
	assert_true(str_starts(made.client_id, S("kdc_test_")));
	assert_true(str_starts(made.secret, S("kds_test_")));
	assert_int_equal(create_as(&ann, ""), MADE_FULL);
	assert_int_equal(live(&ann), 3);
}

/* Who has seen a secret: the person it was shown to. At the command line there is none. */
static void
a_reveal_is_an_exposure(void **state)
{
	struct people ann = world_people();
	struct client_made made = make_key(&ann, S("production"));
	struct request *rq;

	(void)state;
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM exposure e JOIN secret s ON s.id = e.secret_id WHERE "
		       "s.sid = '%.*s' AND e.user_id = %d AND e.how = 'made' AND "
		       "e.organization_id = s.organization_id",
		STR(str_part(made.secret, 10, 10)), (int)ann.user),
	    1);
	rq = begin_as(&ann);
	assert_int_equal(client_reset(rq, made.id, S(""), &made), MADE_NEW);
	commit(rq);
	rq = hand_begin(&world.hand, ann.org);
	assert_int_equal(create(rq, S(""), &made), MADE_NEW);
	commit(rq);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM exposure WHERE organization_id = %d", (int)ann.org),
	    2);
}

/* ---- the limit */

static void
create_one(struct hand *hand)
{
	struct request *rq = hand_begin(hand, *(const int64_t *)hand->with);
	struct client_made made;

	hand->result = (int)create(rq, S(""), &made);
	if (hand->result == MADE_NEW)
		commit(rq);
	else
		db_rollback(rq->db);
}

static void
of_twenty_at_once_just_two_are_made(void **state)
{
	static struct hand hands[CREATORS];

	(void)state;
	for (int round = 0; round < 5; round++) {
		struct people ann = world_people();

		hands_together(hands, CREATORS, create_one, &ann.org);
		assert_int_equal(results(hands, CREATORS, MADE_NEW), 2);
		assert_int_equal(results(hands, CREATORS, MADE_FULL), CREATORS - 2);
		assert_int_equal(live(&ann), 2);
		assert_int_equal(acts(&ann, "client.create"), 2);
	}
}

static void
deleting_frees_the_place(void **state)
{
	struct people ann = world_people();
	struct client_made made = make_key(&ann, S("production"));

	(void)state;
	make_key(&ann, S("production"));
	for (int i = 0; i < 6; i++) {
		assert_int_equal(create_as(&ann, ""), MADE_FULL);
		assert_true(delete_as(&ann, made.id));
		made = make_key(&ann, S("production"));
	}
	assert_int_equal(live(&ann), 2);
}

static void
a_lowered_limit_ends_nothing_and_holds(void **state)
{
	struct people ann = world_people();
	struct client_made made[3];

	(void)state;
	world.settings.account_keys = 3;
	for (int i = 0; i < 3; i++)
		made[i] = make_key(&ann, S("production"));
	world.settings.account_keys = 2;
	assert_int_equal(live(&ann), 3);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(create_as(&ann, ""), MADE_FULL);
		delete_as(&ann, made[i].id);
	}
	assert_int_equal(create_as(&ann, ""), MADE_NEW);
	assert_int_equal(create_as(&ann, ""), MADE_FULL);
	assert_int_equal(live(&ann), 2);
	world_test();
}

/* ---- the form's number */

static void
a_form_sent_twice_makes_one(void **state)
{
	struct people ann = world_people();
	struct request *rq = begin_as(&ann);
	str number = str_copy(&world.hand.start, once_number(rq)), id;
	struct client_made made;
	int64_t made_at;

	(void)state;
	assert_int_equal(number.n, 22);
	assert_int_equal(create(rq, number, &made), MADE_NEW);
	id = str_copy(&world.hand.start, made.id);
	made_at = rq->now;
	commit(rq);
	rq = begin_as(&ann);
	assert_int_equal(create(rq, number, &made), MADE_BEFORE);
	CHECK_STR_EQ(made.id, id);
	assert_int_equal(made.made_at, made_at);
	assert_int_equal(made.secret.n, 0);
	db_rollback(rq->db);
	assert_int_equal(live(&ann), 1);
}

static void
send_one(struct hand *hand)
{
	const struct people *ann = hand->with;
	struct request *rq = act_as(hand_begin(hand, ann->org), ann);
	struct client_made made;

	hand->result = (int)create(rq, S("the same number"), &made);
	if (hand->result == MADE_NEW)
		commit(rq);
	else
		db_rollback(rq->db);
}

static void
a_form_sent_ten_times_at_once_makes_one(void **state)
{
	struct people ann = world_people();
	static struct hand hands[10];

	(void)state;
	hands_together(hands, 10, send_one, &ann);
	assert_int_equal(results(hands, 10, MADE_NEW), 1);
	assert_int_equal(results(hands, 10, MADE_BEFORE), 9);
	assert_int_equal(live(&ann), 1);
}

/* The number says nothing to whoever finds it: not even of the same organization. */
static void
anothers_number_tells_nothing(void **state)
{
	struct people ann = world_people(), bob = world_people(), eve = ann;
	const struct people *others[] = { &bob, &eve };
	struct client_made made;

	(void)state;
	eve.user = bob.user;
	assert_int_equal(create_as(&ann, "number of Ann"), MADE_NEW);
	for (int i = 0; i < 2; i++) {
		struct request *rq = begin_as(others[i]);

		assert_int_equal(create(rq, S("number of Ann"), &made), MADE_BEFORE);
		assert_int_equal(made.id.n, 0);
		assert_int_equal(made.made_at, 0);
		assert_int_equal(made.secret.n, 0);
		db_rollback(rq->db);
	}
	assert_int_equal(live(&bob), 0);
	assert_int_equal(live(&ann), 1);
}

/* What was undone has not used the number up: the limit was reached, a place was freed, send it again. */
static void
a_refused_form_can_be_sent_again(void **state)
{
	struct people ann = world_people();
	struct client_made made = make_key(&ann, S("production"));

	(void)state;
	make_key(&ann, S("production"));
	assert_int_equal(create_as(&ann, "kept form"), MADE_FULL);
	delete_as(&ann, made.id);
	assert_int_equal(create_as(&ann, "kept form"), MADE_NEW);
	assert_int_equal(create_as(&ann, "kept form"), MADE_BEFORE);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(create_makes_a_pair),
		cmocka_unit_test(environments_are_apart),
		cmocka_unit_test(a_reveal_is_an_exposure),
		cmocka_unit_test(of_twenty_at_once_just_two_are_made),
		cmocka_unit_test(deleting_frees_the_place),
		cmocka_unit_test(a_lowered_limit_ends_nothing_and_holds),
		cmocka_unit_test(a_form_sent_twice_makes_one),
		cmocka_unit_test(a_form_sent_ten_times_at_once_makes_one),
		cmocka_unit_test(anothers_number_tells_nothing),
		cmocka_unit_test(a_refused_form_can_be_sent_again),
	};

	return GROUP(tests);
}
