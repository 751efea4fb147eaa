/* shared_rate.h - how often somebody has asked lately: budgets in shared memory, of a fixed size, without locks.
 *
 * A budget is `most` in each window: so many at once, and then as they come back, one each window/most. It is of this
 * machine, and of what has happened since it started. Whoever finds no room takes that of whoever has used least of
 * theirs, so that strangers without number make a limit looser, never stricter, for those who ask much.
 */
#ifndef CORE_SHARED_RATE_H
#define CORE_SHARED_RATE_H

#include "core/shared.h"

/* Each has room of its own: a flood of addresses takes nobody's writes and no client's calls away. */
enum rate_part { RATE_WRITES, RATE_CLIENTS, RATE_ADDRESSES, RATE_PARTS };

enum { RATE_MOST_MAX = 1000000 };

struct rate {
	enum rate_part part;
	uint64_t who; /* the number of a row, or rate_stranger(); 0 is nobody */
	int64_t most,
	    window; /* 1 to RATE_MOST_MAX in so many microseconds, of a part always the same */
	int64_t now;
	bool at_once; /* now is this moment, not when a request came that has waited since */
};

struct rate_left {
	bool within;  /* it was counted; otherwise nothing was */
	int64_t left; /* how many more there are at this moment */
	int64_t next; /* microseconds until there is one more than that */
};

/* Takes one of the budget, unless it is spent. */
struct rate_left rate_take(struct shared *, const struct rate *);

/* A text of a stranger's as a number: under a key of this boot, so that nobody finds two that share a budget. */
uint64_t rate_stranger(const struct shared *, str);

#endif
