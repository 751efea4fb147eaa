/* call.h - what a caller wants to do: a method and an address of the API behind the gateway. */
#ifndef CORE_CALL_H
#define CORE_CALL_H

#include "core/endpoints.h"
#include "core/verify.h"

/* method and uri are the original ones, as the web server got them: an empty uri is no call at all. The
 * rest is found here; endpoint is NULL when the catalogue has none for it. */
struct call {
	str method, uri;
	str path;
	const struct endpoint *endpoint;
	struct pattern_ids ids;
	int64_t max_age; /* as of struct presented */
};

/* What can be said before anybody is asked who they are: VERDICT_CANONICAL when the address is not canonical,
 * without a statement; VERDICT_OPEN when the call is open to all, by the catalogue as it is now. VERDICT_NONE
 * when that depends on the caller. */
enum verdict call_begin(struct request *, struct call *);

/* For a caller who was refused before any row was read, so that nothing has said which catalogue holds now:
 * true when it is another one, and all is to be asked anew. Looked at once in a second at most. */
bool call_anew(struct request *);

/* Finds the endpoint anew when the catalogue has changed since: its version as the rows that are to decide
 * say. True when nothing has. */
bool call_stands(struct request *, struct call *, int64_t version);

/* Whether the client of that row, which was read for the call, may make it. An account key may do all that its
 * organization is entitled to, everywhere in it; an additional secret and the Data API's key what was granted,
 * everywhere too; a scoped one what was granted, and at workspace level only in what was picked: a call without a
 * workspace in its address needs some picked one, of the account that is in it. One that may only read makes no call
 * whose permission does more, by the catalogue that the row was read with.
 * within are the permissions that a token is for, one blank between two; empty when it does not narrow. */
struct verify_secret_row;
enum verdict
call_verdict(struct request *, const struct call *, const struct verify_secret_row *, str within);

#endif
