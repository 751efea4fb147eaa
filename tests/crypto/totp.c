/* totp.c - one-time codes of the time, against the vectors of RFC 6238 and RFC 4648. */
#include "check.h"

#include "base/clock.h"
#include "crypto/totp.h"

static const str seed = STR_INIT("12345678901234567890");

/* RFC 6238 appendix B, SHA-1: the last six of its eight digits. */
static const struct {
	int64_t seconds;
	const char *code;
} vectors[] = {
	{ 59, "287082" },
	{ 1111111109, "081804" },
	{ 1111111111, "050471" },
	{ 1234567890, "005924" },
	{ 2000000000, "279037" },
	{ 20000000000, "353130" },
};

enum { VECTORS = sizeof vectors / sizeof vectors[0] };

static void
the_codes_of_the_standard(void **state)
{
	(void)state;
	for (size_t i = 0; i < VECTORS; i++)
		assert_int_equal(
		    totp_step(seed, vectors[i].seconds * SECOND, str_of(vectors[i].code)),
		    vectors[i].seconds / 30);
	for (size_t i = 0; i < VECTORS; i++)
		assert_true(str_eq(totp_code(test_arena(), seed, vectors[i].seconds * SECOND),
		    str_of(vectors[i].code)));
}

static void
one_step_off_is_good_and_two_are_not(void **state)
{
	(void)state;
	for (size_t i = 1; i < VECTORS; i++) {
		int64_t step = vectors[i].seconds / 30;
		str code = str_of(vectors[i].code);

		assert_int_equal(totp_step(seed, (step - 1) * 30 * SECOND, code), step);
		assert_int_equal(totp_step(seed, ((step + 2) * 30) * SECOND - 1, code), step);
		assert_int_equal(totp_step(seed, (step - 1) * 30 * SECOND - 1, code), 0);
		assert_int_equal(totp_step(seed, (step + 2) * 30 * SECOND, code), 0);
	}
}

static void
what_is_no_code(void **state)
{
	static const char *const none[] = { "", "28708", "2870821", "287083", "28708 ", "abcdef" };

	(void)state;
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
		assert_int_equal(totp_step(seed, 59 * SECOND, str_of(none[i])), 0);
	assert_int_equal(totp_step(seed, 59 * SECOND, (str){ "28708\0", 6 }), 0);
	assert_int_equal(totp_step(S("another seed, 20 byte"), 59 * SECOND, S("287082")), 0);
}

static void
base32_of_the_standard(void **state)
{
	struct arena *a = test_arena();

	(void)state;
	CHECK_STR(totp_base32(a, (str){ 0 }), "");
	CHECK_STR(totp_base32(a, S("f")), "MY");
	CHECK_STR(totp_base32(a, S("fo")), "MZXQ");
	CHECK_STR(totp_base32(a, S("foo")), "MZXW6");
	CHECK_STR(totp_base32(a, S("foob")), "MZXW6YQ");
	CHECK_STR(totp_base32(a, S("fooba")), "MZXW6YTB");
	CHECK_STR(totp_base32(a, S("foobar")), "MZXW6YTBOI");
	CHECK_STR(totp_base32(a, S("\xff\xff\xff\xff\xff")), "77777777");
	CHECK_STR(totp_base32(a, seed), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_codes_of_the_standard),
		cmocka_unit_test(one_step_off_is_good_and_two_are_not),
		cmocka_unit_test(what_is_no_code),
		cmocka_unit_test(base32_of_the_standard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
