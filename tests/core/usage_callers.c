/* usage_callers.c - who has a row, who makes room for whom, and what is a sum only. */
#define _GNU_SOURCE
#include "core/using.h"

static void
write_many(int64_t secret, enum use_outcome outcome, const char *program, int n)
{
	struct shared_uses *uses = batch();

	for (int i = 0; i < n; i++) {
		char name[32];

		snprintf(name, sizeof name, "%s/%d", program, i);
		add(uses, (struct one){ secret, at, outcome, 1, "192.0.2.1", name });
	}
	write_batch(uses);
}

static long
callers(int64_t secret, const char *which)
{
	return sql_number(
	    "SELECT COUNT(*) FROM secret_caller WHERE secret_id = %d AND program LIKE "
	    "'%s'",
	    (int)secret, which);
}

/* Refused ones first, in any number: then there is still room for those that are accepted, and no more than for
 * 200 in all. */
static void
no_flood_pushes_out_a_good_caller(void **state)
{
	int64_t secret = some_secret();

	(void)state;
	write_many(secret, USE_REVOKED, "flood", 256);
	assert_int_equal(callers(secret, "flood/%"), USAGE_REFUSED_MAX);
	assert_int_equal(callers(secret, "other"), 1);
	write_many(secret, USE_ACCEPTED, "good", 90);
	write_many(secret, USE_REVOKED, "second", 256);
	assert_int_equal(callers(secret, "good/%"), 90);
	assert_int_equal(callers(secret, "second/%"), 0);
	write_many(secret, USE_ACCEPTED, "more", 20);
	assert_int_equal(callers(secret, "more/%"), 10);
	assert_int_equal(callers(secret, "%"), USAGE_CALLERS_MAX + 1);
	assert_int_equal(
	    sql_number("SELECT SUM(calls) FROM secret_caller WHERE secret_id = %d", (int)secret),
	    256 + 90 + 256 + 20);
	assert_int_equal(
	    sql_number("SELECT SUM(refused) FROM secret_caller WHERE secret_id = %d", (int)secret),
	    512);
	/* Who has a row goes on being counted in it. */
	write_many(secret, USE_ACCEPTED, "good", 90);
	assert_int_equal(sql_number("SELECT SUM(calls) FROM secret_caller WHERE secret_id = %d AND "
				    "program LIKE 'good/%%'",
			     (int)secret),
	    180);
}

/* Addresses come and go: who was not seen for a day makes room, and is counted with the others. */
static void
room_is_made_by_who_is_gone(void **state)
{
	int64_t secret = some_secret();

	(void)state;
	write_many(secret, USE_ACCEPTED, "old", 200);
	sql_run("UPDATE secret_caller SET first_at = '2026-11-01', last_at = '2026-11-19 13:00:00' "
		"WHERE secret_id = %d AND program IN ('old/3', 'old/4')",
	    (int)secret);
	write_many(secret, USE_ACCEPTED, "new", 3);
	assert_int_equal(callers(secret, "new/%"), 2);
	assert_int_equal(callers(secret, "old/%"), 198);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM secret_caller WHERE secret_id = %d AND "
		       "address = '' AND program = 'other' AND calls = 3 AND refused = "
		       "0 AND first_at = '2026-11-01'",
		(int)secret),
	    1);
	/* A refused newcomer takes the room of refused ones only. */
	sql_run(
	    "UPDATE secret_caller SET last_at = '2026-11-01' WHERE secret_id = %d AND program = "
	    "'old/5'",
	    (int)secret);
	write_many(secret, USE_REVOKED, "refused", 1);
	assert_int_equal(callers(secret, "old/5"), 1);
	assert_int_equal(callers(secret, "refused/%"), 0);
}

/* Who calls again is known before room is made, however long ago the last call was. */
static void
who_calls_again_keeps_the_row(void **state)
{
	int64_t secret = some_secret();
	struct shared_uses *uses;

	(void)state;
	write_many(secret, USE_ACCEPTED, "old", 200);
	sql_run("UPDATE secret_caller SET last_at = '2026-11-18' WHERE secret_id = %d AND program "
		"IN ('old/3', 'old/4')",
	    (int)secret);
	uses = batch();
	add(uses, (struct one){ secret, at, USE_ACCEPTED, 1, "192.0.2.1", "new/1" });
	add(uses, (struct one){ secret, at, USE_ACCEPTED, 1, "192.0.2.1", "new/2" });
	add(uses, (struct one){ secret, at, USE_ACCEPTED, 1, "192.0.2.1", "old/3" });
	write_batch(uses);
	assert_int_equal(callers(secret, "new/1"), 1);
	assert_int_equal(callers(secret, "new/2"), 0);
	assert_int_equal(callers(secret, "old/4"), 0);
	assert_int_equal(sql_number("SELECT calls FROM secret_caller WHERE secret_id = %d AND "
				    "program = 'old/3'",
			     (int)secret),
	    2);
	assert_int_equal(callers(secret, "%"), USAGE_CALLERS_MAX + 1);
}

/* Accepted and refused calls of one caller are noted apart, and take one place. */
static void
who_is_also_refused_is_one(void **state)
{
	int64_t secret = some_secret();
	struct shared_uses *uses;

	(void)state;
	write_many(secret, USE_ACCEPTED, "good", 199);
	uses = batch();
	add(uses, (struct one){ secret, at, USE_LIMITED, 5, "192.0.2.9", "new" });
	add(uses, (struct one){ secret, at - SECOND, USE_ACCEPTED, 2, "192.0.2.9", "new" });
	write_batch(uses);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM secret_caller WHERE secret_id = %d AND program = "
		       "'new' AND calls = 7 AND refused = 5 AND first_at = '2026-11-20 13:59:58' "
		       "AND last_at = '2026-11-20 13:59:59'",
		(int)secret),
	    1);
	assert_int_equal(callers(secret, "other"), 0);
}

/* A batch as large as one can be, of programs that say of themselves what they like: each stands there as it was said, and
 * names that differ in case alone are two. */
static void
names_stay_what_they_are(void **state)
{
	int64_t secret = some_secret();
	struct shared_uses *uses = batch();
	char name[USE_PROGRAM_MAX + 1];

	(void)state;
	memset(name, '<', USE_PROGRAM_MAX);
	name[USE_PROGRAM_MAX] = '\0';
	for (int i = 0; i < SHARED_USES_MAX; i++) {
		static const char *const names[] = { "curl/8", "CURL/8", "\"'\\;--/*{}[]",
			"\xc3\xa9\xf0\x9f\x98\x80" };
		char address[46];

		snprintf(address, sizeof address, "2001:db8:%d::", i);
		add(uses, (struct one){
			      i % 2 ? secret : some_secret(), at, USE_ACCEPTED, 1, address, name });
		if (i / 2 < 4)
			snprintf(
			    uses->at[i].program, sizeof uses->at[i].program, "%s", names[i / 2]);
	}
	write_batch(uses);
	assert_int_equal(callers(secret, name), SHARED_USES_MAX / 2 - 4);
	assert_int_equal(callers(secret, "curl/8"), 1);
	assert_int_equal(callers(secret, "CURL/8"), 1);
	assert_int_equal(callers(secret, "\"''\\\\\\\\;--/*{}[]"), 1);
	assert_int_equal(callers(secret, "\xc3\xa9\xf0\x9f\x98\x80"), 1);
	write_batch(uses);
	assert_int_equal(callers(secret, "%"), SHARED_USES_MAX / 2);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_flood_pushes_out_a_good_caller),
		cmocka_unit_test(room_is_made_by_who_is_gone),
		cmocka_unit_test(who_calls_again_keeps_the_row),
		cmocka_unit_test(who_is_also_refused_is_one),
		cmocka_unit_test(names_stay_what_they_are),
	};

	return GROUP(tests);
}
