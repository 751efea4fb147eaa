/* jwt.c - JSON Web Tokens, signed ES256 or EdDSA, and their public keys. */
#define _GNU_SOURCE
#include "crypto/jwt.h"

#include "crypto/base64.h"
#include "crypto/digest.h"
#include "crypto/jwt_parts.h"

#include <string.h>

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

enum {
	TOKEN_MAX_BYTES = 8000,
	DER_MAX_BYTES = 512,
	NUMBER_BYTES = 32, /* a coordinate of P-256, half a signature, a public key of Ed25519 */
	NUMBER_CHARS = BASE64_CHARS(NUMBER_BYTES),
	SIGNATURE_BYTES = JWT_SIGNATURE_BYTES,
	SIGNATURE_CHARS = BASE64_CHARS(SIGNATURE_BYTES),
	KID_CHARS = NUMBER_CHARS,
	DER_SIGNATURE_BYTES = 72, /* two integers of at most 33 bytes, and the frames */
};

/* The members of a public key, as base64url; y is for P-256 only. */
struct public_key {
	char x[NUMBER_CHARS], y[NUMBER_CHARS];
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

/* A new key as PKCS#8 DER into der, which has DER_MAX_BYTES. How many bytes; 0 when OpenSSL fails. */
static size_t
make_der(enum jwt_algorithm algorithm, unsigned char *der)
{
	EVP_PKEY *pkey = algorithm == JWT_ES256 ? EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256")
	                                        : EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	PKCS8_PRIV_KEY_INFO *info = pkey ? EVP_PKEY2PKCS8(pkey) : NULL;
	int n = info ? i2d_PKCS8_PRIV_KEY_INFO(info, NULL) : 0;

	n = n > 0 && n <= DER_MAX_BYTES ? i2d_PKCS8_PRIV_KEY_INFO(info, &der) : 0;
	PKCS8_PRIV_KEY_INFO_free(info);
	EVP_PKEY_free(pkey);
	return n > 0 ? (size_t)n : 0;
}

str
jwt_key_make(struct arena *a, enum jwt_algorithm algorithm)
{
	unsigned char *der = NEW(a, unsigned char, DER_MAX_BYTES);
	size_t n = algorithm == JWT_NONE ? 0 : make_der(algorithm, der);

	if (n == 0)
		fault(a->fault, "OpenSSL cannot make a key for %s", jwt_algorithm_name(algorithm));
	return (str){ (char *)der, n };
}

static EVP_PKEY *
read_der(str der)
{
	const unsigned char *at = (const unsigned char *)der.at, *end = at + der.n;
	PKCS8_PRIV_KEY_INFO *info =
	    der.n <= DER_MAX_BYTES ? d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, (long)der.n) : NULL;
	EVP_PKEY *pkey = info && at == end ? EVP_PKCS82PKEY(info) : NULL;

	PKCS8_PRIV_KEY_INFO_free(info);
	return pkey;
}

static bool
is_for(const EVP_PKEY *pkey, enum jwt_algorithm algorithm)
{
	char group[32];

	if (algorithm == JWT_EDDSA)
		return EVP_PKEY_is_a(pkey, "ED25519");
	return algorithm == JWT_ES256 && EVP_PKEY_is_a(pkey, "EC") &&
	       EVP_PKEY_get_group_name(pkey, group, sizeof group, NULL) == 1 &&
	       strcmp(group, "prime256v1") == 0;
}

static bool
coordinate(const EVP_PKEY *pkey, const char *name, char *text)
{
	unsigned char bytes[NUMBER_BYTES];
	BIGNUM *number = NULL;
	bool good = EVP_PKEY_get_bn_param(pkey, name, &number) == 1 &&
	            BN_bn2binpad(number, bytes, sizeof bytes) == sizeof bytes;

	BN_free(number);
	if (good)
		base64_write(BASE64_URL, (str){ (char *)bytes, sizeof bytes }, text);
	return good;
}

static bool
public_half(const EVP_PKEY *pkey, enum jwt_algorithm algorithm, struct public_key *half)
{
	unsigned char bytes[NUMBER_BYTES];
	size_t n = sizeof bytes;

	if (algorithm == JWT_ES256)
		return coordinate(pkey, OSSL_PKEY_PARAM_EC_PUB_X, half->x) &&
		       coordinate(pkey, OSSL_PKEY_PARAM_EC_PUB_Y, half->y);
	if (EVP_PKEY_get_raw_public_key(pkey, bytes, &n) != 1 || n != sizeof bytes)
		return false; /* not tested: an Ed25519 key has one */
	base64_write(BASE64_URL, (str){ (char *)bytes, n }, half->x);
	return true;
}

/* What RFC 7638 section 3.2 and RFC 8037 section 2 hash, in their order, without the brace at the end. */
static void
add_members(struct buf *b, enum jwt_algorithm algorithm, const struct public_key *half)
{
	if (algorithm == JWT_ES256)
		buf_fmt(b, "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"%.*s\",\"y\":\"%.*s\"",
		    NUMBER_CHARS, half->x, NUMBER_CHARS, half->y);
	else
		buf_fmt(b, "{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"%.*s\"", NUMBER_CHARS,
		    half->x);
}

/* With a signature by ES256, begun: finding its algorithm takes OpenSSL 3 us and the locks of what all threads share, so
 * each signature has a copy. Where it cannot be begun, none can be made. EdDSA's cannot be copied. */
static void
hold(struct jwt_key *key, EVP_PKEY *pkey)
{
	key->pkey = pkey;
	if (key->algorithm == JWT_ES256)
		key->signer = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
	if (key->signer)
		EVP_PKEY_sign_init(key->signer);
}

/* Opens the key and its public half. NULL, or what is wrong; then nothing is held. */
static const char *
open_key(struct jwt_key *key, str der, struct public_key *half)
{
	EVP_PKEY *pkey = read_der(der);
	const char *wrong = !pkey                                      ? "is no PKCS#8 private key"
	                    : !is_for(pkey, key->algorithm)            ? "is of another algorithm"
	                    : !public_half(pkey, key->algorithm, half) ? "has no public half"
	                                                               : NULL;

	if (wrong)
		EVP_PKEY_free(pkey);
	else
		hold(key, pkey);
	return wrong;
}

struct jwt_key
jwt_key_open(struct arena *a, enum jwt_algorithm algorithm, str der)
{
	struct jwt_key key = { .algorithm = algorithm };
	struct buf members = buf_new(a, 256);
	char *kid = NEW(a, char, KID_CHARS);
	struct public_key half;
	struct digest thumbprint;
	const char *wrong;

	buf_room(
	    &members, 256); /* from here to the end nothing asks the arena, which could fault */
	wrong = open_key(&key, der, &half);
	if (wrong)
		fault(a->fault, "a signing key for %s %s", jwt_algorithm_name(algorithm), wrong);
	a->fault->held++;
	add_members(&members, algorithm, &half);
	buf_add_char(&members, '}');
	thumbprint = digest_sha256(buf_str(&members));
	key.kid = (str){ kid, base64_write(BASE64_URL, DIGEST_STR(thumbprint), kid) };
	a->fault->held--;
	return key;
}

void
jwt_key_close(struct jwt_key *key)
{
	EVP_PKEY_CTX_free(key->signer);
	EVP_PKEY_free(key->pkey);
	*key = (struct jwt_key){ 0 };
}

void
jwt_key_jwk(struct buf *b, const struct jwt_key *key)
{
	struct public_key half;

	if (!public_half(key->pkey, key->algorithm, &half)) /* not tested: it had one when opened */
		fault(b->arena->fault, "a signing key has no public half");
	add_members(b, key->algorithm, &half);
	buf_fmt(b, ",\"use\":\"sig\",\"alg\":\"%s\",\"kid\":\"%.*s\"}",
	    jwt_algorithm_name(key->algorithm), STR(key->kid));
}

/* ECDSA's DER as JOSE wants it: r and s, each padded to 32 bytes (RFC 7518 section 3.4). */
static bool
der_to_raw(const unsigned char *der, size_t n, unsigned char *raw)
{
	ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &der, (long)n);
	bool good =
	    pair && BN_bn2binpad(ECDSA_SIG_get0_r(pair), raw, NUMBER_BYTES) == NUMBER_BYTES &&
	    BN_bn2binpad(ECDSA_SIG_get0_s(pair), raw + NUMBER_BYTES, NUMBER_BYTES) == NUMBER_BYTES;

	ECDSA_SIG_free(pair);
	return good;
}

/* And back. How many bytes of der were written, 0 when OpenSSL fails. */
static size_t
raw_to_der(const unsigned char *raw, unsigned char *der)
{
	ECDSA_SIG *pair = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(raw, NUMBER_BYTES, NULL);
	BIGNUM *s = BN_bin2bn(raw + NUMBER_BYTES, NUMBER_BYTES, NULL);
	int n = 0;

	if (pair && r && s && ECDSA_SIG_set0(pair, r, s) == 1) {
		n = i2d_ECDSA_SIG(pair, &der);
	} else { /* not tested: only without memory */
		BN_free(r);
		BN_free(s);
	}
	ECDSA_SIG_free(pair);
	return n > 0 ? (size_t)n : 0;
}

/* ES256 signs a hash that is made before, which spares OpenSSL a look-up of SHA-256. */
static bool
sign_es256(const EVP_PKEY_CTX *begun, str text, unsigned char *raw)
{
	unsigned char der[DER_SIGNATURE_BYTES];
	size_t n = sizeof der;
	struct digest hash = digest_sha256(text);
	EVP_PKEY_CTX *signer = begun ? EVP_PKEY_CTX_dup(begun) : NULL;
	bool good = signer && EVP_PKEY_sign(signer, der, &n, hash.at, sizeof hash.at) == 1 &&
	            der_to_raw(der, n, raw);

	EVP_PKEY_CTX_free(signer);
	return good;
}

static bool
sign_eddsa(EVP_PKEY *pkey, str text, unsigned char *raw)
{
	size_t n = SIGNATURE_BYTES;
	EVP_MD_CTX *signer = EVP_MD_CTX_new();
	bool good = signer &&
	            EVP_DigestSignInit_ex(signer, NULL, NULL, NULL, NULL, pkey, NULL) == 1 &&
	            EVP_DigestSign(signer, raw, &n, (const unsigned char *)text.at, text.n) == 1 &&
	            n == SIGNATURE_BYTES;

	EVP_MD_CTX_free(signer);
	return good;
}

bool
jwt_es256_good(EVP_PKEY *pkey, str text, const unsigned char *raw)
{
	unsigned char der[DER_SIGNATURE_BYTES];
	size_t n = raw_to_der(raw, der);
	struct digest hash = digest_sha256(text);
	EVP_PKEY_CTX *verifier = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
	bool good = verifier && n && EVP_PKEY_verify_init(verifier) == 1 &&
	            EVP_PKEY_verify(verifier, der, n, hash.at, sizeof hash.at) == 1;

	EVP_PKEY_CTX_free(verifier);
	return good;
}

bool
jwt_eddsa_good(EVP_PKEY *pkey, str text, const unsigned char *raw)
{
	EVP_MD_CTX *verifier = EVP_MD_CTX_new();
	bool good = verifier &&
	            EVP_DigestVerifyInit_ex(verifier, NULL, NULL, NULL, NULL, pkey, NULL) == 1 &&
	            EVP_DigestVerify(verifier, raw, SIGNATURE_BYTES, (const unsigned char *)text.at,
			text.n) == 1;

	EVP_MD_CTX_free(verifier);
	return good;
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
	good = key->algorithm == JWT_ES256 ? sign_es256(key->signer, (str){ at, n }, raw)
	                                   : sign_eddsa(key->pkey, (str){ at, n }, raw);
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
