/* str.c - text as a pointer and a length. */
#include "check.h"

#include <wchar.h>

static const str none = { 0 };
static const str holes = STR_INIT("a\0b");

static void
equal_or_not(void **state)
{
	(void)state;
	assert_true(str_eq(S("abc"), S("abc")));
	assert_false(str_eq(S("abc"), S("abd")));
	assert_false(str_eq(S("abc"), S("ab")));
	assert_true(str_eq(none, S("")));
	assert_false(str_eq(none, S("a")));
	assert_false(str_eq(holes, S("a\0c")));
	assert_true(str_eq(holes, S("a\0b")));
}

static void
secrets_equal_or_not(void **state)
{
	(void)state;
	assert_true(str_eq_secret(S("abc"), S("abc")));
	assert_false(str_eq_secret(S("abc"), S("abd")));
	assert_false(str_eq_secret(S("abc"), S("xbc")));
	assert_false(str_eq_secret(S("abc"), S("ab")));
	assert_false(str_eq_secret(S("ab"), S("abc")));
	assert_true(str_eq_secret(none, S("")));
	assert_false(str_eq_secret(none, S("a")));
	/* Two differences must not cancel each other out. */
	assert_false(str_eq_secret(S("ab"), S("ba")));
	assert_false(str_eq_secret(S("\xff"), S("\x00")));
}

static void
order_is_by_bytes(void **state)
{
	(void)state;
	assert_int_equal(str_cmp(S("abc"), S("abc")), 0);
	assert_true(str_cmp(S("abc"), S("abd")) < 0);
	assert_true(str_cmp(S("b"), S("abc")) > 0);
	assert_true(str_cmp(S("ab"), S("abc")) < 0);
	assert_true(str_cmp(S("abc"), S("ab")) > 0);
	assert_true(str_cmp(S("\x7f"), S("\x80")) < 0); /* bytes have no sign */
	assert_true(str_cmp(none, S("a")) < 0);
	assert_int_equal(str_cmp(none, S("")), 0);
}

static void
beginnings_and_ends(void **state)
{
	(void)state;
	assert_true(str_starts(S("abc"), S("ab")));
	assert_true(str_starts(S("abc"), S("abc")));
	assert_true(str_starts(S("abc"), none));
	assert_true(str_starts(none, none));
	assert_false(str_starts(S("abc"), S("bc")));
	assert_false(str_starts(S("ab"), S("abc")));
	assert_true(str_ends(S("abc"), S("bc")));
	assert_true(str_ends(S("abc"), S("abc")));
	assert_true(str_ends(S("abc"), none));
	assert_true(str_ends(none, none));
	assert_false(str_ends(S("abc"), S("ab")));
	assert_false(str_ends(S("bc"), S("abc")));
}

static void
parts(void **state)
{
	(void)state;
	CHECK_STR(str_part(S("abcdef"), 2, 3), "cde");
	CHECK_STR(str_part(S("abcdef"), 4, 3), "ef");
	CHECK_STR(str_part(S("abcdef"), 0, 0), "");
	CHECK_STR(str_part(S("abcdef"), 6, 1), "");
	CHECK_STR(str_part(S("abcdef"), 7, 1), "");
	CHECK_STR(str_part(S("abcdef"), 1, SIZE_MAX), "bcdef");
	CHECK_STR(str_part(S("abcdef"), SIZE_MAX, SIZE_MAX), "");
	CHECK_STR(str_part(none, 0, 1), "");
}

static void
finding(void **state)
{
	(void)state;
	assert_int_equal(str_find_char(S("abcb"), 'b'), 1);
	assert_int_equal(str_find_char(S("abcb"), 'x'), 4);
	assert_int_equal(str_find_char(none, 'x'), 0);
	assert_int_equal(str_find_char(holes, '\0'), 1);
	assert_int_equal(str_find(S("abcabc"), S("ca")), 2);
	assert_int_equal(str_find(S("abcabc"), S("abc")), 0);
	assert_int_equal(str_find(S("abcabc"), S("cb")), 6);
	assert_int_equal(str_find(S("abc"), S("abcd")), 3);
	assert_int_equal(str_find(S("abc"), none), 0);
	assert_int_equal(str_find(none, none), 0);
	assert_int_equal(str_find(none, S("a")), 0);
	assert_int_equal(str_find(S("abcd"), str_part(S("abc"), 1, 1)), 1);
}

static void
taking(void **state)
{
	str rest = S("ab:c");

	(void)state;
	assert_false(str_take(&rest, S("b")));
	assert_false(str_take(&rest, S("ab:cd")));
	CHECK_STR(rest, "ab:c");
	assert_true(str_take(&rest, S("")));
	assert_true(str_take(&rest, S("ab:")));
	CHECK_STR(rest, "c");
	assert_true(str_take(&rest, S("c")));
	assert_int_equal(rest.n, 0);
	assert_false(str_take(&rest, S("c")));
}

static void
cutting(void **state)
{
	str rest = S("a,b,,c");

	(void)state;
	CHECK_STR(str_cut(rest, ',', &rest), "a");
	CHECK_STR(str_cut(rest, ',', &rest), "b");
	CHECK_STR(str_cut(rest, ',', &rest), "");
	CHECK_STR(rest, "c");
	CHECK_STR(str_cut(rest, ',', &rest), "c");
	CHECK_STR(rest, "");
	CHECK_STR(str_cut(rest, ',', &rest), "");
	CHECK_STR(str_cut(S("a,"), ',', &rest), "a");
	CHECK_STR(rest, "");
	CHECK_STR(str_cut(S(",a"), ',', &rest), "");
	CHECK_STR(rest, "a");
}

static void
trimming(void **state)
{
	(void)state;
	CHECK_STR(str_trim(S(" \t\r\n a b \n")), "a b");
	CHECK_STR(str_trim(S("a")), "a");
	CHECK_STR(str_trim(S("   ")), "");
	CHECK_STR(str_trim(none), "");
	CHECK_STR(str_trim(S("\va\f")), "\va\f"); /* only what the contract names */
}

static void
lower_case(void **state)
{
	struct arena *a = test_arena();

	(void)state;
	CHECK_STR(str_lower(a, S("AZ az @[`{ 09")), "az az @[`{ 09");
	CHECK_STR(str_lower(a, S("\xc3\x84 \xff")), "\xc3\x84 \xff");
	CHECK_STR(str_lower(a, none), "");
}

static void
copies(void **state)
{
	struct arena *a = test_arena();
	char from[] = "abc";
	str copy = str_copy(a, (str){ from, 3 });

	(void)state;
	from[0] = 'x';
	CHECK_STR(copy, "abc");
	CHECK_STR(str_copy(a, none), "");
	CHECK_STR_EQ(str_copy(a, holes), holes);
}

struct job {
	struct arena *arena;
	str text;
};

static void
to_c(void *arg)
{
	struct job *job = arg;

	str_c(job->arena, job->text);
}

static void
c_strings(void **state)
{
	struct arena *a = test_arena();
	struct job job = { a, holes };
	const char *text;

	(void)state;
	memset(NEW(a, char, 100), 'x', 100);
	text = str_c(a, str_part(S("abcdef"), 0, 3));
	assert_string_equal(text, "abc");
	assert_string_equal(str_c(a, none), "");
	CHECK_FAULT(a, to_c, &job, "a zero byte");
	job.text = S("abc\0");
	CHECK_FAULT(a, to_c, &job, "a zero byte");
	CHECK_STR(str_of("abc"), "abc");
	CHECK_STR(str_of(""), "");
	CHECK_STR(str_of(NULL), "");
}

static void
formats(void **state)
{
	struct arena *a = test_arena();
	str part = str_part(S("abcdef"), 1, 2);

	(void)state;
	CHECK_STR(fmt(a, "%.*s-%d-%s", STR(part), 42, "x"), "bc-42-x");
	CHECK_STR(fmt(a, "[%.*s]", STR(none)), "[]");
	CHECK_STR(fmt(a, "%s", ""), "");
	assert_int_equal(fmt(a, "%05000d", 1).n, 5000);
}

/* Whatever their length, they take just that of the arena and leave zeros behind them. */
static void
formats_of_all_lengths(void **state)
{
	struct arena *a = test_arena();

	(void)state;
	for (int n = 0; n < 300; n++) {
		size_t before = a->used;
		str text = fmt(a, "%0*d", n, 0);

		assert_int_equal(text.n, n ? n : 1);
		assert_int_equal(str_find_char(text, '0'), 0);
		assert_int_equal(text.at[text.n - 1], '0');
		assert_int_equal(text.at[text.n], '\0');
		assert_true(a->used - before <= text.n + 1 + 80);
		for (size_t i = 0; i < 200; i++)
			assert_int_equal(a->at[a->used + i], 0);
	}
}

static void
format_strange(void *arg)
{
	fmt(arg, "%lc", (wint_t)0x20ac); /* no such character in the C locale */
}

static void
refused_format_faults(void **state)
{
	struct arena *a = test_arena();

	(void)state;
	CHECK_FAULT(a, format_strange, a, "a format that printf refuses");
}

static void
numbers_as_digits(void **state)
{
	char bytes[STR_NUMBER_MAX];

	(void)state;
	CHECK_STR(str_number(bytes, 0), "0");
	CHECK_STR(str_number(bytes, 7), "7");
	CHECK_STR(str_number(bytes, 1020), "1020");
	CHECK_STR(str_number(bytes, UINT64_MAX), "18446744073709551615");
}

static void
whole_numbers(void **state)
{
	static const char *const refused[] = { "", "-", "+1", " 1", "1 ", "1x", "x", "1.0", "--1",
		"0x1", "1234567890123456789", "-1234567890123456789", "\xd9\xa1" };
	int64_t value = 77;

	(void)state;
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
		assert_false(str_int(str_of(refused[i]), &value));
	assert_false(str_int(none, &value));
	assert_false(str_int(S("1\0"), &value));
	assert_int_equal(value, 77);

	assert_true(str_int(S("0"), &value));
	assert_int_equal(value, 0);
	assert_true(str_int(S("-0"), &value));
	assert_int_equal(value, 0);
	assert_true(str_int(S("007"), &value));
	assert_int_equal(value, 7);
	assert_true(str_int(S("-42"), &value));
	assert_int_equal(value, -42);
	assert_true(str_int(S("999999999999999999"), &value));
	assert_true(value == INT64_C(999999999999999999));
	assert_true(str_int(S("-999999999999999999"), &value));
	assert_true(value == INT64_C(-999999999999999999));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_or_not),
		cmocka_unit_test(secrets_equal_or_not),
		cmocka_unit_test(order_is_by_bytes),
		cmocka_unit_test(beginnings_and_ends),
		cmocka_unit_test(parts),
		cmocka_unit_test(finding),
		cmocka_unit_test(cutting),
		cmocka_unit_test(taking),
		cmocka_unit_test(trimming),
		cmocka_unit_test(lower_case),
		cmocka_unit_test(copies),
		cmocka_unit_test(c_strings),
		cmocka_unit_test(formats),
		cmocka_unit_test(formats_of_all_lengths),
		cmocka_unit_test(refused_format_faults),
		cmocka_unit_test(numbers_as_digits),
		cmocka_unit_test(whole_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
