/* base64.c - RFC 4648 base64 without padding, in either alphabet, between buffers of the caller. */
#include "crypto/base64.h"

static const char alphabets[][65] = {
	[BASE64_PLAIN] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
	[BASE64_URL] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
};

/* Three bytes as four letters at a time, and then what is left. */
size_t
base64_write(enum base64_alphabet alphabet, str bytes, char *text)
{
	const unsigned char *at = (const unsigned char *)bytes.at;
	const char *letters = alphabets[alphabet];
	size_t i = 0, made = 0;
	uint32_t bits;

	for (; bytes.n - i >= 3; i += 3) {
		bits = (uint32_t)at[i] << 16 | (uint32_t)at[i + 1] << 8 | at[i + 2];
		text[made++] = letters[bits >> 18];
		text[made++] = letters[bits >> 12 & 63];
		text[made++] = letters[bits >> 6 & 63];
		text[made++] = letters[bits & 63];
	}
	if (i == bytes.n)
		return made;
	bits = (uint32_t)at[i] << 16 | (bytes.n - i == 2 ? (uint32_t)at[i + 1] << 8 : 0);
	text[made++] = letters[bits >> 18];
	text[made++] = letters[bits >> 12 & 63];
	if (bytes.n - i == 2)
		text[made++] = letters[bits >> 6 & 63];
	return made;
}

/* The value of each letter, and in which alphabets it is: a branch for each kind of letter is guessed wrong for every other
 * one. What is no letter is 0. */
enum { VALUE = 63, P = 64, U = 128, B = P | U };
/* clang-format off */
static const unsigned char values[256] = {
	['A'] = B | 0, ['B'] = B | 1, ['C'] = B | 2, ['D'] = B | 3, ['E'] = B | 4, ['F'] = B | 5,
	['G'] = B | 6, ['H'] = B | 7, ['I'] = B | 8, ['J'] = B | 9, ['K'] = B | 10, ['L'] = B | 11,
	['M'] = B | 12, ['N'] = B | 13, ['O'] = B | 14, ['P'] = B | 15, ['Q'] = B | 16,
	['R'] = B | 17, ['S'] = B | 18, ['T'] = B | 19, ['U'] = B | 20, ['V'] = B | 21,
	['W'] = B | 22, ['X'] = B | 23, ['Y'] = B | 24, ['Z'] = B | 25, ['a'] = B | 26,
	['b'] = B | 27, ['c'] = B | 28, ['d'] = B | 29, ['e'] = B | 30, ['f'] = B | 31,
	['g'] = B | 32, ['h'] = B | 33, ['i'] = B | 34, ['j'] = B | 35, ['k'] = B | 36,
	['l'] = B | 37, ['m'] = B | 38, ['n'] = B | 39, ['o'] = B | 40, ['p'] = B | 41,
	['q'] = B | 42, ['r'] = B | 43, ['s'] = B | 44, ['t'] = B | 45, ['u'] = B | 46,
	['v'] = B | 47, ['w'] = B | 48, ['x'] = B | 49, ['y'] = B | 50, ['z'] = B | 51,
	['0'] = B | 52, ['1'] = B | 53, ['2'] = B | 54, ['3'] = B | 55, ['4'] = B | 56,
	['5'] = B | 57, ['6'] = B | 58, ['7'] = B | 59, ['8'] = B | 60, ['9'] = B | 61,
	['+'] = P | 62, ['/'] = P | 63, ['-'] = U | 62, ['_'] = U | 63,
};
/* clang-format on */

bool
base64_read(enum base64_alphabet alphabet, str text, char *bytes, size_t *n)
{
	const unsigned char *at = (const unsigned char *)text.at;
	size_t i = 0, left = text.n % 4, made = 0;
	unsigned good = alphabet == BASE64_URL ? U : P;
	uint32_t bits = 0;

	if (left == 1)
		return false;
	for (; text.n - i >= 4; i += 4) {
		unsigned a = values[at[i]], b = values[at[i + 1]], c = values[at[i + 2]],
			 d = values[at[i + 3]];

		good &= a & b & c & d;
		bits = (a & VALUE) << 18 | (b & VALUE) << 12 | (c & VALUE) << 6 | (d & VALUE);
		bytes[made++] = (char)(bits >> 16);
		bytes[made++] = (char)(bits >> 8);
		bytes[made++] = (char)bits;
	}
	for (bits = 0; i < text.n; i++) {
		good &= values[at[i]];
		bits = bits << 6 | (values[at[i]] & VALUE);
	}
	/* Of two letters four bits are spare, of three two. */
	if (left == 2) {
		bytes[made++] = (char)(bits >> 4);
	} else if (left == 3) {
		bytes[made++] = (char)(bits >> 10);
		bytes[made++] = (char)(bits >> 2);
	}
	*n = made;
	return good && !(left && bits & (left == 2 ? 15 : 3));
}
