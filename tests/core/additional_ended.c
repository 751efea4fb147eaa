/* additional_ended.c - additional secrets that end: revoked, with their key, with their owner, expired, unopened. */
#define _GNU_SOURCE
#include "core/adding.h"

#include "core/rotation.h"
#include "core/verify.h"

/* Gone for good, with all that hangs on it, for that reason. */
static void
check_ended(const struct team *t, const struct client_made *made, const char *reason)
{
	assert_int_equal(
	    sql_number(
		"SELECT COUNT(*) FROM client WHERE public_id = '%.*s' AND status = 'deleted' AND "
		"place IS NULL AND deleted_at IS NOT NULL AND ended_reason = '%s'",
		STR(made->id), reason),
	    1);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM secret s JOIN client c ON c.id = s.client_id "
		       "WHERE c.public_id = '%.*s' AND (s.status <> 'revoked' OR s.hash "
		       "IS NOT NULL OR s.ended_at IS NULL OR s.current_of IS NOT NULL)",
		STR(made->id)),
	    0);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM client_term x JOIN client c ON c.id = "
				    "x.client_id WHERE c.public_id = '%.*s'",
			     STR(made->id)),
	    0);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM audit_entry WHERE organization_id = %d AND "
		       "object = '%.*s' AND act = 'client.end' AND detail LIKE "
		       "'%%\"reason\":\"%s\"%%'",
		(int)t->ann.org, STR(made->id), reason),
	    1);
	check_team(t);
}

static void
owner_admin_and_compliance_admin_revoke(void **state)
{
	struct team t = team_make(), other = team_make();
	const struct people *who[] = { &t.may, &t.ann, &t.cora };
	const struct people *strangers[] = { &t.ben, &other.ann, &other.cora };

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct client_made made = added(&t, &t.ann, t.may_id), opened;

		if (i)
			assert_int_equal(open_by(&t.may, made.id, &opened), OPENED);
		for (int k = 0; k < 3; k++)
			assert_false(revoke_as(strangers[k], made.id));
		assert_true(revoke_as(who[i], made.id));
		assert_false(revoke_as(who[i], made.id));
		check_ended(&t, &made, "revoked");
	}
	assert_int_equal(noted(&t.ann, "client.end", text_of(t.may_id)), 3);
	assert_int_equal(noted(&t.ann, "client.end", text_of(reads(&t))), 3);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM audit_entry WHERE act = 'client.end' AND "
				    "person = '%.*s'",
			     STR(t.cora.email)),
	    1);
}

/* What is no additional secret is not ended by it; client_delete() of one is this. */
static void
revoking_and_deleting(void **state)
{
	struct team t = team_make();
	struct client_made made = added(&t, &t.ann, t.may_id);
	struct request *rq;

	(void)state;
	assert_false(revoke_as(&t.ann, t.key.id));
	rq = begin_as(&t.ben);
	assert_false(client_delete(rq, made.id));
	rq = begin_as(&t.may);
	assert_true(client_delete(rq, made.id));
	commit(rq);
	check_ended(&t, &made, "revoked");
	made = added(&t, &t.ann, t.may_id);
	rq = hand_begin(&world.hand, t.ann.org); /* the command line */
	assert_true(client_delete(rq, made.id));
	commit(rq);
	check_ended(&t, &made, "revoked");
	assert_int_equal(acts(&t, "client.delete"), 0);
}

static void
they_end_with_their_account_key(void **state)
{
	struct team t = team_make();
	struct client_made second = make_key(&t.ann, S("production"));
	struct client_made first = added(&t, &t.ann, t.may_id), mine = added(&t, &t.ann, S("")),
			   kept;
	struct additional_wish wish = wish_for(&t, S(""));
	struct additional_wrong wrong;
	struct request *rq;

	(void)state;
	wish.key = second.id;
	assert_int_equal(add(&t.ann, &wish, &kept, &wrong), ADDITIONAL_DONE);
	rq = begin_as(&t.ann);
	assert_true(client_delete(rq, t.key.id));
	commit(rq);
	check_ended(&t, &first, "key_deleted");
	check_ended(&t, &mine, "key_deleted");
	assert_int_equal(clients(&t, "c.deleted_at IS NULL"), 1);
	assert_int_equal(acts(&t, "client.end"), 2);
	assert_int_equal(acts(&t, "client.delete"), 1);
	assert_int_equal(additional_places(begin_as(&t.ann), S("production")).used, 1);
}

/* As many words as there is room for. */
static str
long_comment(struct arena *a)
{
	enum { WORDS = 50, WORD = 9 };
	struct buf b = buf_new(a, 500);

	for (int i = 0; i < WORDS; i++) {
		buf_add(&b, random_base62(a, WORD));
		buf_add_char(&b, ' ');
	}
	return buf_str(&b);
}

/* As many as the setting allows, some found by as many words as a comment holds, end in the memory of one request. */
static void
many_with_long_comments_end_in_one_request(void **state)
{
	enum { MANY = 200, REQUEST_BYTES = 4 << 20 };
	struct team t = team_make();
	struct additional_wish wish = wish_for(&t, t.may_id);
	struct additional_wrong wrong;
	struct client_made made;
	struct arena small;
	struct request *rq;

	(void)state;
	world.settings.additional_secrets = MANY;
	for (int i = 0; i < MANY; i++) {
		rq = begin_as(&t.ann);
		wish.comment = i % 4 ? S("") : long_comment(rq->arena);
		assert_int_equal(additional_make(rq, &wish, &made, &wrong), ADDITIONAL_DONE);
		commit(rq);
	}
	world_test();
	rq = begin_as(&t.ann);
	arena_open(&small, rq->arena->fault, REQUEST_BYTES);
	rq->arena = &small;
	db_bind(rq->db, &small);
	assert_true(client_delete(rq, t.key.id));
	commit(rq);
	arena_close(&small);
	assert_int_equal(clients(&t, "c.deleted_at IS NULL"), 0);
	assert_int_equal(acts(&t, "client.end"), MANY);
	check_team(&t);
}

/* ---- dead by itself */

static void
expire(const struct client_made *made)
{
	sql_run(
	    "UPDATE client SET expires_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND WHERE public_id = "
	    "'%.*s'",
	    STR(made->id));
}

static void
leave_unopened(const struct client_made *made)
{
	sql_run("UPDATE secret s JOIN client c ON c.id = s.client_id SET s.expires_at = "
		"UTC_TIMESTAMP(6) "
		"- INTERVAL 1 SECOND WHERE c.public_id = '%.*s'",
	    STR(made->id));
}

static void
leave(const struct people *p)
{
	sql_run("UPDATE user SET status = 'deactivated' WHERE id = %d", (int)p->user);
}

static void
the_housekeeper_ends_what_is_dead(void **state)
{
	struct team t = team_make();
	struct client_made expired = added(&t, &t.ann, S("")),
			   unopened = added(&t, &t.ann, t.may_id);
	struct client_made bens = added(&t, &t.ann, t.ben_id), alive = added(&t, &t.ann, t.may_id);

	(void)state;
	end_due();
	assert_int_equal(acts(&t, "client.end"), 0);
	expire(&expired);
	leave_unopened(&unopened);
	leave(&t.ben);
	assert_int_equal(additional_places(begin_as(&t.ann), S("production")).used, 1);
	end_due();
	end_due();
	check_ended(&t, &expired, "expired");
	check_ended(&t, &unopened, "unopened");
	check_ended(&t, &bens, "owner_deactivated");
	assert_int_equal(acts(&t, "client.end"), 3);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM audit_entry WHERE organization_id = %d AND "
		       "act = 'client.end' AND person = 'housekeeper'",
		(int)t.ann.org),
	    3);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM client WHERE public_id = '%.*s' AND deleted_at "
		       "= expires_at",
		STR(expired.id)),
	    1);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM client WHERE public_id = '%.*s' AND deleted_at "
		       "IS NULL",
		STR(alive.id)),
	    1);
	assert_int_equal(additional_places(begin_as(&t.ann), S("production")).used, 1);
}

/* A pending one is not half ended by the other job: secret and client end together. */
static void
an_unopened_one_ends_whole(void **state)
{
	struct team t = team_make();
	struct client_made made = added(&t, &t.ann, t.may_id), opened;

	(void)state;
	leave_unopened(&made);
	assert_int_equal(open_by(&t.may, made.id, &opened), OPENED_LATE);
	hand_ask(&world.hand, 0);
	rotation_end_due(&world.hand.desk, &world.hand.arena);
	assert_int_equal(secrets(&t, "s.status = 'pending'"), 1);
	end_due();
	check_ended(&t, &made, "unopened");
	assert_int_equal(acts(&t, "secret.end"), 0);
}

/* Whether or not the housekeeper has been there. */
static void
one_that_was_not_opened_is_not_revived(void **state)
{
	struct team t = team_make();
	struct client_made made = added(&t, &t.ann, t.may_id), next;
	struct additional_wish wish = wish_for(&t, S(""));
	struct additional_wrong wrong;

	(void)state;
	leave_unopened(&made);
	assert_int_equal(reset_as(&t.may, made.id, &next), MADE_NOTHING);
	assert_int_equal(next.secret.n, 0);
	assert_int_equal(client_reset(begin_as(&t.may), made.id, S(""), &next), MADE_NOTHING);
	assert_int_equal(reset_as(&t.ann, made.id, &next), MADE_NOTHING);
	assert_int_equal(change(&t.ann, made.id, &wish, &wrong), ADDITIONAL_NOTHING);
	assert_int_equal(secrets(&t, "TRUE"), 1);
	end_due();
	check_ended(&t, &made, "unopened");
}

/* A reset by an admin that nobody opens ends it too; one in time goes on. */
static void
a_reset_has_its_own_seven_days(void **state)
{
	struct team t = team_make();
	struct client_made made = added(&t, &t.ann, t.may_id), opened;

	(void)state;
	sql_run("UPDATE secret SET expires_at = UTC_TIMESTAMP(6) + INTERVAL 1 HOUR WHERE status = "
		"'pending' AND organization_id = %d",
	    (int)t.ann.org);
	assert_int_equal(reset_as(&t.ann, made.id, &opened), MADE_NEW);
	assert_int_equal(
	    secrets(
		&t, "s.status = 'pending' AND s.expires_at > UTC_TIMESTAMP(6) + INTERVAL 6 DAY"),
	    1);
	end_due();
	assert_int_equal(clients(&t, "c.deleted_at IS NULL"), 1);
	assert_int_equal(open_by(&t.may, made.id, &opened), OPENED);
	assert_int_equal(reset_as(&t.ann, made.id, &opened), MADE_NEW);
	sql_run("UPDATE secret SET expires_at = UTC_TIMESTAMP(6) WHERE status = 'pending' AND "
		"organization_id = %d",
	    (int)t.ann.org);
	end_due();
	check_ended(&t, &made, "unopened");
}

static void
one_past_its_end_is_not_opened(void **state)
{
	struct team t = team_make();
	struct client_made made = added(&t, &t.ann, t.may_id), opened;

	(void)state;
	expire(&made);
	assert_int_equal(open_by(&t.may, made.id, &opened), OPENED_LATE);
	assert_int_equal(opened.secret.n, 0);
}

/* Nobody waits for the housekeeper: who needs a place ends what is dead. */
static void
the_dead_give_up_their_places(void **state)
{
	struct team t = team_make();
	struct client_made made[10], more;
	struct additional_wish wish = wish_for(&t, S(""));
	struct additional_wrong wrong;

	(void)state;
	for (int i = 0; i < 10; i++)
		made[i] = added(&t, &t.ann, i < 2 ? t.ben_id : t.may_id);
	expire(&made[9]);
	leave_unopened(&made[8]);
	leave(&t.ben);
	for (int i = 0; i < 4; i++)
		added(&t, &t.ann, S(""));
	check_ended(&t, &made[9], "expired");
	check_ended(&t, &made[8], "unopened");
	check_ended(&t, &made[0], "owner_deactivated");
	check_ended(&t, &made[1], "owner_deactivated");
	assert_int_equal(add(&t.ann, &wish, &more, &wrong), ADDITIONAL_FULL);
	assert_int_equal(acts(&t, "client.end"), 4);
	assert_int_equal(clients(&t, "c.deleted_at IS NULL"), 10);
}

/* Those of another environment and another organization are left to the housekeeper. */
static void
only_what_stands_in_the_way_is_ended(void **state)
{
	struct team t = team_make(), other = team_make();
	struct client_made key = make_key(&t.ann, S("integration")), elsewhere, theirs;
	struct additional_wish wish = wish_for(&t, S(""));
	struct additional_wrong wrong;

	(void)state;
	world.settings.additional_secrets = 1;
	wish.key = key.id;
	wish.environment = S("integration");
	assert_int_equal(add(&t.ann, &wish, &elsewhere, &wrong), ADDITIONAL_DONE);
	theirs = added(&other, &other.ann, S(""));
	expire(&elsewhere);
	expire(&theirs);
	added(&t, &t.ann, S(""));
	wish = wish_for(&t, S(""));
	assert_int_equal(add(&t.ann, &wish, &key, &wrong), ADDITIONAL_FULL);
	assert_int_equal(acts(&t, "client.end") + acts(&other, "client.end"), 0);
	world_test();
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(owner_admin_and_compliance_admin_revoke),
		cmocka_unit_test(revoking_and_deleting),
		cmocka_unit_test(they_end_with_their_account_key),
		cmocka_unit_test(many_with_long_comments_end_in_one_request),
		cmocka_unit_test(the_housekeeper_ends_what_is_dead),
		cmocka_unit_test(an_unopened_one_ends_whole),
		cmocka_unit_test(one_that_was_not_opened_is_not_revived),
		cmocka_unit_test(a_reset_has_its_own_seven_days),
		cmocka_unit_test(one_past_its_end_is_not_opened),
		cmocka_unit_test(the_dead_give_up_their_places),
		cmocka_unit_test(only_what_stands_in_the_way_is_ended),
	};

	return GROUP(tests);
}
