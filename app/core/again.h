/* again.h - how long what has met a conflict is tried again: by serve(), the commands and the housekeeper. */
#ifndef CORE_AGAIN_H
#define CORE_AGAIN_H

#include "db/db.h"

struct again {
	int64_t until;
	int tries;
};

struct again again_begin(void);

/* After a fault: true, a few milliseconds later, when it was a deadlock, a failed certification or a
 * connection lost before COMMIT, and 3 s have not passed (three tries are not enough on a cluster: measured
 * with 30 writers). Whoever waited longer than that for a host that is frozen is let go to the next one,
 * once. */
bool again(struct again *, const struct fault *, const struct db *);

#endif
