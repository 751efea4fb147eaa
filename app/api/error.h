/* error.h - how programs are refused: RFC 6749 section 5.2. */
#ifndef API_ERROR_H
#define API_ERROR_H

#include "core/verify.h"
#include "http/reply.h"

/* {"error": code, "error_description": words}, with a challenge to Basic at 401. The words never hold what
 * was sent. At an address whose route says what it asks there is a "decision" too, and the same in the header
 * X-Keydesk-Decision: an id of core/decision.h that says what api_note() was told, else what the status says. */
struct reply api_error(struct request *, int status, const char *code, str words);

/* The same for who shows a token: the challenge is RFC 6750's, with that code of its section 3.1. */
struct reply api_token_error(struct request *, int status, const char *code, str words);

/* 403, or 429 for VERDICT_LIMITED, for a caller who is accepted and may not do this (verdict_forbids()): with the reason in the header
 * X-Keydesk-Reason, for people who look for it and for what stands in front. token: it is one that was shown. */
struct reply api_forbidden(struct request *, enum verdict, bool token);

/* Counts the verdict, puts it into the request's log line, and keeps why somebody is refused for api_error(). */
void api_note(struct request *, enum verdict, const struct caller *);

#endif
