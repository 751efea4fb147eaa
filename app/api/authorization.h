/* authorization.h - the header Authorization, taken apart. */
#ifndef API_AUTHORIZATION_H
#define API_AUTHORIZATION_H

#include "base/str.h"

/* Whether it is of that scheme (in lower case; RFC 9110 section 11.1: case does not count); *rest is what follows. */
bool authorization_is(struct arena *, str authorization, str scheme, str *rest);

/* The pair behind "Basic" as it stands (RFC 7617): base64 of a name, a colon and a password. False when it is none,
 * or over 4,000 characters. In the arena. */
bool authorization_pair(struct arena *, str rest, str *name, str *password);

#endif
