/* db_commits.c - which transactions are counted, and when; and which hosts are asked for them. */
#define _GNU_SOURCE
#include "proxy.h"
#include "scratch.h"

#include "base/clock.h"
#include "test_sql.h"

#include "test_sql_table.h"

static struct arena start;
static struct fault start_fault;
static struct db *db;

static void
claim(const char *name)
{
	sql_thing_claim(db, .name = str_of(name), .now = SECOND);
}

/* What decides about anybody is counted, before whoever did it hears that it is done; notes are not. */
static void
commits_that_may_decide_are_counted(void **state)
{
	struct arena *a = test_arena();
	_Atomic uint64_t commits = 0;
	struct db *other;

	(void)state;
	scratch_tables();
	db_bind(db, a);
	other = db_another(&start, db);
	db_count_commits(db, &commits);
	db_begin(db, DB_WRITE);
	claim("kept");
	sql_thing_audit(db, .what = S("claim"));
	assert_int_equal(commits, 0);
	db_commit(db);
	assert_int_equal(commits, 1);
	db_begin(db, DB_WRITE);
	sql_thing_note(db, .id = 1, .note = S("c"));
	db_commit(db);
	assert_int_equal(commits, 2);

	db_begin(db, DB_WRITE);
	claim("undone");
	db_rollback(db);
	db_begin(db, DB_READ);
	db_commit(db);
	db_begin(db, DB_NONE);
	sql_thing_note(db, .id = 1, .note = S("c"));
	db_commit(db);
	db_begin(db, DB_NOTE);
	sql_thing_note(db, .id = 1, .note = S("c"));
	db_commit(db);
	assert_int_equal(commits, 2);

	/* Nobody counts what a connection does that was made before. */
	db_bind(other, a);
	db_begin(other, DB_WRITE);
	db_commit(other);
	db_close(other);
	assert_int_equal(commits, 2);
	other = db_another(&start, db);
	db_bind(other, a);
	db_begin(other, DB_WRITE);
	db_commit(other);
	db_close(other);
	assert_int_equal(commits, 3);
	db_count_commits(db, NULL);
}

/* A commit was on the first host, which then went away, and what followed on the second: that one is asked whether it has
 * all. The proxy serves one connection at a time, ours, so it cannot say yes. */
static void
a_host_that_was_moved_to_is_asked(void **state)
{
	struct arena *a = test_arena();
	struct db_place place = scratch_place();
	struct proxy first, second;
	struct db *several;

	(void)state;
	proxy_open(&first);
	proxy_open(&second);
	place.socket = fmt(&start, "%s, %s", first.path, second.path);
	several = db_open(&start, &place);
	db_bind(several, a);
	db_begin(several, DB_WRITE);
	db_commit(several);
	proxy_close(&first);
	db_begin(several, DB_WRITE);
	db_commit(several);
	assert_int_equal(db_confirm(several), 3);
	/* Once; then it is as ever. */
	db_begin(several, DB_WRITE);
	db_commit(several);
	assert_int_equal(db_confirm(several), 1);
	db_close(several);
	proxy_close(&second);
}

static int
open_all(void **state)
{
	struct db_place place;

	scratch_open(state);
	arena_open(&start, &start_fault, 1 << 20);
	place = scratch_place();
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
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(commits_that_may_decide_are_counted),
		cmocka_unit_test(a_host_that_was_moved_to_is_asked),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
