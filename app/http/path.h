/* path.h - does an address match a route's pattern? */
#ifndef HTTP_PATH_H
#define HTTP_PATH_H

#include "base/str.h"

enum { PATH_ID_CHARS = 10, PATH_TOKEN_CHARS = 43, PATH_DECISION_CHARS = 151 };

/* "/credentials/:id/reset" matches when each part is equal, :id is exactly 10 base62 characters, :token exactly
 * 43 of A-Z a-z 0-9 - _, and :decision kdd_ and base62 behind it, 151 in all (core/decision.h). Nothing is decoded: an
 * encoded address matches no route. *id and *token are set when it matches, to the empty text when the pattern has none;
 * a decision is a token. */
bool path_match(str pattern, str path, str *id, str *token);

/* Whether some address matches both patterns. Routes that overlap do not start. */
bool path_overlap(str pattern, str other);

#endif
