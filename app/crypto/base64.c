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

/* The value of a character, 64 for one that is in no alphabet. */
static uint32_t
value_of(enum base64_alphabet alphabet, char c)
{
	if (c >= 'A' && c <= 'Z')
		return (uint32_t)(c - 'A');
	if (c >= 'a' && c <= 'z')
		return (uint32_t)(c - 'a') + 26;
	if (c >= '0' && c <= '9')
		return (uint32_t)(c - '0') + 52;
	if (c == alphabets[alphabet][62])
		return 62;
	return c == alphabets[alphabet][63] ? 63 : 64;
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
