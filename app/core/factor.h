/* factor.h - the second factor: codes of a person's app (RFC 6238), and recovery codes for when that is lost.
 *
 * A seed is kept sealed under the key ring. A code is good once, and no older one after it: whoever moves the last
 * used step forward has it, so of twenty at once one. Recovery codes are 80 random bits, each good once, of which a
 * hash keyed by the seed is kept; seed and codes are shown when they are made and never again.
 */
#ifndef CORE_FACTOR_H
#define CORE_FACTOR_H

#include "core/person.h"
#include "http/request.h"

enum {
	FACTOR_CODES = 10,         /* recovery codes */
	FACTOR_CODE_BYTES = 10,    /* of randomness in each */
	FACTOR_BEGUN_MINUTES = 30, /* for which a seed can be confirmed */
	FACTOR_FAILURES = 100      /* wrong codes in a row: NIST SP 800-63B section 5.2.2 */
};

/* Whether codes are asked of that person; and since when (0: they are not) how many recovery codes are left, and when those
 * were made (0: there are none). */
bool factor_on(struct request *, int64_t person);
struct factor_state {
	int64_t since, left, made;
};
struct factor_state factor_state(struct request *, int64_t person);

/* A new seed for whoever is signed in, in place of one that was begun and not confirmed; audited. It is in force
 * once factor_confirm() has seen a code of it, in the same session. Empty when codes are asked already. */
str factor_begin(struct request *);

/* Turns it on, for the right code: their other sessions end, and codes are their recovery codes, as people write them
 * down. Audited. FACTOR_NONE: nothing was begun here, or too long ago. FACTOR_BEFORE: it is on already. */
struct factor_codes {
	str at[FACTOR_CODES];
};
enum factor_confirmed { FACTOR_NONE, FACTOR_BEFORE, FACTOR_WRONG, FACTOR_CONFIRMED };
enum factor_confirmed factor_confirm(struct request *, str code, struct factor_codes *);

/* Counts that a code is tried by somebody who has given the right password, before the transaction and before it is looked at.
 * After FACTOR_FAILURES in a row that were not right no code of the app is taken any more but from a device that has shown one before,
 * however long that takes: rq->before.recovery_only. A right one there, or a recovery code, sets the count back. */
void factor_try(struct request *, int64_t person, bool device_known);

/* Whether this is a code of the person's app, or one of their recovery codes; the code is then used. The caller
 * writes an audit entry, and for FACTOR_RECOVERY one that says so. Blanks, dashes and case make no difference.
 * FACTOR_SPENT: it was not looked at, as only recovery codes are taken here. */
enum factor_proof { FACTOR_REFUSED, FACTOR_SPENT, FACTOR_CODE, FACTOR_RECOVERY };
enum factor_proof factor_prove(struct request *, int64_t person, str code);

/* After a code that was refused: tells the person, once, that codes of the app are not taken everywhere any more. Audited. */
void factor_tell_spent(struct request *, const struct proven *);

/* New recovery codes for whoever is signed in, in place of all they have; audited. once is the form's one-time number. False,
 * and must be undone, when that form has made some before, or codes are not asked of them. */
bool factor_codes_anew(struct request *, str once, struct factor_codes *);

/* Turns it off for that person, whatever state it is in, and ends their sessions but that one (0: all): how many. The
 * caller audits. */
int64_t factor_end(struct request *, int64_t person, int64_t but);

/* Turns it off for the user of that public id in rq->org, who has lost all: for an admin of theirs. A factor is the person's in
 * each of their organizations: one of them alone does not decide, nor over an operator, nor does anybody so for themselves. Audited.
 * FACTOR_TAKE_REFUSED must be undone. */
struct factor_person_row;
bool factor_may_take(const struct request *, const struct factor_person_row *);
enum factor_taken { FACTOR_TAKE_REFUSED, FACTOR_TAKE_NEEDLESS, FACTOR_TAKEN };
enum factor_taken factor_take(struct request *, str id);

/* Turns it off for the person of that address, who has lost all: for the command line. False when there is no such
 * person, or no factor. Audited. */
bool factor_reset_by_email(struct request *, str email);

/* Seals every seed that is sealed under another key of the ring anew, under this one; how many. The caller audits.
 * A seed of a key that is gone stays as it is. */
int64_t factor_reseal(struct request *, int number);

#endif
