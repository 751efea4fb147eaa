/* base64.c - RFC 4648 base64 without padding, strictly. */
#include "check.h"

#include "crypto/base64.h"

#include <string.h>

static str
written(enum base64_alphabet alphabet, str bytes)
{
	char *at = NEW(test_arena(), char, 100);

	return (str){ at, base64_write(alphabet, bytes, at) };
}

static bool
is_read(enum base64_alphabet alphabet, str text)
{
	char bytes[100];
	size_t n;

	return base64_read(alphabet, text, bytes, &n);
}

/* RFC 4648 section 10, its padding left out. */
static void
known_texts(void **state)
{
	(void)state;
	CHECK_STR(written(BASE64_PLAIN, S("")), "");
	CHECK_STR(written(BASE64_PLAIN, S("f")), "Zg");
	CHECK_STR(written(BASE64_PLAIN, S("fo")), "Zm8");
	CHECK_STR(written(BASE64_PLAIN, S("foo")), "Zm9v");
	CHECK_STR(written(BASE64_URL, S("foob")), "Zm9vYg");
	CHECK_STR(written(BASE64_URL, S("fooba")), "Zm9vYmE");
	CHECK_STR(written(BASE64_URL, S("foobar")), "Zm9vYmFy");
	CHECK_STR(written(BASE64_PLAIN, S("\xfb\xff\xfe")), "+//+");
	CHECK_STR(written(BASE64_URL, S("\xfb\xff\xfe")), "-__-");
}

static void
reads_what_it_writes(void **state)
{
	char bytes[64], text[BASE64_CHARS(sizeof bytes)], back[sizeof bytes];

	(void)state;
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (char)(i * 37 + 11);
	for (size_t n = 0; n <= sizeof bytes; n++) {
		size_t got = 0, chars = base64_write(BASE64_URL, (str){ bytes, n }, text);

		assert_int_equal(chars, BASE64_CHARS(n));
		assert_int_equal(BASE64_BYTES(chars), n);
		assert_true(base64_read(BASE64_URL, (str){ text, chars }, back, &got));
		CHECK_STR_EQ(((str){ back, got }), ((str){ bytes, n }));
	}
}

/* For each length of text, just the canonical ones of all last characters are read. */
static void
spare_bits_are_zero(void **state)
{
	static const char letters[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	int two = 0, three = 0;

	(void)state;
	for (size_t i = 0; i < 64; i++) {
		two += is_read(BASE64_URL, (str){ (char[]){ 'A', letters[i] }, 2 });
		three += is_read(BASE64_URL, (str){ (char[]){ 'A', 'A', letters[i] }, 3 });
	}
	assert_int_equal(two, 4);
	assert_int_equal(three, 16);
}

/* Wherever a byte stands: among four, or in what is left behind them. */
static void
a_byte_is_a_letter_of_its_own_alphabet(void **state)
{
	static const char *const letters[] = {
		[BASE64_PLAIN] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
		[BASE64_URL] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
	};
	char text[] = "AAAAAAAAAAA", bytes[BASE64_BYTES(sizeof text)];
	size_t n;

	(void)state;
	for (enum base64_alphabet a = BASE64_PLAIN; a <= BASE64_URL; a++)
		for (size_t at = 0; at < sizeof text - 2; at++)
			for (int byte = 0; byte < 256; byte++) {
				bool is = byte && strchr(letters[a], byte);

				text[at] = (char)byte;
				assert_int_equal(
				    base64_read(a, (str){ text, sizeof text - 1 }, bytes, &n), is);
				text[at] = 'A';
			}
}

/* As a naive reader would: bit by bit. */
static void
each_letter_has_its_bits(void **state)
{
	static const char letters[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

	(void)state;
	for (size_t i = 0; i < 64; i++)
		for (size_t at = 0; at < 6; at++) {
			char text[] = "AAAAAAAA", bytes[6];
			uint64_t bits = 0;
			size_t n;

			text[at] = letters[i];
			assert_true(base64_read(BASE64_URL, (str){ text, 8 }, bytes, &n));
			assert_int_equal(n, 6);
			for (size_t k = 0; k < n; k++)
				bits = bits << 8 | (unsigned char)bytes[k];
			assert_true(bits == (uint64_t)i << 6 * (7 - at));
		}
}

static void
everything_else_is_refused(void **state)
{
	(void)state;
	assert_false(is_read(BASE64_URL, S("A")));
	assert_false(is_read(BASE64_URL, S("AAAAA")));
	assert_false(is_read(BASE64_URL, S("AA==")));
	assert_false(is_read(BASE64_URL, S("AAA=")));
	assert_false(is_read(BASE64_URL, S("AA A")));
	assert_false(is_read(BASE64_URL, S("AAA\n")));
	assert_false(is_read(BASE64_URL, S("AA\0A")));
	assert_false(is_read(BASE64_URL, S("AA\xc3\xa4")));
	assert_false(is_read(BASE64_URL, S("AA+A")));
	assert_false(is_read(BASE64_URL, S("AA/A")));
	assert_false(is_read(BASE64_PLAIN, S("AA-A")));
	assert_false(is_read(BASE64_PLAIN, S("AA_A")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_texts),
		cmocka_unit_test(reads_what_it_writes),
		cmocka_unit_test(spare_bits_are_zero),
		cmocka_unit_test(a_byte_is_a_letter_of_its_own_alphabet),
		cmocka_unit_test(each_letter_has_its_bits),
		cmocka_unit_test(everything_else_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
