/* permits.c - tests of the permits: who may, who waits, who is sent away. */
#define _GNU_SOURCE
#include "check.h"

#include "core/permits.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

enum { LONG_MS = 60000 };

static void
people_and_programs_do_not_share(void **state)
{
	struct permits *permits = permits_make(test_arena(), 2, 1, 0);

	(void)state;
	assert_true(permit_take(permits, PERMIT_PROGRAMS, 0));
	assert_true(permit_take(permits, PERMIT_PROGRAMS, 0));
	assert_false(permit_take(permits, PERMIT_PROGRAMS, LONG_MS));
	assert_true(permit_take(permits, PERMIT_PEOPLE, 0));
	assert_false(permit_take(permits, PERMIT_PEOPLE, LONG_MS));
	permit_give(permits, PERMIT_PEOPLE);
	assert_true(permit_take(permits, PERMIT_PEOPLE, 0));
	assert_false(permit_take(permits, PERMIT_PROGRAMS, 0));
}

static void
waiting_ends(void **state)
{
	struct permits *permits = permits_make(test_arena(), 1, 1, 4);

	(void)state;
	assert_true(permit_take(permits, PERMIT_PROGRAMS, 0));
	assert_false(permit_take(permits, PERMIT_PROGRAMS, 0));
	assert_false(permit_take(permits, PERMIT_PROGRAMS, 20));
	permit_give(permits, PERMIT_PROGRAMS);
	assert_true(permit_take(permits, PERMIT_PROGRAMS, 0));
}

static void
what_is_taken_is_shown(void **state)
{
	struct permits *permits = permits_make(test_arena(), 2, 1, 4);
	_Atomic int64_t computing = 0, waiting = 0;

	(void)state;
	permits_show(permits, PERMIT_PROGRAMS, &computing, &waiting);
	assert_true(permit_take(permits, PERMIT_PROGRAMS, 0));
	assert_true(permit_take(permits, PERMIT_PROGRAMS, 0));
	assert_true(permit_take(permits, PERMIT_PEOPLE, 0));
	assert_int_equal(computing, 2);
	assert_false(permit_take(permits, PERMIT_PROGRAMS, 10));
	assert_int_equal(waiting, 0); /* no more */
	permit_give(permits, PERMIT_PROGRAMS);
	assert_int_equal(computing, 1);
	permit_give(permits, PERMIT_PROGRAMS);
	assert_int_equal(computing, 0);
}

struct waiter {
	pthread_t id;
	struct permits *permits;
	atomic_int *inside, *most, *got, *refused;
};

static void
pause_ms(long ms)
{
	struct timespec t = { 0, ms * 1000000 };

	nanosleep(&t, NULL);
}

static void *
wait_and_hold(void *arg)
{
	struct waiter *w = arg;
	int now;

	if (!permit_take(w->permits, PERMIT_PEOPLE, LONG_MS)) {
		atomic_fetch_add(w->refused, 1);
		return NULL;
	}
	now = atomic_fetch_add(w->inside, 1) + 1;
	for (int most = atomic_load(w->most);
	     now > most && !atomic_compare_exchange_weak(w->most, &most, now);)
		;
	pause_ms(1);
	atomic_fetch_sub(w->inside, 1);
	atomic_fetch_add(w->got, 1);
	permit_give(w->permits, PERMIT_PEOPLE);
	return NULL;
}

static void
never_more_than_allowed(void **state)
{
	struct permits *permits = permits_make(test_arena(), 1, 3, 100);
	atomic_int inside = 0, most = 0, got = 0, refused = 0;
	struct waiter waiters[40];

	(void)state;
	for (int i = 0; i < 40; i++) {
		waiters[i] = (struct waiter){ 0, permits, &inside, &most, &got, &refused };
		pthread_create(&waiters[i].id, NULL, wait_and_hold, &waiters[i]);
	}
	for (int i = 0; i < 40; i++)
		pthread_join(waiters[i].id, NULL);
	assert_int_equal(got, 40);
	assert_int_equal(refused, 0);
	assert_in_range(most, 1, 3);
	for (int i = 0; i < 3; i++)
		assert_true(permit_take(permits, PERMIT_PEOPLE, 0));
	assert_false(permit_take(permits, PERMIT_PEOPLE, 0));
}

/* With the permit held, n threads come; those that the queue does not take are sent away at once. */
static void
count_refused(struct permits *permits, int n, int expected)
{
	atomic_int inside = 0, most = 0, got = 0, refused = 0;
	struct waiter waiters[20];

	assert_true(permit_take(permits, PERMIT_PEOPLE, 0));
	for (int i = 0; i < n; i++) {
		waiters[i] = (struct waiter){ 0, permits, &inside, &most, &got, &refused };
		pthread_create(&waiters[i].id, NULL, wait_and_hold, &waiters[i]);
	}
	while (refused < expected)
		pause_ms(1);
	assert_int_equal(got, 0);
	permit_give(permits, PERMIT_PEOPLE);
	for (int i = 0; i < n; i++)
		pthread_join(waiters[i].id, NULL);
	assert_int_equal(refused, expected);
	assert_int_equal(got, n - expected);
}

static void
queue_and_cap_are_bounds(void **state)
{
	struct permits *permits = permits_make(test_arena(), 1, 1, 5);

	(void)state;
	count_refused(permits, 12, 7);
	permits_cap(permits, PERMIT_PEOPLE, 3);
	count_refused(permits, 12, 10);
	assert_true(permit_take(permits, PERMIT_PROGRAMS, 0));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(people_and_programs_do_not_share),
		cmocka_unit_test(waiting_ends),
		cmocka_unit_test(what_is_taken_is_shown),
		cmocka_unit_test(never_more_than_allowed),
		cmocka_unit_test(queue_and_cap_are_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
