/* permits.h - who may compute Argon2 now, who waits, and who is sent away.
 *
 * They are of one process, not in shared memory: a crash must not lose one. Besides worker.c and
 * dispatcher.c the only place that knows that threads exist, and the only lock that a handler meets.
 */
#ifndef CORE_PERMITS_H
#define CORE_PERMITS_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

/* People's sign-in, and new secrets of programs, have permits and queues of their own. */
enum permit { PERMIT_PROGRAMS, PERMIT_PEOPLE, PERMIT_KINDS };
struct permits;

/* So many computations of each kind at a time (at least 1), and so many who may wait for one. */
struct permits *permits_make(struct arena *start, int programs, int people, int queue);

/* From now on at most n of that kind (at least 1) compute or wait, however long the queue may be: so a
 * flood of sign-ins leaves threads for others. Before the first permit is taken. */
void permits_cap(struct permits *, enum permit, int n);

/* Where it is to be seen from now on how many of that kind compute and wait; they are 0 now. */
void
permits_show(struct permits *, enum permit, _Atomic int64_t *computing, _Atomic int64_t *waiting);

/* Waits in the queue at most the milliseconds given. False when the queue is full or the time is up:
 * answer 503. Whoever got true gives it back, by whatever way the computation ends. */
bool permit_take(struct permits *, enum permit, int wait_ms);
void permit_give(struct permits *, enum permit);

#endif
