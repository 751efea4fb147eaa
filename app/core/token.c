/* token.c - access tokens and the keys that sign them. */
#include "core/token.h"

#include "base/random.h"
#include "core/audit.h"
#include "core/desk.h"
#include "crypto/jwt.h"
#include "http/json.h"
#include "sql.h"

enum {
	SIGNING_KEYS_MAX = 16, /* as many as signing_list() gives */
	TOKEN_MAX_BYTES = 4000,
	ISSUER_MAX_BYTES = 300, /* KEYDESK_URL may have 250 */
	JTI_CHARS = 22,
};

/* An unknown key id makes a thread look again, but not more often than the first; what another key signs
 * with, and that one is retired, is seen after the second. */
static const int64_t reload_after = 5 * SECOND, reload_at_least = MINUTE;

struct signing_slot {
	struct jwt_key key;
	bool production, active;
};

struct signing {
	struct arena *start;
	size_t n;
	int64_t loaded_at;
	struct signing_slot slots[SIGNING_KEYS_MAX];
};

static const str key_context = STR_INIT("signing key ");

struct signing *
signing_open(struct arena *start)
{
	struct signing *signing = NEW(start, struct signing, 1);

	signing->start = start;
	return signing;
}

static enum jwt_algorithm
algorithm_of(str name)
{
	if (str_eq(name, S("ES256")))
		return JWT_ES256;
	return str_eq(name, S("EdDSA")) ? JWT_EDDSA : JWT_NONE;
}

/* The seal covers the key's id, so that two rows cannot be exchanged. */
static str
seal_context(struct arena *a, str kid)
{
	return fmt(a, "%.*s%.*s", STR(key_context), STR(kid));
}

static bool
known(const struct signing *signing, str kid)
{
	for (size_t i = 0; i < signing->n; i++)
		if (str_eq(signing->slots[i].key.kid, kid))
			return true;
	return false;
}

/* False when the ring does not hold its key. */
static bool
unseal(struct request *rq, const struct signing_list_row *row, str *der)
{
	const struct ring_key *ring = keyring_key(rq->desk->keyring, (int)row->key_number);

	*der = row->sealed;
	return ring &&
	       digest_unseal(rq->arena, &ring->seal, seal_context(rq->arena, row->kid), der);
}

bool
signing_opens(struct request *rq, const struct signing_list_row *row)
{
	str der;

	return unseal(rq, row, &der);
}

static str
unsealed(struct request *rq, const struct signing_list_row *row)
{
	str der;

	if (!unseal(rq, row, &der))
		fault(rq->arena->fault, "signing key %.*s cannot be opened with this key ring",
		    STR(row->kid));
	return der;
}

static void
open_key(struct request *rq, const struct signing_list_row *row)
{
	struct signing *signing = rq->desk->signing;
	struct signing_slot *slot = &signing->slots[signing->n];
	str der = unsealed(rq, row);

	if (signing->n == SIGNING_KEYS_MAX)
		fault(rq->arena->fault, "more than %d signing keys", SIGNING_KEYS_MAX);
	slot->key = jwt_key_open(signing->start, algorithm_of(row->algorithm), der);
	slot->production = str_eq(row->environment, S("production"));
	signing->n++;
}

/* The key's row, or NULL when it is retired. */
static const struct signing_list_row *
row_of(const struct signing_list_rows *rows, str kid)
{
	for (size_t i = 0; i < rows->n; i++)
		if (str_eq(rows->at[i].kid, kid))
			return &rows->at[i];
	return NULL;
}

/* Closes what is retired, opens what this thread has not seen yet, and learns which ones sign. */
static void
reload(struct request *rq)
{
	struct signing *signing = rq->desk->signing;
	struct signing_list_rows rows = sql_signing_list(rq->db);

	for (size_t k = signing->n; k-- > 0;) {
		if (row_of(&rows, signing->slots[k].key.kid))
			continue;
		jwt_key_close(&signing->slots[k].key);
		signing->slots[k] = signing->slots[--signing->n];
	}
	for (size_t i = 0; i < rows.n; i++)
		if (!known(signing, rows.at[i].kid))
			open_key(rq, &rows.at[i]);
	for (size_t k = 0; k < signing->n; k++)
		signing->slots[k].active =
		    row_of(&rows, signing->slots[k].key.kid)->active_for.n > 0;
	signing->loaded_at = clock_monotonic();
}

static bool
older_than(const struct signing *signing, int64_t age)
{
	return !signing->loaded_at || clock_monotonic() >= signing->loaded_at + age;
}

static const struct signing_slot *
find_active(const struct signing *signing, bool production)
{
	for (size_t i = 0; i < signing->n; i++)
		if (signing->slots[i].active && signing->slots[i].production == production)
			return &signing->slots[i];
	return NULL;
}

static const struct signing_slot *
active_key(struct request *rq, str environment)
{
	bool production = str_eq(environment, S("production"));
	struct signing *signing = rq->desk->signing;
	const struct signing_slot *slot;

	if (older_than(signing, reload_at_least) || !find_active(signing, production))
		reload(rq);
	slot = find_active(signing, production);
	if (!slot)
		fault(rq->arena->fault, "no signing key for %.*s: run keydesk init",
		    STR(environment));
	return slot;
}

static const struct signing_slot *
find_key(struct request *rq, str kid)
{
	const struct signing *signing = rq->desk->signing;

	if (older_than(signing, known(signing, kid) ? reload_at_least : reload_after))
		reload(rq);
	for (size_t i = 0; i < signing->n; i++)
		if (str_eq(signing->slots[i].key.kid, kid))
			return &signing->slots[i];
	return NULL;
}

bool
signing_begin(struct request *rq, str environment)
{
	const struct desk *desk = rq->desk;
	enum jwt_algorithm algorithm = algorithm_of(desk->settings->token_algorithm);
	struct jwt_key key;
	str der, kid, sealed;

	if (sql_signing_has(rq->db, .environment = environment))
		return false;
	der = jwt_key_make(rq->arena, algorithm);
	key = jwt_key_open(rq->arena, algorithm, der);
	kid = key.kid;
	jwt_key_close(&key);
	sealed = digest_seal(rq->arena, &desk->keyring->keys[desk->keyring->active].seal,
	    seal_context(rq->arena, kid), der);
	if (!sql_signing_add(rq->db, .environment = environment,
		.algorithm = desk->settings->token_algorithm, .kid = kid,
		.key_number = desk->keyring->active, .sealed = sealed, .now = rq->now))
		return false;
	audit(rq, S("signing-key.create"), kid, (str){ 0 });
	return true;
}

int64_t
signing_reseal(struct request *rq, int number)
{
	const struct digest *seal = &rq->desk->keyring->keys[number].seal;
	struct signing_list_rows rows = sql_signing_list(rq->db);
	int64_t resealed = 0;

	for (size_t i = 0; i < rows.n; i++) {
		const struct signing_list_row *row = &rows.at[i];

		if (row->key_number == number)
			continue;
		resealed += sql_signing_reseal(rq->db, .kid = row->kid, .before = row->key_number,
		    .key_number = number,
		    .sealed = digest_seal(
			rq->arena, seal, seal_context(rq->arena, row->kid), unsealed(rq, row)));
	}
	return resealed;
}

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
	const struct signing_slot *slot = active_key(rq, caller->environment);
	struct token_claims claims = { .iss = token_issuer(rq, caller->environment),
		.sub = caller->client_id,
		.client_id = caller->client_id,
		.iat = rq->now / SECOND,
		.jti = random_base62(rq->arena, JTI_CHARS),
		.scope = scope,
		.org = caller->organization,
		.env = caller->environment,
		.kds = caller->sid };
	struct buf json = buf_new(rq->arena, TOKEN_MAX_BYTES);

	claims.aud = claims.iss;
	claims.exp = claims.iat + token_seconds(rq, caller);
	json_write(&json, &token_claims_shape, &claims);
	shared_count(rq->desk->shared, COUNT_TOKENS);
	return jwt_sign(rq->arena, &slot->key, S("at+jwt"), buf_str(&json));
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
	const struct signing_slot *slot;

	*claims = (struct token_claims){ 0 };
	if (!jwt_split(rq->arena, token, &parts) || !str_eq(parts.typ, S("at+jwt")))
		return VERDICT_MALFORMED;
	slot = find_key(rq, parts.kid);
	if (!slot || !signed_by(rq, &slot->key, token, &parts))
		return VERDICT_FORGED;
	if (!claims_read(rq, parts.claims, claims) ||
	    !str_eq(claims->iss, token_issuer(rq, claims->env)) ||
	    !str_eq(claims->env, slot->production ? S("production") : S("integration")))
		return VERDICT_FORGED;
	return rq->now / SECOND < claims->exp ? VERDICT_GOOD : VERDICT_EXPIRED;
}

struct strs
token_algorithms(struct request *rq, str environment)
{
	const struct signing *signing = rq->desk->signing;
	bool production = str_eq(environment, S("production")), es256 = false, eddsa = false;
	str *names = NEW(rq->arena, str, 2);
	size_t n = 0;

	if (older_than(signing, reload_after))
		reload(rq);
	for (size_t i = 0; i < signing->n; i++) {
		if (signing->slots[i].production != production)
			continue;
		es256 |= signing->slots[i].key.algorithm == JWT_ES256;
		eddsa |= signing->slots[i].key.algorithm == JWT_EDDSA;
	}
	if (es256)
		names[n++] = S("ES256");
	if (eddsa)
		names[n++] = S("EdDSA");
	return (struct strs){ names, n };
}

str
token_jwks(struct request *rq, str environment)
{
	struct buf json = buf_new(rq->arena, 16384);
	const struct signing *signing = rq->desk->signing;
	bool production = str_eq(environment, S("production")), first = true;

	if (older_than(signing, reload_after))
		reload(rq);
	buf_add(&json, S("{\"keys\":["));
	for (size_t i = 0; i < signing->n; i++) {
		if (signing->slots[i].production != production)
			continue;
		if (!first)
			buf_add_char(&json, ',');
		first = false;
		jwt_key_jwk(&json, &signing->slots[i].key);
	}
	buf_add(&json, S("]}"));
	return buf_str(&json);
}
