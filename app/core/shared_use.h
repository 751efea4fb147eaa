/* shared_use.h - who calls with which secret, and how it ends: counted in shared memory, never lost.
 *
 * A worker notes each call; the housekeeper takes the notes out, a batch at a time, and writes them to the
 * database within 10 s. Any of them may be killed at any moment: a note is counted or is not, a slot is
 * never lost, and a batch that was taken stays where the next housekeeper finds it until it is written.
 */
#ifndef CORE_SHARED_USE_H
#define CORE_SHARED_USE_H

#include "core/shared.h"

enum {
	USE_ADDRESS_MAX = 45, /* the longest IPv6 address as text */
	USE_PROGRAM_MAX = 100,
	SHARED_USES_MAX = 256,      /* in a batch: one transaction */
	SHARED_USES_PLACES = 18432, /* where calls are noted: one for each caller of a secret */
	SHARED_NAME_CHARS = 22,
};

/* How a call ended. What is added comes last: a running master's memory has the room of 8. */
enum use_outcome {
	USE_ACCEPTED,
	USE_WRONG,       /* another client ID, or another text than was hashed */
	USE_REVOKED,     /* the secret has ended */
	USE_EXPIRED,     /* its time has */
	USE_DEACTIVATED, /* the client, the organization or the owner is not active */
	USE_ENVIRONMENT, /* good, but for the other environment */
	USE_PERMISSION,  /* good, but for a call that it may not make, there or from there */
	USE_LIMITED,     /* good, and more often than it may */
	USE_OUTCOMES = 8
};

/* A call: of a secret that has a row (what was forged has none, and is a counter only). The texts are cut to
 * their limits; program is what caller_program() made of the header. */
struct use_note {
	int64_t secret, now;
	enum use_outcome outcome;
	str address, program;
};

/* Counts it, without waiting for anybody. A caller who finds no room is counted with the other callers of the
 * secret: the empty address, and the program "other". When there is no room for that either, the call is a
 * count of COUNT_USES_LOST. */
void shared_note_use(struct shared *, const struct use_note *);

/* What one caller of one secret did since it was last taken. Times are to the millisecond. */
struct shared_use {
	int64_t secret, first_at, last_at;
	int64_t calls[USE_OUTCOMES];
	char address[USE_ADDRESS_MAX + 1], program[USE_PROGRAM_MAX + 1];
};

/* A batch; memory names the shared memory it comes from, and its number counts from 1. So many places were looked at for
 * it, going round: who has looked at all of them has seen whatever was noted before. */
struct shared_uses {
	char memory[SHARED_NAME_CHARS + 1];
	int64_t number;
	size_t n, places;
	struct shared_use at[SHARED_USES_MAX];
};

/* Takes the next batch, or gives once more the one that was taken and not yet written. False when there is
 * nothing to write, or another taker, who must have left first, has the batch. taker is a process id. */
bool shared_uses_take(struct shared *, int64_t taker, struct shared_uses *);

/* The batch of that number is in the database: the next one may be taken. */
void shared_uses_written(struct shared *, int64_t number);

/* That taker takes no more. Called by the master when the process has ended: until then its number is nobody
 * else's. */
void shared_uses_left(struct shared *, int64_t taker);

#endif
