/* measure.c - tests of what is measured: each in its place, and nothing left of who is gone. */
#include "check.h"

#include "core/measure.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

static struct measures *
make(void)
{
	int fd;
	struct shared *shared = shared_make(test_arena()->fault, 1024, &fd);

	close(fd);
	return shared_measures(shared);
}

static void
a_request_is_in_one_bucket(void **state)
{
	struct measures *m = make();
	int64_t n = 0;

	(void)state;
	measure_request(m, MEASURE_VERIFY, 200, 500);
	measure_request(m, MEASURE_VERIFY, 401, 501);
	measure_request(m, MEASURE_VERIFY, 503, INT64_C(11000000));
	assert_int_equal(m->buckets[MEASURE_VERIFY][0], 1); /* the bound itself is within */
	assert_int_equal(m->buckets[MEASURE_VERIFY][1], 1);
	assert_int_equal(m->buckets[MEASURE_VERIFY][MEASURE_BUCKETS], 1);
	for (int i = 0; i <= MEASURE_BUCKETS; i++)
		n += m->buckets[MEASURE_VERIFY][i];
	assert_int_equal(n, 3);
	assert_int_equal(m->microseconds[MEASURE_VERIFY], 11001001);
	assert_int_equal(m->requests[MEASURE_VERIFY][2], 1);
	assert_int_equal(m->requests[MEASURE_VERIFY][4], 1);
	assert_int_equal(m->requests[MEASURE_VERIFY][5], 1);
	assert_int_equal(m->requests[MEASURE_PAGE][2], 0);
}

static void
odd_numbers_go_nowhere_else(void **state)
{
	struct measures *m = make();

	(void)state;
	measure_request(m, MEASURE_ACT, 0, 1);
	measure_request(m, MEASURE_ACT, 999, 1);
	assert_int_equal(m->requests[MEASURE_ACT][0], 2);
	measure_verdict(m, -1);
	measure_verdict(m, MEASURE_VERDICTS);
	measure_verdict(m, MEASURE_VERDICTS - 1);
	assert_int_equal(m->verdicts[MEASURE_VERDICTS - 1], 1);
	assert_int_equal(m->done_at[0], 0);
}

static void
bounds_rise(void **state)
{
	(void)state;
	for (int i = 1; i < MEASURE_BUCKETS; i++)
		assert_true(measure_bounds[i - 1] < measure_bounds[i]);
}

static void
who_is_gone_has_nothing(void **state)
{
	struct measures *m = make();
	struct measure_process *one = measure_here(m, 100), *two = measure_here(m, 200);

	(void)state;
	one->gauges[GAUGE_CONNECTIONS] = 3;
	two->gauges[GAUGE_CONNECTIONS] = 4;
	assert_int_equal(measure_sum(m, GAUGE_CONNECTIONS), 7);
	measure_gone(m, 100);
	assert_int_equal(measure_sum(m, GAUGE_CONNECTIONS), 4);
	/* The slot's next owner begins with nothing. */
	assert_ptr_equal(measure_here(m, 300), one);
	assert_int_equal(measure_sum(m, GAUGE_CONNECTIONS), 4);
	for (int i = 2; i < SHARED_WORKERS_MAX; i++)
		assert_non_null(measure_here(m, 1000 + i));
	assert_null(measure_here(m, 5000));
	measure_gone(m, 200);
	assert_ptr_equal(measure_here(m, 5000), two);
}

static void
what_was_never_done_has_no_age(void **state)
{
	struct measures *m = make();

	(void)state;
	assert_int_equal(measure_age(m, WORK_USES), -1);
	measure_done(m, WORK_USES);
	assert_int_equal(measure_age(m, WORK_USES), 0);
	m->done_at[WORK_USES] -= 5 * SECOND;
	assert_int_equal(measure_age(m, WORK_USES), 5);
	assert_int_equal(measure_age(m, WORK_ROUND), -1);
}

static void *
measure_many(void *m)
{
	for (int i = 0; i < 10000; i++)
		measure_request(m, MEASURE_VERIFY, 200, i);
	return NULL;
}

static void
none_is_lost(void **state)
{
	struct measures *m = make();
	pthread_t threads[4];
	int64_t n = 0;

	(void)state;
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, measure_many, m), 0);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i <= MEASURE_BUCKETS; i++)
		n += m->buckets[MEASURE_VERIFY][i];
	assert_int_equal(n, 40000);
	assert_int_equal(m->requests[MEASURE_VERIFY][2], 40000);
	assert_int_equal(m->microseconds[MEASURE_VERIFY], INT64_C(4) * 9999 * 5000);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_is_in_one_bucket),
		cmocka_unit_test(odd_numbers_go_nowhere_else),
		cmocka_unit_test(bounds_rise),
		cmocka_unit_test(who_is_gone_has_nothing),
		cmocka_unit_test(what_was_never_done_has_no_age),
		cmocka_unit_test(none_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
