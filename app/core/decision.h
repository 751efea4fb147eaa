/* decision.h - why a program was refused, sealed into the id that it is answered: nothing is kept of it here.
 *
 *      kdd_KDDDWWW...W
 *
 *      K     the letter of the ring's key that sealed it (crypto/keyring.h)
 *      D     3 characters: the day, since 1970
 *      W     143 characters: nonce, sealed text and tag of AES-256-GCM, 8 bytes in 11 characters
 *
 * All of it is base62, so a double click selects it, and each is as long, whatever the reason. It opens while its key is
 * active or reading. Each day has a key of its own, derived: with random nonces of 96 bits one key may seal 2^32 texts
 * (NIST SP 800-38D section 8.3), and a flood makes as many within days.
 */
#ifndef CORE_DECISION_H
#define CORE_DECISION_H

#include "core/verify.h"

enum { DECISION_CHARS = 151, DECISION_PATH_BYTES = 42 };

/* Their numbers stand in ids that people have: only ever added to. */
enum decision_reason {
	REASON_NONE = 0,
	REASON_NOTHING = 1, /* nothing was shown */
	REASON_MALFORMED = 2,
	REASON_FORGED = 3,
	REASON_UNKNOWN = 4,
	REASON_MISMATCH = 5,
	REASON_WRONG = 6,
	REASON_PENDING = 7,
	REASON_REVOKED = 8,
	REASON_EXPIRED = 9,
	REASON_CLIENT = 10,
	REASON_ORGANIZATION = 11,
	REASON_OWNER = 12,
	REASON_ENVIRONMENT = 13,
	REASON_CLIENT_EXPIRED = 14,
	REASON_ADDRESS = 15,
	REASON_CANONICAL = 16,
	REASON_ENDPOINT = 17,
	REASON_PERMISSION = 18,
	REASON_READS = 19,
	REASON_SCOPE = 20,
	REASON_REQUEST = 21,  /* not understood: its form, its body */
	REASON_RATE = 22,     /* too many */
	REASON_BUSY = 23,     /* a bounded queue was full */
	REASON_DATABASE = 24, /* away, or in conflict for too long */
	REASON_FAULT = 25,
	REASON_TOKEN_REVOKED = 26,
	REASON_SIGNATURE = 27, /* these four of assertions */
	REASON_AUDIENCE = 28,
	REASON_TIMES = 29,
	REASON_REPLAYED = 30,
};
enum { REASONS = REASON_REPLAYED + 1 };

/* What was asked, so 0 to 7: of another address for programs there are no decisions. Only ever added to. */
enum decision_asked {
	ASKED_NOTHING = 0,
	ASKED_CALL = 1,  /* /verify */
	ASKED_TOKEN = 2, /* /auth */
	ASKED_OAUTH_TOKEN = 3,
	ASKED_OAUTH_INTROSPECT = 4,
	ASKED_OAUTH_REVOKE = 5,
};

/* sid and id are of a secret and a client that there are or were: never what a forged text says of itself. Which
 * organization that is of, their rows say when it is opened. */
struct decision {
	int64_t at; /* to the millisecond */
	enum decision_reason reason;
	enum decision_asked asked;
	bool integration;   /* what was asked for; else production, or either */
	str sid, id;        /* one of them, or neither */
	str address;        /* where from; empty when that was no address */
	int64_t permission; /* the row of the one that the call needs; 0 when that is not known */
	str method,
	    path; /* of the call, empty when none was asked about; no query, and at most DECISION_PATH_BYTES */
	bool cut; /* the path goes on */
};

/* The id, in the arena: DECISION_CHARS characters, under the ring's active key. Costs a sealing and an HMAC, and as much
 * whatever it says. A path in which there may be a secret is left out. */
str decision_make(struct request *, const struct decision *);

/* What an id says; its texts are in the arena. False for what decision_make() has not written, was altered, or whose key
 * is not in the ring any more: nobody is told which. */
bool decision_open(struct request *, str id, struct decision *);

/* Whether a text is of the form of an id; it need not be one. */
bool decision_like(str);

/* The reason that a verdict is; REASON_NONE for one that refuses nobody. */
enum decision_reason decision_reason(enum verdict);

#endif
