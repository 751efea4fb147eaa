/* metrics.c - what this machine has counted since its start, for Prometheus (OpenMetrics 1.0).
 *
 *      GET /metrics
 */
#include "api/api.h"
#include "base/buf.h"
#include "core/desk.h"

#include <inttypes.h>

enum { METRICS_MAX_BYTES = 16384 };

struct metric {
	enum counter counter;
	const char *name, *help;
};

static const struct metric counted[] = {
	{ COUNT_REQUESTS, "requests", "Requests answered." },
	{ COUNT_FAULTS, "faults", "Requests that ended in a fault." },
	{ COUNT_VERIFY_GOOD, "callers_accepted", "Callers accepted by their secret or token." },
	{ COUNT_VERIFY_REFUSED, "callers_refused", "Callers refused." },
	{ COUNT_FORGED, "secrets_forged",
	    "Secrets refused by form, CRC or tag: no query, no hash." },
	{ COUNT_SECRET_READS, "secret_reads", "Queries for a secret." },
	{ COUNT_ARGON2, "argon2_computations", "Argon2 computations." },
	{ COUNT_CACHE_HITS, "secret_cache_hits", "Secrets known from an earlier computation." },
	{ COUNT_BUSY, "refused_busy", "Requests refused because a queue was full." },
	{ COUNT_TOKENS, "tokens_issued", "Tokens issued." },
};

struct reply
metrics(struct request *rq)
{
	struct buf out = buf_new(rq->arena, METRICS_MAX_BYTES);

	for (size_t i = 0; i < sizeof counted / sizeof counted[0]; i++)
		buf_fmt(&out,
		    "# TYPE keydesk_%s counter\n# HELP keydesk_%s %s\nkeydesk_%s_total %" PRId64
		    "\n",
		    counted[i].name, counted[i].name, counted[i].help, counted[i].name,
		    shared_counted(rq->desk->shared, counted[i].counter));
	buf_fmt(&out,
	    "# TYPE keydesk_workers gauge\n# HELP keydesk_workers Worker processes that serve.\n"
	    "keydesk_workers %d\n",
	    shared_workers(rq->desk->shared));
	buf_add(&out, S("# EOF\n"));
	return (struct reply){ .status = 200,
		.type = S("application/openmetrics-text; version=1.0.0; charset=utf-8"),
		.body = buf_str(&out) };
}
