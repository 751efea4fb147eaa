/* metrics.c - what this machine has counted since its start, for Prometheus (OpenMetrics 1.0).
 *
 *      GET /metrics
 *
 * A label has one of a few words; no key, person or address is in it.
 */
#include "api/api.h"
#include "base/buf.h"
#include "core/desk.h"
#include "core/machine.h"
#include "core/measure.h"
#include "core/verify.h"

#include <inttypes.h>

enum { METRICS_MAX_BYTES = 65536 };

_Static_assert((int)VERDICTS <= (int)MEASURE_VERDICTS, "room for each verdict");

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
	{ COUNT_REUSED, "rows_reused",
	    "Rows that were read at most KEYDESK_VERIFY_MAX_AGE_MS ago and not read again." },
	{ COUNT_ARGON2, "argon2_computations", "Argon2 computations." },
	{ COUNT_PROVEN, "secrets_proven", "Callers let in who had waited for a computation." },
	{ COUNT_CACHE_HITS, "secret_cache_hits", "Secrets known from an earlier computation." },
	{ COUNT_CACHE_ADDED, "cache_added", "Secrets and tokens put into the cache." },
	{ COUNT_BUSY, "refused_busy", "Requests refused because a queue was full." },
	{ COUNT_HELD, "refusals_held",
	    "Refusals of programs that waited a moment, as there were many." },
	{ COUNT_TOKENS, "tokens_issued", "Tokens issued." },
	{ COUNT_USES_LOST, "uses_lost", "Calls answered and not counted: the table was full." },
};

static const char *const classes[MEASURE_CLASSES] = {
	[MEASURE_NONE] = "none",
	[MEASURE_VERIFY] = "verify",
	[MEASURE_AUTH] = "auth",
	[MEASURE_PROGRAM] = "program",
	[MEASURE_SIGN_IN] = "sign_in",
	[MEASURE_PAGE] = "page",
	[MEASURE_ACT] = "act",
};

static void
begin(struct buf *out, const char *name, const char *type, const char *help)
{
	buf_fmt(out, "# TYPE keydesk_%s %s\n# HELP keydesk_%s %s\n", name, type, name, help);
}

static void
begin_seconds(struct buf *out, const char *name, const char *type, const char *help)
{
	buf_fmt(out, "# TYPE keydesk_%s %s\n# UNIT keydesk_%s seconds\n# HELP keydesk_%s %s\n",
	    name, type, name, name, help);
}

static void
gauge(struct buf *out, const char *name, const char *help, int64_t value)
{
	begin(out, name, "gauge", help);
	buf_fmt(out, "keydesk_%s %" PRId64 "\n", name, value);
}

static void
counters(struct buf *out, const struct shared *shared)
{
	for (size_t i = 0; i < sizeof counted / sizeof counted[0]; i++) {
		begin(out, counted[i].name, "counter", counted[i].help);
		buf_fmt(out, "keydesk_%s_total %" PRId64 "\n", counted[i].name,
		    shared_counted(shared, counted[i].counter));
	}
}

static void
answers(struct buf *out, struct measures *m)
{
	begin(out, "answers", "counter", "Answers, by what was asked and the status.");
	for (int c = 0; c < MEASURE_CLASSES; c++)
		for (int status = 2; status < MEASURE_STATUSES; status++)
			buf_fmt(out,
			    "keydesk_answers_total{asked=\"%s\",status=\"%dxx\"} %" PRId64 "\n",
			    classes[c], status, m->requests[c][status]);
}

static void
verdicts(struct buf *out, struct measures *m)
{
	begin(out, "verdicts", "counter", "What was found of callers.");
	for (int i = 0; i < VERDICTS; i++)
		buf_fmt(out, "keydesk_verdicts_total{verdict=\"%.*s\"} %" PRId64 "\n",
		    STR(verdict_word((enum verdict)i)), m->verdicts[i]);
}

/* The buckets are read one after another, so a request between two of them is in the later one only: the
 * sum of the buckets is what is said to be the count. */
static void
durations(struct buf *out, struct measures *m)
{
	begin_seconds(out, "answer_seconds", "histogram", "Time from the request to its answer.");
	for (int c = 0; c < MEASURE_CLASSES; c++) {
		int64_t microseconds = m->microseconds[c], n = 0;

		for (int i = 0; i < MEASURE_BUCKETS; i++)
			buf_fmt(out,
			    "keydesk_answer_seconds_bucket{asked=\"%s\",le=\"%.10g\"} %" PRId64
			    "\n",
			    classes[c], (double)measure_bounds[i] / SECOND, n += m->buckets[c][i]);
		n += m->buckets[c][MEASURE_BUCKETS];
		buf_fmt(out,
		    "keydesk_answer_seconds_bucket{asked=\"%s\",le=\"+Inf\"} %" PRId64
		    "\nkeydesk_answer_seconds_count{asked=\"%s\"} %" PRId64
		    "\nkeydesk_answer_seconds_sum{asked=\"%s\"} %" PRId64 ".%06" PRId64 "\n",
		    classes[c], n, classes[c], n, classes[c], microseconds / SECOND,
		    microseconds % SECOND);
	}
}

static void
queues(struct buf *out, struct measures *m)
{
	static const struct {
		const char *who;
		enum measure_gauge computing, waiting;
	} kinds[] = { { "programs", GAUGE_PROGRAMS_COMPUTING, GAUGE_PROGRAMS_WAITING },
		{ "people", GAUGE_PEOPLE_COMPUTING, GAUGE_PEOPLE_WAITING } };

	begin(out, "argon2_computing", "gauge", "Argon2 computations that run now.");
	for (int i = 0; i < 2; i++)
		buf_fmt(out, "keydesk_argon2_computing{for=\"%s\"} %" PRId64 "\n", kinds[i].who,
		    measure_sum(m, kinds[i].computing));
	begin(out, "argon2_waiting", "gauge", "Requests that wait to compute one.");
	for (int i = 0; i < 2; i++)
		buf_fmt(out, "keydesk_argon2_waiting{for=\"%s\"} %" PRId64 "\n", kinds[i].who,
		    measure_sum(m, kinds[i].waiting));
}

/* A work that was never done has no age. */
static void
housekeeping(struct buf *out, struct measures *m)
{
	static const char *const works[WORKS] = { [WORK_ROUND] = "round",
		[WORK_USES] = "uses",
		[WORK_REFUSALS] = "refusals",
		[WORK_CHECKPOINTS] = "checkpoints" };

	begin_seconds(out, "housekeeping_age_seconds", "gauge",
	    "Time since the housekeeper was done with this last: so much may be missing in the "
	    "database.");
	for (int i = WORK_ROUND; i < WORKS; i++)
		if (measure_age(m, (enum measure_work)i) >= 0)
			buf_fmt(out, "keydesk_housekeeping_age_seconds{work=\"%s\"} %" PRId64 "\n",
			    works[i], measure_age(m, (enum measure_work)i));
}

struct reply
metrics(struct request *rq)
{
	struct buf out = buf_new(rq->arena, METRICS_MAX_BYTES);
	struct shared *shared = rq->desk->shared;
	struct measures *m = shared_measures(shared);

	begin(&out, "build", "info", "The version of the program.");
	buf_fmt(&out, "keydesk_build_info{version=\"%.*s\"} 1\n", STR(rq->desk->self->version));
	counters(&out, shared);
	answers(&out, m);
	verdicts(&out, m);
	durations(&out, m);
	queues(&out, m);
	gauge(&out, "workers", "Worker processes that serve.", shared_workers(shared));
	gauge(&out, "database_connections", "Connections of the workers to the database.",
	    measure_sum(m, GAUGE_CONNECTIONS));
	gauge(&out, "cache_entries", "Secrets and tokens that the cache has room for.",
	    shared_cache_entries(shared));
	housekeeping(&out, m);
	buf_add(&out, S("# EOF\n"));
	return (struct reply){ .status = 200,
		.type = S("application/openmetrics-text; version=1.0.0; charset=utf-8"),
		.body = buf_str(&out) };
}
