/* public_key.c - public keys of others: P-256, Ed25519 and RSA, and what they have signed. */
#define _GNU_SOURCE
#include "crypto/public_key.h"

#include "base/buf.h"
#include "crypto/digest.h"
#include "crypto/jwt_signature.h"
#include "crypto/public_key_parts.h"

#include <string.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

enum {
	RSA_MOST_BYTES = RSA_MOST_BITS / 8,
	EXPONENT_BYTES = 4,
	MEMBERS_MAX_BYTES = 1024,
	SMALL_FACTORS = 256,
};

const str public_key_algorithms[PUBLIC_KEY_ALGORITHMS] = {
	STR_INIT("ES256"),
	STR_INIT("EdDSA"),
	STR_INIT("RS256"),
	STR_INIT("PS256"),
};

/* ---- a key, opened */

static EVP_PKEY *
open_der(str der)
{
	const unsigned char *at = (const unsigned char *)der.at;
	EVP_PKEY *pkey;

	if (der.n == 0 || der.n > PUBLIC_KEY_MAX_BYTES)
		return NULL;
	pkey = d2i_PUBKEY(NULL, &at, (long)der.n);
	if (pkey && at == (const unsigned char *)der.at + der.n)
		return pkey;
	EVP_PKEY_free(pkey);
	return NULL;
}

static enum public_key_kind
kind_of(const EVP_PKEY *pkey)
{
	char group[32];

	if (EVP_PKEY_is_a(pkey, "ED25519"))
		return PUBLIC_KEY_ED25519;
	if (EVP_PKEY_is_a(pkey, "RSA"))
		return PUBLIC_KEY_RSA;
	if (EVP_PKEY_is_a(pkey, "EC") &&
	    EVP_PKEY_get_group_name(pkey, group, sizeof group, NULL) == 1 &&
	    strcmp(group, "prime256v1") == 0)
		return PUBLIC_KEY_P256;
	return PUBLIC_KEY_NONE;
}

/* A number of the key, as many bytes as it has, or `wide` of them; the empty text when there is no room for it. */
static str
number_of(const EVP_PKEY *pkey, const char *name, size_t wide, char *room)
{
	BIGNUM *number = NULL;
	int n = 0, wanted;

	if (EVP_PKEY_get_bn_param(pkey, name, &number) == 1) {
		wanted = wide < (size_t)BN_num_bytes(number) ? BN_num_bytes(number) : (int)wide;
		n = wanted <= RSA_MOST_BYTES ? BN_bn2binpad(number, (unsigned char *)room, wanted)
		                             : 0;
	}
	BN_free(number);
	return (str){ room, n > 0 ? (size_t)n : 0 };
}

struct rooms {
	char one[RSA_MOST_BYTES], two[RSA_MOST_BYTES];
};

static bool
numbers_of(const EVP_PKEY *pkey, struct public_key_numbers *numbers, struct rooms *rooms)
{
	size_t n = sizeof rooms->one;

	switch (numbers->kind) {
	case PUBLIC_KEY_P256:
		numbers->x =
		    number_of(pkey, OSSL_PKEY_PARAM_EC_PUB_X, PUBLIC_KEY_NUMBER_BYTES, rooms->one);
		numbers->y =
		    number_of(pkey, OSSL_PKEY_PARAM_EC_PUB_Y, PUBLIC_KEY_NUMBER_BYTES, rooms->two);
		return numbers->x.n && numbers->y.n;
	case PUBLIC_KEY_ED25519:
		if (EVP_PKEY_get_raw_public_key(pkey, (unsigned char *)rooms->one, &n) != 1)
			return false; /* not tested: an Ed25519 key has one */
		numbers->x = (str){ rooms->one, n };
		return true;
	case PUBLIC_KEY_RSA:
		numbers->n = number_of(pkey, OSSL_PKEY_PARAM_RSA_N, 0, rooms->one);
		numbers->e = number_of(pkey, OSSL_PKEY_PARAM_RSA_E, 0, rooms->two);
		return numbers->n.n && numbers->e.n;
	case PUBLIC_KEY_NONE:
		break;
	}
	return false;
}

static enum public_key_wrong
rsa_wrong(const EVP_PKEY *pkey, const struct public_key_numbers *numbers)
{
	int bits = EVP_PKEY_get_bits(pkey);
	uint64_t e = 0;

	if (bits < RSA_LEAST_BITS)
		return PUBLIC_KEY_WEAK;
	if (bits > RSA_MOST_BITS)
		return PUBLIC_KEY_LARGE;
	for (size_t i = 0; i < numbers->e.n && i < EXPONENT_BYTES; i++)
		e = e << 8 | (unsigned char)numbers->e.at[i];
	if (numbers->e.n > EXPONENT_BYTES || e < RSA_LEAST_EXPONENT || e % 2 == 0)
		return PUBLIC_KEY_EXPONENT;
	return PUBLIC_KEY_RIGHT;
}

static bool
has_small_factor(str n)
{
	for (uint32_t factor = 2, rest; factor < SMALL_FACTORS; factor++) {
		rest = 0;
		for (size_t i = 0; i < n.n; i++)
			rest = (rest << 8 | (unsigned char)n.at[i]) % factor;
		if (rest == 0)
			return true;
	}
	return false;
}

/* On its curve, or a modulus that was not cut off or mistyped. Whether that one is a prime is not asked: it would cost seconds
 * when it is one, and harm nobody but who has registered it. */
static bool
is_sound(EVP_PKEY *pkey, const struct public_key_numbers *numbers)
{
	bool rsa = numbers->kind == PUBLIC_KEY_RSA;
	EVP_PKEY_CTX *checker = rsa ? NULL : EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
	bool good =
	    rsa ? !has_small_factor(numbers->n) : checker && EVP_PKEY_public_check(checker) == 1;

	EVP_PKEY_CTX_free(checker);
	return good;
}

/* Opens it, takes out its numbers and lets go of it: the only place with a key of OpenSSL's in hand that is not asked to
 * verify. */
static enum public_key_wrong
look(str der, struct public_key_numbers *numbers, struct rooms *rooms, int *bits)
{
	EVP_PKEY *pkey = open_der(der);
	enum public_key_wrong wrong = PUBLIC_KEY_RIGHT;

	if (!pkey)
		return PUBLIC_KEY_UNREADABLE;
	*numbers = (struct public_key_numbers){ .kind = kind_of(pkey) };
	*bits = EVP_PKEY_get_bits(pkey);
	if (numbers->kind == PUBLIC_KEY_NONE)
		wrong = PUBLIC_KEY_OTHER;
	else if (numbers->kind == PUBLIC_KEY_RSA && *bits > RSA_MOST_BITS)
		wrong = PUBLIC_KEY_LARGE;
	else if (!numbers_of(pkey, numbers, rooms))
		wrong = PUBLIC_KEY_UNREADABLE;
	else if (numbers->kind == PUBLIC_KEY_RSA)
		wrong = rsa_wrong(pkey, numbers);
	if (wrong == PUBLIC_KEY_RIGHT && !is_sound(pkey, numbers))
		wrong = PUBLIC_KEY_UNREADABLE;
	EVP_PKEY_free(pkey);
	return wrong;
}

/* The members that RFC 7638 section 3.2 and RFC 8037 section 2 hash, in their order. */
static str
thumbprint_of(struct arena *a, const struct public_key_numbers *numbers)
{
	struct buf b = buf_new(a, MEMBERS_MAX_BYTES);
	struct digest digest;

	switch (numbers->kind) {
	case PUBLIC_KEY_P256:
		buf_fmt(&b, "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"%.*s\",\"y\":\"%.*s\"}",
		    STR(digest_base64url(a, numbers->x)), STR(digest_base64url(a, numbers->y)));
		break;
	case PUBLIC_KEY_ED25519:
		buf_fmt(&b, "{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"%.*s\"}",
		    STR(digest_base64url(a, numbers->x)));
		break;
	case PUBLIC_KEY_RSA:
		buf_fmt(&b, "{\"e\":\"%.*s\",\"kty\":\"RSA\",\"n\":\"%.*s\"}",
		    STR(digest_base64url(a, numbers->e)), STR(digest_base64url(a, numbers->n)));
		break;
	case PUBLIC_KEY_NONE:
		break;
	}
	digest = digest_sha256(buf_str(&b));
	return digest_base64url(a, DIGEST_STR(digest));
}

enum public_key_wrong
public_key_read(struct arena *a, str der, struct public_key *key)
{
	struct rooms *rooms = NEW(a, struct rooms, 1);
	struct public_key_numbers numbers;
	enum public_key_wrong wrong;
	int bits = 0;

	*key = (struct public_key){ 0 };
	wrong = look(der, &numbers, rooms, &bits);
	if (wrong != PUBLIC_KEY_RIGHT)
		return wrong;
	*key = (struct public_key){ .kind = numbers.kind,
		.bits = bits,
		.der = public_key_der(a, &numbers),
		.thumbprint = thumbprint_of(a, &numbers) };
	return key->der.n ? PUBLIC_KEY_RIGHT : PUBLIC_KEY_UNREADABLE;
}

enum public_key_wrong
public_key_make(struct arena *a, const struct public_key_numbers *numbers, struct public_key *key)
{
	*key = (struct public_key){ 0 };
	/* Asked before it is written down: what is too large has no room. */
	if (numbers->kind == PUBLIC_KEY_RSA && public_key_number(numbers->n).n > RSA_MOST_BYTES)
		return PUBLIC_KEY_LARGE;
	if (numbers->kind == PUBLIC_KEY_RSA && public_key_number(numbers->e).n > EXPONENT_BYTES)
		return PUBLIC_KEY_EXPONENT;
	if (numbers->x.n > PUBLIC_KEY_NUMBER_BYTES || numbers->y.n > PUBLIC_KEY_NUMBER_BYTES)
		return PUBLIC_KEY_UNREADABLE;
	return public_key_read(a, public_key_der(a, numbers), key);
}

/* ---- what it has signed */

static bool
rsa_good(EVP_PKEY *pkey, bool pss, str text, str signature)
{
	EVP_MD_CTX *verifier = EVP_MD_CTX_new();
	EVP_PKEY_CTX *how = NULL;
	bool good =
	    verifier &&
	    EVP_DigestVerifyInit_ex(verifier, &how, "SHA256", NULL, NULL, pkey, NULL) == 1 &&
	    EVP_PKEY_CTX_set_rsa_padding(how, pss ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING) ==
		1 &&
	    (!pss || EVP_PKEY_CTX_set_rsa_pss_saltlen(how, RSA_PSS_SALTLEN_DIGEST) == 1) &&
	    EVP_DigestVerify(verifier, (const unsigned char *)signature.at, signature.n,
		(const unsigned char *)text.at, text.n) == 1;

	EVP_MD_CTX_free(verifier);
	return good;
}

static bool
key_signed(EVP_PKEY *pkey, str algorithm, str text, str signature)
{
	const unsigned char *raw = (const unsigned char *)signature.at;
	bool raw_size = signature.n == JWT_SIGNATURE_BYTES;

	switch (kind_of(pkey)) {
	case PUBLIC_KEY_P256:
		return raw_size && str_eq(algorithm, S("ES256")) && jwt_es256_good(pkey, text, raw);
	case PUBLIC_KEY_ED25519:
		return raw_size && str_eq(algorithm, S("EdDSA")) && jwt_eddsa_good(pkey, text, raw);
	case PUBLIC_KEY_RSA:
		if (str_eq(algorithm, S("RS256")))
			return rsa_good(pkey, false, text, signature);
		return str_eq(algorithm, S("PS256")) && rsa_good(pkey, true, text, signature);
	case PUBLIC_KEY_NONE:
		break;
	}
	return false;
}

bool
public_key_signed(str der, str algorithm, str text, str signature)
{
	EVP_PKEY *pkey = open_der(der);
	bool good = pkey && key_signed(pkey, algorithm, text, signature);

	EVP_PKEY_free(pkey);
	return good;
}

/* Points whose private halves nobody knows: SHA-256 of "keydesk nobody 2" as x of P-256, with the smaller y, and of
 * "keydesk nobody 1" as a point of Ed25519. RSA's is no product of two primes; what is asked of it is not believed. */
static const char p256_nobody[] =
    "0ae1d35b315be9e0f2eb3234f0d9f362492e800a28d7fee01a7067e6668ba59d"
    "505179cf57bc45ae57a95861989d5a73eda6bffb5837214d717a128aaacc6bd9";
static const char ed25519_nobody[] =
    "94756a981e54e7fa29e74049685138d292bc4f3d361e21ea1ade7f94c2ff924a";

str
public_key_nobody(struct arena *a, str algorithm, int bits)
{
	struct public_key_numbers numbers = { 0 };
	size_t bytes = (size_t)bits / 8;
	char *ones = NEW(a, char, bytes);
	str point = { 0 }, edwards = { 0 };

	digest_unhex(a, str_of(p256_nobody), &point);
	digest_unhex(a, str_of(ed25519_nobody), &edwards);
	memset(ones, 255, bytes);
	if (str_eq(algorithm, S("ES256")))
		numbers = (struct public_key_numbers){ .kind = PUBLIC_KEY_P256,
			.x = str_part(point, 0, PUBLIC_KEY_NUMBER_BYTES),
			.y = str_part(point, PUBLIC_KEY_NUMBER_BYTES, point.n) };
	else if (str_eq(algorithm, S("EdDSA")))
		numbers = (struct public_key_numbers){ .kind = PUBLIC_KEY_ED25519, .x = edwards };
	else if (str_eq(algorithm, S("RS256")) || str_eq(algorithm, S("PS256")))
		numbers = (struct public_key_numbers){
			.kind = PUBLIC_KEY_RSA, .n = { ones, bytes }, .e = S("\1\0\1")
		};
	return public_key_der(a, &numbers);
}
