/* utf8.h - is it text? */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/str.h"

/* Valid UTF-8 (RFC 3629: no overlong form, no surrogate, at most U+10FFFF) without control characters.
 * lines allows line feeds, for a text of several lines. */
bool utf8_ok(str, bool lines);

/* How many characters (code points) a valid text has. */
size_t utf8_length(str);

#endif
