/* jwt.c - JSON Web Tokens: made, taken apart and believed. */
#include "crypto/jwt.h"

#include "crypto/base64.h"
#include "crypto/digest.h"
#include "crypto/jwt_signature.h"

enum {
	TOKEN_MAX_BYTES = 8000,
	SIGNATURE_BYTES = JWT_SIGNATURE_BYTES,
	SIGNATURE_CHARS = BASE64_CHARS(SIGNATURE_BYTES),
	KID_CHARS = BASE64_CHARS(DIGEST_BYTES),
};

const char *
jwt_algorithm_name(enum jwt_algorithm algorithm)
{
	return algorithm == JWT_ES256 ? "ES256" : "EdDSA";
}

enum jwt_algorithm
jwt_algorithm_of(str name)
{
	if (str_eq(name, S("ES256")))
		return JWT_ES256;
	return str_eq(name, S("EdDSA")) ? JWT_EDDSA : JWT_NONE;
}

static bool
is_typ(str typ)
{
	for (size_t i = 0; i < typ.n; i++)
		if (!(typ.at[i] >= 'a' && typ.at[i] <= 'z') &&
		    !(typ.at[i] >= 'A' && typ.at[i] <= 'Z') && typ.at[i] != '+' && typ.at[i] != '-')
			return false;
	return typ.n > 0;
}

/* A key id is the base64url of a hash. */
static bool
is_kid(str kid)
{
	char hash[BASE64_BYTES(KID_CHARS)];
	size_t n;

	return kid.n == KID_CHARS && base64_read(BASE64_URL, kid, hash, &n);
}

static str
header_of(struct arena *a, enum jwt_algorithm algorithm, str typ, str kid)
{
	return fmt(a, "{\"alg\":\"%s\",\"typ\":\"%.*s\",\"kid\":\"%.*s\"}",
	    jwt_algorithm_name(algorithm), STR(typ), STR(kid));
}

str
jwt_sign(struct arena *a, const struct jwt_key *key, str typ, str claims)
{
	str header = header_of(a, key->algorithm, typ, key->kid);
	size_t n = BASE64_CHARS(header.n) + 1 + BASE64_CHARS(claims.n);
	unsigned char raw[SIGNATURE_BYTES];
	char *at;
	bool good;

	if (!is_typ(typ) || claims.n > TOKEN_MAX_BYTES || n + 1 + SIGNATURE_CHARS > TOKEN_MAX_BYTES)
		fault(a->fault, "a token of %zu bytes, or of a strange type, is not signed", n);
	at = NEW(a, char, n + 1 + SIGNATURE_CHARS);
	n = base64_write(BASE64_URL, header, at);
	at[n++] = '.';
	n += base64_write(BASE64_URL, claims, at + n);
	good = key->algorithm == JWT_ES256 ? jwt_es256_sign(key->signer, (str){ at, n }, raw)
	                                   : jwt_eddsa_sign(key->pkey, (str){ at, n }, raw);
	if (!good) /* not tested: only without memory */
		fault(a->fault, "OpenSSL cannot sign with %s", jwt_algorithm_name(key->algorithm));
	at[n++] = '.';
	n += base64_write(BASE64_URL, (str){ (char *)raw, sizeof raw }, at + n);
	return (str){ at, n };
}

/* Letter by letter what header_of() makes, so there is one form only. */
static bool
read_header(str header, struct jwt_parts *parts)
{
	if (!str_take(&header, S("{\"alg\":\"")))
		return false;
	parts->algorithm = jwt_algorithm_of(str_cut(header, '"', &header));
	if (!str_take(&header, S(",\"typ\":\"")))
		return false;
	parts->typ = str_cut(header, '"', &header);
	if (!str_take(&header, S(",\"kid\":\"")))
		return false;
	parts->kid = str_cut(header, '"', &header);
	return parts->algorithm != JWT_NONE && is_typ(parts->typ) && is_kid(parts->kid) &&
	       str_eq(header, S("}"));
}

bool
jwt_split(struct arena *a, str token, struct jwt_parts *parts)
{
	str header, claims, signature, rest, bytes;

	*parts = (struct jwt_parts){ 0 };
	if (token.n > TOKEN_MAX_BYTES)
		return false;
	header = str_cut(token, '.', &rest);
	claims = str_cut(rest, '.', &signature);
	parts->signed_ = str_part(token, 0, header.n + 1 + claims.n);
	return digest_unbase64url(a, header, &bytes) && read_header(bytes, parts) &&
	       digest_unbase64url(a, claims, &parts->claims) && parts->claims.n > 0 &&
	       digest_unbase64url(a, signature, &parts->signature) &&
	       parts->signature.n == SIGNATURE_BYTES;
}

bool
jwt_verify(const struct jwt_key *key, const struct jwt_parts *parts)
{
	const unsigned char *raw = (const unsigned char *)parts->signature.at;

	if (key->algorithm != parts->algorithm || !str_eq(key->kid, parts->kid) ||
	    parts->signature.n != SIGNATURE_BYTES)
		return false;
	switch (key->algorithm) {
	case JWT_ES256:
		return jwt_es256_good(key->pkey, parts->signed_, raw);
	case JWT_EDDSA:
		return jwt_eddsa_good(key->pkey, parts->signed_, raw);
	case JWT_NONE:
		break;
	}
	return false;
}
