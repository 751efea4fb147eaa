/* str.c - text as a pointer and a length. */
#define _GNU_SOURCE
#include "base/str.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Most texts of fmt() are shorter: they are formatted once and not twice. */
enum { FMT_GUESS_BYTES = 80 };

bool
str_eq_secret(str a, str b)
{
	volatile unsigned char differs = a.n != b.n;

	for (size_t i = 0; i < a.n && i < b.n; i++)
		differs |= (unsigned char)(a.at[i] ^ b.at[i]);
	return !differs;
}

int
str_cmp(str a, str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n ? memcmp(a.at, b.at, n) : 0;

	return order ? order : (a.n > b.n) - (a.n < b.n);
}

bool
str_starts(str s, str prefix)
{
	return s.n >= prefix.n && str_eq(str_part(s, 0, prefix.n), prefix);
}

bool
str_ends(str s, str suffix)
{
	return s.n >= suffix.n && str_eq(str_part(s, s.n - suffix.n, suffix.n), suffix);
}

size_t
str_find(str s, str needle)
{
	const char *at;

	if (needle.n == 0)
		return 0;
	at = s.n ? memmem(s.at, s.n, needle.at, needle.n) : NULL;
	return at ? (size_t)(at - s.at) : s.n;
}

str
str_cut(str s, char c, str *rest)
{
	size_t at = str_find_char(s, c);

	*rest = str_part(s, at + 1, s.n);
	return str_part(s, 0, at);
}

bool
str_take(str *rest, str what)
{
	bool there = str_starts(*rest, what);

	if (there)
		*rest = str_part(*rest, what.n, rest->n);
	return there;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

str
str_trim(str s)
{
	while (s.n && is_blank(s.at[0]))
		s = str_part(s, 1, s.n);
	while (s.n && is_blank(s.at[s.n - 1]))
		s.n--;
	return s;
}

str
str_lower(struct arena *a, str s)
{
	char *at = NEW(a, char, s.n);

	for (size_t i = 0; i < s.n; i++)
		at[i] = s.at[i] >= 'A' && s.at[i] <= 'Z' ? (char)(s.at[i] + 32) : s.at[i];
	return (str){ at, s.n };
}

str
str_copy(struct arena *a, str s)
{
	char *at = NEW(a, char, s.n);

	if (s.n)
		memcpy(at, s.at, s.n);
	return (str){ at, s.n };
}

const char *
str_c(struct arena *a, str s)
{
	char *at = NEW(a, char, s.n + 1);

	if (str_find_char(s, '\0') != s.n)
		fault(a->fault, "a zero byte in a text for a library");
	if (s.n)
		memcpy(at, s.at, s.n);
	return at;
}

str
fmt(struct arena *a, const char *format, ...)
{
	va_list args;
	char *at = NEW(a, char, FMT_GUESS_BYTES);
	int n;

	va_start(args, format);
	n = vsnprintf(at, FMT_GUESS_BYTES, format, args);
	va_end(args);
	if (n < 0)
		fault(a->fault, "a format that printf refuses");
	if (n < FMT_GUESS_BYTES) {
		a->used -= FMT_GUESS_BYTES - (size_t)n - 1; /* what was not written is zero still */
		return (str){ at, (size_t)n };
	}
	at = NEW(a, char, (size_t)n + 1);
	va_start(args, format);
	vsnprintf(at, (size_t)n + 1, format, args);
	va_end(args);
	return (str){ at, (size_t)n };
}

str
str_number(char bytes[STR_NUMBER_MAX], uint64_t value)
{
	size_t at = STR_NUMBER_MAX;

	do
		bytes[--at] = (char)('0' + value % 10);
	while (value /= 10);
	return (str){ bytes + at, STR_NUMBER_MAX - at };
}

bool
str_int(str s, int64_t *value)
{
	bool negative = s.n && s.at[0] == '-';
	str digits = str_part(s, negative, s.n);
	int64_t sum = 0;

	if (digits.n == 0 || digits.n > 18)
		return false;
	for (size_t i = 0; i < digits.n; i++) {
		if (!isdigit((unsigned char)digits.at[i]))
			return false;
		sum = sum * 10 + (digits.at[i] - '0');
	}
	*value = negative ? -sum : sum;
	return true;
}
