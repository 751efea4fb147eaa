/* pattern.c - tests of the paths of endpoints: what is one, what it stands for, which one wins. */
#include "check.h"

#include "core/pattern.h"

static const char *const good[] = {
	"/",
	"/v1/profile",
	"/v1/profile/",
	"/v1/accounts/{account}/workspaces/{workspace}",
	"/v1/{id}/{other-id}/{an_id2}",
	"/v1/files/*",
	"/*",
	"/v1/users:batch",
	"/v1/caf%C3%A9",
	"/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t/u/v/w/x/y/z/{0}/{1}/{2}/*",
};

static const struct {
	const char *pattern, *wrong;
} bad[] = {
	{ "", "begins with a slash" },
	{ "v1", "begins with a slash" },
	{ "https://api.example.com/v1", "begins with a slash" },
	{ "//", "Two slashes" },
	{ "/v1//x", "Two slashes" },
	{ "/v1/x//", "Two slashes" },
	{ "/v1/*/x", "the last segment" },
	{ "/v1/*/", "the last segment" },
	{ "/v1/a*", "alone in its own" },
	{ "/v1/**", "alone in its own" },
	{ "/v1/{}", "\"{}\" is not {name}" },
	{ "/v1/{", "\"{\" is not {name}" },
	{ "/v1/{a", "is not {name}" },
	{ "/v1/{Account}", "is not {name}" },
	{ "/v1/{-a}", "is not {name}" },
	{ "/v1/{a b}", "is not {name}" },
	{ "/v1/{a}.json", "is not {name}" },
	{ "/v1/{a}{b}", "is not {name}" },
	{ "/v1/{aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}", "is not {name}" },
	{ "/v1/{a}/x/{a}", "{a} stands in it twice" },
	{ "/{account}/{account}", "{account} stands in it twice" },
	{ "/v1/a{b}", "as callers have to write it" },
	{ "/v1/a}", "as callers have to write it" },
	{ "/v1/..", "as callers have to write it" },
	{ "/v1/%2F", "as callers have to write it" },
	{ "/v1/%41", "as callers have to write it" },
	{ "/v1/caf\xc3\xa9", "as callers have to write it" },
	{ "/v1?a=b", "as callers have to write it" },
	{ "/v1;x", "as callers have to write it" },
	{ "/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a", "at most 30 segments" },
};

static void
tells_patterns(void **state)
{
	struct arena *a = test_arena();
	char longest[PATTERN_MAX + 1];

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		CHECK_STR(pattern_wrong(a, str_of(good[i])), "");
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		check_holds_(pattern_wrong(a, str_of(bad[i].pattern)), str_of(bad[i].wrong),
		    bad[i].pattern, (int)i);
	memset(longest, 'a', sizeof longest);
	longest[0] = '/';
	CHECK_STR(pattern_wrong(a, (str){ longest, PATTERN_MAX }), "");
	CHECK_HOLDS(pattern_wrong(a, (str){ longest, PATTERN_MAX + 1 }), "at most 300 characters");
}

static void
stands_for_addresses(void **state)
{
	static const struct {
		const char *pattern, *path, *account, *workspace;
	} cases[] = {
		{ "/", "/", "", "" }, { "/v1/profile", "/v1/profile", "", "" },
		{ "/v1/profile/", "/v1/profile/", "", "" }, { "/v1/{name}", "/v1/profile", "", "" },
		{ "/v1/{name}", "/v1/*", "", "" }, { "/v1/*", "/v1/a", "", "" },
		{ "/v1/*", "/v1/a/b/c", "", "" }, { "/v1/*", "/v1/a/", "", "" },
		{ "/{account}/{workspace}", "/Aa00000001/Bb00000002", "Aa00000001", "Bb00000002" },
		{ "/{workspace}/*", "/Bb00000002/x/y", "", "Bb00000002" },
		{ "/{account}/x", "/no-id-at-all/x", "no-id-at-all", "" },
		{ "/{account}/x", "/{account}/x", "{account}",
		    "" }, /* not canonical, and no way around its id */
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct pattern_ids ids = { S("left"), S("over") };

		if (!pattern_match(str_of(cases[i].pattern), str_of(cases[i].path), &ids))
			print_error("%s: not %s\n", cases[i].pattern, cases[i].path);
		CHECK_STR_EQ(ids.account, str_of(cases[i].account));
		CHECK_STR_EQ(ids.workspace, str_of(cases[i].workspace));
	}
}

static void
stands_for_no_others(void **state)
{
	static const char *const cases[][2] = {
		{ "/", "/a" },
		{ "/a", "/" },
		{ "/v1/profile", "/v1/profile/" },
		{ "/v1/profile/", "/v1/profile" },
		{ "/v1/profile", "/v1/Profile" },
		{ "/v1/profile", "/v1/profiles" },
		{ "/v1/profile", "/v1" },
		{ "/v1/profile", "/v1/profile/x" },
		{ "/v1/{name}", "/v1/" },
		{ "/v1/{name}", "/v1" },
		{ "/v1/{name}", "/v1/a/b" },
		{ "/v1/{name}", "/v1/a/" },
		{ "/v1/*", "/v1" },
		{ "/v1/*", "/v1/" },
		{ "/{account}", "/" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct pattern_ids ids = { S("left"), S("over") };

		if (pattern_match(str_of(cases[i][0]), str_of(cases[i][1]), &ids))
			print_error("%s: also %s\n", cases[i][0], cases[i][1]);
		CHECK_STR(ids.account, "left");
		CHECK_STR(ids.workspace, "over");
	}
}

static void
has_an_order(void **state)
{
	static const char *const first_beats_second[][2] = {
		{ "/v1/me", "/v1/{name}" },
		{ "/v1/{name}", "/v1/*" },
		{ "/v1/me", "/v1/*" },
		{ "/a/{b}/*", "/{a}/b/c" },
		{ "/{a}/b", "/{a}/{b}" },
		{ "/a/*", "/{a}/b" },
		{ "/a/b", "/a" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof first_beats_second / sizeof first_beats_second[0]; i++) {
		str first = str_of(first_beats_second[i][0]),
		    second = str_of(first_beats_second[i][1]);

		assert_true(pattern_order(first, second) < 0);
		assert_true(pattern_order(second, first) > 0);
		assert_false(pattern_same(test_arena(), first, second));
	}
	assert_int_equal(pattern_order(S("/a/{b}"), S("/c/{d}")), 0);
	assert_int_equal(pattern_order(S("/"), S("/")), 0);
}

static void
tells_equal_ones(void **state)
{
	static const struct {
		const char *pattern, *other;
		bool same;
	} cases[] = {
		{ "/v1/x", "/v1/x", true },
		{ "/v1/{a}", "/v1/{b}", true },
		{ "/v1/{account}", "/v1/{name}", true },
		{ "/v1/x", "/v1/x/", true },
		{ "/v1/x", "/V1/X", true },
		{ "/v1/users:all", "/v1/users%3Aall", true },
		{ "/", "/", true },
		{ "/*", "/*", true },
		{ "/v1/x", "/v1/y", false },
		{ "/v1/x", "/v1/x/y", false },
		{ "/v1/{a}", "/v1/*", false },
		{ "/", "/{a}", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		str pattern = str_of(cases[i].pattern), other = str_of(cases[i].other);

		assert_int_equal(pattern_same(test_arena(), pattern, other), cases[i].same);
		assert_int_equal(pattern_same(test_arena(), other, pattern), cases[i].same);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_patterns),
		cmocka_unit_test(stands_for_addresses),
		cmocka_unit_test(stands_for_no_others),
		cmocka_unit_test(has_an_order),
		cmocka_unit_test(tells_equal_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
