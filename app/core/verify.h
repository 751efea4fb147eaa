/* verify.h - is this caller to be accepted, now? Decided from current rows, each time.
 *
 * Cheapest first: format and CRC, tag, one SELECT, statuses, the cache of verified secrets, Argon2. A
 * string that Keydesk never issued ends at the tag: no query, no hash.
 */
#ifndef CORE_VERIFY_H
#define CORE_VERIFY_H

#include "http/request.h"

enum verdict {
	VERDICT_NONE, /* nobody asked: there was nothing to check */
	VERDICT_GOOD,
	VERDICT_MALFORMED, /* not the form of a secret or token */
	VERDICT_FORGED,    /* the tag or signature is not ours */
	VERDICT_UNKNOWN,   /* ours, and there is no such row any more */
	VERDICT_MISMATCH,  /* of another client ID */
	VERDICT_WRONG,     /* the hash differs */
	VERDICT_PENDING,   /* not opened yet by the one it is for */
	VERDICT_REVOKED,
	VERDICT_EXPIRED,
	VERDICT_CLIENT, /* the client is deactivated or deleted */
	VERDICT_ORGANIZATION,
	VERDICT_OWNER,       /* the member it belongs to is not active, or there is none any more */
	VERDICT_ENVIRONMENT, /* good, but in the other environment */
};
enum { VERDICTS = VERDICT_ENVIRONMENT + 1 };

/* Whom a good verdict is about. For another one, only what was found on the way. */
struct caller {
	int64_t secret;
	int64_t until; /* when its secret ends, as far as that is known; 0 when it is not */
	str sid, id, client_id, environment, organization;
};

/* What somebody shows: a client ID with a secret, or a token. environment is "production" or
 * "integration" where the asker knows it, empty where either will do. */
struct presented {
	str client_id, secret, token, environment;
};

/* A client ID with a secret. FAULT_BUSY when no permit can be had. */
enum verdict verify_secret(struct request *, const struct presented *, struct caller *);

/* A token of our own: signature and times, then whether its secret is good now. */
enum verdict verify_token(struct request *, const struct presented *, struct caller *);

/* The verdict as a log key's value ("revoked"). */
str verdict_word(enum verdict);

#endif
