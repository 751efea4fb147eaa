/* parameters.h - what a program sends to an OAuth address: a form or a JSON object, read alike. */
#ifndef API_PARAMETERS_H
#define API_PARAMETERS_H

#include "base/shape.h"
#include "http/request.h"

/* Absent and empty are the same (RFC 6749 section 3.1). */
SHAPE(parameters, text(grant_type), text(scope), text(audience), text(resource),
    text(another_resource), text(client_id), text(client_secret), text(client_assertion),
    text(client_assertion_type), text(token));

/* Fills them in from the body. The empty text when all holds; else what is wrong, as words for invalid_request that
 * hold nothing of the body. Unknown parameters are passed over; one that comes twice is refused, but for `resource`
 * in a form, which may (RFC 8707 section 2): another_resource is then one that differs from the first. */
str parameters_read(struct request *, struct parameters *);

/* The same from a form, whatever its type is said to be. */
str parameters_of_form(struct arena *, str form, struct parameters *);

#endif
