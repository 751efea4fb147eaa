/* argon2.h - Argon2id (RFC 9106) with a pepper, as PHC text.
 *
 * libargon2's high-level calls take no secret input, so argon2id_ctx is called and the PHC text
 * $argon2id$v=19$m=4096,t=1,p=1,keyid=MQ$SALT$HASH is written and read here.
 */
#ifndef CRYPTO_ARGON2_H
#define CRYPTO_ARGON2_H

#include "base/str.h"
#include "crypto/digest.h"

struct argon2_profile {
	uint32_t memory_kib, passes, lanes;
};

enum {
	ARGON2_MEMORY_MAX_KIB =
	    262144,             /* bounds on what a stored hash may ask, so that a changed row */
	ARGON2_PASSES_MAX = 10, /* cannot take the machine's memory */
	ARGON2_LANES_MAX = 4,
	ARGON2_SALT_BYTES = 16,
};

/* The PHC text of a password or secret, salted anew, in the arena. pepper is key number keyid of the
 * ring. Slow and large on purpose: the caller holds a permit. Faults when memory is short. */
str argon2_hash(struct arena *, const struct argon2_profile *, int keyid,
    const struct digest *pepper, str secret);

/* Which key of the ring the text was made with; -1 when it is not such a text or out of bounds. */
int argon2_keyid(str phc);

/* Whether the text was made of this secret and pepper. False for a text that is none, at once. */
bool argon2_verify(struct arena *, str phc, const struct digest *pepper, str secret);

/* Whether the text was made with just this profile and key; if not, it is worth making it anew. */
bool argon2_current(str phc, const struct argon2_profile *, int keyid);

#endif
