/* client_auth.c - which client asks an OAuth address: its authentication, and its refusal. */
#include "api/client_auth.h"

#include "api/authorization.h"
#include "api/error.h"
#include "core/assertion.h"
#include "core/call.h"
#include "http/url.h"

/* What a method has to go on. */
struct shown {
	struct request *rq;
	const struct parameters *p;
	struct presented *presented;
	struct caller *caller;
};

/* name is the one registered for it (RFC 7591 section 2). */
struct client_method {
	const char *name;
	bool (*used)(const struct request *, const struct parameters *);
	enum verdict (*judge)(const struct shown *);
};

/* What is open to all is asked of nobody for less than who they are. */
static enum verdict
judged(struct request *rq, enum verdict verdict, const struct caller *caller)
{
	if (verdict == VERDICT_OPEN)
		verdict = VERDICT_ENDPOINT;
	api_note(rq, verdict, caller);
	return verdict;
}

enum verdict
client_judge(struct request *rq, const struct presented *presented, struct caller *caller)
{
	return judged(rq, verify_secret(rq, presented, caller), caller);
}

/* ---- the methods */

static bool
header_used(const struct request *rq, const struct parameters *p)
{
	(void)p;
	return request_header(rq, S("HTTP_AUTHORIZATION")).n > 0;
}

/* Both parts are encoded as in a form before they are joined (RFC 6749 section 2.3.1). */
static bool
basic_read(struct request *rq, struct presented *presented)
{
	str rest, name, password;

	return authorization_is(
		   rq->arena, request_header(rq, S("HTTP_AUTHORIZATION")), S("basic"), &rest) &&
	       authorization_pair(rq->arena, rest, &name, &password) &&
	       url_decode(rq->arena, name, true, &presented->client_id) &&
	       url_decode(rq->arena, password, true, &presented->secret);
}

/* The body may say once more which client it is. */
static enum verdict
basic_judge(const struct shown *seen)
{
	str client_id = seen->p->client_id;

	if (!basic_read(seen->rq, seen->presented) ||
	    (client_id.n && !str_eq(client_id, seen->presented->client_id))) {
		api_note(seen->rq, VERDICT_MALFORMED, seen->caller);
		return VERDICT_MALFORMED;
	}
	return client_judge(seen->rq, seen->presented, seen->caller);
}

static bool
body_used(const struct request *rq, const struct parameters *p)
{
	(void)rq;
	return p->client_secret.n > 0;
}

static enum verdict
body_judge(const struct shown *seen)
{
	seen->presented->client_id = seen->p->client_id;
	seen->presented->secret = seen->p->client_secret;
	return client_judge(seen->rq, seen->presented, seen->caller);
}

static bool
assertion_used(const struct request *rq, const struct parameters *p)
{
	(void)rq;
	return p->client_assertion.n || p->client_assertion_type.n;
}

/* Another type of assertion is none that is read here (RFC 7521 section 4.2). */
static enum verdict
assertion_judge(const struct shown *seen)
{
	static const str jwt = STR_INIT("urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
	enum verdict verdict = VERDICT_MALFORMED;

	seen->presented->client_id = seen->p->client_id;
	seen->presented->assertion = seen->p->client_assertion;
	if (str_eq(seen->p->client_assertion_type, jwt))
		verdict = verify_assertion(seen->rq, seen->presented, seen->caller);
	return judged(seen->rq, verdict, seen->caller);
}

static const struct client_method methods[] = {
	{ "client_secret_basic", header_used, basic_judge },
	{ "client_secret_post", body_used, body_judge },
	{ "private_key_jwt", assertion_used, assertion_judge },
};

enum { METHODS = sizeof methods / sizeof methods[0] };

struct strs
client_methods(struct arena *a)
{
	str *names = NEW(a, str, METHODS);

	for (size_t i = 0; i < METHODS; i++)
		names[i] = str_of(methods[i].name);
	return (struct strs){ names, METHODS };
}

/* ---- what is made of it */

str
client_environment(const struct request *rq)
{
	return str_starts(rq->path, S("/integration/")) ? S("integration") : S("production");
}

/* The method that is used, NULL when there is none; *n is how many are. */
static const struct client_method *
method_of(const struct request *rq, const struct parameters *p, size_t *n)
{
	const struct client_method *found = NULL;

	*n = request_param_twice(rq, S("HTTP_AUTHORIZATION"));
	for (size_t i = 0; i < METHODS; i++) {
		if (!methods[i].used(rq, p))
			continue;
		found = &methods[i];
		++*n;
	}
	return found;
}

/* A web server that keeps an address for one environment has the last word: it gives no token of the other. */
static str
environment_asked(const struct request *rq)
{
	str mine = client_environment(rq), kept = request_param(rq, S("KEYDESK_ENVIRONMENT"));

	return kept.n && !str_eq(kept, mine) ? S("neither") : mine;
}

static enum verdict
judge(struct request *rq, struct client *client)
{
	struct presented presented = {
		.environment = environment_asked(rq), .address = rq->remote, .call = client->call
	};
	struct shown seen = { rq, client->p, &presented, &client->caller };
	size_t n;
	const struct client_method *method = method_of(rq, client->p, &n);

	client->caller = (struct caller){ 0 };
	if (client->call)
		call_begin(rq, client->call);
	if (method)
		return method->judge(&seen);
	api_note(rq, VERDICT_NONE, &client->caller);
	return VERDICT_NONE;
}

/* Whoever has signed an assertion hears what is wrong with it; nobody else hears more than that they are not known. */
static str
words_of(const struct client *client, enum verdict verdict)
{
	switch ((int)verdict) {
	case VERDICT_AUDIENCE:
		return S("the assertion is not for this address: its aud must be the issuer alone");
	case VERDICT_TIMES:
		return S("the assertion is over, not good yet, or good for more than 10 minutes");
	case VERDICT_REPLAYED:
		return S("the assertion was accepted before: each needs a jti of its own");
	default:
		return client->p->client_assertion.n
		           ? S("the assertion is not accepted")
		           : S("the client ID or the secret is not accepted");
	}
}

static struct reply
refused(struct request *rq, const struct client *client, enum verdict verdict)
{
	struct reply reply;

	if (verdict == VERDICT_ADDRESS) {
		reply = api_error(rq, 400, "unauthorized_client",
		    S("the credential may not be used from this network address"));
		reply_header(rq, &reply, S("X-Keydesk-Reason"), verdict_word(verdict));
		return reply;
	}
	if (verdict_forbids(verdict))
		return api_forbidden(rq, verdict, false);
	return api_error(rq, 401, "invalid_client", words_of(client, verdict));
}

bool
client_accepted(struct request *rq, struct client *client, struct reply *refusal)
{
	enum verdict verdict;
	size_t n;

	method_of(rq, client->p, &n);
	if (n > 1) {
		*refusal = api_error(rq, 400, "invalid_request",
		    S("the client must authenticate by one method only"));
		return false;
	}
	verdict = judge(rq, client);
	if (verdict != VERDICT_GOOD)
		*refusal = refused(rq, client, verdict);
	return verdict == VERDICT_GOOD;
}
