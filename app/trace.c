/* trace.c - what stays of a request: its line in the log, and what is counted. */
#include "trace.h"

#include "api/api.h"
#include "base/log.h"
#include "core/desk.h"
#include "core/measure.h"
#include "pages/pages.h"
#include "site/route.h"

#include <stdatomic.h>

static str
method_word(const struct request *rq)
{
	switch (rq->method) {
	case GET:
		return rq->head ? S("HEAD") : S("GET");
	case POST:
		return S("POST");
	case METHOD_NONE:
		break;
	}
	return S("other");
}

static void
log_request(const struct request *rq, const struct reply *reply, int64_t microseconds)
{
	struct log_line line;

	log_begin_by(&line, "request", rq->desk->pid);
	log_text(&line, "number", rq->number);
	log_text(&line, "method", method_word(rq));
	log_text(&line, "route", rq->route ? str_of(rq->route->pattern) : S("none"));
	log_int(&line, "status", reply->status);
	log_int(&line, "us", microseconds);
	if (rq->me)
		log_int(&line, "user", rq->me);
	if (rq->late)
		log_int(&line, "late", rq->late);
	if (rq->verdict.n)
		log_text(&line, "verdict", rq->verdict);
	if (rq->subject.n)
		log_text(&line, "about", rq->subject);
	log_end(&line);
}

static enum measure_class
class_of(const struct request *rq)
{
	const struct route *route = rq->route;

	if (!route)
		return MEASURE_NONE;
	if (route->may == PROGRAM)
		return route->page == verify                               ? MEASURE_VERIFY
		       : route->page == auth || route->page == oauth_token ? MEASURE_AUTH
		                                                           : MEASURE_PROGRAM;
	if (route->page == sign_in_save)
		return MEASURE_SIGN_IN;
	return rq->method == POST ? MEASURE_ACT : MEASURE_PAGE;
}

/* A thread connects when it must, and keeps the connection: so it is looked at after each request. */
static void
count_connection(struct desk *desk)
{
	bool connected = db_connected(desk->db);

	if (desk->measured && connected != desk->connected)
		atomic_fetch_add(&desk->measured->gauges[GAUGE_CONNECTIONS], connected ? 1 : -1);
	desk->connected = connected;
}

void
trace_request(const struct request *rq, const struct reply *reply, int64_t microseconds)
{
	log_request(rq, reply, microseconds);
	measure_request(
	    shared_measures(rq->desk->shared), class_of(rq), reply->status, microseconds);
	count_connection(rq->desk);
}
