/* base64.c - RFC 4648 base64 without padding, in either alphabet, between buffers of the caller. */
#include "crypto/base64.h"

static const char alphabets[][65] = {
	[BASE64_PLAIN] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
	[BASE64_URL] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
};

size_t
base64_write(enum base64_alphabet alphabet, str bytes, char *text)
{
	const char *letters = alphabets[alphabet];
	uint32_t bits = 0;
	size_t made = 0;
	int held = 0;

	for (size_t i = 0; i < bytes.n; i++) {
		bits = bits << 8 | (unsigned char)bytes.at[i];
		for (held += 8; held >= 6; held -= 6)
			text[made++] = letters[bits >> (held - 6) & 63];
	}
	if (held)
		text[made++] = letters[bits << (6 - held) & 63];
	return made;
}

/* One more than the value of a character, 0 for one that is in no alphabet: a branch for each kind of character is guessed
 * wrong for every other one. */
/* clang-format off */
static const unsigned char values[256] = {
	['A'] = 1, ['B'] = 2, ['C'] = 3, ['D'] = 4, ['E'] = 5, ['F'] = 6, ['G'] = 7, ['H'] = 8,
	['I'] = 9, ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16,
	['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24,
	['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28, ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32,
	['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40,
	['o'] = 41, ['p'] = 42, ['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48,
	['w'] = 49, ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56,
	['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['+'] = 63, ['-'] = 63,
	['/'] = 64, ['_'] = 64,
};
/* clang-format on */

/* The value of a character, 64 for one that is not in this alphabet. */
static uint32_t
value_of(enum base64_alphabet alphabet, char c)
{
	uint32_t value = values[(unsigned char)c] - 1u;

	return value < 62 || (value < 64 && alphabets[alphabet][value] == c) ? value : 64;
}

bool
base64_read(enum base64_alphabet alphabet, str text, char *bytes, size_t *n)
{
	uint32_t bits = 0;
	size_t made = 0;
	int held = 0;

	if (text.n % 4 == 1)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		uint32_t value = value_of(alphabet, text.at[i]);

		if (value == 64)
			return false;
		bits = bits << 6 | value;
		held += 6;
		if (held >= 8) {
			held -= 8;
			bytes[made++] = (char)(bits >> held & 255);
		}
	}
	if (bits & ((1u << held) - 1))
		return false;
	*n = made;
	return true;
}
