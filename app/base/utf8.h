/* utf8.h - is it text? */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/str.h"

/* Valid UTF-8 (RFC 3629: no overlong form, no surrogate, at most U+10FFFF) without control characters.
 * lines allows line feeds, for a text of several lines. */
bool utf8_ok(str, bool lines);

/* Whether anything of a valid text is seen: some character that neither is a blank nor only shapes what is beside it. */
bool utf8_visible(str);

/* The first character of a text that is not empty: its length in bytes, 0 when it is not UTF-8. */
size_t utf8_first(str, uint32_t *point);

/* A character as its bytes, n of them, at most 4; it must be one that there is. */
size_t utf8_put(char *into, uint32_t point);

/* How many characters (code points) a valid text has. */
size_t utf8_length(str);

#endif
