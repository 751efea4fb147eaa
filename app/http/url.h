/* url.h - percent-encoding and queries (RFC 3986; WHATWG URL section 5, urlencoded). */
#ifndef HTTP_URL_H
#define HTTP_URL_H

#include "base/str.h"

/* Decodes %XX, and + as a blank when plus is set. False when a % is not followed by two hex digits. */
bool url_decode(struct arena *, str, bool plus, str *decoded);

/* Encodes all but A-Z a-z 0-9 - . _ ~. */
str url_encode(struct arena *, str);

/* Steps through name=value&name=value. False at the end. *broken is set when a part could not be
 * decoded; that part is passed over. Start with *rest the whole text. */
bool url_next_pair(struct arena *, str *rest, str *name, str *value, bool *broken);

#endif
