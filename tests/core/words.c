/* words.c - the words of a text: folded, parted, cut. */
#define _GNU_SOURCE
#include "check.h"

#include "base/utf8.h"
#include "core/words.h"

/* The words with a blank between two. */
static str
words(const char *text)
{
	struct arena *a = test_arena();
	struct strs found = words_of(a, str_of(text));
	str all = { 0 };

	for (size_t i = 0; i < found.n; i++)
		all = fmt(a, "%.*s%s%.*s", STR(all), i ? " " : "", STR(found.at[i]));
	return all;
}

static void
letters_and_digits_are_words(void **state)
{
	(void)state;
	CHECK_STR(words("Nightly batch"), "nightly batch");
	CHECK_STR(words("  e-mail, v2.0/EU_west (new) "), "e mail v2 0 eu west new");
	CHECK_STR(words("kdc_live_9fK2a0Lm3xQw71Rt"), "kdc live 9fk2a0lm3xqw71rt");
	CHECK_STR(words("a=b status=active"), "a b status active");
	CHECK_STR(words("%_\\'\"<>;--"), "");
	CHECK_STR(words(""), "");
	CHECK_STR(words("«Größe» — 3 × 4 … ☃ ½"), "größe 3 4");
	CHECK_STR(words("東京 の店"), "東京 の店");
}

static void
case_does_not_count(void **state)
{
	(void)state;
	CHECK_STR(words("ÄÖÜ ÀÞ ŁÓDŹ ĞİŸ"), "äöü àþ łódź ğİŸ");
	CHECK_STR(words("ΆΘΉΝΑ ΌΣΟΣ όσος"), "άθήνα όσοσ όσοσ");
	CHECK_STR(words("МОСКВА Ёлка Ґанок Ђ"), "москва ёлка ґанок ђ");
	CHECK_STR(words("ԵՐԵՎԱՆ ẠẾ ＡＢＣ"), "երեվան ạế ａｂｃ");
	CHECK_STR(words("× ÷ ß ÿ µ"), "ß ÿ µ");
}

static void
what_is_folded_stays_so(void **state)
{
	struct arena *a = test_arena();
	char bytes[4];

	(void)state;
	for (uint32_t point = 0xa0; point < 0x30000; point++) {
		str one, folded;

		if (point >= 0xd800 && point <= 0xdfff)
			continue;
		one = (str){ bytes, utf8_put(bytes, point) };
		assert_true(utf8_ok(one, false));
		folded = words_fold(a, one);
		assert_true(utf8_ok(folded, false));
		assert_int_equal(utf8_length(folded), 1);
		CHECK_STR_EQ(words_fold(a, folded), folded);
		if (point % 4096 == 0)
			arena_wipe(a, 0);
	}
}

static void
a_word_is_cut_at_a_character(void **state)
{
	(void)state;
	CHECK_STR(words("abcdefghijklmnop abcdefghijklmnopq"), "abcdefghijklmnop abcdefghijklmnop");
	CHECK_STR(words("ÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄ"), "ääääääääääääääää");
	CHECK_STR(words_first(S("äbc"), 1), "ä");
	CHECK_STR(words_first(S("äbc"), 0), "");
	CHECK_STR(words_first(S("äb東"), 9), "äb東");
	CHECK_STR(words_first((str){ 0 }, 3), "");
}

static void
fold_broken(void *arena)
{
	words_fold(arena, S("a\xff"));
}

static void
what_is_no_text_has_no_words(void **state)
{
	struct arena *a = test_arena();

	(void)state;
	CHECK_FAULT(a, fold_broken, a, "not UTF-8");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(letters_and_digits_are_words),
		cmocka_unit_test(case_does_not_count),
		cmocka_unit_test(what_is_folded_stays_so),
		cmocka_unit_test(a_word_is_cut_at_a_character),
		cmocka_unit_test(what_is_no_text_has_no_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
