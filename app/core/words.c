/* words.c - the words of a text, as a search compares them. */
#include "core/words.h"

#include "base/utf8.h"

/* Letters whose small ones are `by` further on; step 2 is a block of pairs, where the small one is next. */
struct block {
	uint32_t first, last, step, by;
};

/* Unicode 15, CaseFolding.txt, status C: blocks of scripts that have two cases, in order. */
static const struct block blocks[] = {
	{ 'A', 'Z', 1, 32 },
	{ 0x00c0, 0x00d6, 1, 32 },
	{ 0x00d8, 0x00de, 1, 32 },
	{ 0x0100, 0x012e, 2, 1 },
	{ 0x0132, 0x0136, 2, 1 },
	{ 0x0139, 0x0147, 2, 1 },
	{ 0x014a, 0x0176, 2, 1 },
	{ 0x0179, 0x017d, 2, 1 },
	{ 0x01cd, 0x01db, 2, 1 },
	{ 0x01de, 0x01ee, 2, 1 },
	{ 0x01f8, 0x021e, 2, 1 },
	{ 0x0222, 0x0232, 2, 1 },
	{ 0x0386, 0x0386, 1, 38 },
	{ 0x0388, 0x038a, 1, 37 },
	{ 0x038c, 0x038c, 1, 64 },
	{ 0x038e, 0x038f, 1, 63 },
	{ 0x0391, 0x03a1, 1, 32 },
	{ 0x03a3, 0x03ab, 1, 32 },
	{ 0x03c2, 0x03c2, 1, 1 },
	{ 0x0400, 0x040f, 1, 80 },
	{ 0x0410, 0x042f, 1, 32 },
	{ 0x0460, 0x0480, 2, 1 },
	{ 0x048a, 0x04be, 2, 1 },
	{ 0x04c1, 0x04cd, 2, 1 },
	{ 0x04d0, 0x052e, 2, 1 },
	{ 0x0531, 0x0556, 1, 48 },
	{ 0x1e00, 0x1e94, 2, 1 },
	{ 0x1ea0, 0x1efe, 2, 1 },
	{ 0xff21, 0xff3a, 1, 32 },
};

/* What is neither letter nor digit beyond ASCII: signs, spaces and punctuation, as far as people type them. */
static const struct {
	uint32_t first, last;
} between[] = {
	{ 0x0080, 0x00a9 },
	{ 0x00ab, 0x00b4 },
	{ 0x00b6, 0x00b9 },
	{ 0x00bb, 0x00bf },
	{ 0x00d7, 0x00d7 },
	{ 0x00f7, 0x00f7 },
	{ 0x2000, 0x206f },
	{ 0x20a0, 0x20cf },
	{ 0x2190, 0x2bff },
	{ 0x3000, 0x3004 },
	{ 0x3008, 0x3020 },
	{ 0xfe0f, 0xfe0f },
	{ 0xff01, 0xff0f },
	{ 0xfffd, 0xfffd },
};

static uint32_t
fold(uint32_t point)
{
	for (size_t i = 0; i < sizeof blocks / sizeof blocks[0] && point >= blocks[i].first; i++)
		if (point <= blocks[i].last && (point - blocks[i].first) % blocks[i].step == 0)
			return point + blocks[i].by;
	return point;
}

static bool
of_a_word(uint32_t point)
{
	if (point < 0x80)
		return (point >= '0' && point <= '9') || (point >= 'a' && point <= 'z') ||
		       (point >= 'A' && point <= 'Z');
	for (size_t i = 0; i < sizeof between / sizeof between[0]; i++)
		if (point >= between[i].first && point <= between[i].last)
			return false;
	return true;
}

str
words_fold(struct arena *a, str text)
{
	char *at = NEW(a, char, text.n * 2);
	size_t n = 0;
	uint32_t point;

	for (size_t i = 0, m; i < text.n; i += m) {
		m = utf8_first(str_part(text, i, text.n), &point);
		if (m == 0)
			fault(a->fault, "a text that is not UTF-8 has no words");
		n += utf8_put(at + n, fold(point));
	}
	return (str){ at, n };
}

/* The run of letters and digits that begins s; *rest is what follows it and what parts it from the next one. */
static str
first_word(str s, str *rest)
{
	size_t n = 0, m;
	uint32_t point;
	str word;

	while (n < s.n && (m = utf8_first(str_part(s, n, s.n), &point)) && of_a_word(point))
		n += m;
	word = str_part(s, 0, n);
	while (n < s.n && (m = utf8_first(str_part(s, n, s.n), &point)) && !of_a_word(point))
		n += m;
	*rest = str_part(s, n, s.n);
	return word;
}

struct strs
words_of(struct arena *a, str text)
{
	str rest = words_fold(a, text);
	str *words = NEW(a, str, rest.n / 2 + 1);
	size_t n = 0;

	while (rest.n) {
		str word = first_word(rest, &rest);

		if (word.n)
			words[n++] = words_first(word, WORD_CHARS);
	}
	return (struct strs){ words, n };
}

str
words_first(str s, size_t n)
{
	size_t at = 0;

	for (size_t i = 0; i < s.n; i++)
		if (((unsigned char)s.at[i] & 0xc0) != 0x80 && n-- == 0)
			break;
		else
			at = i + 1;
	return str_part(s, 0, at);
}
