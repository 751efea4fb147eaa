/* verify.c - the gateway's question: may this caller make this call?
 *
 *      GET, POST /verify     200 with X-Keydesk-* headers, 401, or 403 with X-Keydesk-Reason
 *
 * The call, and where the caller is, come in parameters that the web server sets, never in a header: KEYDESK_METHOD,
 * KEYDESK_URI, KEYDESK_CLIENT_ADDR, KEYDESK_ENVIRONMENT. KEYDESK_ASK=caller leaves the call out: that only asks
 * who it is. Who is not accepted hears 401 whatever the call is, unless it is open to all.
 *
 * One of Authorization: Basic (client ID, secret), Authorization: Bearer (token), or X-API-Key with
 * X-API-Secret. Two of these at once, or one of them twice, is 401: a gateway and Keydesk must not read
 * different ones. So is any query: a secret in an address is in every log on its way. X-API-Key alone will do
 * where the catalogue says so.
 *
 * The one address that may go by rows of a moment ago (KEYDESK_VERIFY_MAX_AGE_MS). A token made from such a row would
 * live for minutes wherever tokens are checked offline, and an introspection is often kept by who asked for it.
 */
#include "api/api.h"
#include "api/authorization.h"
#include "api/error.h"
#include "base/clock.h"
#include "core/call.h"
#include "core/desk.h"
#include "core/origin.h"
#include "core/token.h"

/* What a request shows, and whether it is two at once, one twice, or unreadable; or nothing but X-API-Key. */
struct shown {
	struct presented presented;
	bool wrong, key_alone;
};

static void
read_authorization(struct request *rq, str authorization, struct shown *seen)
{
	str rest;

	if (authorization_is(rq->arena, authorization, S("bearer"), &rest))
		seen->presented.token = rest;
	else if (!authorization_is(rq->arena, authorization, S("basic"), &rest) ||
		 !authorization_pair(
		     rq->arena, rest, &seen->presented.client_id, &seen->presented.secret))
		seen->wrong = true;
}

static struct shown
read_shown(struct request *rq)
{
	struct shown seen = { 0 };
	str authorization = request_header(rq, S("HTTP_AUTHORIZATION"));
	str key = request_header(rq, S("HTTP_X_API_KEY"));
	str secret = request_header(rq, S("HTTP_X_API_SECRET"));

	if (authorization.n && (key.n || secret.n))
		seen.wrong = true;
	else if (authorization.n)
		read_authorization(rq, authorization, &seen);
	else
		seen.presented = (struct presented){ .client_id = key, .secret = secret };
	seen.key_alone = key.n && !secret.n && !authorization.n;
	seen.wrong |= rq->query.n > 0;
	seen.wrong |= request_param_twice(rq, S("HTTP_AUTHORIZATION")) ||
	              request_param_twice(rq, S("HTTP_X_API_KEY")) ||
	              request_param_twice(rq, S("HTTP_X_API_SECRET"));
	return seen;
}

/* A parameter that the web server sets; sent twice, nobody knows which one is meant. */
static str
param(struct request *rq, str name)
{
	return request_param_twice(rq, name) ? (str){ 0 } : request_param(rq, name);
}

static enum verdict
judge_caller(struct request *rq, const struct shown *seen, struct caller *caller)
{
	const struct presented *presented = &seen->presented;

	*caller = (struct caller){ 0 };
	if (seen->wrong)
		return VERDICT_MALFORMED;
	if (presented->token.n)
		return verify_token(rq, presented, caller);
	if (presented->client_id.n == 0 && presented->secret.n == 0)
		return VERDICT_NONE;
	if (seen->key_alone && presented->call)
		return verify_key(rq, presented, caller);
	return verify_secret(rq, presented, caller);
}

static enum verdict
judge(struct request *rq, const struct shown *seen, struct caller *caller)
{
	struct call *call = seen->presented.call;
	enum verdict verdict = call ? call_begin(rq, call) : VERDICT_NONE;

	if (verdict == VERDICT_NONE)
		return judge_caller(rq, seen, caller);
	verify_name(rq, &seen->presented, caller);
	return verdict;
}

/* Refused before any row was read of a caller. */
static bool
nobody(enum verdict verdict)
{
	return verdict == VERDICT_NONE || verdict == VERDICT_MALFORMED ||
	       verdict == VERDICT_FORGED || verdict == VERDICT_UNKNOWN;
}

static struct reply
accepted(struct request *rq, const struct caller *caller, const struct call *call)
{
	struct reply reply = { .status = 200 };

	reply_header(rq, &reply, S("X-Keydesk-Client"), caller->client_id);
	reply_header(rq, &reply, S("X-Keydesk-Organization"), caller->organization);
	if (caller->sid.n)
		reply_header(rq, &reply, S("X-Keydesk-Secret"), caller->sid);
	reply_header(rq, &reply, S("X-Keydesk-Environment"), caller->environment);
	if (call)
		reply_header(rq, &reply, S("X-Keydesk-Permission"), call->endpoint->permission);
	return reply;
}

struct reply
verify(struct request *rq)
{
	struct shown seen = read_shown(rq);
	struct call call = { .method = param(rq, S("KEYDESK_METHOD")),
		.uri = param(rq, S("KEYDESK_URI")),
		.max_age = rq->desk->settings->verify_max_age_ms * (SECOND / 1000) };
	str environment = request_param(rq, S("KEYDESK_ENVIRONMENT"));
	str address = param(rq, S("KEYDESK_CLIENT_ADDR"));
	struct caller caller;
	enum verdict verdict;

	seen.presented.environment = environment.n ? environment : S("production");
	seen.presented.address = address.n ? address : rq->remote;
	seen.presented.max_age = call.max_age;
	if (!str_eq(param(rq, S("KEYDESK_ASK")), S("caller")))
		seen.presented.call = &call;
	if (is_address(address)) /* it is stored: a gateway may have let anything through */
		rq->remote = address;
	verdict = judge(rq, &seen, &caller);
	if (seen.presented.call && nobody(verdict) && call_anew(rq))
		verdict = judge(rq, &seen, &caller);
	if (verdict != VERDICT_GOOD && call.endpoint)
		caller.permission = call.endpoint->permission_id;
	api_note(rq, verdict, &caller);
	if (verdict == VERDICT_GOOD)
		return accepted(rq, &caller, seen.presented.call);
	if (verdict == VERDICT_OPEN)
		return (struct reply){ .status = 200 };
	if (verdict_forbids(verdict))
		return api_forbidden(rq, verdict);
	return api_error(rq, 401, "invalid_token", S("the key, secret or token is not accepted"));
}
