/* backoff.h - when a process that fell may be replaced: at once, unless it had hardly begun. */
#ifndef BACKOFF_H
#define BACKOFF_H

#include "base/clock.h"

/* Of one kind of process; all zero at first. */
struct backoff {
	int64_t until; /* by clock_monotonic(): none is started before */
	int quick;     /* fell so one after another; 6 at most */
};

/* One that began at that time has ended: the next one waits 100 ms if that was within a second, twice as
 * long each time that it happens again, 6.4 s at most. */
void backoff_fell(struct backoff *, int64_t begun);

/* None could be started: not again within a second. */
void backoff_failed(struct backoff *);

#endif
