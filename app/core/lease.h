/* lease.h - whose turn it is, where several machines do the same work. */
#ifndef CORE_LEASE_H
#define CORE_LEASE_H

#include "core/settings.h"
#include "db/db.h"

/* How long one holds after it was last taken. A holder takes it again every few seconds; who has been
 * killed is followed when this has passed. */
enum { LEASE_SECONDS = 10 };

/* One who may hold it: a process, by a random text, so that two of one machine are two. */
struct lease {
	str name; /* the row in the table lease, made by a migration */
	int64_t machine;
	str holder;
};

/* One short statement by itself: takes or keeps the lease for LEASE_SECONDS by the database's clock, which
 * is one clock for all machines. False when somebody else holds it. Faults as statements do; then one does
 * not hold it. It saves work and decides nothing: a holder that stands still for longer than it lasts may
 * go on beside the next one. */
bool lease_take(struct db *, const struct lease *);

/* Lets the next one have it at once. */
void lease_leave(struct db *, const struct lease *);

#endif
