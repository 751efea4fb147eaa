/* address.c - the address of a call has one spelling, or it is refused. */
#include "core/address.h"

#include "base/utf8.h"
#include "http/url.h"

#include <string.h>

/* RFC 3986 section 2.3: what needs no encoding. */
static bool
is_unreserved(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '.' || c == '_' || c == '~';
}

/* What else may stand in a path as it is: sub-delims, ":" and "@", but not the semicolon, behind which
 * some readers see parameters of the segment. */
static bool
is_plain(char c)
{
	return is_unreserved(c) || (c != 0 && strchr("!$&'()*+,=:@", c));
}

static bool
is_upper_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
}

/* Whether a byte may be encoded: one that has to be, and at which nobody takes the address apart. */
static bool
may_be_encoded(char c)
{
	return !is_unreserved(c) && (unsigned char)c >= ' ' && c != 0x7f && !strchr("/\\;?#%", c);
}

static bool
encoded_ok(struct arena *a, str segment)
{
	str decoded;

	for (size_t i = str_find_char(segment, '%'); i < segment.n; i++) {
		str digits = str_part(segment, i + 1, 2);

		if (segment.at[i] != '%')
			continue;
		if (digits.n != 2 || !is_upper_hex(digits.at[0]) || !is_upper_hex(digits.at[1]))
			return false;
		if (!url_decode(a, str_part(segment, i, 3), false, &decoded) ||
		    !may_be_encoded(decoded.at[0]))
			return false;
	}
	return url_decode(a, segment, false, &decoded) && utf8_ok(decoded, false);
}

bool
segment_canonical(struct arena *a, str segment)
{
	bool encoded = false;

	if (segment.n == 0 || str_eq(segment, S(".")) || str_eq(segment, S("..")))
		return false;
	for (size_t i = 0; i < segment.n; i++) {
		encoded |= segment.at[i] == '%';
		if (!is_plain(segment.at[i]) && segment.at[i] != '%')
			return false;
	}
	return !encoded || encoded_ok(a, segment);
}

bool
address_canonical(struct arena *a, str raw, str *path)
{
	str rest = str_part(raw, 1, str_find_char(raw, '?') - !!raw.n);

	if (raw.n > ADDRESS_MAX || !str_starts(raw, S("/")))
		return false;
	*path = str_part(raw, 0, rest.n + 1);
	while (rest.n) /* a slash at the end leaves nothing behind it */
		if (!segment_canonical(a, str_cut(rest, '/', &rest)))
			return false;
	return true;
}

str
address_loose(struct arena *a, str path)
{
	str decoded;

	if (!url_decode(a, path, false, &decoded))
		return path;
	if (str_ends(decoded, S("/")))
		decoded.n--;
	return str_lower(a, decoded);
}
