/* additional_secret.c - the secrets of an additional client: whose they are, who resets and who opens them. */
#define _GNU_SOURCE
#include "core/adding.h"

#include "core/compromise.h"
#include "core/rotation.h"
#include "core/secret.h"

/* ---- the owner is carried on: a secret that is nobody's would outlive them */

static void
each_new_secret_belongs_to_the_owner(void **state)
{
	struct team t = team_make();
	struct client_made made = added(&t, &t.ann, t.may_id), next;
	struct rotation_wish rotate = { .id = made.id, .overlap = HOUR };
	struct compromise_wish compromise = { .id = made.id };
	struct request *rq;

	(void)state;
	assert_int_equal(open_by(&t.may, made.id, &next), OPENED);
	assert_int_equal(reset_as(&t.may, made.id, &next), MADE_NEW);
	rq = begin_as(&t.may);
	assert_int_equal(rotation_start(rq, &rotate, &next), ROTATED);
	CHECK_STR_EQ(next.client_id, t.key.client_id);
	commit(rq);
	compromise.seen = str_copy(&world.hand.start, str_part(next.secret, 10, 10));
	rq = begin_as(&t.may);
	assert_int_equal(secret_compromised(rq, &compromise, &next), COMPROMISED);
	CHECK_STR_EQ(next.client_id, t.key.client_id);
	commit(rq);
	assert_int_equal(reset_as(&t.ann, made.id, &next), MADE_NEW);
	assert_int_equal(secrets(&t, "TRUE"), 5);
	assert_int_equal(secrets(&t, "s.owner_id = c.owner_id"), 5);
	check_team(&t);
}

/* The owner of a scoped credential answers for it, and their leaving does not end it. */
static void
a_scoped_credentials_secret_has_no_owner(void **state)
{
	struct scene s = scene_make();
	struct scoped_wish wish = wish_of(&s);
	struct scoped_wrong wrong;
	struct client_made made;

	(void)state;
	wish.owner = user_id(&s.ann);
	assert_int_equal(make(&s.ann, &wish, &made, &wrong), SCOPED_DONE);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM secret s JOIN client c ON c.id = s.client_id "
		       "WHERE c.public_id = '%.*s' AND c.owner_id IS NOT NULL AND "
		       "s.owner_id IS NULL",
		STR(made.id)),
	    1);
}

/* ---- reset */

static void
an_admin_resets_anothers_to_a_pending_one(void **state)
{
	struct team t = team_make();
	struct client_made made = added(&t, &t.ann, t.may_id), next;

	(void)state;
	assert_int_equal(open_by(&t.may, made.id, &next), OPENED);
	assert_int_equal(reset_as(&t.ann, made.id, &next), MADE_NEW);
	assert_int_equal(next.secret.n, 0);
	CHECK_STR_EQ(next.client_id, t.key.client_id);
	assert_int_equal(secrets(&t, "s.status = 'revoked' AND s.ended_reason = 'reset' AND s.hash "
				     "IS NULL"),
	    1);
	assert_int_equal(secrets(&t, "s.status = 'pending' AND s.current_of = c.id"), 1);
	assert_int_equal(noted(&t.ann, "client.reset", "\"pending_until\""), 1);
	assert_int_equal(open_by(&t.ann, made.id, &next), OPENED_NOTHING);
	assert_int_equal(open_by(&t.may, made.id, &next), OPENED);
	check_team(&t);
}

static void
nobody_else_resets_or_is_shown(void **state)
{
	struct team t = team_make(), other = team_make();
	struct client_made made = added(&t, &t.ann, t.may_id), next;
	const struct people *strangers[] = { &t.ben, &t.cora, &other.ann, &other.may };
	struct rotation_wish rotate = { .id = made.id, .overlap = HOUR };
	struct compromise_wish compromise = { .id = made.id };

	(void)state;
	assert_int_equal(open_by(&t.may, made.id, &next), OPENED);
	compromise.seen = str_copy(&world.hand.start, str_part(next.secret, 10, 10));
	for (int i = 0; i < 5; i++) {
		const struct people *who = i == 4 ? &t.ann : strangers[i];

		if (who != &t.ann)
			assert_int_equal(reset_as(who, made.id, &next), MADE_NOTHING);
		assert_int_equal(client_reset(begin_as(who), made.id, S(""), &next), MADE_NOTHING);
		assert_int_equal(rotation_start(begin_as(who), &rotate, &next), ROTATED_NOTHING);
		assert_int_equal(
		    secret_compromised(begin_as(who), &compromise, &next), COMPROMISED_NOTHING);
		assert_false(client_stored(begin_as(who), made.id));
	}
	/* Not at the command line either. */
	assert_int_equal(
	    client_reset(hand_begin(&world.hand, t.ann.org), made.id, S(""), &next), MADE_NOTHING);
	assert_int_equal(
	    rotation_start(hand_begin(&world.hand, t.ann.org), &rotate, &next), ROTATED_NOTHING);
	db_rollback(world.hand.desk.db);
	assert_int_equal(secrets(&t, "TRUE"), 1);
	assert_int_equal(secrets(&t, "s.status = 'active' AND s.stored_at IS NULL"), 1);
	check_team(&t);
}

static void
a_rotation_is_finished_and_cancelled_by_owner_and_admins(void **state)
{
	struct team t = team_make();
	struct client_made made = added(&t, &t.ann, S("")), next;
	struct client_made mays = added(&t, &t.ann, t.may_id);
	struct rotation_wish rotate = { .id = mays.id, .overlap = HOUR };
	struct request *rq;

	(void)state;
	(void)made;
	assert_int_equal(open_by(&t.may, mays.id, &next), OPENED);
	for (int i = 0; i < 2; i++) {
		const struct people *who = i ? &t.ann : &t.may;

		rq = begin_as(&t.may);
		assert_int_equal(rotation_start(rq, &rotate, &next), ROTATED);
		commit(rq);
		assert_int_equal(
		    rotation_finish(begin_as(&t.ben), mays.id, S("")), ROTATED_NOTHING);
		assert_int_equal(
		    rotation_cancel(begin_as(&t.ben), mays.id, S("")), ROTATED_NOTHING);
		assert_int_equal(
		    rotation_cancel(begin_as(&t.cora), mays.id, S("")), ROTATED_NOTHING);
		rq = begin_as(who);
		assert_int_equal(rotation_finish(rq, mays.id, S("")), ROTATED);
		commit(rq);
	}
	check_team(&t);
}

static void
what_is_nobodys_to_pause_is_not_paused(void **state)
{
	struct team t = team_make();
	struct client_made made = added(&t, &t.ann, t.may_id);

	(void)state;
	assert_false(client_activate(begin_as(&t.ann), made.id, false));
	assert_int_equal(clients(&t, "c.status = 'active'"), 1);
}

/* ---- open */

static void
only_the_owner_opens_once(void **state)
{
	struct team t = team_make();
	struct client_made made = added(&t, &t.ann, t.may_id), opened;
	struct secret_parts parts;

	(void)state;
	assert_int_equal(open_by(&t.ann, made.id, &opened), OPENED_NOTHING);
	assert_int_equal(open_by(&t.ben, made.id, &opened), OPENED_NOTHING);
	assert_int_equal(open_by(&t.cora, made.id, &opened), OPENED_NOTHING);
	assert_int_equal(opened.secret.n, 0);
	assert_int_equal(open_by(&t.may, made.id, &opened), OPENED);
	assert_int_equal(secret_read(world.hand.desk.keyring, opened.secret, &parts), SECRET_GOOD);
	CHECK_STR_EQ(opened.client_id, t.key.client_id);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM exposure e JOIN secret s ON s.id = e.secret_id WHERE "
		       "s.sid = '%.*s' AND e.how = 'opened' AND e.user_id = %d",
		STR(parts.sid), (int)t.may.user),
	    1);
	assert_int_equal(open_by(&t.may, made.id, &opened), OPENED_ALREADY);
	CHECK_STR(pending_opened(begin_as(&t.may), made.id).by, "May Field");
	check_team(&t);
}

static void
a_members_account_key_is_not_opened(void **state)
{
	struct team t = team_make();
	struct client_made opened;

	(void)state;
	sql_run(
	    "UPDATE secret s JOIN client c ON c.id = s.client_id SET s.status = 'pending', s.hash "
	    "= NULL, s.expires_at = s.created_at + INTERVAL 7 DAY WHERE c.public_id = '%.*s'",
	    STR(t.key.id));
	assert_int_equal(open_by(&t.may, t.key.id, &opened), OPENED_NOTHING);
	assert_int_equal(open_by(&t.cora, t.key.id, &opened), OPENED_NOTHING);
	assert_int_equal(open_by(&t.ann, t.key.id, &opened), OPENED);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_new_secret_belongs_to_the_owner),
		cmocka_unit_test(a_scoped_credentials_secret_has_no_owner),
		cmocka_unit_test(an_admin_resets_anothers_to_a_pending_one),
		cmocka_unit_test(nobody_else_resets_or_is_shown),
		cmocka_unit_test(a_rotation_is_finished_and_cancelled_by_owner_and_admins),
		cmocka_unit_test(what_is_nobodys_to_pause_is_not_paused),
		cmocka_unit_test(only_the_owner_opens_once),
		cmocka_unit_test(a_members_account_key_is_not_opened),
	};

	return GROUP(tests);
}
