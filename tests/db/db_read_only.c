/* db_read_only.c - a server of several that becomes read-only while we are connected to it: a switch-over. */
#define _GNU_SOURCE
#include "proxy.h"
#include "scratch.h"

#include "base/clock.h"
#include "test_sql.h"

#include "test_sql_table.h"

static struct arena start;
static struct fault start_fault;

/* The proxy, and then the server itself. */
static struct db *
of(struct arena *a, const struct proxy *first)
{
	struct db_place place = scratch_place();

	place.socket = fmt(&start, "%s, %s", first->path, getenv("KEYDESK_TEST_SOCKET"));
	place.read_timeout_seconds = 2;
	struct db *db = db_open(&start, &place);
	db_bind(db, a);
	return db;
}

static void
begin_reading(void *db)
{
	db_begin(db, DB_READ);
	sql_thing_list((struct db *)db, .after = 0, .count = 9);
	db_commit(db);
}

/* Nothing is asked of the proxy any more; the connection ends. */
static void
is_elsewhere(struct db *db, const struct proxy *proxy)
{
	int64_t began = clock_monotonic();

	kill(proxy->process, SIGSTOP);
	begin_reading(db);
	assert_true(clock_monotonic() - began < SECOND);
	db_close(db);
}

static void
raise_read_only(void *db)
{
	static const int64_t all[] = { 1290, 1836, 1036 };
	static size_t next;

	sql_server_raises((struct db *)db, .number = all[next++ % 3]);
}

/* A server that takes no writes any more is left by all threads of the process, and what was to be written goes elsewhere. */
static void
one_that_refuses_to_write_is_left(void **state)
{
	struct arena *a = test_arena();
	struct proxy proxy;
	struct db *db, *other;

	(void)state;
	scratch_tables();
	for (int i = 0; i < 3; i++) {
		proxy_open(&proxy);
		db = of(a, &proxy);
		other = db_another(&start, db);
		db_bind(other, a);
		begin_reading(db);
		db_begin(db, DB_WRITE);
		CHECK_FAULT(a, raise_read_only, db, "server_raises: database error ");
		assert_int_equal(a->fault->kind, FAULT_CONFLICT);
		db_rollback(db);
		db_bind(db, a);
		assert_false(db_connected(db));
		begin_reading(other);
		is_elsewhere(db, &proxy);
		db_close(other);
		proxy_close(&proxy);
	}
}

/* Also by those that only read: from then on it would answer from the past. */
static void
one_that_becomes_read_only_is_left(void **state)
{
	struct arena *a = test_arena();
	struct proxy proxy;
	struct db *db;

	(void)state;
	scratch_tables();
	proxy_open(&proxy);
	db = of(a, &proxy);
	begin_reading(db);
	db_settle(db);
	atomic_store(proxy.only_reads, 1);
	begin_reading(db);
	sleep(2);
	assert_true(db_connected(db));
	db_settle(db);
	assert_false(db_connected(db));
	is_elsewhere(db, &proxy);
	proxy_close(&proxy);
}

/* A load balancer hears at once whether there is a server, and so does whoever asks next. */
static void
one_that_has_just_become_read_only_is_not_alive(void **state)
{
	struct arena *a = test_arena();
	struct proxy proxy;
	struct db *db;

	(void)state;
	scratch_tables();
	proxy_open(&proxy);
	db = of(a, &proxy);
	begin_reading(db);
	atomic_store(proxy.only_reads, 1);
	assert_true(db_alive(db));
	is_elsewhere(db, &proxy);
	proxy_close(&proxy);
}

/* With nowhere else to go it is asked on, as long as it answers. */
static void
the_only_one_is_kept_while_it_is_read_only(void **state)
{
	struct arena *a = test_arena();
	struct db_place place = scratch_place();
	struct proxy proxy;
	struct db *db;

	(void)state;
	scratch_tables();
	proxy_open(&proxy);
	place.socket = str_of(proxy.path);
	db = db_open(&start, &place);
	db_bind(db, a);
	begin_reading(db);
	atomic_store(proxy.only_reads, 1);
	db_settle(db);
	assert_true(db_alive(db));
	db_begin(db, DB_WRITE);
	CHECK_FAULT(a, raise_read_only, db, "server_raises: database error ");
	assert_int_equal(a->fault->kind, FAULT_DATABASE);
	db_rollback(db);
	begin_reading(db);
	db_close(db);
	proxy_close(&proxy);
}

static int
open_all(void **state)
{
	scratch_open(state);
	arena_open(&start, &start_fault, 4 << 20);
	return 0;
}

static int
close_all(void **state)
{
	arena_close(&start);
	return scratch_close(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_that_refuses_to_write_is_left),
		cmocka_unit_test(one_that_becomes_read_only_is_left),
		cmocka_unit_test(one_that_has_just_become_read_only_is_not_alive),
		cmocka_unit_test(the_only_one_is_kept_while_it_is_read_only),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
