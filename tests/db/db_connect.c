/* db_connect.c - what becomes of a connection that is lost, in each situation. */
#define _GNU_SOURCE
#include "proxy.h"
#include "scratch.h"

#include "base/clock.h"
#include "test_sql.h"

#include "test_sql_table.h"

static struct arena start;
static struct fault start_fault;
static struct db *direct, *proxied, *db;
static struct proxy proxy;

static struct arena *
fresh(struct db *wanted)
{
	struct arena *a = test_arena();

	scratch_tables();
	scratch_run(
	    "INSERT INTO thing (name, active, made_at, hash) VALUES ('a', 1, '2026-01-01', '')");
	db = wanted;
	db_rollback(db);
	db_bind(db, a);
	return a;
}

static int64_t
connection(void)
{
	return sql_connection_get(db)->id;
}

static long
count(const char *condition)
{
	char text[200];

	snprintf(text, sizeof text, "SELECT COUNT(*) FROM thing WHERE %s", condition);
	return scratch_number(text);
}

static void
look(void *arg)
{
	(void)arg;
	sql_thing_list(db, .after = 0, .count = 9);
}

static void
note(void *arg)
{
	(void)arg;
	sql_thing_note(db, .id = 1, .note = S("x"));
}

static void
commit(void *arg)
{
	(void)arg;
	db_commit(db);
}

static void
outside_a_transaction_it_is_made_anew(void **state)
{
	int64_t before;

	(void)state;
	fresh(direct);
	before = connection();
	assert_int_equal(sql_thing_list(db, .after = 0, .count = 9).n, 1);
	scratch_kill(before);
	/* Prepared on the old connection, prepared again on the new one. */
	assert_int_equal(sql_thing_list(db, .after = 0, .count = 9).n, 1);
	assert_int_not_equal(connection(), before);

	scratch_kill(connection());
	assert_int_equal(sql_thing_note(db, .id = 1, .note = S("x")), 1);
	assert_int_equal(count("note = 'x'"), 1);

	scratch_kill(connection());
	assert_true(db_alive(db));

	scratch_kill(connection());
	db_begin(db, DB_WRITE);
	assert_int_equal(sql_thing_note(db, .id = 1, .note = S("y")), 1);
	db_commit(db);
	assert_int_equal(count("note = 'xy'"), 1);
}

static void
while_reading_it_is_a_conflict(void **state)
{
	struct arena *a = fresh(direct);
	int64_t before;

	(void)state;
	db_begin(db, DB_READ);
	before = connection();
	scratch_kill(before);
	CHECK_FAULT(a, look, NULL, "thing_list: database error ");
	assert_int_equal(a->fault->kind, FAULT_CONFLICT);
	/* Not on a new connection: that would be outside the transaction. */
	CHECK_FAULT(a, look, NULL, "thing_list: after the transaction failed");
	assert_int_equal(a->fault->kind, FAULT_CONFLICT);
	assert_false(db_alive(db));
	db_rollback(db);
	db_begin(db, DB_READ);
	assert_int_not_equal(connection(), before);
	db_commit(db);
}

static void
while_writing_it_is_a_conflict(void **state)
{
	struct arena *a = fresh(direct);

	(void)state;
	db_begin(db, DB_WRITE);
	note(NULL);
	scratch_kill(connection());
	CHECK_FAULT(a, note, NULL, "thing_note: database error ");
	assert_int_equal(a->fault->kind, FAULT_CONFLICT);
	db_rollback(db);
	assert_int_equal(count("note = 'x'"), 0);
}

static void
before_the_end_of_reading_nothing_is_lost(void **state)
{
	(void)state;
	fresh(direct);
	db_begin(db, DB_READ);
	look(NULL);
	scratch_kill(connection());
	db_commit(db);
	look(NULL);
}

static void
before_commit_nothing_is_kept(void **state)
{
	struct arena *a = fresh(direct);

	(void)state;
	db_begin(db, DB_WRITE);
	note(NULL);
	scratch_kill(connection());
	CHECK_FAULT(a, commit, NULL, "COMMIT");
	db_rollback(db);
	assert_int_equal(count("note = 'x'"), 0);
}

static void
before_rollback_there_is_no_fault(void **state)
{
	(void)state;
	fresh(direct);
	db_begin(db, DB_WRITE);
	note(NULL);
	scratch_kill(connection());
	db_rollback(db);
	assert_int_equal(count("note = 'x'"), 0);
	look(NULL);
}

static void
a_commit_without_an_answer_is_not_run_again(void **state)
{
	struct arena *a = fresh(proxied);
	_Atomic uint64_t commits = 0;

	(void)state;
	db_count_commits(db, &commits);
	db_begin(db, DB_WRITE);
	note(NULL);
	atomic_store(proxy.left, 1);
	CHECK_FAULT(a, commit, NULL, "no answer to COMMIT");
	assert_int_equal(a->fault->kind, FAULT_UNKNOWN);
	assert_int_equal(commits, 1);
	db_count_commits(db, NULL);
	db_rollback(db);
	assert_int_equal(count("note = 'x'"), 1);
}

static void
a_change_without_an_answer_is_not_run_again(void **state)
{
	struct arena *a = fresh(proxied);

	(void)state;
	note(NULL);
	/* The first message asks whether anybody listens. */
	atomic_store(proxy.left, 2);
	CHECK_FAULT(a, note, NULL, "thing_note: database error 2013");
	assert_int_equal(a->fault->kind, FAULT_DATABASE);
	assert_int_equal(count("note = 'xx'"), 1);
	note(NULL);
	assert_int_equal(count("note = 'xxx'"), 1);
}

static void
a_reading_without_an_answer_is_run_again(void **state)
{
	(void)state;
	fresh(proxied);
	look(NULL);
	atomic_store(proxy.left, 1);
	look(NULL);
	assert_int_equal(atomic_load(proxy.left), 0);
}

static void
wait_long(void *arg)
{
	(void)arg;
	sql_server_waits(db, .seconds = 5);
}

static void
a_reading_that_takes_too_long_is_not_run_again(void **state)
{
	struct arena *a = fresh(direct);
	struct db_place place = scratch_place();
	int64_t executed;

	(void)state;
	place.read_timeout_seconds = 1;
	db = db_open(a, &place);
	executed = connection();
	CHECK_FAULT(a, wait_long, NULL, "server_waits: database error 2013");
	assert_int_equal(a->fault->kind, FAULT_DATABASE);
	scratch_kill(executed);
	db_close(db);
}

static int
open_all(void **state)
{
	struct db_place place;

	proxy_open(&proxy);
	scratch_open(state);
	place = scratch_place();
	arena_open(&start, &start_fault, 1 << 20);
	direct = db_open(&start, &place);
	place.socket = str_of(proxy.path);
	proxied = db_open(&start, &place);
	return 0;
}

static int
close_all(void **state)
{
	db_close(direct);
	db_close(proxied);
	arena_close(&start);
	proxy_close(&proxy);
	return scratch_close(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(outside_a_transaction_it_is_made_anew),
		cmocka_unit_test(while_reading_it_is_a_conflict),
		cmocka_unit_test(while_writing_it_is_a_conflict),
		cmocka_unit_test(before_the_end_of_reading_nothing_is_lost),
		cmocka_unit_test(before_commit_nothing_is_kept),
		cmocka_unit_test(before_rollback_there_is_no_fault),
		cmocka_unit_test(a_commit_without_an_answer_is_not_run_again),
		cmocka_unit_test(a_change_without_an_answer_is_not_run_again),
		cmocka_unit_test(a_reading_without_an_answer_is_run_again),
		cmocka_unit_test(a_reading_that_takes_too_long_is_not_run_again),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
