/* purge.c - what has had its time goes, and nothing before it. */
#define _GNU_SOURCE
#include "core/fixture.h"

#include "core/purge.h"
#include "core/throttle.h"

static void
purge_now(void)
{
	struct request *rq = hand_ask(&world.hand, 0);

	purge(rq->db, &world.settings, rq->now);
}

/* A session made so many minutes ago and last seen so many. */
static void
session(int made, int seen)
{
	static int n;

	sql_run(
	    "INSERT INTO session (token_hash, person_id, environment, remote, program, "
	    "created_at, seen_at) SELECT UNHEX(SHA2('session %d', 256)), MAX(id), 'production', "
	    "'', '', UTC_TIMESTAMP(6) - INTERVAL %d MINUTE, UTC_TIMESTAMP(6) - INTERVAL %d "
	    "MINUTE FROM person",
	    ++n, made, seen);
}

static void
sessions_go_when_idle_or_old(void **state)
{
	(void)state;
	world_people();
	session(31, 31);
	session(200, 29);
	session(12 * 60 + 1, 0);
	session(12 * 60 - 1, 29);
	purge_now();
	assert_int_equal(scratch_number("SELECT COUNT(*) FROM session"), 2);
	assert_int_equal(scratch_number("SELECT COUNT(*) FROM session WHERE seen_at < "
					"UTC_TIMESTAMP(6) - INTERVAL 30 MINUTE OR created_at < "
					"UTC_TIMESTAMP(6) - INTERVAL 12 HOUR"),
	    0);
}

/* Between password and code. */
static void
half_sessions_go_after_an_hour(void **state)
{
	(void)state;
	world_people();
	for (int minutes = PURGE_HALF_HOURS * 60 - 1; minutes <= PURGE_HALF_HOURS * 60 + 1;
	     minutes += 2)
		sql_run("INSERT INTO half_session (token_hash, person_id, created_at) SELECT "
			"UNHEX(SHA2('half %d', 256)), MAX(id), UTC_TIMESTAMP(6) - INTERVAL %d "
			"MINUTE FROM person",
		    minutes, minutes);
	purge_now();
	assert_int_equal(scratch_number("SELECT COUNT(*) FROM half_session"), 1);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM half_session WHERE token_hash = "
				    "UNHEX(SHA2('half %d', 256))",
			     PURGE_HALF_HOURS * 60 - 1),
	    1);
}

static void
form_numbers_go_after_thirty_days(void **state)
{
	(void)state;
	for (int days = 29; days <= 31; days += 2)
		sql_run("INSERT INTO form_once (number_hash, organization_id, user_id, object, "
			"made_at) VALUES (UNHEX(SHA2('%d', 256)), 1, 1, 'x', UTC_TIMESTAMP(6) - "
			"INTERVAL %d DAY)",
		    days, days);
	purge_now();
	assert_int_equal(scratch_number("SELECT COUNT(*) FROM form_once"), 1);
	assert_int_equal(scratch_number("SELECT COUNT(*) FROM form_once WHERE number_hash = "
					"UNHEX(SHA2('29', 256))"),
	    1);
}

static void
failures_go_after_their_window(void **state)
{
	(void)state;
	for (int minutes = THROTTLE_MAIL_MINUTES - 1; minutes <= THROTTLE_MAIL_MINUTES + 1;
	     minutes += 2)
		sql_run("INSERT INTO sign_in_failure (what, failures, since) VALUES "
			"(UNHEX(SHA2('%d', 256)), 50, UTC_TIMESTAMP(6) - INTERVAL %d MINUTE)",
		    minutes, minutes);
	purge_now();
	assert_int_equal(scratch_number("SELECT COUNT(*) FROM sign_in_failure"), 1);
}

/* Forty statements of a thousand each: a table is never locked for long, and who makes them up does not stay ahead. */
static void
failures_go_faster_than_they_may_come(void **state)
{
	(void)state;
	scratch_run("DELETE FROM sign_in_failure");
	scratch_run("INSERT INTO sign_in_failure (what, failures, since) SELECT "
		    "UNHEX(SHA2(CONCAT(a.seq, ' ', b.seq), 256)), 1, '2020-01-01' FROM (WITH "
		    "RECURSIVE n AS (SELECT 1 AS seq UNION ALL SELECT seq + 1 FROM n WHERE seq < "
		    "50) SELECT seq FROM n) a JOIN (WITH RECURSIVE n AS (SELECT 1 AS seq UNION "
		    "ALL SELECT seq + 1 FROM n WHERE seq < 830) SELECT seq FROM n) b");
	purge_now();
	assert_int_equal(scratch_number("SELECT COUNT(*) FROM sign_in_failure"), 1500);
	purge_now();
	assert_int_equal(scratch_number("SELECT COUNT(*) FROM sign_in_failure"), 0);
}

/* Hours after two days, days after 400, batches after 30; and as many at once as a million secrets leave. */
static void
calls_go_after_their_time(void **state)
{
	static const char *const tables[] = { "secret_hour", "secret_day", "organization_minute",
		"organization_day" };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		const char *span = i % 2 ? "DAY" : "HOUR";
		const char *columns = i < 2 ? "client_id, secret_id, organization_id"
		                            : "organization_id, environment";

		for (int age = i % 2 ? 399 : 47; age <= (i % 2 ? 401 : 49); age += 2)
			sql_run("INSERT INTO %s (%s, at, outcome, calls) SELECT %s, "
				"UTC_TIMESTAMP(6) - INTERVAL %d %s, 'accepted', 1",
			    tables[i], columns, i < 2 ? "1, 1, 1" : "1, 'production'", age, span);
	}
	for (int age = 29; age <= 31; age += 2)
		sql_run(
		    "INSERT INTO use_batch (memory, batch, at) VALUES ('%d', 1, UTC_TIMESTAMP(6) "
		    "- INTERVAL %d DAY)",
		    age, age);
	sql_run(
	    "INSERT INTO secret_hour (client_id, secret_id, organization_id, at, outcome, calls) "
	    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50) SELECT "
	    "a.i * 100 + b.i, 1, 1, '2020-01-01', 'accepted', 1 FROM n a JOIN n b WHERE b.i <= 30");
	purge_now();
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(sql_number("SELECT COUNT(*) FROM %s", tables[i]), 1);
	assert_int_equal(
	    scratch_number("SELECT COUNT(*) FROM secret_hour WHERE at > '2020-01-01'"), 1);
	assert_int_equal(scratch_number("SELECT COUNT(*) FROM use_batch WHERE memory = '29'"), 1);
	assert_int_equal(scratch_number("SELECT COUNT(*) FROM use_batch"), 1);
}

/* A token is refused by itself once it has expired; a machine whose clock is behind may not know that yet. */
static void
revocations_go_a_day_after(void **state)
{
	struct people ann = world_people();
	struct client_made made = make_key(&ann, S("production"));

	(void)state;
	for (int hours = 23; hours <= 25; hours += 2)
		sql_run("INSERT INTO token_revocation SELECT 'ended%d', organization_id, id, "
			"UTC_TIMESTAMP(6) - INTERVAL %d HOUR, UTC_TIMESTAMP(6) FROM client WHERE "
			"public_id = '%.*s'",
		    hours, hours, STR(made.id));
	purge_now();
	assert_int_equal(scratch_number("SELECT COUNT(*) FROM token_revocation"), 1);
	assert_int_equal(
	    scratch_number("SELECT COUNT(*) FROM token_revocation WHERE jti = 'ended23'"), 1);
}

/* Whoever revokes all day long revokes more in a minute than one statement removes. */
static void
revocations_go_as_many_as_there_are(void **state)
{
	struct people ann = world_people();
	struct client_made made = make_key(&ann, S("production"));

	(void)state;
	scratch_run("DELETE FROM token_revocation");
	sql_run("INSERT INTO token_revocation WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT "
		"i + 1 FROM n WHERE i < 50) SELECT CONCAT(a.i, ' ', b.i), organization_id, id, "
		"'2020-01-01', '2020-01-01' FROM client JOIN n a JOIN n b WHERE public_id = '%.*s'",
	    STR(made.id));
	assert_int_equal(scratch_number("SELECT COUNT(*) FROM token_revocation"), 2500);
	purge_now();
	assert_int_equal(scratch_number("SELECT COUNT(*) FROM token_revocation"), 0);
}

/* Until then an assertion could be accepted once more, by any clock. */
static void
assertions_go_when_they_are_over(void **state)
{
	(void)state;
	sql_run("INSERT INTO assertion_used (client_id, jti_hash, expires_at) VALUES "
		"(1, REPEAT('a', 32), UTC_TIMESTAMP(6) - INTERVAL 1 MINUTE), "
		"(1, REPEAT('b', 32), UTC_TIMESTAMP(6) + INTERVAL 1 MINUTE)");
	purge_now();
	assert_int_equal(scratch_number("SELECT COUNT(*) FROM assertion_used"), 1);
	assert_int_equal(scratch_number("SELECT COUNT(*) FROM assertion_used WHERE jti_hash = "
					"REPEAT('b', 32)"),
	    1);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(sessions_go_when_idle_or_old),
		cmocka_unit_test(half_sessions_go_after_an_hour),
		cmocka_unit_test(form_numbers_go_after_thirty_days),
		cmocka_unit_test(failures_go_after_their_window),
		cmocka_unit_test(failures_go_faster_than_they_may_come),
		cmocka_unit_test(calls_go_after_their_time),
		cmocka_unit_test(revocations_go_a_day_after),
		cmocka_unit_test(revocations_go_as_many_as_there_are),
		cmocka_unit_test(assertions_go_when_they_are_over),
	};

	return GROUP(tests);
}
