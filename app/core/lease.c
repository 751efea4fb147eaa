/* lease.c - whose turn it is, where several machines do the same work. */
#include "core/lease.h"

#include "sql.h"

bool
lease_take(struct db *db, const struct lease *lease)
{
	return sql_lease_take(db, .name = lease->name, .machine = lease->machine,
		   .holder = lease->holder, .seconds = LEASE_SECONDS) == 1;
}

void
lease_leave(struct db *db, const struct lease *lease)
{
	sql_lease_leave(db, .name = lease->name, .holder = lease->holder);
}
