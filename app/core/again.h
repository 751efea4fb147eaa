/* again.h - how long what has met a conflict is tried again: by serve(), the commands and the housekeeper. */
#ifndef CORE_AGAIN_H
#define CORE_AGAIN_H

#include "db/db.h"

struct again {
	int64_t until;
	int tries;
	bool late; /* the last try was the one that comes late */
	bool stubborn;
};

struct again again_begin(void);

/* 30 s instead of 3, for what must not be held off by whoever it ends: a person's own writes. */
void again_stubborn(struct again *);

/* After a fault: true, a few milliseconds later, when it was a deadlock, a failed certification or a
 * connection lost before COMMIT, and 3 s have not passed (three tries are not enough on a cluster: measured
 * with 30 writers). Whoever was kept waiting longer than that, by a node that is frozen or by one that
 * leaves a connection whose transaction it has ended without an answer (MariaDB 10.11 on Galera: seen), is let go to
 * the next one, once. */
bool again(struct again *, const struct fault *, const struct db *);

#endif
