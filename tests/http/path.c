/* path.c - tests of app/http/path.c. */
#include "check.h"

#include "http/path.h"

#define TOKEN "abcdefghijklmnopqrstuvwxyzABCDEFGHIJ012345-"

static str id, token;

static bool
match(str pattern, str path)
{
	id = token = S("left over");
	return path_match(pattern, path, &id, &token);
}

static void
plain_paths_match_themselves(void **state)
{
	(void)state;
	assert_true(match(S("/"), S("/")));
	CHECK_STR(id, "");
	CHECK_STR(token, "");
	assert_true(match(S("/credentials"), S("/credentials")));
	assert_true(match(S("/a/b/c"), S("/a/b/c")));
	assert_false(match(S("/credentials"), S("/credential")));
	assert_false(match(S("/credentials"), S("/credentialss")));
	assert_false(match(S("/credentials"), S("/Credentials")));
	assert_false(match(S("/credentials"), S("/credentials/")));
	assert_false(match(S("/credentials/"), S("/credentials")));
	assert_false(match(S("/a/b"), S("/a")));
	assert_false(match(S("/a"), S("/a/b")));
	assert_false(match(S("/a"), S("//a")));
	assert_false(match(S("/"), S("")));
	assert_false(match(S("/"), S("//")));
	assert_false(match(S("/a"), S("a")));
	assert_false(match(S("/a"), S("/%61")));
	CHECK_STR(id, "left over");
}

static void
an_id_is_ten_base62_characters(void **state)
{
	(void)state;
	assert_true(match(S("/credentials/:id/reset"), S("/credentials/aZ09bY18cX/reset")));
	CHECK_STR(id, "aZ09bY18cX");
	assert_false(match(S("/credentials/:id"), S("/credentials/aZ09bY18c")));
	assert_false(match(S("/credentials/:id"), S("/credentials/aZ09bY18cXd")));
	assert_false(match(S("/credentials/:id"), S("/credentials/aZ09bY18c-")));
	assert_false(match(S("/credentials/:id"), S("/credentials/aZ09bY18c%")));
	assert_false(match(S("/credentials/:id"), S("/credentials/")));
	assert_false(match(S("/credentials/:id"), S("/credentials/:id")));
	assert_false(match(S("/credentials/:id/reset"), S("/credentials/aZ09bY18cX")));
	CHECK_STR(id, "left over");
	assert_false(match(S("/credentials/:id/reset"), S("/credentials/aZ09bY18cX/other")));
	CHECK_STR(id, "left over");
}

static void
a_token_is_43_base64url_characters(void **state)
{
	(void)state;
	assert_true(match(S("/hand-off/:token"), S("/hand-off/" TOKEN)));
	CHECK_STR(token, TOKEN);
	assert_true(match(S("/x/:id/:token"), S("/x/0123456789/" TOKEN)));
	CHECK_STR(id, "0123456789");
	CHECK_STR(token, TOKEN);
	assert_false(match(S("/hand-off/:token"), S("/hand-off/" TOKEN "_")));
	assert_false(match(S("/hand-off/:token"), S("/hand-off/0123456789")));
	assert_false(match(
	    S("/hand-off/:token"), S("/hand-off/.bcdefghijklmnopqrstuvwxyzABCDEFGHIJ012345-")));
}

static void
check_overlap(str one, str other, bool expected)
{
	assert_int_equal(path_overlap(one, other), expected);
	assert_int_equal(path_overlap(other, one), expected);
}

static void
a_decision_is_151_characters_and_begins_so(void **state)
{
	char path[] = "/decisions/kdd_"
		      "0123456789012345678901234567890123456789012345678901234567890123456789012"
		      "01234567890123456789012345678901234567890123456789012345678901234567890abc";
	str whole = str_of(path);

	(void)state;
	assert_int_equal(whole.n, S("/decisions/").n + PATH_DECISION_CHARS);
	assert_true(match(S("/decisions/:decision"), whole));
	CHECK_STR_EQ(token, str_part(whole, S("/decisions/").n, whole.n));
	CHECK_STR(id, "");
	assert_false(match(S("/decisions/:decision"), str_part(whole, 0, whole.n - 1)));
	for (size_t i = S("/decisions/").n; i < whole.n; i++) {
		char was = path[i];

		path[i] = '-';
		assert_false(match(S("/decisions/:decision"), whole));
		path[i] = was;
	}
	check_overlap(S("/a/:decision"), S("/a/:token"), false);
	check_overlap(S("/a/:decision"), S("/a/new"), false);
	check_overlap(S("/decisions/:decision"), whole, true);
}

static void
patterns_overlap_when_one_address_fits_both(void **state)
{
	(void)state;
	check_overlap(S("/a"), S("/a"), true);
	check_overlap(S("/a"), S("/b"), false);
	check_overlap(S("/a"), S("/a/b"), false);
	check_overlap(S("/a"), S("/a/"), false);
	check_overlap(S("/a/:id"), S("/a/:id"), true);
	check_overlap(S("/a/:id"), S("/a/new"), false);
	check_overlap(S("/a/:id"), S("/a/statistics"), true);
	check_overlap(S("/a/:id"), S("/a/:token"), false);
	check_overlap(S("/a/:token"), S("/a/" TOKEN), true);
	check_overlap(S("/a/:token"), S("/a/new"), false);
	check_overlap(S("/:id/b"), S("/statistics/:id"), false);
	check_overlap(S("/:id/:id"), S("/statistics/:id"), true);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_paths_match_themselves),
		cmocka_unit_test(an_id_is_ten_base62_characters),
		cmocka_unit_test(a_token_is_43_base64url_characters),
		cmocka_unit_test(a_decision_is_151_characters_and_begins_so),
		cmocka_unit_test(patterns_overlap_when_one_address_fits_both),
	};

	return cmocka_run_group_tests_name("http/path", tests, NULL, NULL);
}
