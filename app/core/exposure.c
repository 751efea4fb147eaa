/* exposure.c - who has seen which secret. */
#include "core/exposure.h"

#include "sql.h"

void
exposure_note(struct request *rq, int64_t secret, str how)
{
	if (!rq->me)
		return;
	sql_exposure_add(
	    rq->db, .org = rq->org, .secret = secret, .me = rq->me, .how = how, .now = rq->now);
	sql_exposure_back(rq->db, .me = rq->me);
}
