/* oauth_introspect.c - is this token good now? (RFC 7662)
 *
 *      POST /oauth/introspect                  of production
 *      POST /integration/oauth/introspect      of integration
 *
 * By a client that may call POST /oauth/introspect, as the catalogue has it: the permission is given and taken like any
 * other. It hears of its own organization's tokens; of all others, and of what is no good token, only that it is not
 * active. Decided from current rows, as at /verify, but for what depends on the call.
 */
#include "api/api.h"
#include "api/client_auth.h"
#include "api/error.h"
#include "base/buf.h"
#include "core/call.h"
#include "core/scoped.h"
#include "core/signing.h"
#include "core/token.h"
#include "http/json.h"

enum { ANSWER_MAX_BYTES = 32768 };

SHAPE(introspected, flag(active), text(token_type), text(client_id), text(sub), text(aud),
    text(iss), int(exp), int(iat), text(jti), text(org), text(env));
SHAPE(introspected_scope, text(scope));

/* No scope is said of what has none, or of an account key's token that narrows nothing; no places of who works
 * everywhere. */
static struct reply
active(struct request *rq, const struct token_claims *claims, const struct caller *owner, str scope)
{
	struct introspected said = { .active = true,
		.token_type = S("Bearer"),
		.client_id = claims->client_id,
		.sub = claims->sub,
		.aud = claims->aud,
		.iss = claims->iss,
		.exp = claims->exp,
		.iat = claims->iat,
		.jti = claims->jti,
		.org = owner->organization,
		.env = claims->env };
	struct introspected_scope scoped = { scope };
	struct token_places places;
	struct buf json = buf_new(rq->arena, ANSWER_MAX_BYTES);

	json_write(&json, &introspected_shape, &said);
	if (scope.n)
		json_write_more(&json, &introspected_scope_shape, &scoped);
	if (owner->placed) {
		places = token_places_of(rq, owner, SCOPED_PLACES_MAX);
		json_write_more(&json, &token_places_shape, &places);
	}
	return reply_json(200, buf_str(&json));
}

struct reply
oauth_introspect(struct request *rq)
{
	struct parameters p;
	struct call call = { .method = S("POST"), .uri = S("/oauth/introspect") };
	struct client client = { .p = &p, .call = &call };
	struct token_claims claims;
	struct caller owner;
	struct reply refusal;
	str wrong = parameters_read(rq, &p), scope;

	if (wrong.n || !p.token.n)
		return api_error(
		    rq, 400, "invalid_request", wrong.n ? wrong : S("token is missing"));
	if (!client_accepted(rq, &client, &refusal))
		return refusal;
	if (token_read(rq, p.token, &claims) != VERDICT_GOOD ||
	    verify_claims(rq, &claims, client_environment(rq), &owner) != VERDICT_GOOD ||
	    (!signing_stands(rq, owner.signing) &&
		token_read(rq, p.token, &claims) != VERDICT_GOOD) ||
	    owner.org != client.caller.org || !token_scope_left(rq, &owner, claims.scope, &scope))
		return reply_json(200, S("{\"active\":false}"));
	return active(rq, &claims, &owner, scope);
}
