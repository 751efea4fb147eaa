/* argon2.h - Argon2id (RFC 9106) with a pepper, as PHC text.
 *
 * libargon2's high-level calls take no secret input, so argon2id_ctx is called and the PHC text
 * $argon2id$v=19$m=4096,t=1,p=1,keyid=MQ$SALT$HASH is written and read here.
 */
#ifndef CRYPTO_ARGON2_H
#define CRYPTO_ARGON2_H

#include "base/str.h"
#include "crypto/keyring.h"

struct argon2_profile {
	uint32_t memory_kib, passes, lanes;
};

/* Bounds on what a stored hash may ask, so that a changed row cannot take the machine's memory. */
enum {
	ARGON2_MEMORY_MAX_KIB = 262144,
	ARGON2_PASSES_MAX = 10,
	ARGON2_LANES_MAX = 4,
	ARGON2_SALT_BYTES = 16,
};

/* The PHC text of a password or secret, salted anew, in the arena; the pepper is that of the ring's
 * active key. Slow and large on purpose: the caller holds a permit; it takes one core, whatever the
 * lanes. Faults when memory is short or the profile is out of bounds. (Not argon2_hash(): libargon2
 * has one.) */
str argon2_make(struct arena *, const struct argon2_profile *, const struct keyring *, str secret);

/* Whether the text was made of this secret. False, at once, for a text that is none or is out of bounds,
 * and for one whose key the ring has no more. As slow as argon2_make() otherwise, and faults like it. */
bool argon2_check(struct arena *, str phc, const struct keyring *, str secret);

/* The memory of a thread that computes often: between two computations wiped, and kept for a next one of the same size. That
 * spares a tenth of the time (2026-11-22). Zero at first. */
struct argon2_room {
	void *at;
	size_t bytes;
};

/* From now on this thread computes there; NULL: in memory that is gone afterwards. */
void argon2_stay(struct argon2_room *);

/* Gives it back to the system. The next computation takes it anew. */
void argon2_leave(struct argon2_room *);

/* Which key of the ring the text was made with; -1 when it is not such a text or out of bounds. */
int argon2_keyid(str phc);

/* Whether the text was made with just this profile and key; if not, it is worth making it anew. */
bool argon2_current(str phc, const struct argon2_profile *, int keyid);

#endif
