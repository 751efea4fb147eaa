/* error.h - how programs are refused: RFC 6749 section 5.2. */
#ifndef API_ERROR_H
#define API_ERROR_H

#include "core/verify.h"
#include "http/reply.h"

/* {"error": code, "error_description": words}, with WWW-Authenticate at 401. The words never hold what
 * was sent. */
struct reply api_error(struct request *, int status, const char *code, str words);

/* Counts the verdict and puts it into the request's log line. */
void api_note(struct request *, enum verdict, const struct caller *);

#endif
