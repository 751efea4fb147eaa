/* utf8.c - is it text? */
#include "base/utf8.h"

/* RFC 3629 section 4. */
size_t
utf8_first(str s, uint32_t *point)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char c = (unsigned char)s.at[0];
	size_t n = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;

	if (n == 0 || n > s.n)
		return 0;
	*point = n == 1 ? c : c & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		unsigned char next = (unsigned char)s.at[i];

		if ((next & 0xc0) != 0x80)
			return 0;
		*point = *point << 6 | (next & 0x3f);
	}
	if (*point < least[n] || *point > 0x10ffff || (*point >= 0xd800 && *point <= 0xdfff))
		return 0;
	return n;
}

bool
utf8_ok(str s, bool lines)
{
	for (size_t i = 0, n; i < s.n; i += n) {
		uint32_t point;

		n = utf8_first(str_part(s, i, s.n), &point);
		if (n == 0)
			return false;
		if ((point < 0x20 && !(lines && point == '\n')) || (point >= 0x7f && point < 0xa0))
			return false;
	}
	return true;
}

/* Unicode 16, PropList and DerivedCoreProperties: White_Space, Default_Ignorable_Code_Point; and the braille blank. */
static const uint32_t unseen[][2] = { { 0, 0x20 }, { 0x7f, 0xa0 }, { 0xad, 0xad }, { 0x34f, 0x34f },
	{ 0x61c, 0x61c }, { 0x115f, 0x1160 }, { 0x1680, 0x1680 }, { 0x17b4, 0x17b5 },
	{ 0x180b, 0x180f }, { 0x2000, 0x200f }, { 0x2028, 0x202f }, { 0x205f, 0x206f },
	{ 0x2800, 0x2800 }, { 0x3000, 0x3000 }, { 0x3164, 0x3164 }, { 0xfe00, 0xfe0f },
	{ 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 }, { 0xfff0, 0xfff8 }, { 0x1bca0, 0x1bca3 },
	{ 0x1d173, 0x1d17a }, { 0xe0000, 0xe0fff } };

bool
utf8_visible(str s)
{
	bool seen = false;
	uint32_t point;

	for (size_t n; s.n && !seen; s = str_part(s, n, s.n)) {
		n = utf8_first(s, &point);
		seen = true;
		for (size_t k = 0; k < sizeof unseen / sizeof unseen[0]; k++)
			seen = seen && (point < unseen[k][0] || point > unseen[k][1]);
	}
	return seen;
}

size_t
utf8_length(str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.at[i] & 0xc0) != 0x80;
	return n;
}

size_t
utf8_put(char *into, uint32_t point)
{
	size_t n = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;

	for (size_t i = n - 1; i > 0; i--, point >>= 6)
		into[i] = (char)(0x80 | (point & 0x3f));
	into[0] = (char)(n == 1 ? point : (0xf00u >> n & 0xf0) | point);
	return n;
}
