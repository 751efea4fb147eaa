/* error.h - how programs are refused: RFC 6749 section 5.2. */
#ifndef API_ERROR_H
#define API_ERROR_H

#include "core/verify.h"
#include "http/reply.h"

/* {"error": code, "error_description": words}, with WWW-Authenticate at 401. The words never hold what
 * was sent. */
struct reply api_error(struct request *, int status, const char *code, str words);

/* 403, for a caller who is accepted and may not do this (verdict_forbids()): with the reason in the header
 * X-Keydesk-Reason, for people who look for it and for what stands in front. */
struct reply api_forbidden(struct request *, enum verdict);

/* Counts the verdict and puts it into the request's log line. */
void api_note(struct request *, enum verdict, const struct caller *);

#endif
