/* hashing.c - Argon2 under a permit, with the pepper of the key ring. */
#include "core/hashing.h"

#include "core/desk.h"

enum { PERMIT_WAIT_MS = 2000 };

struct job {
	struct request *rq;
	const struct argon2_profile *profile; /* to make one; NULL to check phc */
	str secret, phc;
	bool good;
};

static void
compute(void *arg)
{
	struct job *job = arg;
	const struct keyring *ring = job->rq->desk->keyring;

	if (job->profile)
		job->phc = argon2_make(job->rq->arena, job->profile, ring, job->secret);
	else
		job->good = argon2_check(job->rq->arena, job->phc, ring, job->secret);
}

/* A fault inside must not keep the permit, so it is caught here and sent on. */
static void
under_permit(struct job *job, enum permit kind)
{
	struct desk *desk = job->rq->desk;
	struct fault *fault = job->rq->arena->fault;
	bool done;

	if (!permit_take(desk->permits, kind, PERMIT_WAIT_MS)) {
		shared_count(desk->shared, COUNT_BUSY);
		fault_as(fault, FAULT_BUSY, "no permit for a hash in time");
	}
	shared_count(desk->shared, COUNT_ARGON2);
	done = attempt(fault, compute, job);
	permit_give(desk->permits, kind);
	if (!done)
		fault_as(fault, fault->kind, "while hashing: %s", fault->what);
}

str
hash_make(struct request *rq, enum permit kind, const struct argon2_profile *profile, str secret)
{
	struct job job = { .rq = rq, .profile = profile, .secret = secret };

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
	struct job job = { .rq = rq, .phc = phc, .secret = secret };

	if (!hash_readable(rq, phc))
		return false;
	under_permit(&job, kind);
	return job.good;
}

/* Never back to a lower number: while another machine has activated the next key already, the two would
 * make the hash anew in turn, and leave it under the key that is retired first. */
bool
hash_current(const struct request *rq, const struct argon2_profile *profile, str phc)
{
	const struct keyring *ring = rq->desk->keyring;
	int number = argon2_keyid(phc);
	bool newer = number > ring->active && keyring_key(ring, number);

	return argon2_current(phc, profile, newer ? number : ring->active);
}
