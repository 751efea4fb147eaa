/* token.c - access tokens: made and read. */
#include "core/token_parts.h"

#include "base/random.h"
#include "core/desk.h"
#include "core/signing.h"
#include "crypto/jwt.h"
#include "http/json.h"

enum {
	CLAIMS_MAX_BYTES = 6000,
	ISSUER_MAX_BYTES = 300, /* KEYDESK_URL may have 250 */
	JTI_CHARS = 22,
	JWKS_MAX_BYTES = 16384,
};

str
token_issuer(struct request *rq, str environment)
{
	const char *suffix = str_eq(environment, S("production")) ? "" : "/integration";

	return fmt(rq->arena, "%.*s%s", STR(rq->desk->settings->url), suffix);
}

int64_t
token_seconds(const struct request *rq, const struct caller *caller)
{
	int64_t most = rq->desk->settings->token_seconds;
	int64_t left = caller->until / SECOND - rq->now / SECOND;

	return caller->until && left < most ? left : most;
}

str
token_make(struct request *rq, const struct caller *caller, str scope)
{
	const struct jwt_key *key = signing_active(rq, caller->environment, caller->signing);
	struct token_claims claims = { .iss = token_issuer(rq, caller->environment),
		.sub = caller->client_id,
		.client_id = caller->client_id,
		.iat = rq->now / SECOND,
		.jti = random_base62(rq->arena, JTI_CHARS),
		.scope = scope,
		.org = caller->organization,
		.env = caller->environment,
		.kds = caller->sid };
	struct buf json = buf_new(rq->arena, CLAIMS_MAX_BYTES);

	claims.aud = claims.iss;
	claims.exp = claims.iat + token_seconds(rq, caller);
	json_write(&json, &token_claims_shape, &claims);
	if (caller->placed)
		token_places_add(rq, caller, &json);
	shared_count(rq->desk->shared, COUNT_TOKENS);
	return jwt_sign(rq->arena, key, S("at+jwt"), buf_str(&json));
}

static bool
claims_whole(const struct token_claims *claims)
{
	return claims->iss.n && claims->client_id.n && claims->exp && claims->jti.n &&
	       claims->env.n && claims->kds.n;
}

static bool
claims_read(struct request *rq, str json, struct token_claims *claims)
{
	static const struct json_rule rules[] = {
		{ .name = STR_INIT("iss"), .required = true, .max = ISSUER_MAX_BYTES },
		{ .name = STR_INIT("sub"), .max = 64 },
		{ .name = STR_INIT("client_id"), .required = true, .max = 64 },
		{ .name = STR_INIT("aud"), .max = ISSUER_MAX_BYTES },
		{ .name = STR_INIT("exp"), .required = true },
		{ .name = STR_INIT("iat") },
		{ .name = STR_INIT("jti"), .required = true, .max = JTI_CHARS },
		{ .name = STR_INIT("env"), .required = true, .max = 16 },
		{ .name = STR_INIT("kds"), .required = true, .max = 10 },
		{ .name = STR_INIT("scope"), .max = TOKEN_SCOPE_BYTES },
	};
	struct request inner = *rq;

	json = token_without_places(rq->arena, json);
	/* Signed by us, it is of our making: but for one from another version, and then any JSON will do. */
	if (json_read_own(json, token_claims, claims))
		return claims_whole(claims);
	inner.body = json;
	return json_read(&inner, token_claims, rules, claims).n == 0;
}

/* A signature that was good once is good for ever, so it is computed once for each token: what may change
 * is read from the claims and the rows. */
static bool
signed_by(struct request *rq, const struct jwt_key *key, str token, const struct jwt_parts *parts)
{
	struct shared *shared = rq->desk->shared;
	struct digest seen = shared_cache_key(shared, key->kid, token);

	if (shared_cache_has(shared, &seen))
		return true;
	if (!jwt_verify(key, parts))
		return false;
	shared_cache_add(shared, CACHE_TOKENS, &seen);
	return true;
}

enum verdict
token_read(struct request *rq, str token, struct token_claims *claims)
{
	struct jwt_parts parts;
	const struct jwt_key *key;
	str environment;

	*claims = (struct token_claims){ 0 };
	if (!jwt_split(rq->arena, token, &parts) || !str_eq(parts.typ, S("at+jwt")))
		return VERDICT_MALFORMED;
	key = signing_find(rq, parts.kid, &environment);
	if (!key || !signed_by(rq, key, token, &parts))
		return VERDICT_FORGED;
	if (!claims_read(rq, parts.claims, claims) ||
	    !str_eq(claims->iss, token_issuer(rq, claims->env)) ||
	    !str_eq(claims->env, environment))
		return VERDICT_FORGED;
	return rq->now / SECOND < claims->exp ? VERDICT_GOOD : VERDICT_EXPIRED;
}

struct strs
token_algorithms(struct request *rq, str environment)
{
	struct signing_keys keys = signing_published(rq, environment);
	str *names = NEW(rq->arena, str, keys.n);
	size_t n = 0;

	for (size_t i = 0; i < keys.n; i++) {
		str name = str_of(jwt_algorithm_name(keys.at[i]->algorithm));
		bool said = false;

		for (size_t k = 0; k < n; k++)
			said |= str_eq(names[k], name);
		if (!said)
			names[n++] = name;
	}
	return (struct strs){ names, n };
}

str
token_jwks(struct request *rq, str environment)
{
	struct buf json = buf_new(rq->arena, JWKS_MAX_BYTES);
	struct signing_keys keys = signing_published(rq, environment);

	buf_add(&json, S("{\"keys\":["));
	for (size_t i = 0; i < keys.n; i++) {
		if (i)
			buf_add_char(&json, ',');
		jwt_key_jwk(&json, keys.at[i]);
	}
	buf_add(&json, S("]}"));
	return buf_str(&json);
}
