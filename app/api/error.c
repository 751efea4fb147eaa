/* error.c - how programs are refused. */
#include "api/error.h"

#include "core/decision.h"
#include "core/desk.h"
#include "core/hashing.h"
#include "core/measure.h"
#include "core/origin.h"
#include "http/json.h"
#include "site/route.h"

SHAPE(error_answer, text(error), text(error_description));
SHAPE(decided_answer, text(error), text(error_description), text(decision));

/* Of a refusal of which nothing was noted. */
static enum decision_reason
reason_of(int status)
{
	if (status == 429)
		return REASON_RATE;
	if (status == 503)
		return REASON_DATABASE;
	return status < 500 ? REASON_REQUEST : REASON_FAULT;
}

/* What was asked, as the web server says it. */
static void
fill_asked(struct request *rq, struct decision *d)
{
	str environment = request_param(rq, S("KEYDESK_ENVIRONMENT"));
	str address = request_param(rq, S("KEYDESK_CLIENT_ADDR"));

	d->integration =
	    str_eq(environment, S("integration")) || str_starts(rq->path, S("/integration/"));
	if (d->asked != ASKED_CALL)
		return;
	if (is_address(address))
		d->address = address;
	if (!rq->authorizes && str_eq(request_param(rq, S("KEYDESK_ASK")), S("caller")))
		return;
	d->method = request_param(rq, rq->authorizes ? S("REQUEST_METHOD") : S("KEYDESK_METHOD"));
	d->path = request_param(rq, rq->authorizes ? S("REQUEST_URI") : S("KEYDESK_URI"));
}

/* The id under which an admin finds why; empty where an address decides nothing. */
static str
decision_id(struct request *rq, int status)
{
	struct decision d = { .reason = reason_of(status) };

	if (!rq->route || rq->route->asks == ASKED_NOTHING)
		return (str){ 0 };
	if (rq->decision)
		d = *rq->decision;
	d.at = rq->now;
	d.asked = rq->route->asks;
	d.address = rq->remote;
	fill_asked(rq, &d);
	return decision_make(rq, &d);
}

/* Two shapes, as JSON would have an empty member. */
static void
write_answer(struct buf *json, const struct decided_answer *answer)
{
	struct error_answer undecided = { answer->error, answer->error_description };

	if (answer->decision.n)
		json_write(json, &decided_answer_shape, answer);
	else
		json_write(json, &error_answer_shape, &undecided);
}

static struct reply
refusal(struct request *rq, int status, const char *code, str words)
{
	struct decided_answer answer = { str_of(code), words, decision_id(rq, status) };
	struct buf json = buf_new(rq->arena, 4096);
	struct reply reply;

	write_answer(&json, &answer);
	reply = reply_json(status, buf_str(&json));
	if (answer.decision.n)
		reply_header(rq, &reply, S("X-Keydesk-Decision"), answer.decision);
	return reply;
}

struct reply
api_error(struct request *rq, int status, const char *code, str words)
{
	struct reply reply = refusal(rq, status, code, words);

	if (status == 401)
		reply_header(rq, &reply, S("WWW-Authenticate"), S("Basic realm=\"keydesk\""));
	return reply;
}

struct reply
api_token_error(struct request *rq, int status, const char *code, str words)
{
	struct reply reply = refusal(rq, status, code, words);

	reply_header(rq, &reply, S("WWW-Authenticate"),
	    fmt(rq->arena, "Bearer realm=\"keydesk\", error=\"%s\"", code));
	return reply;
}

/* RFC 6750 section 3.1 has a code for what a token is not for; the others have none there. */
struct reply
api_forbidden(struct request *rq, enum verdict verdict, bool token)
{
	static const str words[VERDICTS] = {
		[VERDICT_ADDRESS] =
		    STR_INIT("the credential may not be used from this network address"),
		[VERDICT_CANONICAL] = STR_INIT("the address is not in canonical form"),
		[VERDICT_ENDPOINT] = STR_INIT("there is no such endpoint"),
		[VERDICT_PERMISSION] = STR_INIT("the credential lacks the permission for this"),
		[VERDICT_READS] = STR_INIT("the credential may only read"),
		[VERDICT_SCOPE] = STR_INIT("this is outside the scope of the credential"),
		[VERDICT_LIMITED] = STR_INIT("too many requests in this minute"),
	};
	bool scope =
	    verdict == VERDICT_PERMISSION || verdict == VERDICT_READS || verdict == VERDICT_SCOPE;
	struct reply reply;

	if (verdict == VERDICT_LIMITED)
		reply = api_error(rq, 429, "too_many_requests", words[verdict]);
	else if (!scope)
		reply = api_error(rq, 403, "access_denied", words[verdict]);
	else if (token)
		reply = api_token_error(rq, 403, "insufficient_scope", words[verdict]);
	else
		reply = api_error(rq, 403, "insufficient_scope", words[verdict]);
	reply_header(rq, &reply, S("X-Keydesk-Reason"), verdict_word(verdict));
	return reply;
}

/* What is sealed of it, once the answer is known. */
static const struct decision *
noted(struct request *rq, enum verdict verdict, const struct caller *caller)
{
	struct decision *d = NEW(rq->arena, struct decision, 1);

	*d = (struct decision){ .reason = decision_reason(verdict),
		.sid = caller->sid,
		.id = caller->id,
		.permission = caller->permission };
	return d;
}

void
api_note(struct request *rq, enum verdict verdict, const struct caller *caller)
{
	bool good = verdict == VERDICT_GOOD || verdict == VERDICT_OPEN;

	/* Before it is one of all who were let in: core/hashing.c takes these off, and another thread may ask in between. */
	if (verdict == VERDICT_GOOD && rq->hash && rq->hash->good)
		shared_count(rq->desk->shared, COUNT_PROVEN);
	shared_count(rq->desk->shared, good ? COUNT_VERIFY_GOOD : COUNT_VERIFY_REFUSED);
	measure_verdict(shared_measures(rq->desk->shared), (int)verdict);
	rq->verdict = verdict_word(verdict);
	rq->subject = caller->id;
	rq->decision = good ? NULL : noted(rq, verdict, caller);
}
