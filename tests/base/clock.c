/* clock.c - the time, as microseconds since 1970 in UTC. */
#define _GNU_SOURCE
#include "check.h"

#include "base/clock.h"

#include <time.h>

/* 20 November 2026, 14:03:09.000042 UTC: date -u -d '2026-11-20 14:03:09' +%s */
static const int64_t then = INT64_C(1795183389) * 1000000 + 42;

static void
clocks_run(void **state)
{
	int64_t before = (int64_t)time(NULL), wall = clock_now(), after = (int64_t)time(NULL);
	int64_t first = clock_monotonic(), second = clock_monotonic();

	(void)state;
	/* time() may lag a clock tick behind. */
	assert_true(wall / SECOND >= before && wall / SECOND <= after + 1);
	assert_true(first > 0 && second >= first);
}

static void
check_parts(int64_t time, struct clock_parts expected)
{
	struct clock_parts p = clock_split(time);

	assert_int_equal(p.year, expected.year);
	assert_int_equal(p.month, expected.month);
	assert_int_equal(p.day, expected.day);
	assert_int_equal(p.hour, expected.hour);
	assert_int_equal(p.minute, expected.minute);
	assert_int_equal(p.second, expected.second);
	assert_int_equal(p.microsecond, expected.microsecond);
	assert_true(clock_join(p) == time);
}

static void
parts_both_ways(void **state)
{
	(void)state;
	check_parts(0, (struct clock_parts){ 1970, 1, 1, 0, 0, 0, 0 });
	check_parts(1, (struct clock_parts){ 1970, 1, 1, 0, 0, 0, 1 });
	check_parts(-1, (struct clock_parts){ 1969, 12, 31, 23, 59, 59, 999999 });
	check_parts(-SECOND, (struct clock_parts){ 1969, 12, 31, 23, 59, 59, 0 });
	check_parts(then, (struct clock_parts){ 2026, 11, 20, 14, 3, 9, 42 });
	check_parts(951782400 * SECOND, (struct clock_parts){ 2000, 2, 29, 0, 0, 0, 0 });
	check_parts(INT64_C(253402300799) * SECOND + 999999,
	    (struct clock_parts){ 9999, 12, 31, 23, 59, 59, 999999 });
	check_parts(INT64_C(-62135596800) * SECOND, (struct clock_parts){ 1, 1, 1, 0, 0, 0, 0 });
}

/* Day by day through 800 years, two whole rounds of the calendar, as the C library has it. */
static void
every_day_is_that_of_the_library(void **state)
{
	time_t first = -11676096000; /* 1 January 1600 */

	(void)state;
	for (time_t day = 0; day < 2 * 146097; day++) {
		time_t t = first + day * 86400 + day % 86400;
		struct clock_parts p = clock_split((int64_t)t * SECOND);
		struct tm tm;

		gmtime_r(&t, &tm);
		assert_true(
		    p.year == tm.tm_year + 1900 && p.month == tm.tm_mon + 1 && p.day == tm.tm_mday);
		assert_true(p.hour == tm.tm_hour && p.minute == tm.tm_min && p.second == tm.tm_sec);
		assert_true(clock_join(p) == (int64_t)t * SECOND);
	}
}

static void
ends_of_all_time_do_not_overflow(void **state)
{
	(void)state;
	assert_int_equal(clock_split(INT64_MIN).microsecond, 224192);
	assert_int_equal(clock_split(INT64_MIN).year, -290308);
	assert_int_equal(clock_split(INT64_MAX).microsecond, 775807);
	assert_int_equal(clock_split(INT64_MAX).year, 294247);
}

static void
no_date_is_no_time(void **state)
{
	static const struct clock_parts wrong[] = { { 0 }, { 0, 1, 1, 0, 0, 0, 0 },
		{ 10000, 1, 1, 0, 0, 0, 0 }, { 2026, 0, 1, 0, 0, 0, 0 },
		{ 2026, 13, 1, 0, 0, 0, 0 }, { 2026, 1, 0, 0, 0, 0, 0 },
		{ 2026, 1, 32, 0, 0, 0, 0 }, { 2026, 2, 29, 0, 0, 0, 0 },
		{ 2100, 2, 29, 0, 0, 0, 0 }, { 2026, 4, 31, 0, 0, 0, 0 },
		{ 2026, 1, 1, 24, 0, 0, 0 }, { 2026, 1, 1, -1, 0, 0, 0 },
		{ 2026, 1, 1, 0, 60, 0, 0 }, { 2026, 1, 1, 0, -1, 0, 0 },
		{ 2026, 1, 1, 0, 0, 60, 0 }, { 2026, 1, 1, 0, 0, -1, 0 },
		{ 2026, 1, 1, 0, 0, 0, 1000000 }, { 2026, 1, 1, 0, 0, 0, -1 },
		{ INT32_MIN, INT32_MIN, 1, 0, 0, 0, 0 }, { INT32_MAX, 12, 1, 0, 0, 0, 0 } };

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_true(clock_join(wrong[i]) == 0);
}

static void
for_people_and_programs(void **state)
{
	struct arena *a = test_arena();
	int64_t early = 951785999 * SECOND;

	(void)state;
	CHECK_STR(clock_for_people(a, then), "20 Nov 2026, 14:03 UTC");
	CHECK_STR(clock_iso(a, then), "2026-11-20T14:03:09Z");
	CHECK_STR(clock_for_people(a, early), "29 Feb 2000, 00:59 UTC");
	CHECK_STR(clock_iso(a, early), "2000-02-29T00:59:59Z");
	CHECK_STR(clock_for_people(a, 0), "");
	CHECK_STR(clock_iso(a, 0), "");
}

static void
each_month_has_its_name(void **state)
{
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
		"Aug", "Sep", "Oct", "Nov", "Dec" };
	struct arena *a = test_arena();

	(void)state;
	for (int i = 0; i < 12; i++) {
		int64_t time =
		    clock_join((struct clock_parts){ .year = 2026, .month = i + 1, .day = 1 });

		CHECK_STR_EQ(clock_for_people(a, time), fmt(a, "1 %s 2026, 00:00 UTC", months[i]));
	}
}

static void
spans(void **state)
{
	struct arena *a = test_arena();

	(void)state;
	CHECK_STR(clock_span(a, 0), "0 s");
	CHECK_STR(clock_span(a, SECOND - 1), "0 s");
	CHECK_STR(clock_span(a, MINUTE - 1), "59 s");
	CHECK_STR(clock_span(a, MINUTE), "1 min");
	CHECK_STR(clock_span(a, HOUR - 1), "59 min");
	CHECK_STR(clock_span(a, HOUR), "1 h");
	CHECK_STR(clock_span(a, DAY - 1), "23 h");
	CHECK_STR(clock_span(a, DAY), "1 day");
	CHECK_STR(clock_span(a, 2 * DAY - 1), "1 day");
	CHECK_STR(clock_span(a, 2 * DAY), "2 days");
	CHECK_STR(clock_span(a, 400 * DAY), "400 days");
}

static void
before_and_after_now(void **state)
{
	struct arena *a = test_arena();

	(void)state;
	CHECK_STR(clock_ago(a, 0, then), "never");
	CHECK_STR(clock_ago(a, then, then), "just now");
	CHECK_STR(clock_ago(a, then - 5 * SECOND + 1, then), "just now");
	CHECK_STR(clock_ago(a, then + 5 * SECOND - 1, then), "just now");
	CHECK_STR(clock_ago(a, then - 5 * SECOND, then), "5 s ago");
	CHECK_STR(clock_ago(a, then - 4 * MINUTE, then), "4 min ago");
	CHECK_STR(clock_ago(a, then - 3 * DAY, then), "3 days ago");
	CHECK_STR(clock_ago(a, then + 2 * HOUR, then), "in 2 h");
	CHECK_STR(clock_ago(a, then + DAY, then), "in 1 day");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clocks_run),
		cmocka_unit_test(parts_both_ways),
		cmocka_unit_test(every_day_is_that_of_the_library),
		cmocka_unit_test(ends_of_all_time_do_not_overflow),
		cmocka_unit_test(no_date_is_no_time),
		cmocka_unit_test(for_people_and_programs),
		cmocka_unit_test(each_month_has_its_name),
		cmocka_unit_test(spans),
		cmocka_unit_test(before_and_after_now),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
