/* jwt_key.c - the keys that sign tokens: made, opened, and their public halves. */
#include "crypto/base64.h"
#include "crypto/digest.h"
#include "crypto/jwt.h"

#include <string.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

enum {
	DER_MAX_BYTES = 512,
	NUMBER_BYTES = 32, /* a coordinate of P-256, a public key of Ed25519 */
	NUMBER_CHARS = BASE64_CHARS(NUMBER_BYTES),
	KID_CHARS = BASE64_CHARS(DIGEST_BYTES),
};

/* The members of a public key, as base64url; y is for P-256 only. */
struct public_key {
	char x[NUMBER_CHARS], y[NUMBER_CHARS];
};

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

static str
fresh_der(struct arena *a, enum jwt_algorithm algorithm)
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

str
jwt_key_make(struct arena *a, enum jwt_algorithm algorithm)
{
	for (;;) {
		str der = fresh_der(a, algorithm);
		struct jwt_key key = jwt_key_open(a, algorithm, der);
		bool option = str_starts(key.kid, S("-"));

		jwt_key_close(&key);
		if (!option)
			return der;
	}
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
