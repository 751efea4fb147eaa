/* str.h - text as a pointer and a length, passed by value, not ended by a zero byte. { 0 } is empty.
 *
 * The few that are called a thousand times in a request stand here, where the compiler can put them in place of the call.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct str {
	const char *at;
	size_t n;
} str;

/* Many texts: what a repeated form field holds. */
struct strs {
	const str *at;
	size_t n;
};

/* A literal as a str, and a str as the two arguments of "%.*s". */
#define S(literal) ((str){ "" literal, sizeof(literal) - 1 })
#define STR(s)     (int)(s).n, (s).n ? (s).at : ""

/* The same for a static initialiser, where S()'s compound literal is not a constant. */
#define STR_INIT(literal)                       \
	{                                       \
		"" literal, sizeof(literal) - 1 \
	}

static inline bool
str_eq(str a, str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.at, b.at, a.n) == 0);
}

/* For secrets: the time depends on the lengths only, not on where the two differ. */
bool str_eq_secret(str, str);

/* Below 0, 0 or above 0, byte by byte; a prefix comes first. */
int str_cmp(str, str);

bool str_starts(str, str prefix);
bool str_ends(str, str suffix);

/* From byte `from` on, `n` bytes at most. Past the end is the empty text. */
static inline str
str_part(str s, size_t from, size_t n)
{
	if (from >= s.n)
		return (str){ 0 };
	return (str){ s.at + from, n < s.n - from ? n : s.n - from };
}

/* Where c or needle first stands; s.n when it does not. */
static inline size_t
str_find_char(str s, char c)
{
	const char *at = s.n ? memchr(s.at, c, s.n) : NULL;

	return at ? (size_t)(at - s.at) : s.n;
}

size_t str_find(str s, str needle);

/* What stands before the first c; *rest is what follows it. Without a c: all of it, and an empty rest. */
str str_cut(str, char c, str *rest);

/* Whether the rest begins with what; then that is taken from it. */
bool str_take(str *rest, str what);

/* Without blanks, tabs and line ends at both ends. */
str str_trim(str);

/* ASCII letters in lower case, in the arena. Other bytes are kept. */
str str_lower(struct arena *, str);

/* A copy in the arena, for what must outlive its source. */
str str_copy(struct arena *, str);

/* The same, ended by a zero byte: for the border to a library. A zero byte inside is a fault. */
const char *str_c(struct arena *, str);

/* A C string as a str: a view, not a copy. NULL is the empty text. */
static inline str
str_of(const char *s)
{
	return s ? (str){ s, strlen(s) } : (str){ 0 };
}

/* printf() into the arena. Pass a str as "%.*s", STR(s). */
str fmt(struct arena *, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The decimal digits of a number, at the end of the given bytes. Where printf would be the longest part of the work. */
enum { STR_NUMBER_MAX = 20 };
str str_number(char bytes[STR_NUMBER_MAX], uint64_t value);

/* A whole decimal number, at most 18 digits, sign allowed. False, and *value untouched, when it is not. */
bool str_int(str, int64_t *value);

#endif
