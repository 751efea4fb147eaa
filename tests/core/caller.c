/* caller.c - tests of what is kept of a User-Agent. */
#include "check.h"

#include "base/buf.h"
#include "base/random.h"
#include "core/caller.h"
#include "core/shared_use.h"

static str
kept(str user_agent)
{
	return caller_program(test_arena(), user_agent);
}

static void
programs_keep_their_names(void **state)
{
	static const char *const same[] = { "curl/8.5.0",
		"Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0",
		"python-requests/2.31.0", "Amazon-Route53-Health-Check-Service (ref 1b0)",
		"shop/1b4f0e9851971998e732078544c96b36c3d01ced", "a <b> & \"c\" 'd' %s %n {{x}}" };

	(void)state;
	for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
		CHECK_STR_EQ(kept(str_of(same[i])), str_of(same[i]));
	CHECK_STR(kept((str){ 0 }), "");
	CHECK_STR(kept(S("  \t curl \r\n")), "curl");
	CHECK_STR(kept(S("a\r\nb\x1b[2J\x7f\xc3\xa9\0c")), "a??b?[2J????c");
}

/* By a careless or a malicious caller: nothing of it may be in the database, on a page or in a log. */
static void
secrets_are_taken_out(void **state)
{
	struct arena *a = test_arena();
	str secret =
	    S("kds_live_1kZQSi1fX3a_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwx");
	str two;

	(void)state;
	CHECK_STR(kept(secret), "[...]");
	CHECK_STR(caller_program(a, fmt(a, "curl/8 (%.*s) x", STR(secret))), "curl/8 ([...]) x");
	CHECK_STR(kept(S("pass=kds_test_1kZ;next")), "pass=[...];next");
	CHECK_STR(kept(S("my-kds_live_")), "my-[...]");
	/* Two of them without anything between, the first without its beginning: found by fuzzing. */
	two = fmt(a, "%.*s%.*s", STR(str_part(secret, 21, 100)), STR(secret));
	CHECK_STR(caller_program(a, two), "[...]");
	/* Without its beginning, as a token, and as Basic writes it. */
	CHECK_STR_EQ(kept(str_part(secret, 21, 100)), S("[...]"));
	CHECK_STR(kept(S("Bearer eyJhbGciOiJFUzI1NiJ9."
			 "eyJpc3MiOiJodHRwOi8vMTI3LjAuMC4xOjgwODAiLCJzdWIiOiJrZGNfbGl2ZSJ9."
			 "MEUCIQDx0123456789-_0123456789-_0123456789-_0123456789-_")),
	    "Bearer eyJhbGciOiJFUzI1NiJ9.[...].[...]");
	CHECK_STR(
	    kept(S(
		"Basic a2RjX2xpdmVfYWJjZGVmZ2hpams6a2RzX2xpdmVfMWtaUVNpMWZYM2FfMDEyMzQ1Njc4OQ==")),
	    "Basic [...]");
}

/* Wherever a secret stands, and however the text is cut, no 12 characters of it in a row are left. */
static void
no_piece_of_a_secret_is_left(void **state)
{
	(void)state;
	for (size_t before = 0; before < 130; before++) {
		struct arena *a = test_arena();
		str secret = fmt(
		    a, "kds_live_%.*s_%.*s", STR(random_base62(a, 11)), STR(random_base62(a, 60)));
		struct buf text = buf_new(a, 10000);
		str program;

		for (size_t i = 0; i < before; i++)
			buf_add_char(&text, i % 7 == 6 ? ' ' : 'x');
		buf_add(&text, secret);
		buf_add(&text, S(" and more"));
		program = caller_program(a, buf_str(&text));
		assert_true(program.n <= USE_PROGRAM_MAX);
		for (size_t i = 0; i + 12 <= secret.n; i++)
			assert_int_equal(str_find(program, str_part(secret, i, 12)), program.n);
	}
}

static void
long_ones_are_cut(void **state)
{
	struct arena *a = test_arena();
	struct buf text = buf_new(a, 20000);

	(void)state;
	for (int i = 0; i < 1024; i++)
		buf_add(&text, S("program "));
	assert_int_equal(caller_program(a, buf_str(&text)).n, USE_PROGRAM_MAX);
	text.n = 0;
	for (int i = 0; i < 8192; i++)
		buf_add_char(&text, 'x');
	CHECK_STR(caller_program(a, buf_str(&text)), "[...]");
	text.n = 0;
	for (int i = 0; i < 8192; i++)
		buf_add_char(&text, i == 99 ? ' ' : '<');
	assert_int_equal(caller_program(a, buf_str(&text)).n, 99); /* no blank at the end */
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(programs_keep_their_names),
		cmocka_unit_test(secrets_are_taken_out),
		cmocka_unit_test(no_piece_of_a_secret_is_left),
		cmocka_unit_test(long_ones_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
