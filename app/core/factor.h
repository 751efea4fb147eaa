/* factor.h - the second factor: codes of a person's app (RFC 6238), and recovery codes for when that is lost.
 *
 * A seed is kept sealed under the key ring. A code is good once, and no older one after it: whoever moves the last
 * used step forward has it, so of twenty at once one. Recovery codes are 80 random bits, each good once, of which a
 * hash keyed by the seed is kept; seed and codes are shown when they are made and never again.
 */
#ifndef CORE_FACTOR_H
#define CORE_FACTOR_H

#include "http/request.h"

enum {
	FACTOR_CODES = 10,        /* recovery codes */
	FACTOR_CODE_BYTES = 10,   /* of randomness in each */
	FACTOR_BEGUN_MINUTES = 30 /* for which a seed can be confirmed */
};

/* Whether codes are asked of that person; and since when (0: they are not) and how many recovery codes are left. */
bool factor_on(struct request *, int64_t person);
struct factor_state {
	int64_t since, left;
};
struct factor_state factor_state(struct request *, int64_t person);

/* A new seed for whoever is signed in, in place of one that was begun and not confirmed; audited. It is in force
 * once factor_confirm() has seen a code of it, in the same session. Empty when codes are asked already. */
str factor_begin(struct request *);

/* Turns it on, for the right code: their other sessions end, and codes are their recovery codes, as people write them
 * down. Audited. FACTOR_NONE: nothing was begun here, or too long ago. */
struct factor_codes {
	str at[FACTOR_CODES];
};
enum factor_confirmed { FACTOR_NONE, FACTOR_WRONG, FACTOR_CONFIRMED };
enum factor_confirmed factor_confirm(struct request *, str code, struct factor_codes *);

/* Whether this is a code of the person's app, or one of their recovery codes; the code is then used. The caller
 * writes an audit entry, and for FACTOR_RECOVERY one that says so. Blanks, dashes and case make no difference. */
enum factor_proof { FACTOR_REFUSED, FACTOR_CODE, FACTOR_RECOVERY };
enum factor_proof factor_prove(struct request *, int64_t person, str code);

/* New recovery codes for whoever is signed in, in place of all they have; audited. False when codes are not
 * asked of them. */
bool factor_codes_anew(struct request *, struct factor_codes *);

/* Turns it off for that person, whatever state it is in, and ends their sessions but that one (0: all): how many. The
 * caller audits. */
int64_t factor_end(struct request *, int64_t person, int64_t but);

/* Turns it off for the person of that address, who has lost all: for the command line. False when there is no such
 * person, or no factor. Audited. */
bool factor_reset_by_email(struct request *, str email);

/* Seals every seed that is sealed under another key of the ring anew, under this one; how many. The caller audits.
 * A seed of a key that is gone stays as it is. */
int64_t factor_reseal(struct request *, int number);

#endif
