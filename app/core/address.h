/* address.h - the address of a call, raw as the web server got it: it has one spelling or it is refused.
 *
 * Whoever stands behind the web server decodes it once more, and in a way of its own. So nothing is let
 * through that two readers could take for two things; then there is no second decoding to disagree with.
 */
#ifndef CORE_ADDRESS_H
#define CORE_ADDRESS_H

#include "base/str.h"

enum { ADDRESS_MAX = 8 << 10 };

/* Whether the raw address is canonical; *path is then what stands before the query: a view. It is not when
 * it is over 8 kB, does not begin with a slash, or a part of its path other than the last is empty or is
 * none of which segment_canonical() says so. The query is not looked at. */
bool address_canonical(struct arena *, str raw, str *path);

/* Whether a part between two slashes is canonical: the characters of RFC 3986 section 3.3 without the
 * semicolon, in UTF-8 once decoded; not "." or ".."; and of encoded ones, in upper case (section 6.2.2.1),
 * none that needs no encoding (section 6.2.2.2), no control byte, and none of / \ ; ? # %, at which
 * somebody behind may take it apart anew. */
bool segment_canonical(struct arena *, str segment);

/* What readers who are not exact take an address for: decoded, ASCII letters in lower case, without a
 * slash at its end. In the arena. */
str address_loose(struct arena *, str path);

#endif
