/* origin.c - tests of public addresses: what is one, what is loopback, what is refused. */
#include "check.h"

#include "core/origin.h"

static void
takes_addresses(void **state)
{
	static const struct {
		const char *text, *authority;
		bool https, loopback;
	} good[] = {
		{ "https://desk.example.org", "desk.example.org", true, false },
		{ "https://desk.example.org:8443", "desk.example.org:8443", true, false },
		{ "https://192.0.2.1", "192.0.2.1", true, false },
		{ "https://[2001:db8::1]:8443", "[2001:db8::1]:8443", true, false },
		{ "http://127.0.0.1:8080", "127.0.0.1:8080", false, true },
		{ "http://127.255.255.254", "127.255.255.254", false, true },
		{ "http://[::1]:8080", "[::1]:8080", false, true },
		{ "http://[::1]", "[::1]", false, true },
		{ "http://localhost:65535", "localhost:65535", false, true },
		{ "https://localhost", "localhost", true, true },
		{ "https://a-1.xn--bcher-kva.example", "a-1.xn--bcher-kva.example", true, false },
		{ "http://localhost:443", "localhost:443", false, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		struct origin origin = { 0 };

		assert_null(origin_parse(str_of(good[i].text), &origin));
		CHECK_STR_EQ(origin.authority, str_of(good[i].authority));
		assert_int_equal(origin.https, good[i].https);
		assert_int_equal(origin.loopback, good[i].loopback);
	}
}

static const struct {
	const char *text, *why;
} bad[] = {
	{ "", "must begin with" },
	{ "desk.example.org", "must begin with" },
	{ "ftp://desk.example.org", "must begin with" },
	{ "HTTPS://desk.example.org", "must begin with" },
	{ "https://", "must be scheme://host" },
	{ "https://:8443", "must be scheme://host" },
	{ "https://desk.example.org/", "must be scheme://host" },
	{ "https://desk.example.org/console", "must be scheme://host" },
	{ "https://desk.example.org?a=b", "must be scheme://host" },
	{ "https://desk.example.org#a", "must be scheme://host" },
	{ "https://ann@desk.example.org", "must be scheme://host" },
	{ "https://Desk.example.org", "must be scheme://host" },
	{ "https://desk..example.org", "must be scheme://host" },
	{ "https://.example.org", "must be scheme://host" },
	{ "https://example.org.", "must be scheme://host" },
	{ "https://-a.example.org", "must be scheme://host" },
	{ "https://a-.example.org", "must be scheme://host" },
	{ "https://a_b.example.org", "must be scheme://host" },
	{ "https://a b", "must be scheme://host" },
	{ "https://\xc3\xa4.example.org", "must be scheme://host" },
	{ "https://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.org",
	    "must be scheme://host" },
	{ "https://1.2.3", "must be scheme://host" },
	{ "https://1.2.3.256", "must be scheme://host" },
	{ "https://[2001:db8::1", "must be scheme://host" },
	{ "https://[]", "must be scheme://host" },
	{ "https://[", "must be scheme://host" },
	{ "https://[127.0.0.1]", "must be scheme://host" },
	{ "https://desk.example.org:", "must name a port" },
	{ "https://desk.example.org:0", "must name a port" },
	{ "https://desk.example.org:08443", "must name a port" },
	{ "https://desk.example.org:65536", "must name a port" },
	{ "https://desk.example.org:+1", "must name a port" },
	{ "https://desk.example.org:443", "must name a port" },
	{ "https://desk.example.org:8443/", "must name a port" },
	{ "https://[::1]x", "must be scheme://host" },
	{ "http://localhost:80", "must name a port" },
	{ "http://desk.example.org", "must be https" },
	{ "http://192.0.2.1", "must be https" },
	{ "http://128.0.0.1", "must be https" },
	{ "http://127.example.org", "must be https" },
	{ "http://localhost.example.org", "must be https" },
	{ "http://[::2]", "must be https" },
	{ "http://[::ffff:127.0.0.1]", "must be https" },
};

static void
refuses_others(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct origin origin = { .authority = S("untouched") };
		const char *why = origin_parse(str_of(bad[i].text), &origin);

		if (!why)
			print_error("taken: %s\n", bad[i].text);
		assert_non_null(why);
		if (!str_starts(str_of(why), str_of(bad[i].why)))
			print_error("%s: %s\n", bad[i].text, why);
		assert_true(str_starts(str_of(why), str_of(bad[i].why)));
		CHECK_STR(origin.authority, "untouched");
	}
}

static void
tells_addresses(void **state)
{
	static const char *const good[] = { "192.0.2.1", "::1", "2001:db8::7", "::ffff:192.0.2.1",
		"0.0.0.0" };
	static const char *const none[] = { "", "192.0.2.300", "192.0.2", "192.0.2.1 ", "[::1]",
		"::1%lo", "127.0.0.1:80", "localhost", "\xff\xfe",
		"11111111111111111111111111111111111111111111111111" };

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_true(is_address(str_of(good[i])));
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
		assert_false(is_address(str_of(none[i])));
	assert_false(is_address((str){ "192.0.2.1\0", 10 }));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_addresses),
		cmocka_unit_test(refuses_others),
		cmocka_unit_test(tells_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
