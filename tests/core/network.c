/* network.c - tests of address allow lists: what is taken, how it is kept, who lies in it. */
#include "check.h"

#include "base/buf.h"
#include "core/network.h"

static void
keeps_one_spelling(void **state)
{
	static const struct {
		const char *typed, *kept;
	} cases[] = {
		{ "", "" },
		{ " ,\r\n\t", "" },
		{ "192.0.2.1", "192.0.2.1" },
		{ "192.0.2.1/32", "192.0.2.1" },
		{ "192.0.2.0/24, 198.51.100.7\r\n2001:db8::/32",
		    "192.0.2.0/24 198.51.100.7 2001:db8::/32" },
		{ "0.0.0.0/0", "0.0.0.0/0" },
		{ "::/0", "::/0" },
		{ "2001:DB8:0:0:0:0:0:1", "2001:db8::1" },
		{ "2001:0db8:0000:0001:0:0:0:1/128", "2001:db8:0:1::1" },
		{ "2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1" },
		{ "::ffff:192.0.2.1", "192.0.2.1" },
		{ "::ffff:c000:200/120", "192.0.2.0/24" },
		{ "::ffff:0:0/96", "0.0.0.0/0" },
		{ "192.0.2.1 192.0.2.1/32 ::ffff:192.0.2.1", "192.0.2.1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		str kept = S("untouched");

		CHECK_STR(networks_read(test_arena(), str_of(cases[i].typed), &kept), "");
		CHECK_STR_EQ(kept, str_of(cases[i].kept));
	}
}

static void
refuses_others(void **state)
{
	static const struct {
		const char *typed, *wrong;
	} cases[] = {
		{ "office", "\"office\" is not an IPv4 or IPv6 address or network." },
		{ "192.0.2.1 192.0.2.300", "\"192.0.2.300\" is not an IPv4" },
		{ "192.0.2", "\"192.0.2\" is not" },
		{ "192.0.2.01", "is not an IPv4" },
		{ "192.0.2.1:443", "is not an IPv4" },
		{ "[::1]", "is not an IPv4" },
		{ "fe80::1%eth0", "is not an IPv4" },
		{ "/24", "\"/24\" is not" },
		{ "192.0.2.0/33", "needs a number from 0 to 32 after the slash." },
		{ "192.0.2.0/", "from 0 to 32" },
		{ "192.0.2.0/+8", "from 0 to 32" },
		{ "192.0.2.0/08", "from 0 to 32" },
		{ "192.0.2.0/255.255.255.0", "from 0 to 32" },
		{ "192.0.2.0/24/8", "from 0 to 32" },
		{ "2001:db8::/129", "needs a number from 0 to 128 after the slash." },
		{ "192.0.2.1/24",
		    "\"192.0.2.1/24\" is not a network: that would be 192.0.2.0/24." },
		{ "192.0.2.1/0", "that would be 0.0.0.0/0." },
		{ "2001:db8::1/64", "that would be 2001:db8::/64." },
		{ "::ffff:192.0.2.1/120", "that would be 192.0.2.0/24." },
		{ "192.0.2.129/31", "that would be 192.0.2.128/31." },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\xc3\xa9zz",
		    "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...\" is not" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		str kept = S("untouched");

		check_holds_(networks_read(test_arena(), str_of(cases[i].typed), &kept),
		    str_of(cases[i].wrong), cases[i].typed, (int)i);
		CHECK_STR(kept, "untouched");
	}
}

/* Networks that differ in the number between the two texts. */
static str
many(struct arena *a, int n, const char *before, const char *after)
{
	struct buf typed = buf_new(a, 8000);

	for (int i = 0; i < n; i++)
		buf_fmt(&typed, "%s%x%s", before, 0x1000 + i, after);
	return buf_str(&typed);
}

static void
bounds_their_number(void **state)
{
	static const char longest[] = "2001:1db8:1111:1111:1111:1111:";
	struct arena *a = test_arena();
	str kept = { 0 };

	(void)state;
	CHECK_STR(networks_read(a, many(a, 50, "2001:db8::", ","), &kept), "");
	CHECK_HOLDS(networks_read(a, many(a, 51, "2001:db8::", ","), &kept), "more than 50");
	CHECK_STR(networks_read(a, many(a, 50, longest, ":1111 "), &kept), "");
	CHECK_STR(networks_read(a, many(a, 45, longest, ":8000/113\n"), &kept), "");
	assert_true(kept.n <= NETWORK_TEXT_MAX);
	CHECK_HOLDS(networks_read(a, many(a, 50, longest, ":8000/113\n"), &kept),
	    "more than 2000 characters");
}

static void
tells_who_lies_in_them(void **state)
{
	static const struct {
		const char *networks, *address;
		bool within;
	} cases[] = {
		{ "", "192.0.2.1", true },
		{ "", "", true },
		{ "192.0.2.0/24", "192.0.2.0", true },
		{ "192.0.2.0/24", "192.0.2.255", true },
		{ "192.0.2.0/24", "192.0.3.0", false },
		{ "192.0.2.0/24", "192.0.1.255", false },
		{ "192.0.2.128/25", "192.0.2.127", false },
		{ "192.0.2.8/29", "192.0.2.15", true },
		{ "192.0.2.8/29", "192.0.2.16", false },
		{ "192.0.2.1", "192.0.2.1", true },
		{ "192.0.2.1", "192.0.2.2", false },
		{ "192.0.2.1", "::ffff:192.0.2.1", true },
		{ "192.0.2.1", "::ffff:c000:201", true },
		{ "192.0.2.1", "::192.0.2.1", false },
		{ "0.0.0.0/0", "203.0.113.9", true },
		{ "0.0.0.0/0", "::1", false },
		{ "::/0", "2001:db8::1", true },
		{ "::/0", "192.0.2.1", false },
		{ "::/0", "::ffff:192.0.2.1", false },
		{ "2001:db8::/33", "2001:db8:7fff::1", true },
		{ "2001:db8::/33", "2001:db8:8000::1", false },
		{ "10.0.0.0/8 2001:db8::/32 192.0.2.1", "192.0.2.1", true },
		{ "10.0.0.0/8 2001:db8::/32", "2001:DB8::7", true },
		{ "192.0.2.0/24", "", false },
		{ "192.0.2.0/24", "unix:", false },
		{ "192.0.2.0/24", "192.0.2.1, 10.0.0.1", false },
		{ "192.0.2.0/24", "192.0.2.1 ", false },
		/* what plain SQL may have left there lets nobody in */
		{ " ", "192.0.2.1", false },
		{ "nonsense", "192.0.2.1", false },
		{ "192.0.2.0/99", "192.0.2.1", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		if (networks_contain(str_of(cases[i].networks), str_of(cases[i].address)) !=
		    cases[i].within)
			print_error("[%s] %s\n", cases[i].networks, cases[i].address);
		assert_int_equal(
		    networks_contain(str_of(cases[i].networks), str_of(cases[i].address)),
		    cases[i].within);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_one_spelling),
		cmocka_unit_test(refuses_others),
		cmocka_unit_test(bounds_their_number),
		cmocka_unit_test(tells_who_lies_in_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
