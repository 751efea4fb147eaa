/* hashing.c - Argon2 with the pepper of the key ring: under a permit, or in a queue. */
#include "core/hashing.h"

#include "base/log.h"
#include "core/desk.h"
#include "core/measure.h"
#include "core/verify.h"

#include <string.h>

enum {
	WAIT_MS = 2000,
	REST_TIMES = 3,                             /* as long as the computation, at most */
	REST_MICROSECONDS_MAX = WAIT_MS * 1000 / 8, /* nobody hears 503 because of one */
	CALL_MICROSECONDS =
	    500, /* of a core: 280 with web server and database (2026-11-22), and room */
};

struct job {
	struct arena *arena;
	const struct desk *desk;
	const struct argon2_profile *profile; /* to make one; NULL to check phc */
	str secret, phc;
	bool good;
};

static void
compute(void *arg)
{
	struct job *job = arg;
	const struct keyring *ring = job->desk->keyring;

	shared_count(job->desk->shared, COUNT_ARGON2);
	if (job->profile)
		job->phc = argon2_make(job->arena, job->profile, ring, job->secret);
	else
		job->good = argon2_check(job->arena, job->phc, ring, job->secret);
}

/* ---- under a permit */

/* A fault inside must not keep the permit, so it is caught here and sent on. */
static void
under_permit(struct job *job, enum permit kind)
{
	struct permits *permits = job->desk->permits;
	struct fault *fault = job->arena->fault;
	bool done;

	if (!permit_take(permits, kind, WAIT_MS)) {
		shared_count(job->desk->shared, COUNT_BUSY);
		fault_as(fault, FAULT_BUSY, "no permit for a hash in time");
	}
	done = attempt(fault, compute, job);
	permit_give(permits, kind);
	if (!done)
		fault_as(fault, fault->kind, "while hashing: %s", fault->what);
}

str
hash_make(struct request *rq, enum permit kind, const struct argon2_profile *profile, str secret)
{
	struct job job = {
		.arena = rq->arena, .desk = rq->desk, .profile = profile, .secret = secret
	};

	under_permit(&job, kind);
	return job.phc;
}

bool
hash_readable(const struct request *rq, str phc)
{
	int number = argon2_keyid(phc);

	return number >= 0 && keyring_key(rq->desk->keyring, number);
}

bool
hash_check(struct request *rq, enum permit kind, str phc, str secret)
{
	struct job job = { .arena = rq->arena, .desk = rq->desk, .phc = phc, .secret = secret };

	if (!hash_readable(rq, phc))
		return false;
	under_permit(&job, kind);
	return job.good;
}

/* Never back to a lower number: while another machine has activated the next key already, the two would
 * make the hash anew in turn, and leave it under the key that is retired first. */
static bool
current(const struct keyring *ring, const struct argon2_profile *profile, str phc)
{
	int number = argon2_keyid(phc);
	bool newer = number > ring->active && keyring_key(ring, number);

	return argon2_current(phc, profile, newer ? number : ring->active);
}

bool
hash_current(const struct request *rq, const struct argon2_profile *profile, str phc)
{
	return current(rq->desk->keyring, profile, phc);
}

/* ---- in the queue */

static void
prove(struct hash_wait *w, const struct desk *desk, struct arena *a)
{
	const struct argon2_profile *profile = &desk->settings->programs;
	struct digest key = shared_cache_key(desk->shared, w->phc, w->secret);
	struct job check = { .arena = a, .desk = desk, .phc = w->phc, .secret = w->secret };
	struct job make = { .arena = a, .desk = desk, .profile = profile, .secret = w->secret };

	w->good = shared_cache_has(desk->shared, &key); /* by who came before, with the same */
	if (w->good)
		return;
	if (!attempt(a->fault, compute, &check)) {
		log_say("a hash was not computed: %s", a->fault->what);
		w->state = HASH_FAILED;
		return;
	}
	w->good = check.good;
	if (!check.good)
		return;
	shared_cache_add(desk->shared, CACHE_SECRETS, &key);
	if (current(desk->keyring, profile, w->phc))
		return;
	/* Without it the caller is as good, and the next computation tries again. */
	if (!attempt(a->fault, compute, &make)) {
		log_say("a hash was not made anew: %s", a->fault->what);
		return;
	}
	w->anew_n = make.phc.n;
	memcpy(w->anew, make.phc.at, make.phc.n);
	key = shared_cache_key(desk->shared, make.phc, w->secret);
	shared_cache_add(desk->shared, CACHE_SECRETS, &key);
}

void
hash_compute(struct hash_wait *w, const struct desk *desk, struct arena *a)
{
	size_t mark = arena_mark(a);

	w->state = clock_monotonic() > w->until ? HASH_LATE : HASH_DONE;
	if (w->state == HASH_DONE)
		prove(w, desk, a);
	arena_wipe(a, mark);
}

void
hash_give_up(struct hash_wait *w)
{
	w->state = HASH_LATE;
}

/* A priority alone does not do: a computation is shorter than a turn that the kernel gives, and counts only beside threads of
 * the same service (sched(7), autogroups). By what it had to wait for its core nobody could tell either. */
int64_t
hash_rest(int64_t used, int64_t known, int64_t cores)
{
	int64_t calls = known * CALL_MICROSECONDS / cores, most = used * REST_TIMES;

	if (most > REST_MICROSECONDS_MAX)
		most = REST_MICROSECONDS_MAX;
	if (calls < 0)
		return 0;
	return calls < most ? calls : most;
}

int64_t
hash_known(const struct desk *desk)
{
	struct shared *shared = desk->shared;

	return shared_measures(shared)->verdicts[VERDICT_GOOD] -
	       shared_counted(shared, COUNT_PROVEN);
}

static bool
computed(struct request *rq, const struct hash_wait *w, str *anew)
{
	if (w->state == HASH_FAILED)
		fault(rq->arena->fault, "a hash was not computed");
	if (w->state == HASH_LATE) {
		shared_count(rq->desk->shared, COUNT_BUSY);
		fault_as(rq->arena->fault, FAULT_BUSY, "no hash in time");
	}
	*anew = (str){ w->anew, w->anew_n };
	return w->good;
}

/* Where nobody else computes. */
static void
compute_here(struct request *rq, struct hash_wait *w)
{
	if (!permit_take(rq->desk->permits, PERMIT_PROGRAMS, WAIT_MS)) {
		hash_give_up(w);
		return;
	}
	hash_compute(w, rq->desk, rq->arena);
	permit_give(rq->desk->permits, PERMIT_PROGRAMS);
}

/* Another hash than the one that was waited for is one that was made anew meanwhile: there is no more time for it. */
bool
hash_proves(struct request *rq, str phc, str secret, str *anew)
{
	struct shared *shared = rq->desk->shared;
	struct digest key = shared_cache_key(shared, phc, secret);
	struct hash_wait *w = rq->hash;
	int64_t until = w ? w->until : clock_monotonic() + WAIT_MS * (SECOND / 1000);

	*anew = (str){ 0 };
	if (w && str_eq(w->phc, phc) && str_eq(w->secret, secret))
		return computed(rq, w, anew);
	if (shared_cache_has(shared, &key)) {
		shared_count(shared, COUNT_CACHE_HITS);
		return true;
	}
	if (!hash_readable(rq, phc))
		return false;
	rq->hash = w = NEW(rq->arena, struct hash_wait, 1);
	*w = (struct hash_wait){ .phc = phc, .secret = secret, .until = until };
	if (rq->desk->queued)
		fault_as(rq->arena->fault, FAULT_HASH, "a hash is to be computed first");
	compute_here(rq, w);
	return computed(rq, w, anew);
}
