/* usage.c - from the notes to the rows: sums, the last use, and that nothing is written twice. */
#define _GNU_SOURCE
#include "core/using.h"

#include <stdatomic.h>

static long
last_is(int64_t secret, const char *time, const char *from, const char *by)
{
	return sql_number("SELECT COUNT(*) FROM secret WHERE id = %d AND last_used_at = '%s' AND "
			  "last_used_from = '%s' AND last_used_by = '%s'",
	    (int)secret, time, from, by);
}

/* Notes of several machines come in any order: the latest use is the last one. */
static void
the_latest_use_stays(void **state)
{
	int64_t secret = some_secret();

	(void)state;
	write_one((struct one){ secret, 1000 * SECOND, 0, 3, "192.0.2.1", "curl/8" });
	assert_int_equal(last_is(secret, "1970-01-01 00:16:40", "192.0.2.1", "curl/8"), 1);
	write_one((struct one){ secret, 2000 * SECOND, 0, 4, "2001:db8::1", "wget" });
	assert_int_equal(last_is(secret, "1970-01-01 00:33:20", "2001:db8::1", "wget"), 1);
	write_one((struct one){ secret, 1500 * SECOND, 0, 5, "192.0.2.3", "late" });
	assert_int_equal(last_is(secret, "1970-01-01 00:33:20", "2001:db8::1", "wget"), 1);
	assert_int_equal(sql_number("SELECT calls FROM secret WHERE id = %d", (int)secret), 12);
}

/* A refused call is no use of the secret, and is seen with who made it. */
static void
refused_calls_are_no_use(void **state)
{
	int64_t secret = some_secret();

	(void)state;
	write_one((struct one){ secret, at, USE_REVOKED, 3, "192.0.2.1", "curl/8" });
	assert_int_equal(sql_number("SELECT COUNT(*) FROM secret WHERE id = %d AND last_used_at IS "
				    "NULL AND calls = 0 AND last_used_from = ''",
			     (int)secret),
	    1);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM secret_caller WHERE secret_id = %d AND "
		       "address = '192.0.2.1' AND program = 'curl/8' AND calls = 3 AND "
		       "refused = 3",
		(int)secret),
	    1);
	assert_int_equal(sql_number("SELECT calls FROM secret_hour WHERE secret_id = %d AND "
				    "outcome = 'revoked'",
			     (int)secret),
	    3);
}

static void
calls_are_summed_by_minute_hour_and_day(void **state)
{
	struct people ann = world_people();
	struct client_made made = make_key(&ann, S("integration"));
	int64_t secret = secret_of(&made);
	struct shared_uses *uses = batch();

	(void)state;
	add(uses, (struct one){ secret, at - SECOND, USE_ACCEPTED, 5, "192.0.2.1", "a" });
	add(uses, (struct one){ secret, at, USE_ENVIRONMENT, 2, "192.0.2.1", "a" });
	write_batch(uses);
	write_one((struct one){ secret, at + SECOND, USE_ACCEPTED, 7, "192.0.2.1", "a" });
	write_one((struct one){ secret, at + 2 * SECOND, USE_ACCEPTED, 1, "192.0.2.2", "b" });
	assert_int_equal(
	    sql_number("SELECT SUM(calls) FROM secret_hour WHERE secret_id = %d AND at "
		       "= '2026-11-20 13:00:00' AND outcome = 'accepted'",
		(int)secret),
	    5);
	assert_int_equal(
	    sql_number("SELECT SUM(calls) FROM secret_hour WHERE secret_id = %d AND at "
		       "= '2026-11-20 14:00:00'",
		(int)secret),
	    8);
	assert_int_equal(
	    sql_number("SELECT SUM(calls) FROM secret_day WHERE secret_id = %d AND at = "
		       "'2026-11-20' AND outcome = 'accepted'",
		(int)secret),
	    13);
	assert_int_equal(
	    sql_number("SELECT SUM(calls) FROM organization_minute WHERE organization_id "
		       "= %d AND environment = 'integration' AND at = '2026-11-20 "
		       "13:59:00' AND outcome = 'environment'",
		(int)ann.org),
	    2);
	assert_int_equal(
	    sql_number("SELECT SUM(calls) FROM organization_day WHERE organization_id = "
		       "%d AND environment = 'integration' AND at = '2026-11-20'",
		(int)ann.org),
	    15);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM secret_caller WHERE secret_id = %d AND "
				    "first_at = '2026-11-20 13:59:58' AND last_at = '2026-11-20 "
				    "14:00:00' AND calls = 14 AND refused = 2",
			     (int)secret),
	    1);
}

/* Its taker died, or the answer of COMMIT was lost: whether it was written is in the database. */
static void
a_batch_is_written_once(void **state)
{
	int64_t secret = some_secret();
	struct shared_uses *uses = batch();

	(void)state;
	add(uses, (struct one){ secret, at, USE_ACCEPTED, 5, "192.0.2.1", "a" });
	write_batch(uses);
	write_batch(uses);
	assert_int_equal(sql_number("SELECT calls FROM secret WHERE id = %d", (int)secret), 5);
	snprintf(uses->memory, sizeof uses->memory, "another-memory-s-first");
	write_batch(uses);
	assert_int_equal(sql_number("SELECT calls FROM secret WHERE id = %d", (int)secret), 10);
	assert_int_equal(
	    sql_number("SELECT calls FROM secret_day WHERE secret_id = %d", (int)secret), 10);
}

/* One whose row is gone is no fault. */
static void
many_are_written_each_to_its_own(void **state)
{
	int64_t a = some_secret(), b = some_secret();
	struct shared_uses *uses = batch();

	(void)state;
	add(uses, (struct one){ b, at, USE_ACCEPTED, 2, "192.0.2.1", "x" });
	add(uses, (struct one){ 999999999, at, USE_ACCEPTED, 9, "192.0.2.1", "x" });
	add(uses, (struct one){ a, at, USE_ACCEPTED, 1, "192.0.2.1", "x" });
	add(uses, (struct one){ b, at, USE_WRONG, 3, "192.0.2.1", "x" });
	write_batch(uses);
	assert_int_equal(sql_number("SELECT calls FROM secret WHERE id = %d", (int)a), 1);
	assert_int_equal(sql_number("SELECT calls FROM secret WHERE id = %d", (int)b), 2);
	assert_int_equal(
	    sql_number("SELECT calls FROM secret_caller WHERE secret_id = %d", (int)b), 5);
}

/* ---- two machines at once */

enum { MACHINES = 2, BATCHES = 200, SHARED_SECRETS = 12 };

static atomic_int deadlocks;

/* Each writes the same secrets in an order of its own. All are refused by both, and one of two is accepted by this one. */
static void
write_as_machine(struct hand *hand)
{
	const int64_t *secrets = hand->with;
	struct shared_uses *uses = NEW(&hand->start, struct shared_uses, 1);

	if (strstr(hand->fault.what, "database error 1213"))
		atomic_fetch_add(&deadlocks, 1);
	for (hand->result = hand->result ? hand->result : 1; hand->result <= BATCHES;
	     hand->result++) {
		*uses = (struct shared_uses){ .number = hand->result };
		snprintf(uses->memory, sizeof uses->memory, "machine %d", hand->n);
		for (int i = 0; i < SHARED_SECRETS; i++) {
			int which = hand->n ? i : SHARED_SECRETS - 1 - i;

			char program[32];

			snprintf(program, sizeof program, "c/%d", (int)hand->result % 9);
			if ((which + hand->n) % 2)
				add(uses, (struct one){ secrets[which], at, USE_ACCEPTED,
					      1 + which % 3, "192.0.2.1", i % 3 ? "a" : "b" });
			add(uses, (struct one){
				      secrets[which], at, USE_EXPIRED, 2, "192.0.2.2", program });
		}
		write_to(hand, uses);
	}
}

static void
two_writers_at_once_make_exact_sums(void **state)
{
	struct hand hands[MACHINES];
	int64_t secrets[SHARED_SECRETS], good = 0;
	long refused = (long)MACHINES * BATCHES * SHARED_SECRETS * 2;

	(void)state;
	scratch_run("DELETE FROM secret_hour");
	scratch_run("DELETE FROM secret_caller");
	scratch_run("DELETE FROM organization_day");
	for (int i = 0; i < SHARED_SECRETS; i++) {
		secrets[i] = some_secret();
		good += (int64_t)BATCHES * (1 + i % 3);
	}
	hands_together(hands, MACHINES, write_as_machine, secrets);
	assert_int_equal(deadlocks, 0);
	assert_int_equal(
	    scratch_number("SELECT SUM(calls) FROM secret_hour WHERE outcome = 'accepted'"), good);
	assert_int_equal(
	    scratch_number("SELECT SUM(calls) FROM secret_hour WHERE outcome = 'expired'"),
	    refused);
	assert_int_equal(scratch_number("SELECT SUM(calls) FROM secret_caller"), good + refused);
	assert_int_equal(scratch_number("SELECT SUM(refused) FROM secret_caller"), refused);
	assert_int_equal(scratch_number("SELECT SUM(calls) FROM organization_day"), good + refused);
	assert_int_equal(
	    sql_number("SELECT SUM(calls) FROM secret WHERE id >= %d", (int)secrets[0]), good);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_latest_use_stays),
		cmocka_unit_test(refused_calls_are_no_use),
		cmocka_unit_test(calls_are_summed_by_minute_hour_and_day),
		cmocka_unit_test(a_batch_is_written_once),
		cmocka_unit_test(many_are_written_each_to_its_own),
		cmocka_unit_test(two_writers_at_once_make_exact_sums),
	};

	return GROUP(tests);
}
