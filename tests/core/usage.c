/* usage.c - from the notes to the rows: who called, how it ended, and that nothing is written twice. */
#define _GNU_SOURCE
#include "core/fixture.h"

#include "core/usage.h"

/* 2026-11-20 13:59:59 UTC */
static const int64_t at = (20777 * DAY) + 14 * HOUR - SECOND;

static int64_t
secret_of(const struct client_made *made)
{
	return sql_number(
	    "SELECT id FROM secret WHERE sid = '%.*s'", STR(str_part(made->secret, 10, 10)));
}

static int64_t
some_secret(void)
{
	struct people ann = world_people();
	struct client_made made = make_key(&ann, S("production"));

	return secret_of(&made);
}

static struct shared_uses *
batch_of(int64_t number)
{
	static struct shared_uses uses;

	uses = (struct shared_uses){ .memory = "0123456789012345678901", .number = number };
	return &uses;
}

/* A new one, with a number higher than all before. */
static struct shared_uses *
batch(void)
{
	static int64_t number;

	return batch_of(++number);
}

struct one {
	int64_t secret, at;
	enum use_outcome outcome;
	int64_t calls;
	const char *address, *program;
};

static void
add(struct shared_uses *uses, struct one one)
{
	struct shared_use *use = &uses->at[uses->n++];

	*use = (struct shared_use){ .secret = one.secret, .first_at = one.at, .last_at = one.at };
	use->calls[one.outcome] = one.calls;
	snprintf(use->address, sizeof use->address, "%s", one.address);
	snprintf(use->program, sizeof use->program, "%s", one.program);
}

static void
write_to(struct hand *hand, const struct shared_uses *uses)
{
	struct request *rq = hand_begin(hand, 0);

	usage_write(rq->db, rq->arena, uses);
	db_commit(rq->db);
}

static void
write_batch(const struct shared_uses *uses)
{
	write_to(&world.hand, uses);
}

static void
write_one(struct one one)
{
	struct shared_uses *uses = batch();

	add(uses, one);
	write_batch(uses);
}

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

/* ---- two machines at once */

enum { MACHINES = 2, BATCHES = 40, SHARED_SECRETS = 12 };

/* Each writes the same secrets in an order of its own. */
static void
write_as_machine(struct hand *hand)
{
	const int64_t *secrets = hand->with;
	struct shared_uses *uses = NEW(&hand->start, struct shared_uses, 1);

	for (hand->result = hand->result ? hand->result : 1; hand->result <= BATCHES;
	     hand->result++) {
		*uses = (struct shared_uses){ .number = hand->result };
		snprintf(uses->memory, sizeof uses->memory, "machine %d", hand->n);
		for (int i = 0; i < SHARED_SECRETS; i++) {
			int which = hand->n ? i : SHARED_SECRETS - 1 - i;

			add(uses, (struct one){ secrets[which], at, USE_ACCEPTED, 1 + i % 3,
				      "192.0.2.1", i % 2 ? "a" : "b" });
			add(uses,
			    (struct one){ secrets[which], at, USE_EXPIRED, 2, "192.0.2.2", "c" });
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
		good += (int64_t)MACHINES * BATCHES * (1 + i % 3);
	}
	hands_together(hands, MACHINES, write_as_machine, secrets);
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
		cmocka_unit_test(no_flood_pushes_out_a_good_caller),
		cmocka_unit_test(room_is_made_by_who_is_gone),
		cmocka_unit_test(two_writers_at_once_make_exact_sums),
	};

	return GROUP(tests);
}
