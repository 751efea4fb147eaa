/* hashing.h - Argon2 with the pepper of the key ring: of people and for new secrets under a permit, of programs in a queue.
 *
 * Whoever shows a secret that is not known yet holds no thread while it is computed: a thread that does nothing else
 * computes one after the other (worker.c), at a lower priority than those who answer, and the request is run anew with
 * what came out. The more callers are let in who are known, the longer it rests in between.
 */
#ifndef CORE_HASHING_H
#define CORE_HASHING_H

#include "core/shared.h"
#include "crypto/argon2.h"
#include "http/request.h"

/* The stored form of a password or secret. Waits for a permit of its kind, 2 s at most; no permit is
 * FAULT_BUSY. Made with the active key of the ring. */
str hash_make(struct request *, enum permit, const struct argon2_profile *, str secret);

/* Whether phc is a hash that can be checked: one of ours, whose key is in the ring. */
bool hash_readable(const struct request *, str phc);

/* Whether phc was made of this secret. False, at once, when it is not readable. */
bool hash_check(struct request *, enum permit, str phc, str secret);

/* Whether phc was made with the profile and key that hold now, or with a key of a higher number that the
 * ring reads; if not, it is worth making anew. */
bool hash_current(const struct request *, const struct argon2_profile *, str phc);

/* Whether a program's secret is what was hashed: from the cache, else by Argon2, whose yes is remembered. anew is then
 * the same secret's hash by the profile and key that hold now, empty when phc is that. Where the desk says `queued` the
 * first time is FAULT_HASH, and rq->hash is to be computed; run anew it finds that. FAULT_BUSY when that came too late. */
bool hash_proves(struct request *, str phc, str secret, str *anew);

/* What is computed for a request that waits for it. */
enum { HASH_ANEW_BYTES = 160 /* more than any PHC text of ours */ };
struct hash_wait {
	str phc, secret;
	int64_t until; /* by clock_monotonic(): then it is too late */
	enum { HASH_WAITS, HASH_DONE, HASH_LATE, HASH_FAILED } state;
	bool good;
	char anew[HASH_ANEW_BYTES];
	size_t anew_n;
};

/* In the thread that computes: from HASH_WAITS to one of the others. The arena is its own, and is wiped. Of the desk it needs
 * what the threads share. Does not fault. */
void hash_compute(struct hash_wait *, const struct desk *, struct arena *);

/* How long a thread that computes rests afterwards, in microseconds: half a millisecond of a core for each caller who was let in
 * since its last rest and needed no computation, but no longer than leaves it a quarter of a core, and at most a quarter of a
 * second. used is what it took of one itself. */
int64_t hash_rest(int64_t used, int64_t known, int64_t cores);

/* How many such callers this machine has let in: all but those who were computed for. It grows, but for a moment in which one
 * of these is taken off already and not yet counted among all. */
int64_t hash_known(const struct desk *);

/* Instead: there is no place to wait. */
void hash_give_up(struct hash_wait *);

#endif
