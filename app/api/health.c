/* health.c - for the load balancer.
 *
 *      GET /health/live     this process answers
 *      GET /health/ready    and the database does
 */
#include "api/api.h"
#include "api/error.h"
#include "db/db.h"

struct reply
health_live(struct request *rq)
{
	(void)rq;
	return reply_json(200, S("{\"status\":\"live\"}"));
}

struct reply
health_ready(struct request *rq)
{
	if (!db_alive(rq->db))
		return api_error(
		    rq, 503, "temporarily_unavailable", S("the database does not answer"));
	return reply_json(200, S("{\"status\":\"ready\"}"));
}
