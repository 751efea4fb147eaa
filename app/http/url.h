/* url.h - percent-encoding and queries (RFC 3986; WHATWG URL section 5, urlencoded). */
#ifndef HTTP_URL_H
#define HTTP_URL_H

#include "base/str.h"

/* Decodes %XX, and + as a blank when plus is set. False when a % is not followed by two hex digits. */
bool url_decode(struct arena *, str, bool plus, str *decoded);

/* Encodes all but A-Z a-z 0-9 - . _ ~. */
str url_encode(struct arena *, str);

/* A walk through name=value&name=value: start with rest the whole text. broken is set when a part could
 * not be decoded; that part is passed over. */
struct url_pairs {
	str rest, name, value;
	bool broken;
};

/* Steps to the next pair, decoded into the arena. False at the end. */
bool url_next_pair(struct arena *, struct url_pairs *);

#endif
