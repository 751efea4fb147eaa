/* shared.h - what the processes of one machine share: a memfd, atomics only, no locks.
 *
 * Who calls with which secret is counted there too: core/shared_use.h. So is how often: core/shared_rate.h.
 *
 * It holds no decision. A verified secret in the cache says only "this text was once checked against this
 * hash", a token "this key did sign it"; whether it is good now is read from the database each time, or was a moment
 * ago where a setting allows that (core/shared_recent.h). A torn or lost entry is a miss.
 */
#ifndef CORE_SHARED_H
#define CORE_SHARED_H

#include "base/clock.h"
#include "base/str.h"
#include "core/permits.h"
#include "crypto/digest.h"

struct shared;

/* Makes the memory (and a random boot key), or maps what a master made, by its descriptor. Faults when
 * the system refuses, or what is mapped was made by another version or for another number of entries;
 * entries are rounded up to a power of two. The memory cannot be shrunk below a reader's feet. */
struct shared *shared_make(struct fault *, size_t cache_entries, int *fd);
struct shared *shared_map(struct fault *, size_t cache_entries, int fd);
void shared_unmap(struct shared *);

/* The key of a cache entry: over the boot key, what was checked against (the hash as stored, or the id of a
 * signing key), and the text as presented. */
struct digest shared_cache_key(const struct shared *, str against, str text);
bool shared_cache_has(struct shared *, const struct digest *key);

/* A quarter of the entries is for tokens, and the rest for secrets: a program may have as many tokens as it
 * likes made, and must not push out the secrets of others, which cost Argon2 to check again. */
enum cache_part { CACHE_SECRETS, CACHE_TOKENS };
int64_t shared_cache_entries(const struct shared *); /* the room of both parts */
void shared_cache_add(struct shared *, enum cache_part, const struct digest *key);

/* Counters of the whole machine since start, for /metrics and the tests. */
enum counter {
	COUNT_REQUESTS,
	COUNT_FAULTS,
	COUNT_VERIFY_GOOD,
	COUNT_VERIFY_REFUSED,
	COUNT_FORGED,       /* refused by format, CRC or tag: no query, no Argon2 */
	COUNT_ARGON2,       /* computations */
	COUNT_PROVEN,       /* who were let in and had waited for a computation */
	COUNT_SECRET_READS, /* SELECTs for a secret */
	COUNT_CACHE_HITS,
	COUNT_REUSED, /* rows that were read a moment ago: core/shared_recent.h */
	COUNT_BUSY,   /* refused because a queue was full */
	COUNT_HELD,   /* refusals that were held back, as there were many */
	COUNT_TOKENS,
	COUNT_CACHE_ADDED, /* to the cache of secrets and tokens */
	COUNT_USES_LOST,   /* calls that were answered and not counted: the table was full */
	COUNTERS
};
void shared_count(struct shared *, enum counter);
int64_t shared_counted(const struct shared *, enum counter);

/* The newest version of the signing keys (core/signing.h) that a thread of this machine has loaded: another one that meets
 * a key which it does not know looks whether it is behind. */
void shared_signing_note(struct shared *, int64_t version);
int64_t shared_signing(const struct shared *);

/* The processes that serve, so that /metrics can see how many do. One more than SHARED_WORKERS_MAX is
 * not counted. */
enum { SHARED_WORKERS_MAX = 256 };
void shared_worker_here(struct shared *, int64_t pid);
void shared_worker_gone(
    struct shared *, int64_t pid); /* counts a commit: it may have ended in the middle of one */
int shared_workers(const struct shared *);

#endif
