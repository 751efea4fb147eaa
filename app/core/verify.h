/* verify.h - is this caller to be accepted, now? Decided from current rows, each time: or at the gateway from those of a
 * moment ago, where a setting allows that.
 *
 * Cheapest first: format and CRC, tag, one SELECT, statuses, the cache of verified secrets, Argon2. A
 * string that Keydesk never issued ends at the tag: no query, no hash. Whether the caller may make a certain
 * call is decided by the same SELECT, and said only to who is accepted.
 *
 * An additional secret is shown with the client ID of its account key, and is good while that, its owner and itself
 * are. It may do what it was granted, never what the key may.
 */
#ifndef CORE_VERIFY_H
#define CORE_VERIFY_H

#include "core/shared_use.h"
#include "http/request.h"

enum verdict {
	VERDICT_NONE, /* nobody asked: there was nothing to check */
	VERDICT_GOOD,
	VERDICT_MALFORMED, /* not the form of a secret or token */
	VERDICT_FORGED,    /* the tag or signature is not ours */
	VERDICT_UNKNOWN,   /* ours, and there is no such row any more */
	VERDICT_MISMATCH,  /* of another client ID */
	VERDICT_WRONG,     /* the hash differs */
	VERDICT_SIGNATURE, /* an assertion that none of the client's keys has signed */
	VERDICT_AUDIENCE,  /* one for another address */
	VERDICT_TIMES,     /* one that is over, not good yet, or good for too long */
	VERDICT_REPLAYED,  /* one that was accepted before */
	VERDICT_PENDING,   /* not opened yet by the one it is for */
	VERDICT_REVOKED,
	VERDICT_TOKEN_REVOKED, /* by itself: its secret is good */
	VERDICT_EXPIRED,
	VERDICT_CLIENT, /* the client is deactivated or deleted */
	VERDICT_ORGANIZATION,
	VERDICT_OWNER,       /* the member it belongs to is not active, or there is none any more */
	VERDICT_ENVIRONMENT, /* good, but in the other environment */
	VERDICT_CLIENT_EXPIRED,
	/* Good, and refused all the same: 403. */
	VERDICT_ADDRESS,    /* not from this network address */
	VERDICT_CANONICAL,  /* the call's address has another spelling */
	VERDICT_ENDPOINT,   /* the catalogue has no such call */
	VERDICT_PERMISSION, /* no such grant, or the organization is not entitled to the API */
	VERDICT_READS,      /* it may only read, and this does more */
	VERDICT_SCOPE,      /* not in this account or workspace */
	/* 429: more calls than the credential, or who shows it from its network, may make in a minute. */
	VERDICT_LIMITED,
	/* Whoever it is. */
	VERDICT_OPEN,
};
enum { VERDICTS = VERDICT_OPEN + 1 };

/* Whom a good verdict is about. For another one, only what was found on the way. Of an additional secret client and
 * id are its own, and client_id is that of its account key. */
struct caller {
	int64_t secret, client, org;
	bool all;        /* an account key: it may do all that its organization may */
	bool placed;     /* a scoped credential: on workspaces, only where it was given some */
	bool only_reads; /* of what it was granted, only what changes nothing */
	int64_t until;   /* when its secret ends, as far as that is known; 0 when it is not */
	int64_t
	    permission; /* of whom was refused: the row of the one that the call needs, when that is known */
	int64_t signing;   /* core/signing.h: the version of the keys by its row */
	int64_t catalogue; /* and that of the catalogue */
	str sid, id, client_id, environment, organization;
};

/* What somebody shows: a client ID with a secret, a token, or an assertion (core/assertion.h). environment is "production" or
 * "integration" where the asker knows it, empty where either will do. address is where they are; one that
 * is not known lies in no network. call is what they want to do (core/call.h), NULL when that is not asked. max_age is
 * how old the rows may be that let them through, in microseconds (core/shared_recent.h); 0: they are read now. */
struct presented {
	str client_id, secret, token, assertion, environment, address;
	struct call *call;
	int64_t max_age;
};

/* A client ID with a secret. FAULT_HASH and FAULT_BUSY as hash_proves() has them. */
enum verdict verify_secret(struct request *, const struct presented *, struct caller *);

/* A token of our own: signature and times, then whether its secret is good now. */
enum verdict verify_token(struct request *, const struct presented *, struct caller *);

/* Those two count the call among those of its network, and once the caller is accepted among those of the client. A client
 * ID alone is counted by its network only: it is no secret, and strangers could use up what its owner may. */

/* What the rows say of a token that token_read() has found good, when another one than its bearer asks: from where and
 * for which call is left out, and no use is noted. The caller is whom it was made for; that the key which has signed it is
 * there still is asked of signing_stands(). */
struct token_claims;
enum verdict
verify_claims(struct request *, const struct token_claims *, str environment, struct caller *);

/* A client ID alone, for a call that needs no more: it is good as long as its primary secret would be. Nobody
 * has shown a secret, so no use of one is noted, and the caller has none. */
enum verdict verify_key(struct request *, const struct presented *, struct caller *);

/* Of a secret that is ours by its text alone, the id: for who is refused before a row is read. */
void verify_name(struct request *, const struct presented *, struct caller *);

/* What is said now of a secret by its rows alone, as if its text had been shown with the right client ID, in its own
 * environment and from anywhere; a token that it was traded for is told the same. Notes no use. For who asks whether
 * something of the past still works. */
enum verdict verify_state(struct request *, str sid);

/* Whether the caller is who they say, and may not do this: 403, and the word says why. Or not so often, whoever they
 * are: 429. */
bool verdict_forbids(enum verdict);

/* As what the call is counted. */
enum use_outcome verdict_outcome(enum verdict);

/* The verdict as a log key's value ("revoked"), and as the reason that a caller hears. */
str verdict_word(enum verdict);

#endif
