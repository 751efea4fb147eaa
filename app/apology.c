/* apology.c - what a visitor is told when something went wrong here. */
#include "apology.h"

#include "api/error.h"
#include "base/log.h"
#include "core/decision.h"
#include "core/desk.h"
#include "serve.h"
#include "site/page.h"

enum { RETRY_AFTER_SECONDS = 2 };

struct sorry {
	struct request *rq;
	struct reply reply;
	int status;
	enum fault_kind kind;
};

static const struct decision busy = { .reason = REASON_BUSY };

/* Whatever was decided before the fault is not what they hear. */
static struct reply
program_sorry(struct request *rq, const struct sorry *work)
{
	rq->decision = work->kind == FAULT_BUSY ? &busy : NULL;
	if (work->status == 503)
		return api_error(
		    rq, work->status, "temporarily_unavailable", S("try again in a few seconds"));
	return api_error(rq, work->status, "server_error", S("the fault is noted"));
}

static struct reply
sorry_for(struct request *rq, const struct sorry *work)
{
	if (serve_for_program(rq))
		return program_sorry(rq, work);
	return work->kind == FAULT_UNKNOWN ? uncertain(rq) : sorry(rq, work->status);
}

static void
sorry_work(void *arg)
{
	struct sorry *work = arg;

	work->reply = sorry_for(work->rq, work);
	if (work->status == 503)
		reply_header(work->rq, &work->reply, S("Retry-After"),
		    fmt(work->rq->arena, "%d", RETRY_AFTER_SECONDS));
}

void
apology_log(const struct request *rq, const struct fault *fault)
{
	struct log_line line;

	log_begin(&line, "fault");
	log_text(&line, "request", rq->number);
	log_text(&line, "at", str_of(fault->file));
	log_int(&line, "line", fault->line);
	log_text(&line, "what", str_of(fault->what));
	log_end(&line);
}

/* Where no page can be made. */
static str
words_of(enum fault_kind kind)
{
	if (kind == FAULT_UNKNOWN)
		return S("Something went wrong here. It may have been done: look before you ask "
			 "again.");
	return S("Something went wrong here. Nothing was changed.");
}

/* What a fault looks like from outside: 503 where it may be over soon, else 500. The arena may be what is
 * full, so the words may fault as well. */
struct reply
apologize(struct request *rq, struct fault *fault)
{
	struct sorry work = {
		.rq = rq, .status = fault->kind != FAULT_PROGRAM ? 503 : 500, .kind = fault->kind
	};

	apology_log(rq, fault);
	shared_count(rq->desk->shared, COUNT_FAULTS);
	if (!attempt(fault, sorry_work, &work))
		work.reply = reply_text(work.status, words_of(work.kind));
	return work.reply;
}

struct reply
apology_after(void)
{
	return reply_text(500, words_of(FAULT_UNKNOWN));
}
