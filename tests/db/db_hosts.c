/* db_hosts.c - the list of servers: how it is read, who is asked next, and how one comes back. */
#define _GNU_SOURCE
#include "proxy.h"
#include "scratch.h"

#include "base/clock.h"
#include "test_sql.h"

#include "test_sql_table.h"

#include <fcntl.h>

static struct arena start;
static struct fault start_fault;

/* A socket whose server is frozen: connections are taken by the kernel and nobody ever says a word. */
static int
frozen_open(const char *path)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct sockaddr_un at = proxy_address(path);

	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(fd, 64), 0);
	return fd;
}

/* A database on a list of sockets: first may be one that is nowhere. */
static struct db *
of(struct arena *a, const char *first, str *list)
{
	struct db_place place = scratch_place();

	*list = fmt(&start, "%s, %s", first, getenv("KEYDESK_TEST_SOCKET"));
	place.socket = *list;
	place.read_timeout_seconds = 2;
	assert_null(db_place_wrong(&place));
	struct db *db = db_open(&start, &place);
	db_bind(db, a);
	return db;
}

/* The same, with the one that may be nowhere last. */
static struct db *
before(struct arena *a, const char *last)
{
	struct db_place place = scratch_place();

	place.socket = fmt(&start, "%s, %s", getenv("KEYDESK_TEST_SOCKET"), last);
	struct db *db = db_open(&start, &place);
	db_bind(db, a);
	assert_int_equal(sql_thing_list(db, .after = 0, .count = 9).n, 0);
	return db;
}

/* How many have tried to connect since this was last asked. */
static int
taken(int listening)
{
	int n = 0, fd;

	while ((fd = accept4(listening, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
		close(fd);
		n++;
	}
	return n;
}

static const char *
wrong(const char *socket, const char *host)
{
	struct db_place place = { .socket = str_of(socket), .host = str_of(host), .port = 3306 };

	return db_place_wrong(&place);
}

static void
lists(void **state)
{
	static const char *const good[] = { "db1", "db1,db2:3307, db3", "[::1]", "[::1]:3307",
		"2001:db8::1", "10.0.0.1 10.0.0.2\t10.0.0.3", "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p" };
	static const char *const bad[] = { ",", ":", "db1:0", "db1:65536", "db1:x", "[::1",
		"[::1]3307", "[]", "db<1>", "db1;db2", "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q" };

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		if (wrong("", good[i]))
			fail_msg("%s: %s", good[i], wrong("", good[i]));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (!wrong("", bad[i]))
			fail_msg("%s is taken", bad[i]);
	assert_null(wrong("/run/a /run/b", ""));
	assert_non_null(wrong("/run/a<b>", ""));
	assert_non_null(wrong("/run/\"a\"", ""));
	assert_non_null(
	    wrong("/1234567890123456789012345678901234567890123456789012345678901234567890"
		  "123456789012345678901234567890123456789",
		""));
}

static void
names_are_as_they_were_given(void **state)
{
	struct db_place place = { .host = S("db1, [::1]:3307 db3:4"), .port = 3306 };
	struct db *db = db_open(&start, &place);

	(void)state;
	assert_int_equal(db_hosts_n(db), 3);
	CHECK_STR(db_host_name(db, 0), "db1");
	CHECK_STR(db_host_name(db, 1), "[::1]:3307");
	CHECK_STR(db_host_name(db, 2), "db3:4");
	CHECK_STR(db_host_name(db, 3), "");
}

static void
one_that_is_away_is_passed_over(void **state)
{
	struct arena *a = test_arena();
	_Atomic uint64_t commits = 0;
	str list;
	struct db *db;

	(void)state;
	scratch_tables();
	db = of(a, "/nonexistent/socket", &list);
	db_count_commits(db, &commits);
	assert_int_equal(sql_thing_list(db, .after = 0, .count = 9).n, 0);
	db_begin(db, DB_WRITE);
	db_commit(db);
	assert_int_equal(commits, 1);
	/* Who ended something hears that it has not said so. */
	assert_int_equal(db_confirm(db), 1);
	assert_int_equal(commits, 2);
	db_close(db);
}

/* What was asked of a server that then freezes is asked of the next one, and nobody else waits for it. */
static void
one_that_freezes_is_left(void **state)
{
	struct arena *a = test_arena();
	struct proxy proxy;
	struct db *db, *other;
	int64_t began;
	str list;

	(void)state;
	scratch_tables();
	proxy_open(&proxy);
	db = of(a, proxy.path, &list);
	other = db_another(&start, db);
	db_bind(other, a);
	assert_int_equal(sql_thing_list(db, .after = 0, .count = 9).n, 0);
	kill(proxy.process, SIGSTOP);
	assert_int_equal(sql_thing_list(db, .after = 0, .count = 9).n, 0);

	began = clock_monotonic();
	assert_int_equal(sql_thing_list(other, .after = 0, .count = 9).n, 0);
	assert_int_equal(db_confirm(other), 1);
	assert_true(clock_monotonic() - began < SECOND);
	db_close(db);
	db_close(other);
	proxy_close(&proxy);
}

/* Nobody is connected to it, and still each commit asks whether it has it: the first one waits for it, the
 * others do not even connect. */
static void
one_that_nobody_is_connected_to_is_waited_for_once(void **state)
{
	struct arena *a = test_arena();
	char folder[] = "/tmp/keydesk-frozen-XXXXXX", path[40];
	struct db *db;
	int64_t began;
	int fd;

	(void)state;
	scratch_tables();
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/0", folder);
	fd = frozen_open(path);
	assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	db = before(a, path);
	began = clock_monotonic();
	assert_int_equal(db_confirm(db), 2);
	assert_true(clock_monotonic() - began < 3 * SECOND);
	assert_int_equal(taken(fd), 1);
	for (int i = 0; i < 9; i++) {
		assert_int_equal(db_confirm(db), 2);
		db_settle(db);
	}
	assert_int_equal(taken(fd), 0);
	db_close(db);
	close(fd);
	unlink(path);
	rmdir(folder);
}

/* It is tried again between two requests, when nobody waits. */
static void
one_that_nobody_is_connected_to_comes_back(void **state)
{
	struct arena *a = test_arena();
	struct proxy proxy;
	struct db *db;

	(void)state;
	scratch_tables();
	proxy_open(&proxy);
	db = before(a, proxy.path);
	assert_int_equal(db_confirm(db), 0);
	kill(proxy.process, SIGSTOP);
	assert_int_equal(db_confirm(db), 2);
	kill(proxy.process, SIGCONT);
	assert_int_equal(db_confirm(db), 2);
	sleep(5);
	atomic_store(proxy.left, 1000);
	db_settle(db);
	assert_true(atomic_load(proxy.left) < 1000);
	assert_int_equal(db_confirm(db), 0);
	db_close(db);
	proxy_close(&proxy);
}

static void
begin_reading(void *db)
{
	db_begin(db, DB_READ);
	sql_thing_list((struct db *)db, .after = 0, .count = 9);
	db_commit(db);
}

static void
in_a_transaction_it_is_a_conflict_with_somewhere_to_go(void **state)
{
	struct arena *a = test_arena();
	struct proxy proxy;
	struct db *db;
	str list;

	(void)state;
	scratch_tables();
	proxy_open(&proxy);
	db = of(a, proxy.path, &list);
	begin_reading(db);
	db_begin(db, DB_READ);
	kill(proxy.process, SIGSTOP);
	CHECK_FAULT(a, begin_reading, db, "a transaction begun within another");
	db_rollback(db); /* waits for its answer, and loses the connection */
	assert_true(db_may_move(db));
	assert_true(attempt(a->fault, begin_reading, db));
	assert_false(db_may_move(of(a, "", &list)));
	db_close(db);
	proxy_close(&proxy);
}

static void
enter(void *db)
{
	sql_thing_audit((struct db *)db, .what = S("once"));
}

/* The lock of a chain's head may be lost on a cluster, and the entry before still be kept. On one server it is
 * a fault that somebody has to look at. */
static void
an_entry_whose_number_is_taken(void **state)
{
	struct arena *a = test_arena();
	struct db *db;
	str list;

	(void)state;
	scratch_tables();
	scratch_run("ALTER TABLE entry ADD UNIQUE (what)");
	db = of(a, "", &list);
	db_begin(db, DB_WRITE);
	enter(db);
	CHECK_FAULT(a, enter, db, "database error 1062");
	assert_int_equal(a->fault->kind, FAULT_PROGRAM);
	db_rollback(db);
	db_close(db);

	db = of(a, "/nonexistent/socket", &list);
	db_begin(db, DB_WRITE);
	enter(db);
	CHECK_FAULT(a, enter, db, "its number is taken");
	assert_int_equal(a->fault->kind, FAULT_CONFLICT);
	db_rollback(db);
	db_close(db);
}

static void
the_preferred_one_is_gone_back_to(void **state)
{
	struct arena *a = test_arena();
	struct proxy proxy;
	char away[80];
	struct db *db;
	str list;

	(void)state;
	scratch_tables();
	proxy_open(&proxy);
	snprintf(away, sizeof away, "%s-away", proxy.path);
	assert_int_equal(rename(proxy.path, away), 0);
	db = of(a, proxy.path, &list);
	assert_int_equal(sql_thing_list(db, .after = 0, .count = 9).n, 0);
	db_settle(db); /* not before its time: */
	assert_int_equal(rename(away, proxy.path), 0);
	db_settle(db);
	atomic_store(proxy.left, 1000);
	assert_int_equal(sql_thing_list(db, .after = 0, .count = 9).n, 0);
	assert_int_equal(atomic_load(proxy.left), 1000);
	/* Five seconds after it has failed. */
	for (int64_t began = clock_monotonic(); clock_monotonic() - began < 6 * SECOND;
	     usleep(100000))
		db_settle(db);
	assert_int_equal(sql_thing_list(db, .after = 0, .count = 9).n, 0);
	assert_true(atomic_load(proxy.left) < 1000);
	db_close(db);
	proxy_close(&proxy);
}

static void
where_all_are_frozen_one_at_a_time_is_tried(void **state)
{
	struct arena *a = test_arena();
	struct db_place place = scratch_place();
	char folder[] = "/tmp/keydesk-frozen-XXXXXX", path[2][40];
	int fd[2];
	struct db *db, *other;
	int64_t began;

	(void)state;
	assert_non_null(mkdtemp(folder));
	for (int i = 0; i < 2; i++) {
		snprintf(path[i], sizeof path[i], "%s/%d", folder, i);
		fd[i] = frozen_open(path[i]);
	}
	place.socket = fmt(&start, "%s,%s", path[0], path[1]);
	db = db_open(&start, &place);
	db_bind(db, a);
	assert_false(db_alive(db)); /* 2 s each */
	other = db_another(&start, db);
	db_bind(other, a);
	began = clock_monotonic();
	/* One of them is tried, not both: whether one is back. */
	assert_false(db_alive(other));
	assert_true(clock_monotonic() - began < 3 * SECOND);
	assert_false(db_may_move(other));
	for (int i = 0; i < 2; i++) {
		close(fd[i]);
		unlink(path[i]);
	}
	rmdir(folder);
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
		cmocka_unit_test(lists),
		cmocka_unit_test(names_are_as_they_were_given),
		cmocka_unit_test(one_that_is_away_is_passed_over),
		cmocka_unit_test(one_that_freezes_is_left),
		cmocka_unit_test(one_that_nobody_is_connected_to_is_waited_for_once),
		cmocka_unit_test(one_that_nobody_is_connected_to_comes_back),
		cmocka_unit_test(in_a_transaction_it_is_a_conflict_with_somewhere_to_go),
		cmocka_unit_test(an_entry_whose_number_is_taken),
		cmocka_unit_test(the_preferred_one_is_gone_back_to),
		cmocka_unit_test(where_all_are_frozen_one_at_a_time_is_tried),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
