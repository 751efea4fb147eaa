/* chart.c - tests of charts: what is drawn is what was counted. */
#include "check.h"

#include "site/chart.h"

static struct chart
chart_from(const struct chart_point *points, size_t n)
{
	struct chart_wish wish = { .id = S("c"),
		.title = S("Calls"),
		.each = S("hour"),
		.now = S("this hour"),
		.points = points,
		.n = n };

	return chart_of(test_arena(), &wish);
}

static void
bars_stand_on_the_line_and_on_each_other(void **state)
{
	static const struct chart_point points[] = { { STR_INIT("13:00"), 50, 0 },
		{ STR_INIT("14:00"), 0, 0 }, { STR_INIT("15:00"), 75, 25 } };
	struct chart c = chart_from(points, 3);

	(void)state;
	assert_int_equal(c.width, 30);
	assert_int_equal(c.good.n, 2);
	assert_int_equal(c.good.at[0].x, 1);
	assert_int_equal(c.good.at[0].height, 47);
	assert_int_equal(c.good.at[0].y + c.good.at[0].height, 100);
	assert_int_equal(c.good.at[1].x, 21);
	assert_int_equal(c.bad.n, 1);
	assert_int_equal(c.bad.at[0].x, 21);
	assert_int_equal(c.bad.at[0].y + c.bad.at[0].height, c.good.at[1].y);
	CHECK_STR(c.accepted, "125");
	CHECK_STR(c.refused, "25");
	CHECK_STR(c.most, "100");
	CHECK_STR(c.first, "13:00");
	CHECK_STR(c.last, "this hour: 100");
	CHECK_STR(c.says, "Calls: 125 accepted, 25 refused; the most in one hour is 100");
	assert_int_equal(c.rows.n, 2);
	CHECK_STR(c.rows.at[0].label, "15:00");
	CHECK_STR(c.rows.at[0].refused, "25");
	CHECK_STR(c.rows.at[1].label, "13:00");
}

/* One refused call beside a million is to be seen; nothing leaves the picture. */
static void
the_smallest_is_seen_and_the_largest_fits(void **state)
{
	static const int64_t sizes[] = { 1, 999, INT64_C(1000000), INT64_C(4000000000000000000) };

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		struct chart_point points[] = { { STR_INIT("a"), sizes[i], 1 },
			{ STR_INIT("b"), 1, 0 }, { STR_INIT("c"), 0, 1 } };
		struct chart c = chart_from(points, 3);

		assert_int_equal(c.bad.n, 2);
		assert_true(c.bad.at[0].height >= 3 && c.good.at[1].height >= 3);
		assert_in_range(c.bad.at[0].y, 0, 97);
	}
}

static void
nothing_is_drawn_of_nothing(void **state)
{
	static const struct chart_point points[] = { { STR_INIT("a"), 0, 0 },
		{ STR_INIT("b"), -5, -1 } };
	struct chart c = chart_from(points, 2);

	(void)state;
	assert_int_equal(c.calls, 0);
	assert_int_equal(c.good.n + c.bad.n + c.rows.n, 0);
	CHECK_STR(c.accepted, "0");
	assert_int_equal(chart_from(points, 0).calls, 0);
}

static void
numbers_have_commas(void **state)
{
	struct arena *a = test_arena();

	(void)state;
	CHECK_STR(chart_number(a, 0), "0");
	CHECK_STR(chart_number(a, 999), "999");
	CHECK_STR(chart_number(a, 1000), "1,000");
	CHECK_STR(chart_number(a, 1234567), "1,234,567");
	CHECK_STR(chart_number(a, -7), "0");
	CHECK_STR(chart_number(a, INT64_MAX), "9,223,372,036,854,775,807");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(bars_stand_on_the_line_and_on_each_other),
		cmocka_unit_test(the_smallest_is_seen_and_the_largest_fits),
		cmocka_unit_test(nothing_is_drawn_of_nothing),
		cmocka_unit_test(numbers_have_commas),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
