/* utf8.c - is it text? */
#include "check.h"

#include "base/utf8.h"

static void
check_all(const char *const *texts, bool expected)
{
	for (; *texts; texts++) {
		if (utf8_ok(str_of(*texts), false) != expected)
			print_error("\"%s\" is %s\n", *texts, expected ? "refused" : "taken");
		assert_int_equal(utf8_ok(str_of(*texts), false), expected);
	}
}

static void
text_of_all_lengths(void **state)
{
	static const char *const texts[] = { "", "a", " ~", "é", "€", "𝄞", "aé€𝄞z",
		"\xc2\xa0",         /* U+00A0, the first after the controls */
		"\xdf\xbf",         /* U+07FF */
		"\xe0\xa0\x80",     /* U+0800 */
		"\xed\x9f\xbf",     /* U+D7FF, the last before the surrogates */
		"\xee\x80\x80",     /* U+E000, the first after them */
		"\xef\xbf\xbf",     /* U+FFFF */
		"\xf0\x90\x80\x80", /* U+10000 */
		"\xf4\x8f\xbf\xbf", /* U+10FFFF */
		NULL };

	(void)state;
	check_all(texts, true);
	assert_true(utf8_ok((str){ 0 }, false));
}

static void
broken_sequences(void **state)
{
	static const char *const texts[] = { "\x80", "\xbf", "a\x80", "\xc3", "\xc3z", "\xc3\xc3",
		"\xe2\x82", "\xe2\x82z", "\xe2z\xac", "\xf0\x9d\x84", "\xf0\x9d\x84z",
		"\xf0z\x84\x9e", "\xc0\x80", /* U+0000, too long */
		"\xc1\xbf",                  /* U+007F, too long */
		"\xe0\x80\xaf",              /* a slash, too long */
		"\xe0\x9f\xbf",              /* U+07FF, too long */
		"\xf0\x80\x80\xaf",          /* a slash, too long */
		"\xf0\x8f\xbf\xbf",          /* U+FFFF, too long */
		"\xed\xa0\x80",              /* U+D800, a surrogate */
		"\xed\xbf\xbf",              /* U+DFFF */
		"\xf4\x90\x80\x80",          /* U+110000 */
		"\xf5\x80\x80\x80",          /* beyond */
		"\xf8\x88\x80\x80\x80",      /* 5 bytes */
		"\xfe", "\xff", NULL };

	(void)state;
	check_all(texts, false);
}

/* A sequence that is cut by the end of the text, not by a zero byte. */
static void
end_of_text_ends_a_sequence(void **state)
{
	(void)state;
	assert_true(utf8_ok(str_part(S("€€"), 0, 3), false));
	assert_false(utf8_ok(str_part(S("€€"), 0, 4), false));
	assert_false(utf8_ok(str_part(S("€€"), 0, 5), false));
	assert_true(utf8_ok(str_part(S("€€"), 0, 6), false));
}

static void
control_characters(void **state)
{
	(void)state;
	for (int c = 0; c < 0x80; c++) {
		char at = (char)c;

		assert_int_equal(utf8_ok((str){ &at, 1 }, false), c >= 0x20 && c < 0x7f);
		assert_int_equal(
		    utf8_ok((str){ &at, 1 }, true), (c >= 0x20 && c < 0x7f) || c == '\n');
	}
	for (int c = 0x80; c < 0xc0; c++) {
		char at[] = { (char)0xc2, (char)c };

		assert_int_equal(utf8_ok((str){ at, 2 }, true), c >= 0xa0);
	}
	assert_true(utf8_ok(S("a\nb"), true));
	assert_false(utf8_ok(S("a\nb"), false));
	assert_false(utf8_ok(S("a\r\nb"), true));
}

/* As names in a list they would be links without one. */
static void
what_is_not_seen(void **state)
{
	static const char *const blank[] = { "", " ", "\n", "\xc2\xa0", "\xc2\xad", "\xe2\x80\x8b",
		"\xe2\x80\x8e", "\xe2\x81\xa0", "\xe2\xa0\x80", "\xe3\x80\x80", "\xe3\x85\xa4",
		"\xef\xb8\x8f", "\xef\xbb\xbf", "\xf3\xa0\x80\xa1", " \xe2\x80\x8b\xc2\xa0 ",
		NULL };
	static const char *const seen[] = { "a", "é", "€", "𝄞", "0", "-", "\xc2\xa1",
		"\xe2\x80\x90", "\xef\xbf\xbd", "\xe2\x80\x8b.", " \xc2\xa0 x", NULL };

	(void)state;
	for (size_t i = 0; blank[i]; i++)
		assert_false(utf8_visible(str_of(blank[i])));
	for (size_t i = 0; seen[i]; i++)
		assert_true(utf8_visible(str_of(seen[i])));
}

static void
length_counts_characters(void **state)
{
	(void)state;
	assert_int_equal(utf8_length((str){ 0 }), 0);
	assert_int_equal(utf8_length(S("abc")), 3);
	assert_int_equal(utf8_length(S("aé€𝄞z")), 5);
}

static void
every_character_is_read_as_it_was_put(void **state)
{
	char bytes[4];
	uint32_t read;

	(void)state;
	for (uint32_t point = 0; point <= 0x10ffff; point++) {
		size_t n;

		if (point >= 0xd800 && point <= 0xdfff)
			continue;
		n = utf8_put(bytes, point);
		assert_int_equal(utf8_first((str){ bytes, n }, &read), n);
		assert_int_equal(read, point);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_of_all_lengths),
		cmocka_unit_test(broken_sequences),
		cmocka_unit_test(end_of_text_ends_a_sequence),
		cmocka_unit_test(control_characters),
		cmocka_unit_test(what_is_not_seen),
		cmocka_unit_test(length_counts_characters),
		cmocka_unit_test(every_character_is_read_as_it_was_put),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
