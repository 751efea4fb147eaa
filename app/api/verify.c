/* verify.c - the gateway's question: may this caller make this call?
 *
 *      GET, POST /verify     200 with X-Keydesk-* headers, 401, or 403 with X-Keydesk-Reason
 *
 * The call, and where the caller is, come in parameters that the web server sets, never in a header: KEYDESK_METHOD,
 * KEYDESK_URI, KEYDESK_CLIENT_ADDR, KEYDESK_ENVIRONMENT. KEYDESK_ASK=caller leaves the call out: that only asks
 * who it is. Who is not accepted hears 401 whatever the call is, unless it is open to all.
 *
 * In the role of an Authorizer (Apache's mod_authnz_fcgi) the request that comes is the call itself, and what a web server
 * is told of the caller are variables of its own. No other answer of the program has such headers.
 *
 * One of Authorization: Basic (client ID, secret), Authorization: Bearer (token), or X-API-Key with
 * X-API-Secret. Two of these at once, or one of them twice, is 401: a gateway and Keydesk must not read
 * different ones. So are two environments, and any query: a secret in an address is in every log on its way.
 * X-API-Key alone will do where the catalogue says so.
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

/* What a question is made of: what the caller sends, and what the web server says. */
enum sent { AUTHORIZATION, API_KEY, API_SECRET, METHOD, URI, ADDRESS, WHERE, ASK, SENT };

/* An Authorizer is sent the call itself. */
static void
find_sent(const struct request *rq, struct param_found sent[SENT])
{
	static const str names[SENT] = { [AUTHORIZATION] = STR_INIT("HTTP_AUTHORIZATION"),
		[API_KEY] = STR_INIT("HTTP_X_API_KEY"),
		[API_SECRET] = STR_INIT("HTTP_X_API_SECRET"),
		[METHOD] = STR_INIT("KEYDESK_METHOD"),
		[URI] = STR_INIT("KEYDESK_URI"),
		[ADDRESS] = STR_INIT("KEYDESK_CLIENT_ADDR"),
		[WHERE] = STR_INIT("KEYDESK_ENVIRONMENT"),
		[ASK] = STR_INIT("KEYDESK_ASK") };
	static const str call[] = { STR_INIT("REQUEST_METHOD"), STR_INIT("REQUEST_URI") };

	request_find(rq, names, sent, SENT);
	if (!rq->authorizes)
		return;
	request_find(rq, call, &sent[METHOD], 2);
	sent[ADDRESS] = (struct param_found){ rq->remote, 1 };
	sent[ASK] = (struct param_found){ 0 };
}

/* Of what the web server says; sent twice, nobody knows which one is meant. */
static str
only(const struct param_found *sent)
{
	return sent->times == 1 ? sent->value : (str){ 0 };
}

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
read_shown(struct request *rq, const struct param_found *sent)
{
	str authorization = sent[AUTHORIZATION].value;
	str key = sent[API_KEY].value, secret = sent[API_SECRET].value;
	str environment = sent[WHERE].value, address = only(&sent[ADDRESS]);
	struct shown seen = { .key_alone = key.n && !secret.n && !authorization.n };

	seen.presented.environment = environment.n ? environment : S("production");
	seen.presented.address = address.n ? address : rq->remote;
	seen.presented.max_age = rq->desk->settings->verify_max_age_ms * (SECOND / 1000);
	seen.wrong = rq->query.n > 0 || (authorization.n && (key.n || secret.n)) ||
	             sent[AUTHORIZATION].times > 1 || sent[API_KEY].times > 1 ||
	             sent[API_SECRET].times > 1 || sent[WHERE].times > 1;
	if (!authorization.n) {
		seen.presented.client_id = key;
		seen.presented.secret = secret;
	} else if (!key.n && !secret.n) {
		read_authorization(rq, authorization, &seen);
	}
	return seen;
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

/* What the web server is told of who is accepted: as headers, an Authorizer as variables (FastCGI 1.0, section 6.3). */
enum told { CLIENT, ORGANIZATION, SECRET, ENVIRONMENT, PERMISSION };

static void
tell(struct request *rq, struct reply *reply, enum told what, str value)
{
	static const struct {
		str header, variable;
	} names[] = {
		[CLIENT] = { STR_INIT("X-Keydesk-Client"), STR_INIT("Variable-KEYDESK_CLIENT") },
		[ORGANIZATION] = { STR_INIT("X-Keydesk-Organization"),
		    STR_INIT("Variable-KEYDESK_ORGANIZATION") },
		[SECRET] = { STR_INIT("X-Keydesk-Secret"), STR_INIT("Variable-KEYDESK_SECRET") },
		[ENVIRONMENT] = { STR_INIT("X-Keydesk-Environment"),
		    STR_INIT("Variable-KEYDESK_ENVIRONMENT") },
		[PERMISSION] = { STR_INIT("X-Keydesk-Permission"),
		    STR_INIT("Variable-KEYDESK_PERMISSION") },
	};

	reply_header(rq, reply, rq->authorizes ? names[what].variable : names[what].header, value);
}

static struct reply
accepted(struct request *rq, const struct caller *caller, const struct call *call)
{
	struct reply reply = { .status = 200 };

	tell(rq, &reply, CLIENT, caller->client_id);
	tell(rq, &reply, ORGANIZATION, caller->organization);
	if (caller->sid.n)
		tell(rq, &reply, SECRET, caller->sid);
	tell(rq, &reply, ENVIRONMENT, caller->environment);
	if (call)
		tell(rq, &reply, PERMISSION, call->endpoint->permission);
	return reply;
}

static struct reply
refused(struct request *rq, enum verdict verdict, bool token)
{
	static const str words = STR_INIT("the key, secret or token is not accepted");

	if (verdict_forbids(verdict))
		return api_forbidden(rq, verdict, token);
	return token ? api_token_error(rq, 401, "invalid_token", words)
	             : api_error(rq, 401, "invalid_token", words);
}

/* An Authorizer is sent the request that somebody else will answer (FastCGI 1.0, section 6.3): whatever its address is,
 * this is a gateway's question about it, and no page. */
void
verify_asked(struct request *rq)
{
	rq->method = GET;
	rq->head = false;
	rq->path = S("/verify");
	rq->query = rq->cookie = (str){ 0 };
}

struct reply
verify(struct request *rq)
{
	struct param_found sent[SENT];
	struct shown seen;
	struct call call;
	str address;
	struct caller caller;
	enum verdict verdict;

	find_sent(rq, sent);
	seen = read_shown(rq, sent);
	call = (struct call){ .method = only(&sent[METHOD]),
		.uri = only(&sent[URI]),
		.max_age = seen.presented.max_age };
	if (!str_eq(only(&sent[ASK]), S("caller")))
		seen.presented.call = &call;
	address = only(&sent[ADDRESS]);
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
	return refused(rq, verdict, seen.presented.token.n > 0);
}
