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
