/* client_ended.c - account keys reset and deleted, their secrets noted as stored; and where a secret is not. */
#define _GNU_SOURCE
#include "core/fixture.h"

#include "core/secret.h"

enum { COLUMNS_MAX = 600 }; /* of all tables */

static bool
delete_as(const struct people *p, str id)
{
	struct request *rq = begin_as(p);
	bool done = client_delete(rq, id);

	commit(rq);
	return done;
}

static long
acts(const struct people *p, const char *act)
{
	return sql_number("SELECT COUNT(*) FROM audit_entry WHERE organization_id = %d AND "
			  "act = '%s'",
	    (int)p->org, act);
}

/* ---- reset */

static void
a_reset_ends_the_one_and_makes_the_other(void **state)
{
	struct people ann = world_people();
	struct client_made made = make_key(&ann, S("production")), next;
	struct request *rq = begin_as(&ann);
	str sid = str_part(made.secret, 10, 10);

	(void)state;
	assert_int_equal(client_reset(rq, made.id, S("reset 1"), &next), MADE_NEW);
	CHECK_STR_EQ(next.client_id, made.client_id);
	CHECK_STR_EQ(next.id, made.id);
	assert_false(str_eq(next.secret, made.secret));
	commit(rq);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM secret WHERE sid = '%.*s' AND status = 'revoked' AND "
		       "hash IS NULL AND current_of IS NULL AND ended_reason = 'reset' AND "
		       "ended_at IS NOT NULL",
		STR(sid)),
	    1);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM secret WHERE organization_id = %d AND "
				    "status = 'active' AND sid = '%.*s'",
			     (int)ann.org, STR(str_part(next.secret, 10, 10))),
	    1);
	assert_int_equal(acts(&ann, "client.reset"), 1);
	rq = begin_as(&ann);
	assert_int_equal(client_reset(rq, made.id, S("reset 1"), &next), MADE_BEFORE);
	CHECK_STR_EQ(next.id, made.id);
	assert_int_equal(next.secret.n, 0);
	db_rollback(rq->db);
	assert_int_equal(acts(&ann, "client.reset"), 1);
}

struct target {
	int64_t org;
	str id;
};

static void
reset_one(struct hand *hand)
{
	const struct target *target = hand->with;
	struct request *rq = hand_begin(hand, target->org);
	struct client_made made;

	hand->result = (int)client_reset(rq, target->id, S(""), &made);
	commit(rq);
}

static void
resets_at_once_leave_one_secret(void **state)
{
	struct people ann = world_people();
	struct target target = { ann.org, make_key(&ann, S("production")).id };
	struct hand hands[8];

	(void)state;
	hands_together(hands, 8, reset_one, &target);
	assert_int_equal(results(hands, 8, MADE_NEW), 8);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM secret WHERE organization_id = %d AND "
				    "status = 'active'",
			     (int)ann.org),
	    1);
	assert_int_equal(acts(&ann, "client.reset"), 8);
}

/* ---- delete */

static void
deleting_leaves_a_tombstone_without_a_hash(void **state)
{
	struct people ann = world_people();
	struct client_made made = make_key(&ann, S("production")), next;
	struct request *rq = begin_as(&ann);

	(void)state;
	assert_int_equal(client_reset(rq, made.id, S(""), &next), MADE_NEW);
	commit(rq);
	/* Whatever else is left of earlier rotations ends with it. */
	sql_run("UPDATE secret SET status = 'retiring', hash = 'x', retiring_of = client_id, "
		"ends_at = UTC_TIMESTAMP(6) + INTERVAL 1 DAY WHERE sid = '%.*s'",
	    STR(str_part(made.secret, 10, 10)));
	assert_true(delete_as(&ann, made.id));
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM client WHERE public_id = '%.*s' AND status = "
		       "'deleted' AND place IS NULL AND deleted_at IS NOT NULL",
		STR(made.id)),
	    1);
	assert_int_equal(
	    sql_number(
		"SELECT COUNT(*) FROM secret WHERE organization_id = %d AND status = "
		"'revoked' AND hash IS NULL AND current_of IS NULL AND retiring_of IS NULL AND "
		"ends_at IS NULL AND ended_at IS NOT NULL",
		(int)ann.org),
	    2);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM secret WHERE organization_id = %d AND "
				    "ended_reason = 'client_deleted'",
			     (int)ann.org),
	    2);
	assert_int_equal(acts(&ann, "client.delete"), 1);
}

static void
what_is_gone_or_anothers_is_not_there(void **state)
{
	struct people ann = world_people(), bob = world_people();
	struct client_made made = make_key(&ann, S("production")), next;
	const struct people *who[] = { &bob, &ann };
	long entries;

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct request *rq = begin_as(who[i]);

		if (i == 1)
			assert_true(client_delete(rq, made.id));
		assert_int_equal(client_reset(rq, made.id, S(""), &next), MADE_NOTHING);
		assert_false(client_delete(rq, made.id));
		assert_false(client_stored(rq, made.id));
		commit(rq);
	}
	entries = sql_number("SELECT COUNT(*) FROM audit_entry WHERE organization_id = %d AND act "
			     "NOT IN ('organization.create', 'user.create')",
	    (int)bob.org);
	assert_int_equal(entries, 0);
}

/* ---- stored */

static void
stored_is_noted_once_for_each_secret(void **state)
{
	struct people ann = world_people();
	struct client_made made = make_key(&ann, S("production"));
	struct request *rq;

	(void)state;
	for (int i = 0; i < 2; i++) {
		rq = begin_as(&ann);
		assert_true(client_stored(rq, made.id));
		commit(rq);
	}
	assert_int_equal(acts(&ann, "secret.stored"), 1);
	rq = begin_as(&ann);
	assert_int_equal(client_reset(rq, made.id, S(""), &made), MADE_NEW);
	commit(rq);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM secret WHERE organization_id = %d AND "
				    "stored_at IS NULL AND current_of IS NOT NULL",
			     (int)ann.org),
	    1);
}

/* ---- nowhere in the database */

/* In how many rows of all tables the bytes stand, in any column. */
static long
rows_with(str bytes)
{
	char names[COLUMNS_MAX][2][65];
	MYSQL_RES *rows;
	MYSQL_ROW row;
	int n = 0;
	long found = 0;

	scratch_run("SELECT table_name, column_name FROM information_schema.columns WHERE "
		    "table_schema = DATABASE()");
	rows = mysql_store_result(scratch_root);
	for (; (row = mysql_fetch_row(rows)) && n < COLUMNS_MAX; n++) {
		snprintf(names[n][0], 65, "%s", row[0]);
		snprintf(names[n][1], 65, "%s", row[1]);
	}
	mysql_free_result(rows);
	assert_in_range(n, 80, COLUMNS_MAX - 1);
	for (int i = 0; i < n; i++)
		found += sql_number("SELECT COUNT(*) FROM `%s` WHERE INSTR(CAST(`%s` AS BINARY), "
				    "CAST('%.*s' AS BINARY))",
		    names[i][0], names[i][1], STR(bytes));
	return found;
}

static void
a_secret_is_nowhere_in_the_database(void **state)
{
	struct people ann = world_people();
	struct client_made made = make_key(&ann, S("production")), next;
	struct request *rq = begin_as(&ann);

	(void)state;
	assert_int_equal(client_reset(rq, made.id, S("x"), &next), MADE_NEW);
	next.secret = str_copy(&world.hand.start, next.secret);
	commit(rq);
	rq = begin_as(&ann);
	client_stored(rq, made.id);
	commit(rq);
	for (size_t at = 21; at < SECRET_CHARS; at += 12) {
		assert_int_equal(rows_with(str_part(made.secret, at, 12)), 0);
		assert_int_equal(rows_with(str_part(next.secret, at, 12)), 0);
	}
	assert_int_equal(rows_with(S("correct horse battery")), 0);
	/* The search would find it: */
	assert_true(rows_with(str_part(next.secret, 10, 10)) >= 2);
	sql_run("UPDATE client SET description = 'a %.*s b' WHERE public_id = '%.*s'",
	    STR(next.secret), STR(made.id));
	assert_int_equal(rows_with(str_part(next.secret, 21, 20)), 1);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reset_ends_the_one_and_makes_the_other),
		cmocka_unit_test(resets_at_once_leave_one_secret),
		cmocka_unit_test(deleting_leaves_a_tombstone_without_a_hash),
		cmocka_unit_test(what_is_gone_or_anothers_is_not_there),
		cmocka_unit_test(stored_is_noted_once_for_each_secret),
		cmocka_unit_test(a_secret_is_nowhere_in_the_database),
	};

	return GROUP(tests);
}
