/* pending.c - keys made for others: unseen, opened once, ended unopened. */
#define _GNU_SOURCE
#include "core/operated.h"

#include "core/pending.h"
#include "core/rotation.h"
#include "core/verify.h"

enum { AT_ONCE = 20 };

static struct client_made
make_pending(const struct people *ann)
{
	struct arena *start = &world.hand.start;
	struct request *rq = begin_operator(&world.hand);
	struct client_wish wish = { .environment = S("production"), .name = S("First key") };
	struct client_made made;

	assert_int_equal(pending_create(rq, ann->org, &wish, &made), MADE_NEW);
	assert_int_equal(made.secret.n, 0);
	made.id = str_copy(start, made.id);
	made.client_id = str_copy(start, made.client_id);
	commit(rq);
	return made;
}

static enum opened
open_as(const struct people *ann, str id, struct client_made *made, struct opening_by *by)
{
	struct request *rq = begin_as(ann);
	struct opening wish = { .id = id };
	enum opened opened = pending_open(rq, &wish, made, by);

	if (opened == OPENED)
		commit(rq);
	else
		db_rollback(rq->db);
	return opened;
}

static long
secrets_of(const struct client_made *made, const char *where)
{
	return sql_number("SELECT COUNT(*) FROM secret s JOIN client c ON c.id = s.client_id "
			  "WHERE c.public_id = '%.*s' AND %s",
	    STR(made->id), where);
}

static long
acts(const struct people *ann, const char *act)
{
	return sql_number(
	    "SELECT COUNT(*) FROM audit_entry WHERE organization_id = %d AND act = '%s'",
	    (int)ann->org, act);
}

static void
there_is_no_text_until_it_is_opened(void **state)
{
	struct people ann = world_people();
	struct client_made key = make_pending(&ann), made;
	struct opening_by by;
	struct presented seen = { .environment = S("production") };
	struct caller caller;

	(void)state;
	assert_int_equal(secrets_of(&key, "s.status = 'pending' AND s.hash IS NULL AND "
					  "s.hint = '' AND s.key_number = 0 AND c.created_by "
					  "IS NULL AND c.place IS NOT NULL"),
	    1);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM exposure WHERE organization_id = %d", (int)ann.org),
	    0);
	assert_int_equal(open_as(&ann, key.id, &made, &by), OPENED);
	seen.client_id = key.client_id;
	seen.secret = str_copy(&world.hand.start, made.secret);
	assert_int_equal(verify_secret(hand_ask(&world.hand, 0), &seen, &caller), VERDICT_GOOD);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM exposure WHERE organization_id = %d "
				    "AND how = 'opened' AND user_id = %d",
			     (int)ann.org, (int)ann.user),
	    1);
	assert_int_equal(acts(&ann, "secret.open"), 1);
	assert_int_equal(open_as(&ann, key.id, &made, &by), OPENED_ALREADY);
	CHECK_STR_EQ(by.by, S("Ann Marsh"));
	assert_true(by.at > 0);
}

struct race {
	struct people *ann;
	str id;
};

static void
open_one(struct hand *hand)
{
	const struct race *race = hand->with;
	struct request *rq = act_as(hand_begin(hand, race->ann->org), race->ann);
	struct opening wish = { .id = race->id };
	struct client_made made;
	struct opening_by by;

	wish.once = random_base62(rq->arena, 22);
	hand->result = (int)pending_open(rq, &wish, &made, &by);
	if (hand->result == OPENED)
		commit(rq);
	else
		db_rollback(rq->db);
	if (hand->result == OPENED_ALREADY)
		assert_true(by.at > 0 && str_eq(by.by, S("Ann Marsh")));
}

static void
of_twenty_at_once_one_sees_it(void **state)
{
	struct people ann = world_people();
	struct client_made key = make_pending(&ann);
	struct race race = { &ann, key.id };
	struct hand hands[AT_ONCE];

	(void)state;
	hands_together(hands, AT_ONCE, open_one, &race);
	assert_int_equal(results(hands, AT_ONCE, OPENED), 1);
	assert_int_equal(results(hands, AT_ONCE, OPENED_ALREADY), AT_ONCE - 1);
	assert_int_equal(acts(&ann, "secret.reveal"), 1);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM exposure WHERE organization_id = %d", (int)ann.org),
	    1);
}

static void
open_or_reset(struct hand *hand)
{
	const struct race *race = hand->with;
	struct request *rq = act_as(hand_begin(hand, race->ann->org), race->ann);
	struct client_made made;

	if (hand->n % 2) {
		db_rollback(rq->db);
		open_one(hand);
		return;
	}
	hand->result = -(int)client_reset(rq, race->id, S(""), &made);
	commit(rq);
}

/* Whoever comes first, one secret works in the end, and it is that of the last reset. */
static void
opened_and_reset_at_once(void **state)
{
	struct people ann = world_people();
	struct client_made key = make_pending(&ann);
	struct race race = { &ann, key.id };
	struct hand hands[4];

	(void)state;
	hands_together(hands, 4, open_or_reset, &race);
	assert_int_equal(results(hands, 4, -(int)MADE_NEW), 2);
	assert_in_range(results(hands, 4, OPENED), 0, 1);
	assert_int_equal(secrets_of(&key, "s.current_of IS NOT NULL AND s.status = 'active'"), 1);
	assert_int_equal(secrets_of(&key, "s.status = 'pending'"), 0);
}

static void
unopened_it_ends(void **state)
{
	struct people ann = world_people();
	struct client_made key = make_pending(&ann), made;
	struct opening_by by;

	(void)state;
	assert_int_equal(secrets_of(&key, "s.expires_at = s.created_at + INTERVAL 7 DAY"), 1);
	sql_run("UPDATE secret s JOIN client c ON c.id = s.client_id SET s.expires_at = "
		"s.created_at WHERE c.public_id = '%.*s'",
	    STR(key.id));
	assert_int_equal(open_as(&ann, key.id, &made, &by), OPENED_LATE);
	hand_ask(&world.hand, 0);
	rotation_end_due(&world.hand.desk, &world.hand.arena);
	assert_int_equal(secrets_of(&key, "s.status = 'revoked' AND s.ended_reason = 'unopened' "
					  "AND s.current_of IS NULL"),
	    1);
	assert_int_equal(acts(&ann, "secret.end"), 1);
	assert_int_equal(open_as(&ann, key.id, &made, &by), OPENED_LATE);
	assert_int_equal(client_reset(begin_as(&ann), key.id, S(""), &made), MADE_NEW);
	db_rollback(world.hand.rq.db);
}

static void
others_and_none_have_nothing_to_open(void **state)
{
	struct people ann = world_people(), ben = world_people();
	struct client_made key = make_pending(&ann), other = make_key(&ann, S("production")), made;
	struct opening_by by;

	(void)state;
	assert_int_equal(open_as(&ben, key.id, &made, &by), OPENED_NOTHING);
	assert_int_equal(open_as(&ann, other.id, &made, &by), OPENED_NOTHING);
	assert_int_equal(open_as(&ann, S("0000000000"), &made, &by), OPENED_NOTHING);
	assert_int_equal(secrets_of(&key, "s.status = 'pending'"), 1);
}

/* It has a place of the organization's limit, as any key. */
static void
the_limit_holds(void **state)
{
	struct people ann = world_people();
	struct client_wish wish = { .environment = S("production"), .name = S("First key") };
	struct client_made made;

	(void)state;
	make_pending(&ann);
	make_pending(&ann);
	assert_int_equal(
	    pending_create(begin_operator(&world.hand), ann.org, &wish, &made), MADE_FULL);
	db_rollback(world.hand.rq.db);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_is_no_text_until_it_is_opened),
		cmocka_unit_test(of_twenty_at_once_one_sees_it),
		cmocka_unit_test(opened_and_reset_at_once),
		cmocka_unit_test(unopened_it_ends),
		cmocka_unit_test(others_and_none_have_nothing_to_open),
		cmocka_unit_test(the_limit_holds),
	};

	return GROUP(tests);
}
