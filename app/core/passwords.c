/* passwords.c - whether a password is one that people may choose. */
#define _GNU_SOURCE
#include "core/passwords.h"

#include "base/utf8.h"
#include "core/passwords_common.h"

#include <string.h>

enum {
	TEXT_MAX_BYTES = 4 * PASSWORD_MAX_CHARS,
	RUN_MIN = 3,
	PERSONAL_WORD_MIN = 3,
	PERSONAL_WHOLE_MIN = 5,
	/* In halves of a character, so that a digit may weigh one. */
	WEIGHT_CHAR = 2,
	WEIGHT_DIGIT = 1,
	WEIGHT_PIECE = 2,
	WEIGHT_WORD = 4,
	WEIGHT_LEAST = 16,
};

/* A password in two forms: as typed but in lower case, and folded, where letters and what people write
 * for them are the same. Byte i of one is byte i of the other. */
struct text {
	char plain[TEXT_MAX_BYTES], folded[TEXT_MAX_BYTES];
	size_t n;
};

/* What is known of the person, folded, each at most TEXT_MAX_BYTES. */
struct person {
	char email[TEXT_MAX_BYTES], name[TEXT_MAX_BYTES];
	str address, local, full;
};

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* l, 1, ! and | all become i: which of them was meant cannot be told. */
static char
fold(char c)
{
	static const char from[] = "0134578@$!|+l", to[] = "oieastbasiiti";
	const char *at = c ? strchr(from, lower(c)) : NULL;

	return at ? to[at - from] : lower(c);
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
}

/* Whether the word, once folded, is what stands at the beginning of s. */
static bool
stands_at(str s, str word)
{
	size_t i = 0;

	while (i < s.n && i < word.n && fold(word.at[i]) == s.at[i])
		i++;
	return i == word.n;
}

/* Cuts the next word off a text whose words are parted by anything but letters. */
static str
next_word(str *rest)
{
	size_t from = 0, to;
	str word;

	while (from < rest->n && !is_letter(rest->at[from]))
		from++;
	for (to = from; to < rest->n && is_letter(rest->at[to]);)
		to++;
	word = str_part(*rest, from, to - from);
	*rest = str_part(*rest, to, rest->n);
	return word;
}

/* How far s follows the run from one of its places on, upwards or downwards. */
static size_t
follow(str s, str run, size_t place, bool upwards)
{
	size_t n = 0;

	while (n < s.n && place < run.n && run.at[place] == s.at[n]) {
		n++;
		place += upwards ? 1 : (size_t)-1; /* below 0 it wraps to past the end */
	}
	return n;
}

/* The length of the longest run at the beginning of plain, 0 when under RUN_MIN. */
static size_t
longest_run(str plain)
{
	size_t longest = RUN_MIN - 1;

	for (size_t k = 0; k < sizeof common_runs / sizeof common_runs[0]; k++) {
		str run = str_of(common_runs[k]);

		for (size_t i = 0; i < 2 * run.n; i++) {
			size_t n = follow(plain, run, i / 2, i % 2);

			longest = n > longest ? n : longest;
		}
	}
	return longest < RUN_MIN ? 0 : longest;
}

/* How many bytes at the beginning of s are one and the same, 0 when under RUN_MIN. */
static size_t
same_character(str s)
{
	size_t n = 1;

	while (n < s.n && s.at[n] == s.at[0])
		n++;
	return n < RUN_MIN ? 0 : n;
}

/* How many bytes from at on repeat just those that stand before at: 0 when none do. */
static size_t
repetition(str s, size_t at)
{
	for (size_t n = at < s.n - at ? at : s.n - at; n >= RUN_MIN; n--)
		if (memcmp(s.at + at - n, s.at + at, n) == 0)
			return n;
	return 0;
}

static size_t
year(str s)
{
	return s.n >= 4 && (str_starts(s, S("19")) || str_starts(s, S("20"))) &&
	               is_digit(s.at[2]) && is_digit(s.at[3])
	           ? 4
	           : 0;
}

/* Notes that a piece of n bytes and that weight stands at a place. n is 0 when there is none. */
static void
reach(unsigned *least, size_t at, size_t n, unsigned weight)
{
	if (n && least[at] + weight < least[at + n])
		least[at + n] = least[at] + weight;
}

static void
reach_words(unsigned *least, size_t at, str folded, str words)
{
	while (words.n) {
		str word = str_cut(words, ' ', &words);

		if (stands_at(folded, word))
			reach(least, at, word.n, WEIGHT_WORD);
	}
}

static void
reach_common(unsigned *least, size_t at, str folded)
{
	for (size_t k = 0; k < sizeof common_words / sizeof common_words[0]; k++)
		reach_words(least, at, folded, str_of(common_words[k]));
}

static void
reach_personal(unsigned *least, size_t at, str folded, str words)
{
	while (words.n) {
		str word = next_word(&words);

		if (word.n >= PERSONAL_WORD_MIN && str_starts(folded, word))
			reach(least, at, word.n, WEIGHT_WORD);
	}
}

static void
reach_runs(unsigned *least, size_t at, str plain)
{
	size_t longest = longest_run(plain);

	for (size_t n = RUN_MIN; n <= longest; n++)
		reach(least, at, n, WEIGHT_PIECE);
}

/* A byte inside a character weighs nothing: characters count. */
static unsigned
weight_of(char c)
{
	if (is_digit(c))
		return WEIGHT_DIGIT;
	return ((unsigned char)c & 0xc0) == 0x80 ? 0 : WEIGHT_CHAR;
}

/* The weight of the lightest way to take the text apart. */
static unsigned
weigh(const struct text *text, const struct person *person)
{
	unsigned least[TEXT_MAX_BYTES + 1];

	for (size_t i = 1; i <= TEXT_MAX_BYTES; i++)
		least[i] = UINT32_MAX / 2;
	least[0] = 0;
	for (size_t i = 0; i < text->n; i++) {
		str plain = { text->plain + i, text->n - i },
		    folded = { text->folded + i, plain.n };

		reach(least, i, 1, weight_of(plain.at[0]));
		reach_runs(least, i, plain);
		reach(least, i, same_character(plain), WEIGHT_PIECE);
		reach(least, i, year(plain), WEIGHT_PIECE);
		reach(least, i, repetition((str){ text->plain, text->n }, i), WEIGHT_PIECE);
		reach_common(least, i, folded);
		if (person) {
			reach_personal(least, i, folded, person->local);
			reach_personal(least, i, folded, person->full);
		}
	}
	return least[text->n];
}

/* Into at: the folded bytes for which asked, at the same place, is a letter. */
static str
letters_of(const char *asked, const struct text *text, char *at)
{
	size_t n = 0;

	for (size_t i = 0; i < text->n; i++)
		if (is_letter(asked[i]))
			at[n++] = text->folded[i];
	return (str){ at, n };
}

/* Whether a name or address, its words as one, stands in the letters, in either direction. */
static bool
holds_whole(str letters, str words)
{
	char forwards[TEXT_MAX_BYTES], backwards[TEXT_MAX_BYTES];
	size_t n = 0;

	for (size_t i = 0; i < words.n; i++)
		if (is_letter(words.at[i]))
			forwards[n++] = words.at[i];
	for (size_t i = 0; i < n; i++)
		backwards[i] = forwards[n - 1 - i];
	if (n < PERSONAL_WHOLE_MIN)
		return false;
	return str_find(letters, (str){ forwards, n }) < letters.n ||
	       str_find(letters, (str){ backwards, n }) < letters.n;
}

/* j0hn.sm1th and john1smith2 both hold John Smith: once the digits count as letters, once they do not. */
static bool
holds_person(const struct text *text, const struct person *person)
{
	char buffer[TEXT_MAX_BYTES];
	str folded = letters_of(text->folded, text, buffer);
	bool holds = holds_whole(folded, person->local) || holds_whole(folded, person->full);
	str plain = letters_of(text->plain, text, buffer);

	holds |= holds_whole(plain, person->local) || holds_whole(plain, person->full) ||
	         holds_whole(plain, person->address);
	explicit_bzero(buffer, sizeof buffer);
	return holds;
}

/* What is known of a person: words of folded letters, everything else is a blank. */
static str
words_into(char *at, str s)
{
	s = str_part(s, 0, TEXT_MAX_BYTES);
	for (size_t i = 0; i < s.n; i++)
		at[i] = is_letter(lower(s.at[i])) ? fold(s.at[i]) : ' ';
	return (str){ at, s.n };
}

static enum password_answer
judge(const struct text *text, const struct person *person)
{
	if (weigh(text, NULL) < WEIGHT_LEAST)
		return PASSWORD_COMMON;
	if (holds_person(text, person) || weigh(text, person) < WEIGHT_LEAST)
		return PASSWORD_PERSONAL;
	return PASSWORD_GOOD;
}

enum password_answer
password_check(str password, str email, str name)
{
	struct text text;
	struct person person;
	enum password_answer answer;
	size_t length = utf8_length(password);
	str local, rest;

	if (length < PASSWORD_MIN_CHARS)
		return PASSWORD_SHORT;
	if (length > PASSWORD_MAX_CHARS || password.n > TEXT_MAX_BYTES)
		return PASSWORD_LONG;
	text.n = password.n;
	for (size_t i = 0; i < password.n; i++) {
		text.plain[i] = lower(password.at[i]);
		text.folded[i] = fold(password.at[i]);
	}
	/* What follows a + names the mailbox's purpose, not the person. */
	local = str_cut(str_cut(email, '@', &rest), '+', &rest);
	person.address = words_into(person.email, email);
	person.local = str_part(person.address, 0, local.n);
	person.full = words_into(person.name, name);
	answer = judge(&text, &person);
	explicit_bzero(&text, sizeof text);
	return answer;
}
