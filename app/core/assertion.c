/* assertion.c - a client that shows who it is by a signature. */
#include "core/assertion.h"

#include "base/clock.h"
#include "core/desk.h"
#include "core/public_key.h"
#include "core/rate.h"
#include "core/secret.h"
#include "core/token.h"
#include "http/json.h"

enum { ADDRESS_MAX_BYTES = 500, KID_MAX_BYTES = 500, KEYS_TRIED = 2 };

SHAPE(assertion_header, text(alg), text(kid), text(typ), many(crit));
SHAPE(assertion_claims, text(iss), text(sub), many(aud), int(exp), int(nbf), int(iat), text(jti));

struct parts {
	struct assertion_header header;
	struct assertion_claims claims;
	str text, signature;
	bool asked; /* whether it was held against any key */
};

/* ---- read */

/* A text of no type, or of one that says what it is: no access token, which may look alike. */
static bool
typ_ok(str typ)
{
	return typ.n == 0 || str_eq(typ, S("JWT")) || str_eq(typ, S("jwt")) ||
	       str_eq(typ, S("client-authentication+jwt"));
}

static bool
header_read(struct request *rq, str json, struct assertion_header *header)
{
	static const struct json_rule rules[] = {
		{ .name = STR_INIT("alg"), .required = true, .max = 16 },
		{ .name = STR_INIT("kid"), .max = KID_MAX_BYTES },
		{ .name = STR_INIT("typ"), .max = 40 },
		{ .name = STR_INIT("crit"), .max = 40 },
	};
	struct request inner = *rq;

	inner.body = json;
	return json_read(&inner, assertion_header, rules, header).n == 0 && typ_ok(header->typ) &&
	       header->crit.n == 0; /* no extension is understood: RFC 7515 section 4.1.11 */
}

static bool
claims_read(struct request *rq, str json, struct assertion_claims *claims)
{
	static const struct json_rule rules[] = {
		{ .name = STR_INIT("iss"), .required = true, .max = 64 },
		{ .name = STR_INIT("sub"), .required = true, .max = 64 },
		{ .name = STR_INIT("aud"), .required = true, .max = ADDRESS_MAX_BYTES },
		{ .name = STR_INIT("exp"), .required = true, .date = true },
		{ .name = STR_INIT("nbf"), .date = true },
		{ .name = STR_INIT("iat"), .date = true },
		{ .name = STR_INIT("jti"), .required = true, .max = ASSERTION_JTI_BYTES },
	};
	struct request inner = *rq;

	inner.body = json;
	return json_read(&inner, assertion_claims, rules, claims).n == 0 &&
	       str_eq(claims->iss, claims->sub) && client_id_ok(claims->iss);
}

static bool
algorithm_ok(str alg)
{
	for (size_t i = 0; i < PUBLIC_KEY_ALGORITHMS; i++)
		if (str_eq(alg, public_key_algorithms[i]))
			return true;
	return false;
}

static bool
assertion_read(struct request *rq, str assertion, struct parts *parts)
{
	str header, claims, signature, rest, bytes;

	*parts = (struct parts){ 0 };
	header = str_cut(assertion, '.', &rest);
	claims = str_cut(rest, '.', &signature);
	parts->text = str_part(assertion, 0, header.n + 1 + claims.n);
	return digest_unbase64url(rq->arena, header, &bytes) &&
	       header_read(rq, bytes, &parts->header) && algorithm_ok(parts->header.alg) &&
	       digest_unbase64url(rq->arena, claims, &bytes) &&
	       claims_read(rq, bytes, &parts->claims) &&
	       digest_unbase64url(rq->arena, signature, &parts->signature);
}

/* ---- whose signature it is */

/* Where there is no key to ask, one that is nobody's takes as long: for RSA one of the usual lengths, always the same for a
 * client ID. So the time tells nobody that there is a client with one key; each one more that is asked takes its own. */
static void
ask_nobody(struct request *rq, const struct parts *parts)
{
	struct digest name = shared_cache_key(rq->desk->shared, S("nobody"), parts->claims.iss);
	str der = public_key_nobody(rq->arena, parts->header.alg, 2048 + 1024 * (name.at[0] % 3));

	(void)public_key_signed(der, parts->header.alg, parts->text, parts->signature);
}

/* A kid that is the thumbprint of one of them means just that one; any other says nothing. */
static bool
named(const struct public_keys_of_rows *keys, str kid)
{
	for (size_t i = 0; i < keys->n; i++)
		if (str_eq(keys->at[i].thumbprint, kid))
			return true;
	return false;
}

/* The one of them that has signed it; NULL when none has. Of more than KEYS_TRIED the later ones are not asked. */
static const struct public_keys_of_row *
signer_among(struct request *rq, const struct public_keys_of_rows *keys, struct parts *parts,
    enum key_kept kept)
{
	bool by_name = named(keys, parts->header.kid);
	int asked = 0;

	for (size_t i = 0; i < keys->n && asked < KEYS_TRIED; i++) {
		const struct public_keys_of_row *key = &keys->at[i];

		if ((by_name && !str_eq(key->thumbprint, parts->header.kid)) ||
		    !key_text_fits(key->key_kind, parts->header.alg))
			continue;
		asked++;
		if (public_key_signed(public_key_open(rq, parts->claims.iss, key, kept),
			parts->header.alg, parts->text, parts->signature))
			return key;
	}
	parts->asked = parts->asked || asked;
	return NULL;
}

/* Among the keys in use, else among those that have ended; NULL when none has. */
static const struct public_keys_of_row *
signer_of(
    struct request *rq, const struct public_keys_of_rows *keys, struct parts *parts, bool *ended)
{
	const struct public_keys_of_row *signer = signer_among(rq, keys, parts, KEY_IN_USE);
	struct public_keys_of_rows past;

	*ended = !signer;
	if (signer)
		return signer;
	past = public_keys_ended(rq, parts->claims.iss);
	signer = signer_among(rq, &past, parts, KEY_ENDED);
	if (!parts->asked)
		ask_nobody(rq, parts);
	return signer;
}

/* ---- what it says */

/* The issuer, or an address of it: RFC 7523 section 3 has the token endpoint, others themselves. */
static bool
is_ours(struct request *rq, str environment, str aud)
{
	str issuer = token_issuer(rq, environment);

	return str_eq(aud, issuer) || str_eq(aud, fmt(rq->arena, "%.*s/", STR(issuer))) ||
	       str_eq(aud, fmt(rq->arena, "%.*s/oauth/token", STR(issuer))) ||
	       str_eq(aud, fmt(rq->arena, "%.*s%.*s", STR(rq->desk->settings->url), STR(rq->path)));
}

/* One that is for others too is refused: they could show it here. */
static bool
is_for_us(struct request *rq, str environment, struct strs aud)
{
	for (size_t i = 0; i < aud.n; i++)
		if (!is_ours(rq, environment, aud.at[i]))
			return false;
	return aud.n > 0;
}

/* The last second in which it may be shown, by its own words; 0 when they are past or too far ahead. */
static int64_t
last_second(const struct assertion_claims *claims, int64_t now)
{
	const int64_t most = ASSERTION_MINUTES * 60, skew = ASSERTION_SKEW_SECONDS;
	int64_t last = claims->exp;

	if (claims->iat && claims->iat < now - most)
		return 0; /* before it is added to: any number may stand there */
	if (claims->iat > now + skew || claims->nbf > now + skew)
		return 0;
	if (claims->iat && claims->iat + most < last)
		last = claims->iat + most;
	return last > now - skew && last <= now + most + skew ? last : 0;
}

static enum verdict
wrong_of(struct request *rq, str environment, const struct parts *parts)
{
	if (!is_for_us(rq, environment, parts->claims.aud))
		return VERDICT_AUDIENCE;
	return last_second(&parts->claims, rq->now / SECOND) ? VERDICT_GOOD : VERDICT_TIMES;
}

bool
assertion_use(struct request *rq, const struct assertion *said, int64_t client)
{
	rq->claimed =
	    rq->claimed || sql_assertion_use(rq->db, .client = client,
			       .jti_hash = DIGEST_STR(said->jti), .expires_at = said->until) == 1;
	return rq->claimed;
}

enum verdict
verify_assertion(struct request *rq, const struct presented *seen, struct caller *caller)
{
	struct public_keys_of_rows keys;
	const struct public_keys_of_row *signer;
	struct assertion said;
	struct parts parts = { 0 };
	bool ended;

	*caller = (struct caller){ 0 };
	if (!rate_of_address(rq, seen->address))
		return VERDICT_LIMITED;
	if (!assertion_read(rq, seen->assertion, &parts) ||
	    (seen->client_id.n && !str_eq(seen->client_id, parts.claims.iss)))
		return VERDICT_MALFORMED;
	keys = sql_public_keys_of(rq->db, .client_id = parts.claims.iss);
	signer = signer_of(rq, &keys, &parts, &ended);
	if (!signer) {
		caller->sid = keys.n ? keys.at[0].sid : (str){ 0 };
		return keys.n ? VERDICT_SIGNATURE : VERDICT_UNKNOWN;
	}
	said = (struct assertion){ .client_id = parts.claims.iss,
		.sid = signer->sid,
		.ended = ended,
		.wrong = wrong_of(rq, seen->environment, &parts),
		.jti = digest_sha256(parts.claims.jti),
		.until =
		    (last_second(&parts.claims, rq->now / SECOND) + 2 * ASSERTION_SKEW_SECONDS) *
		    SECOND };
	return verify_asserted(rq, seen, &said, caller);
}
