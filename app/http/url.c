/* url.c - percent-encoding and queries. */
#include "http/url.h"

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* The value of two hex digits; -1 when they are none. */
static int
hex_pair(str digits)
{
	int high = digits.n == 2 ? hex_digit(digits.at[0]) : -1;
	int low = digits.n == 2 ? hex_digit(digits.at[1]) : -1;

	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

bool
url_decode(struct arena *a, str s, bool plus, str *decoded)
{
	char *at = NEW(a, char, s.n);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.at[i];

		int value = c == '%' ? hex_pair(str_part(s, i + 1, 2)) : c == '+' && plus ? ' ' : c;

		if (c == '%' && value < 0)
			return false;
		if (c == '%')
			i += 2;
		at[n++] = (char)value;
	}
	*decoded = (str){ at, n };
	return true;
}

static bool
is_unreserved(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '.' || c == '_' || c == '~';
}

str
url_encode(struct arena *a, str s)
{
	static const char digits[] = "0123456789ABCDEF";
	char *at = NEW(a, char, s.n * 3);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.at[i];

		if (is_unreserved(s.at[i])) {
			at[n++] = s.at[i];
			continue;
		}
		at[n++] = '%';
		at[n++] = digits[c >> 4];
		at[n++] = digits[c & 15];
	}
	return (str){ at, n };
}

bool
url_next_pair(struct arena *a, struct url_pairs *pairs)
{
	while (pairs->rest.n) {
		str after, part = str_cut(pairs->rest, '&', &pairs->rest);
		str before = str_cut(part, '=', &after);

		if (part.n == 0)
			continue;
		if (url_decode(a, before, true, &pairs->name) &&
		    url_decode(a, after, true, &pairs->value))
			return true;
		pairs->broken = true;
	}
	return false;
}
