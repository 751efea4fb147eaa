/* random.c - bytes from the operating system, and texts made of them. */
#include "check.h"

#include "base/random.h"

static const char base62[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

static void
bytes_fill_just_what_is_asked(void **state)
{
	unsigned char first[66], second[66];

	(void)state;
	memset(first, 0xaa, sizeof first);
	memcpy(second, first, sizeof second);
	random_bytes(first + 1, 64);
	random_bytes(second + 1, 64);
	assert_int_equal(first[0], 0xaa);
	assert_int_equal(first[65], 0xaa);
	assert_memory_not_equal(first + 1, second + 1, 64);
	random_bytes(first, 0);
	assert_int_equal(first[0], 0xaa);
}

/* getrandom(2) gives at most 32 MiB in one call, and less when a signal comes. */
static void
many_bytes_in_several_calls(void **state)
{
	enum { MANY = 34 << 20 };
	char *at = NEW(test_arena(), char, MANY);
	char zeros[32] = { 0 };

	(void)state;
	random_bytes(at, MANY);
	assert_memory_not_equal(at, zeros, sizeof zeros);
	assert_memory_not_equal(at + MANY - sizeof zeros, zeros, sizeof zeros);
}

static void
texts_are_base62(void **state)
{
	struct arena *a = test_arena();

	(void)state;
	for (size_t n = 0; n < 200; n++) {
		str text = random_base62(a, n);

		assert_int_equal(text.n, n);
		for (size_t i = 0; i < n; i++)
			assert_true(text.at[i] && strchr(base62, text.at[i]));
	}
	assert_false(str_eq(random_base62(a, 43), random_base62(a, 43)));
}

/* 62,000 characters: each letter is expected 1,000 times, with a deviation of 31. Without the rule for
 * bytes above 247 the first 8 would come 9,687 times in all, not 8,000. */
static void
letters_are_equally_likely(void **state)
{
	struct arena *a = test_arena();
	str text = random_base62(a, 62000);
	int seen[256] = { 0 }, first8 = 0;

	(void)state;
	for (size_t i = 0; i < text.n; i++)
		seen[(unsigned char)text.at[i]]++;
	for (size_t i = 0; i < 62; i++) {
		int n = seen[(unsigned char)base62[i]];

		assert_true(n > 780 && n < 1220);
		first8 += i < 8 ? n : 0;
	}
	assert_true(first8 < 8700);
}

static void
numbers_stay_below(void **state)
{
	int seen[10] = { 0 };

	(void)state;
	for (int i = 0; i < 10000; i++) {
		uint32_t value = random_below(10);

		assert_true(value < 10);
		seen[value]++;
		assert_int_equal(random_below(1), 0);
	}
	for (int i = 0; i < 10; i++)
		assert_true(seen[i] > 780 && seen[i] < 1220); /* 7 deviations of 30 */
}

/* Of 3/4 of all numbers, a remainder without a second throw would favour the lowest third, two to one. */
static void
large_numbers_are_equally_likely(void **state)
{
	const uint32_t below = UINT32_C(0xc0000000);
	int lowest = 0;

	(void)state;
	for (int i = 0; i < 9000; i++) {
		uint32_t value = random_below(below);

		assert_true(value < below);
		lowest += value < below / 3;
	}
	assert_true(lowest > 2650 && lowest < 3350); /* 3,000 expected, with a deviation of 45 */
	assert_true(random_below(UINT32_MAX) < UINT32_MAX);
}

static void
numbers_are_made_of_letters_in_store(void **state)
{
	struct arena *a = test_arena();
	struct random_letters letters = { 0 };
	str before = { 0 };

	(void)state;
	for (size_t i = 0; i < 1000; i++) {
		str number = random_number(a, &letters, i % 65);

		assert_int_equal(number.n, i % 65);
		for (size_t k = 0; k < number.n; k++)
			assert_true(number.at[k] && strchr(base62, number.at[k]));
		assert_true(
		    number.n < 10 || !str_eq(str_part(number, 0, 10), str_part(before, 0, 10)));
		before = number;
	}
	assert_true(letters.left < RANDOM_LETTERS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_fill_just_what_is_asked),
		cmocka_unit_test(many_bytes_in_several_calls),
		cmocka_unit_test(texts_are_base62),
		cmocka_unit_test(letters_are_equally_likely),
		cmocka_unit_test(numbers_are_made_of_letters_in_store),
		cmocka_unit_test(numbers_stay_below),
		cmocka_unit_test(large_numbers_are_equally_likely),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
