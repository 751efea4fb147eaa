/* db.c - the transaction: what it keeps, what it refuses, and what a conflict becomes. */
#include "scratch.h"

#include "base/clock.h"
#include "test_sql.h"

#include "test_sql_table.h"

static struct arena start;
static struct fault start_fault;
static struct db *db;

static struct arena *
fresh(void)
{
	struct arena *a = test_arena();

	scratch_tables();
	db_rollback(db);
	db_bind(db, a);
	return a;
}

static int64_t
claim(const char *name)
{
	return sql_thing_claim(db, .name = str_of(name), .now = SECOND);
}

static long
things(void)
{
	return scratch_number("SELECT COUNT(*) FROM thing");
}

static void
begin_write(void *arg)
{
	(void)arg;
	db_begin(db, DB_WRITE);
}

static void
commit(void *arg)
{
	(void)arg;
	db_commit(db);
}

static void
the_session_is_as_promised(void **state)
{
	const struct connection_get_row *row;

	(void)state;
	fresh();
	row = sql_connection_get(db);
	CHECK_STR(row->zone, "+00:00");
	CHECK_HOLDS(row->mode, "STRICT_ALL_TABLES");
	CHECK_HOLDS(row->mode, "NO_ENGINE_SUBSTITUTION");
	CHECK_HOLDS(row->mode, "ONLY_FULL_GROUP_BY");

	/* READ COMMITTED: what others commit in the middle is seen. */
	db_begin(db, DB_READ);
	assert_int_equal(sql_thing_list(db, .after = 0, .count = 9).n, 0);
	scratch_run(
	    "INSERT INTO thing (name, active, made_at, hash) VALUES ('a', 1, '2026-01-01', '')");
	assert_int_equal(sql_thing_list(db, .after = 0, .count = 9).n, 1);
	db_commit(db);
}

static void
commit_keeps_and_rollback_undoes(void **state)
{
	(void)state;
	fresh();
	assert_false(db_within(db));
	db_begin(db, DB_WRITE);
	assert_true(db_within(db));
	assert_false(db_changed(db));
	claim("kept");
	assert_true(db_changed(db));
	sql_thing_audit(db, .what = S("claim"));
	assert_int_equal(things(), 0);
	db_commit(db);
	assert_false(db_within(db));
	assert_false(db_changed(db));
	assert_int_equal(things(), 1);

	db_begin(db, DB_WRITE);
	claim("undone");
	db_rollback(db);
	assert_false(db_changed(db));
	assert_int_equal(things(), 1);
}

static void
without_a_transaction_there_is_nothing_to_end(void **state)
{
	(void)state;
	fresh();
	db_begin(db, DB_NONE);
	assert_int_equal(sql_thing_note(db, .id = 1, .note = S("x")), 0);
	db_commit(db);
	db_rollback(db);
	assert_int_equal(things(), 0);
}

static void
a_change_without_an_audit_entry_is_not_committed(void **state)
{
	struct arena *a = fresh();

	(void)state;
	db_begin(db, DB_WRITE);
	claim("first");
	CHECK_FAULT(a, commit, NULL, "rows were changed without an audit entry: thing_claim");
	assert_int_equal(a->fault->kind, FAULT_PROGRAM);
	db_rollback(db);
	assert_int_equal(things(), 0);

	/* An entry of the transaction before does not count. */
	db_begin(db, DB_WRITE);
	sql_thing_audit(db, .what = S("x"));
	db_commit(db);
	db_begin(db, DB_WRITE);
	claim("second");
	CHECK_FAULT(a, commit, NULL, "without an audit entry");
	db_rollback(db);
}

static void
what_changed_nothing_or_is_quiet_needs_no_entry(void **state)
{
	(void)state;
	fresh();
	scratch_run(
	    "INSERT INTO thing (name, active, made_at, hash) VALUES ('a', 1, '2026-01-01', '')");
	db_begin(db, DB_WRITE);
	assert_int_equal(sql_thing_rename(db, .id = 99, .name = S("b")), 0);
	assert_int_equal(sql_thing_note(db, .id = 1, .note = S("c")), 1);
	assert_false(db_changed(db));
	db_commit(db);
	assert_int_equal(scratch_number("SELECT COUNT(*) FROM thing WHERE note = 'c'"), 1);
}

static void
transactions_do_not_nest(void **state)
{
	struct arena *a = fresh();

	(void)state;
	db_begin(db, DB_READ);
	CHECK_FAULT(a, begin_write, NULL, "a transaction begun within another");
	db_rollback(db);
}

/* Conflicts. */

static void
rename_second(void *arg)
{
	(void)arg;
	sql_thing_rename(db, .id = 2, .name = S("mine"));
}

static void
look(void *arg)
{
	(void)arg;
	sql_thing_list(db, .after = 0, .count = 9);
}

static void
a_deadlock_is_a_conflict_and_ends_the_transaction(void **state)
{
	struct arena *a = fresh();

	(void)state;
	scratch_run("INSERT INTO thing (name, active, made_at, hash) VALUES "
		    "('a', 1, '2026-01-01', ''), ('b', 1, '2026-01-01', ''), "
		    "('c', 1, '2026-01-01', ''), ('d', 1, '2026-01-01', '')");
	db_begin(db, DB_WRITE);
	sql_thing_rename(db, .id = 1, .name = S("mine"));
	/* The other one has changed more, so the server chooses this one to give way. */
	scratch_run("START TRANSACTION");
	scratch_run("UPDATE thing SET amount = 1 WHERE id > 1");
	assert_int_equal(mysql_send_query(scratch_root, "UPDATE thing SET amount = 1 WHERE id = 1",
			     (unsigned long)strlen("UPDATE thing SET amount = 1 WHERE id = 1")),
	    0);

	CHECK_FAULT(a, rename_second, NULL, "thing_rename: database error 1213");
	assert_int_equal(a->fault->kind, FAULT_CONFLICT);
	CHECK_FAULT(a, look, NULL, "thing_list: after the transaction failed");
	assert_int_equal(a->fault->kind, FAULT_CONFLICT);
	CHECK_FAULT(a, commit, NULL, "COMMIT after the transaction failed");
	assert_int_equal(a->fault->kind, FAULT_CONFLICT);
	db_rollback(db);

	assert_int_equal(mysql_read_query_result(scratch_root), 0);
	scratch_run("COMMIT");
	db_begin(db, DB_WRITE);
	assert_int_equal(sql_thing_rename(db, .id = 2, .name = S("again")), 1);
	db_rollback(db);
}

static void
end_unasked(void *arg)
{
	(void)arg;
	sql_server_ends(db);
}

static void
a_transaction_that_the_server_has_ended_goes_no_further(void **state)
{
	struct arena *a = fresh();

	(void)state;
	for (int i = 0; i < 2; i++) { /* prepared in it, and prepared before */
		db_begin(db, DB_WRITE);
		sql_thing_claim(db, .name = S("alone"), .now = SECOND);
		CHECK_FAULT(a, end_unasked, NULL, "the server has ended the transaction");
		assert_int_equal(a->fault->kind, FAULT_CONFLICT);
		CHECK_FAULT(a, commit, NULL, "COMMIT after the transaction failed");
		db_rollback(db);
	}
	assert_null(sql_thing_any(db));
	sql_server_ends(db); /* outside one there is nothing to end */
}

struct raised {
	int64_t number;
	enum db_mode mode;
	enum fault_kind kind;
};

static void
raise(void *arg)
{
	sql_server_raises(db, .number = *(const int64_t *)arg);
}

static void
each_error_has_its_kind(void **state)
{
	static const struct raised all[] = {
		{ 1213, DB_WRITE, FAULT_CONFLICT },
		{ 1205, DB_WRITE, FAULT_CONFLICT },
		{ 1020, DB_WRITE, FAULT_CONFLICT },
		{ 1180, DB_WRITE, FAULT_CONFLICT },
		{ 1451, DB_WRITE, FAULT_CONFLICT },
		{ 1452, DB_WRITE, FAULT_CONFLICT },
		{ 1047, DB_WRITE, FAULT_CONFLICT },
		{ 1053, DB_WRITE, FAULT_CONFLICT },
		{ 1243, DB_WRITE, FAULT_CONFLICT },
		{ 1927, DB_READ, FAULT_CONFLICT },
		{ 4031, DB_READ, FAULT_CONFLICT },
		{ 1461, DB_READ, FAULT_CONFLICT },
		{ 1615, DB_READ, FAULT_CONFLICT },
		{ 1213, DB_NONE, FAULT_CONFLICT },
		{ 1047, DB_NONE, FAULT_DATABASE },
		{ 1290, DB_WRITE, FAULT_DATABASE },
		{ 1317, DB_READ, FAULT_DATABASE },
		{ 1969, DB_NONE, FAULT_DATABASE },
		{ 3024, DB_READ, FAULT_DATABASE },
		{ 1021, DB_WRITE, FAULT_DATABASE }, /* the disk is full */
		{ 1026, DB_WRITE, FAULT_DATABASE },
		{ 1030, DB_WRITE, FAULT_DATABASE },
		{ 1114, DB_NOTE, FAULT_DATABASE },
		{ 1037, DB_READ, FAULT_DATABASE }, /* there is no memory, or too much is going on */
		{ 1038, DB_READ, FAULT_DATABASE },
		{ 1040, DB_NONE, FAULT_DATABASE },
		{ 1041, DB_WRITE, FAULT_DATABASE },
		{ 1135, DB_WRITE, FAULT_DATABASE },
		{ 1203, DB_NONE, FAULT_DATABASE },
		{ 1206, DB_WRITE, FAULT_DATABASE },
		{ 1226, DB_WRITE, FAULT_DATABASE },
		{ 1637, DB_WRITE, FAULT_DATABASE },
		{ 1044, DB_WRITE, FAULT_DATABASE }, /* it has not been granted yet */
		{ 1142, DB_NOTE, FAULT_DATABASE },
		{ 1143, DB_WRITE, FAULT_DATABASE },
		{ 1370, DB_WRITE, FAULT_DATABASE },
		{ 1036, DB_WRITE, FAULT_DATABASE }, /* it is read-only */
		{ 1836, DB_WRITE, FAULT_DATABASE },
		{ 1792, DB_WRITE, FAULT_DATABASE },
		{ 1064, DB_NONE, FAULT_PROGRAM },
		{ 1644, DB_WRITE, FAULT_PROGRAM },
		{ 1062, DB_WRITE, FAULT_PROGRAM },
	};
	struct arena *a = fresh();

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		struct raised r = all[i];

		db_begin(db, r.mode);
		CHECK_FAULT(a, raise, &r.number, "server_raises: database error ");
		assert_int_equal(a->fault->kind, r.kind);
		assert_null(strstr(a->fault->what, "a value"));
		db_rollback(db);
	}
	assert_non_null(sql_connection_get(db));
}

/* Where there is no database. */

static void
begin_it(void *arg)
{
	db_begin(arg, DB_READ);
}

static void
check_absent(struct arena *a, struct db_place place, str words)
{
	struct db *absent = db_open(a, &place);

	assert_false(db_alive(absent));
	if (attempt(a->fault, begin_it, absent))
		fail_msg("began without a database");
	assert_int_equal(a->fault->kind, FAULT_DATABASE);
	check_holds_(str_of(a->fault->what), words, __FILE__, __LINE__);
	db_rollback(absent);
	db_close(absent);
}

static void
no_database_is_a_fault_of_its_kind(void **state)
{
	struct arena *a = fresh();
	struct db_place place = scratch_place();

	(void)state;
	place.socket = S("/nonexistent/socket");
	check_absent(a, place, S("database error 2002"));
	place.socket = (str){ 0 };
	place.host = S("localhost");
	place.port = 1;
	check_absent(a, place, S("database error 200"));
	place = scratch_place();
	place.name = S("keydesk_no_such_database");
	check_absent(a, place, S("database error 1049"));
	place = scratch_place();
	place.user = S("keydesk_nobody");
	place.password = S("wrong");
	check_absent(a, place, S("database error 1"));
	assert_null(strstr(a->fault->what, "wrong"));
	db_thread_end();
}

static int
open_all(void **state)
{
	struct db_place place;

	scratch_open(state);
	place = scratch_place();
	arena_open(&start, &start_fault, 1 << 20);
	db = db_open(&start, &place);
	return 0;
}

static int
close_all(void **state)
{
	db_close(db);
	arena_close(&start);
	return scratch_close(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_session_is_as_promised),
		cmocka_unit_test(commit_keeps_and_rollback_undoes),
		cmocka_unit_test(without_a_transaction_there_is_nothing_to_end),
		cmocka_unit_test(a_change_without_an_audit_entry_is_not_committed),
		cmocka_unit_test(what_changed_nothing_or_is_quiet_needs_no_entry),
		cmocka_unit_test(transactions_do_not_nest),
		cmocka_unit_test(a_deadlock_is_a_conflict_and_ends_the_transaction),
		cmocka_unit_test(a_transaction_that_the_server_has_ended_goes_no_further),
		cmocka_unit_test(each_error_has_its_kind),
		cmocka_unit_test(no_database_is_a_fault_of_its_kind),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
