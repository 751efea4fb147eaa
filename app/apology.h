/* apology.h - what a visitor is told when something went wrong here. */
#ifndef APOLOGY_H
#define APOLOGY_H

#include "http/reply.h"

/* One line in the log: of which request, where, what. */
void apology_log(const struct request *, const struct fault *);

/* The reply to a request that ended in this fault, which is logged and counted: 503 with Retry-After where it may be
 * over soon, else 500. Never faults. */
struct reply apologize(struct request *, struct fault *);

/* The reply in place of one that faults once its transaction is over. Never faults. */
struct reply apology_after(void);

#endif
