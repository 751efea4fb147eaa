/* base62.c - numbers as base62 text. */
#include "core/base62.h"

static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

void
base62_write(char *at, size_t n, uint64_t value)
{
	while (n--) {
		at[n] = digits[value % 62];
		value /= 62;
	}
}

/* 62 where it is none. */
static unsigned
digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if (c >= 'A' && c <= 'Z')
		return (unsigned)(c - 'A') + 10;
	return c >= 'a' && c <= 'z' ? (unsigned)(c - 'a') + 36 : 62;
}

bool
base62_read(str text, uint64_t *value)
{
	uint64_t read = 0;

	if (text.n < 1 || text.n > BASE62_CHARS_64)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		unsigned digit = digit_of(text.at[i]);

		if (digit == 62 || read > (UINT64_MAX - digit) / 62)
			return false;
		read = read * 62 + digit;
	}
	*value = read;
	return true;
}
