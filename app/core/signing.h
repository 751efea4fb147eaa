/* signing.h - the keys that sign tokens: which one signs, which ones are published, one followed by another.
 *
 * Production and integration have their own. A key is in the database, sealed under the key ring; each thread opens what
 * it needs and keeps it. Of an environment's keys
 *
 *      next      is published and does not sign yet (next_for)
 *      active    signs: the active one of the table (active_for), or the next one from its signs_at on
 *      old       is published, so that what it has signed is good until its exp; until ends_at
 *      gone      is refused, and its private half is in the database no more (retired_at)
 *
 * Which it is follows from the rows and the time of the request alone, so all threads of all machines change over at one
 * moment, whether or not the housekeeper has been there. That rows have changed is known by catalogue.signing, which the
 * SELECT of each secret says: a thread that meets another version than it has loaded opens the keys anew, before it signs
 * or believes a signature. So a key that is taken away is refused on the next request, without a statement more.
 */
#ifndef CORE_SIGNING_H
#define CORE_SIGNING_H

#include "core/settings.h"
#include "crypto/jwt.h"
#include "http/request.h"

enum {
	/* For how long services may keep the public keys: Cache-Control of the JWK Set. */
	SIGNING_JWKS_SECONDS = 300,
	/* Most keys that are not gone, of each environment: what a thread holds. */
	SIGNING_KEYS_MAX = 32,
	/* For so long a key is published before it signs. Libraries and gateways that do not ask again for a key that they
	 * do not know keep a JWK Set for 10 minutes (jose, Envoy) to 2 hours (Amazon's API Gateway), whatever
	 * Cache-Control says. */
	SIGNING_LEAD_HOURS = 24,
	/* And for so long after it has signed: the longest life that a token may be given, and clocks that differ. */
	SIGNING_KEPT_SECONDS = TOKEN_SECONDS_MAX + 300,
};

/* A thread's ready keys. Made empty, in the start arena; filled when first needed. */
struct signing;
struct signing *signing_open(struct arena *start);

/* Whether this thread has loaded that version, which a row has just said; if not, the keys are loaded anew, and what was
 * found out from those of before has to be asked again. */
bool signing_stands(struct request *, int64_t version);

/* The same, and nothing is loaded. */
bool signing_loaded(const struct request *, int64_t version);

/* The key that signs now, after signing_stands(); version is 0 when no row has said one. Faults when there is none. */
const struct jwt_key *signing_active(struct request *, str environment, int64_t version);

/* The key of that id, and whose it is. NULL when it is gone, or was never ours. One that is not known makes the thread look
 * again: when another one of this machine has loaded newer keys, else at most once a second. */
const struct jwt_key *signing_find(struct request *, str kid, str *environment);

/* Those that are published, the one that signs first; in the arena. A second old at most. */
struct signing_keys {
	const struct jwt_key **at;
	size_t n;
};
struct signing_keys signing_published(struct request *, str environment);

/* What a row of signing_list() or signing_history() is at that time, as a word: next, active, old or gone. follows is when
 * the next one of its environment begins to sign; 0 when there is none. */
struct signing_at {
	bool active, next; /* by the row */
	int64_t signs_at, ends_at, retired_at, follows;
};
str signing_state(const struct signing_at *, int64_t now);

/* Whether the row's key can be opened with the ring. */
struct signing_list_row;
bool signing_opens(struct request *, const struct signing_list_row *);

#endif
