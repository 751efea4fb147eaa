/* oauth_token.c - client credentials for a token (RFC 6749 section 4.4), of each environment by themselves.
 *
 *      POST /oauth/token                  of production
 *      POST /integration/oauth/token      of integration
 *
 * Form or JSON: grant_type=client_credentials, and at will scope, resource (RFC 8707) and audience. There is one
 * audience in each environment, which is its issuer.
 */
#include "api/api.h"
#include "api/client_auth.h"
#include "api/error.h"
#include "base/buf.h"
#include "core/token.h"
#include "http/json.h"

SHAPE(oauth_answer, text(access_token), text(token_type), int(expires_in), text(scope));
/* An account key's token without a scope narrows nothing, and an empty scope would be none (section 3.3). */
SHAPE(oauth_answer_whole, text(access_token), text(token_type), int(expires_in));

/* Whether the resource or audience is what tokens of this environment are for. */
static bool
ours(struct request *rq, str target)
{
	str issuer = token_issuer(rq, client_environment(rq));

	if (!target.n)
		return true;
	/* An address without a path is the same with a slash behind it (RFC 3986 section 6.2.3). */
	if (str_eq(client_environment(rq), S("production")) && str_ends(target, S("/")))
		target = str_part(target, 0, target.n - 1);
	return str_eq(target, issuer);
}

/* What is wrong with the request, whoever sends it. */
static bool
asked_well(struct request *rq, const struct parameters *p, struct reply *refusal)
{
	if (!p->grant_type.n)
		*refusal = api_error(rq, 400, "invalid_request", S("grant_type is missing"));
	else if (!str_eq(p->grant_type, S("client_credentials")))
		*refusal = api_error(
		    rq, 400, "unsupported_grant_type", S("grant_type must be client_credentials"));
	else if (!ours(rq, p->resource) || !ours(rq, p->another_resource) || !ours(rq, p->audience))
		*refusal = api_error(
		    rq, 400, "invalid_target", S("there are no tokens for this resource here"));
	else
		return true;
	return false;
}

static struct reply
answer(struct request *rq, const struct caller *caller, str scope)
{
	struct oauth_answer answer = { .access_token = token_make(rq, caller, scope),
		.token_type = S("Bearer"),
		.expires_in = token_seconds(rq, caller),
		.scope = scope };
	struct oauth_answer_whole whole = { answer.access_token, answer.token_type,
		answer.expires_in };
	struct buf json = buf_new(rq->arena, 16384);
	struct reply reply;

	if (scope.n)
		json_write(&json, &oauth_answer_shape, &answer);
	else
		json_write(&json, &oauth_answer_whole_shape, &whole);
	reply = reply_json(200, buf_str(&json));
	reply_header(rq, &reply, S("Pragma"), S("no-cache"));
	return reply;
}

struct reply
oauth_token(struct request *rq)
{
	struct parameters p;
	struct client client = { .p = &p };
	struct reply refusal;
	str wrong = parameters_read(rq, &p), scope;

	if (wrong.n)
		return api_error(rq, 400, "invalid_request", wrong);
	if (!asked_well(rq, &p, &refusal) || !client_accepted(rq, &client, &refusal))
		return refusal;
	if (!p.scope.n)
		scope = token_scope(rq, &client.caller);
	else if (!token_scope_narrowed(rq, &client.caller, p.scope, &scope))
		return api_error(rq, 400, "invalid_scope",
		    S("the scope names what the credential has no permission for"));
	return answer(rq, &client.caller, scope);
}
