/* shared_ring.h - which key ring each worker has loaded: noted by the workers, read by the housekeeper.
 *
 * A file says what the next process will load. Before a new key may make secrets, what counts is what those
 * that serve now have loaded, the ones that are still draining included.
 */
#ifndef CORE_SHARED_RING_H
#define CORE_SHARED_RING_H

#include "core/shared.h"
#include "crypto/keyring.h"

#include <stdatomic.h>

/* How it lies in the shared memory; pid is 0 where the slot is free, and below 0 while it is written. */
struct shared_ring {
	_Atomic int64_t pid;
	_Atomic uint64_t checks[KEYRING_MAX + 1];
	_Atomic int statuses[KEYRING_MAX + 1];
};

/* All SHARED_WORKERS_MAX slots: in core/shared.c, which knows where they are. */
struct shared_ring *shared_rings(struct shared *);

/* Notes what the worker of that number has loaded: before it takes its first request. False when there is
 * no slot left: then it must not serve. */
bool shared_ring_note(struct shared *, int64_t pid, const struct keyring *);

/* That worker is gone. Called by the master when the process has ended. */
void shared_ring_gone(struct shared *, int64_t pid);

/* A key as all the workers together have it. */
struct shared_key {
	enum key_status status; /* active when it is that in any of them; absent when in none */
	bool everywhere;        /* each worker reads what this key makes */
	uint64_t check;         /* of the one with that status */
};

/* Fills keys, which has room for KEYRING_MAX + 1; returns how many workers there are. */
int shared_ring_keys(struct shared *, struct shared_key *keys);

#endif
