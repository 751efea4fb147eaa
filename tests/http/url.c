/* url.c - tests of app/http/url.c. */
#include "check.h"

#include "http/url.h"

static void
percent_signs_are_decoded(void **state)
{
	struct arena *a = test_arena();
	str decoded;

	(void)state;
	assert_true(url_decode(a, S("a%20b%2fc%2Fd"), false, &decoded));
	CHECK_STR(decoded, "a b/c/d");
	assert_true(url_decode(a, S("%00%ff%FF"), false, &decoded));
	CHECK_STR(decoded, "\0\xff\xff");
	assert_true(url_decode(a, S("a+b%2B"), false, &decoded));
	CHECK_STR(decoded, "a+b+");
	assert_true(url_decode(a, S("a+b%2B"), true, &decoded));
	CHECK_STR(decoded, "a b+");
	assert_true(url_decode(a, (str){ 0 }, true, &decoded));
	CHECK_STR(decoded, "");
}

static void
half_a_percent_sign_is_refused(void **state)
{
	static const char *const broken[] = { "%", "%4", "a%", "%4g", "%g4", "%%41", "% 4", "%-1" };
	struct arena *a = test_arena();
	str decoded;

	(void)state;
	for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++)
		assert_false(url_decode(a, str_of(broken[i]), true, &decoded));
}

static void
all_but_the_unreserved_is_encoded(void **state)
{
	struct arena *a = test_arena();
	str decoded;

	(void)state;
	CHECK_STR(url_encode(a, S("azAZ09-._~")), "azAZ09-._~");
	CHECK_STR(url_encode(a, S(" /?&=+%\"<>\xc3\xa9")), "%20%2F%3F%26%3D%2B%25%22%3C%3E%C3%A9");
	CHECK_STR(url_encode(a, (str){ 0 }), "");
	for (int c = 0; c < 256; c++) {
		char byte = (char)c;
		str text = { &byte, 1 };

		assert_true(url_decode(a, url_encode(a, text), true, &decoded));
		CHECK_STR_EQ(decoded, text);
	}
}

static void
pairs_come_one_by_one(void **state)
{
	struct arena *a = test_arena();
	struct url_pairs pairs = { .rest = S("&a=1&&b&=c&d=e=f&%67=%68+i&") };

	(void)state;
	assert_true(url_next_pair(a, &pairs));
	CHECK_STR(pairs.name, "a");
	CHECK_STR(pairs.value, "1");
	assert_true(url_next_pair(a, &pairs));
	CHECK_STR(pairs.name, "b");
	CHECK_STR(pairs.value, "");
	assert_true(url_next_pair(a, &pairs));
	CHECK_STR(pairs.name, "");
	CHECK_STR(pairs.value, "c");
	assert_true(url_next_pair(a, &pairs));
	CHECK_STR(pairs.name, "d");
	CHECK_STR(pairs.value, "e=f");
	assert_true(url_next_pair(a, &pairs));
	CHECK_STR(pairs.name, "g");
	CHECK_STR(pairs.value, "h i");
	assert_false(url_next_pair(a, &pairs));
	assert_false(pairs.broken);
}

static void
a_broken_pair_is_passed_over_and_said(void **state)
{
	struct arena *a = test_arena();
	struct url_pairs pairs = { .rest = S("%x=1&a=%y&b=2") };

	(void)state;
	assert_true(url_next_pair(a, &pairs));
	CHECK_STR(pairs.name, "b");
	CHECK_STR(pairs.value, "2");
	assert_true(pairs.broken);
	assert_false(url_next_pair(a, &pairs));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(percent_signs_are_decoded),
		cmocka_unit_test(half_a_percent_sign_is_refused),
		cmocka_unit_test(all_but_the_unreserved_is_encoded),
		cmocka_unit_test(pairs_come_one_by_one),
		cmocka_unit_test(a_broken_pair_is_passed_over_and_said),
	};

	return cmocka_run_group_tests_name("http/url", tests, NULL, NULL);
}
