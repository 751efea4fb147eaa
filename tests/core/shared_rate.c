/* shared_rate.c - budgets: what is within them, when they come back, whose they are, and from how many processes at once. */
#define _GNU_SOURCE
#include "check.h"

#include "core/shared_rate.h"

#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CACHE = 1024, MINUTE_MOST = 100, CHILDREN = 8, TAKES = 400 };

static const int64_t noon = 1900000000 * SECOND;

static struct shared *
make(void)
{
	int fd;
	struct shared *shared = shared_make(test_arena()->fault, CACHE, &fd);

	close(fd);
	return shared;
}

static struct rate_left
take(struct shared *shared, uint64_t who, int64_t now)
{
	return rate_take(
	    shared, &(struct rate){ RATE_CLIENTS, who, MINUTE_MOST, MINUTE, now, false });
}

static void
so_many_at_once_and_then_as_they_come_back(void **state)
{
	struct shared *shared = make();
	struct rate_left is;

	(void)state;
	for (int64_t i = 1; i <= MINUTE_MOST; i++) {
		is = take(shared, 7, noon);
		assert_true(is.within);
		assert_int_equal(is.left, MINUTE_MOST - i);
		assert_int_equal(is.next, 600 * 1000);
	}
	is = take(shared, 7, noon);
	assert_false(is.within);
	assert_int_equal(is.left, 0);
	assert_int_equal(is.next, 600 * 1000);
	assert_false(take(shared, 7, noon + 599 * 1000).within);
	assert_int_equal(take(shared, 7, noon + 599 * 1000).next, 1000);
	assert_true(take(shared, 7, noon + 600 * 1000).within);
	assert_false(take(shared, 7, noon + 600 * 1000).within);
	is = take(shared, 7, noon + 2 * MINUTE);
	assert_int_equal(is.left, MINUTE_MOST - 1);
	shared_unmap(shared);
}

/* In any stretch of time: what was there at its beginning, and what has come back since. */
static void
no_minute_has_more_than_its_budget_and_what_came_back(void **state)
{
	struct shared *shared = make();
	int64_t good = 0;

	(void)state;
	for (int64_t ms = 0; ms < 10 * 60 * 1000; ms += 50)
		good += take(shared, 7, noon + ms * 1000).within;
	assert_int_equal(good, MINUTE_MOST + 10 * MINUTE_MOST - 1);
	shared_unmap(shared);
}

static void
a_budget_is_of_one_alone(void **state)
{
	struct shared *shared = make();

	(void)state;
	while (take(shared, 7, noon).within)
		;
	for (uint64_t who = 8; who < 5000; who++)
		assert_int_equal(take(shared, who, noon).left, MINUTE_MOST - 1);
	assert_false(take(shared, 7, noon).within);
	assert_true(
	    rate_take(shared, &(struct rate){ RATE_WRITES, 7, 1, SECOND, noon, false }).within);
	assert_false(
	    rate_take(shared, &(struct rate){ RATE_WRITES, 7, 1, SECOND, noon, false }).within);
	assert_true(
	    rate_take(shared, &(struct rate){ RATE_ADDRESSES, 7, 1, SECOND, noon, false }).within);
	shared_unmap(shared);
}

/* A limit that is raised or lowered holds from the next call on. */
static void
another_limit_holds_at_once(void **state)
{
	struct shared *shared = make();
	struct rate few = { RATE_CLIENTS, 7, 2, MINUTE, noon, false }, more = few;

	(void)state;
	more.most = 1000;
	assert_true(rate_take(shared, &few).within);
	assert_true(rate_take(shared, &few).within);
	assert_false(rate_take(shared, &few).within);
	more.now += SECOND;
	assert_true(rate_take(shared, &more).within);
	few.now += SECOND;
	assert_false(rate_take(shared, &few).within);
	shared_unmap(shared);
}

/* Whoever asks from everywhere gets the room of who has used least, not of who is at their limit. */
static void
strangers_without_number_free_nobody(void **state)
{
	struct shared *shared = make();
	struct rate heavy = { RATE_ADDRESSES, rate_stranger(shared, S("192.0.2.1")), 10, MINUTE,
		noon, false };
	struct rate light = heavy;

	(void)state;
	for (int i = 0; i < 10; i++)
		assert_true(rate_take(shared, &heavy).within);
	for (int i = 0; i < 150000; i++) {
		light.who = rate_stranger(shared, fmt(test_arena(), "2001:db8::%x", i));
		assert_true(rate_take(shared, &light).within);
	}
	assert_false(rate_take(shared, &heavy).within);
	shared_unmap(shared);
}

/* Requests are not served in the order in which they came: a late one finds nothing that the others have not left. */
static void
who_comes_late_finds_no_new_budget(void **state)
{
	struct shared *shared = make();
	int64_t good = 0;

	(void)state;
	for (int64_t ms = 0; ms < 60 * 1000; ms += 10)
		good += take(shared, 7, noon + (ms - (ms / 10 % 2) * 5000) * 1000).within;
	assert_in_range(good, MINUTE_MOST, 2 * MINUTE_MOST);
	shared_unmap(shared);
}

/* A clock that was an hour ahead and is set right keeps nobody out for that hour. */
static void
a_clock_that_is_set_back_locks_nobody_out(void **state)
{
	struct shared *shared = make();

	(void)state;
	while (take(shared, 7, noon + HOUR).within)
		;
	assert_int_equal(take(shared, 7, noon).left, MINUTE_MOST - 1);
	shared_unmap(shared);
}

static void
take_all(struct shared *shared, _Atomic int64_t *good)
{
	for (int i = 0; i < TAKES; i++)
		atomic_fetch_add(good, take(shared, 7, noon).within);
	_exit(0);
}

static void
processes_share_it_to_the_last_one(void **state)
{
	struct shared *shared = make();
	_Atomic int64_t *good =
	    mmap(NULL, sizeof *good, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status;

	(void)state;
	for (int i = 0; i < CHILDREN; i++)
		if (fork() == 0)
			take_all(shared, good);
	for (int i = 0; i < CHILDREN; i++) {
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	assert_int_equal(atomic_load(good), MINUTE_MOST);
	munmap((void *)good, sizeof *good);
	shared_unmap(shared);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(so_many_at_once_and_then_as_they_come_back),
		cmocka_unit_test(no_minute_has_more_than_its_budget_and_what_came_back),
		cmocka_unit_test(a_budget_is_of_one_alone),
		cmocka_unit_test(another_limit_holds_at_once),
		cmocka_unit_test(strangers_without_number_free_nobody),
		cmocka_unit_test(who_comes_late_finds_no_new_budget),
		cmocka_unit_test(a_clock_that_is_set_back_locks_nobody_out),
		cmocka_unit_test(processes_share_it_to_the_last_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
