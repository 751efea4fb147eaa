/* address.c - tests of the address of a call: what has one spelling, and what two might read in two ways. */
#include "check.h"

#include "core/address.h"

static bool
canonical(str raw, str *path)
{
	return address_canonical(test_arena(), raw, path);
}

static void
takes_canonical_ones(void **state)
{
	static const struct {
		const char *raw, *path;
	} good[] = {
		{ "/", "/" },
		{ "/v1/profile", "/v1/profile" },
		{ "/v1/profile/", "/v1/profile/" },
		{ "/?a=b", "/" },
		{ "/v1/profile?", "/v1/profile" },
		{ "/v1/profile?a=/../b;c\\%00%2f//", "/v1/profile" },
		{ "/v1/profile?a?b", "/v1/profile" },
		{ "/a-b.c_d~e", "/a-b.c_d~e" },
		{ "/!$&'()*+,=:@", "/!$&'()*+,=:@" },
		{ "/.well-known/x", "/.well-known/x" },
		{ "/...", "/..." },
		{ "/a..b/..c/d..", "/a..b/..c/d.." },
		{ "/caf%C3%A9/%20/%22%3C%3E", "/caf%C3%A9/%20/%22%3C%3E" },
		{ "/%F0%9F%98%80", "/%F0%9F%98%80" },
		{ "/a%2Bb%2Cc%40d%3A", "/a%2Bb%2Cc%40d%3A" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		str path = { 0 };

		if (!canonical(str_of(good[i].raw), &path))
			print_error("refused: %s\n", good[i].raw);
		CHECK_STR_EQ(path, str_of(good[i].path));
	}
}

static const char *const bad[] = {
	"",
	"?",
	"v1",
	"*",
	"http://api.example.com/v1",
	"//",
	"//v1",
	"/v1//",
	"/v1//profile",
	"/.",
	"/..",
	"/./v1",
	"/v1/.",
	"/v1/./profile",
	"/v1/../profile",
	"/v1/..",
	"/v1/../",
	/* dots, letters, digits, - _ ~: encoded without need */
	"/v1/%2e%2e/profile",
	"/v1/%2E%2E/profile",
	"/v1/.%2E/profile",
	"/v1/%2E/x",
	"/%41",
	"/%7A",
	"/%30",
	"/%2D",
	"/%5F",
	"/%7E",
	/* what takes an address apart, encoded */
	"/v1%2Fprofile",
	"/v1%2fprofile",
	"/v1%5Cprofile",
	"/v1%5cprofile",
	"/v1/a%3Bb",
	"/v1/a%3Fb",
	"/v1/a%23b",
	"/v1/a%25b",
	"/v1/%252E%252E/x",
	"/v1/%252Fx",
	"/v1/%25%32%46",
	/* and plain */
	"/v1;a=b/profile",
	"/v1/profile;",
	"/v1/;/x",
	"/v1\\profile",
	"/v1/..\\x",
	"/v1/profile#x",
	/* control bytes */
	"/v1/%00",
	"/v1/a%00b",
	"/v1/%0A",
	"/v1/%0D%0A",
	"/v1/%1F",
	"/v1/%7F",
	"/v1/\x01",
	"/v1/a\nb",
	"/v1/a\tb",
	"/v1/\x7f",
	"/v1/%C2%80",
	/* what RFC 3986 has no place for */
	"/v1/a b",
	"/v1/<",
	"/v1/\"",
	"/v1/{account}",
	"/v1/a|b",
	"/v1/^",
	"/v1/`",
	"/v1/[x]",
	"/v1/caf\xc3\xa9",
	"/v1/\xff",
	/* broken, in lower case, or no UTF-8 */
	"/v1/%",
	"/v1/%4",
	"/v1/%G0",
	"/v1/%u002F",
	"/v1/% 41",
	"/v1/caf%c3%a9",
	"/v1/caf%C3%a9",
	"/v1/%C0%AF",
	"/v1/%C0%AE%C0%AE",
	"/v1/%FF",
	"/v1/%C3",
	"/v1/%C3/%A9",
	"/v1/%ED%A0%80",
};

static void
refuses_others(void **state)
{
	str path = S("untouched");

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		if (canonical(str_of(bad[i]), &path))
			print_error("taken: %s\n", bad[i]);
		assert_false(canonical(str_of(bad[i]), &path));
	}
	assert_false(canonical((str){ "/a\0b", 4 }, &path));
	assert_false(canonical((str){ "/\0", 2 }, &path));
}

static void
bounds_the_whole(void **state)
{
	struct arena *a = test_arena();
	char *text = NEW(a, char, ADDRESS_MAX + 1);
	str path;

	(void)state;
	memset(text, 'a', ADDRESS_MAX + 1);
	text[0] = '/';
	assert_true(address_canonical(a, (str){ text, ADDRESS_MAX }, &path));
	assert_false(address_canonical(a, (str){ text, ADDRESS_MAX + 1 }, &path));
	text[1] = '?';
	assert_false(address_canonical(a, (str){ text, ADDRESS_MAX + 1 }, &path));
}

static void
has_a_loose_form(void **state)
{
	struct arena *a = test_arena();

	(void)state;
	CHECK_STR(address_loose(a, S("/V1/Users%3Abatch/")), "/v1/users:batch");
	CHECK_STR(address_loose(a, S("/v1/users:BATCH")), "/v1/users:batch");
	CHECK_STR(address_loose(a, S("/caf%C3%A9")), "/caf\xc3\xa9");
	CHECK_STR(address_loose(a, S("/")), "");
	CHECK_STR(address_loose(a, S("/%")), "/%");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_canonical_ones),
		cmocka_unit_test(refuses_others),
		cmocka_unit_test(bounds_the_whole),
		cmocka_unit_test(has_a_loose_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
