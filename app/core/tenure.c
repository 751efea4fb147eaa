/* tenure.c - for how long a user is active in an organization without a break. */
#include "core/tenure.h"

#include "sql.h"

void
tenure_begin(struct request *rq, int64_t user)
{
	if (sql_tenure_live(rq->db, .user = user))
		return;
	sql_tenure_hold(rq->db, .user = user);
	sql_tenure_add(rq->db, .user = user, .now = rq->now);
	sql_tenure_known(rq->db, .user = user);
}
