/* asserting.h - a credential with a public key, its private half, and assertions made with it: by OpenSSL alone. */
#ifndef TESTS_CORE_ASSERTING_H
#define TESTS_CORE_ASSERTING_H

#include "core/rotating.h"

#include "core/assertion.h"
#include "core/public_key.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

enum { SIGNED_MAX_BYTES = 2000 };

#define URL "http://127.0.0.1:8080"

/* One key of each kind for the whole program, as RSA's take long to make. */
enum pair_of { P256, ED25519, RSA2048, ANOTHER, PAIRS };

static inline EVP_PKEY *
pair(enum pair_of which)
{
	static EVP_PKEY *pairs[PAIRS];

	if (!pairs[which])
		pairs[which] = which == ED25519 ? EVP_PKEY_Q_keygen(NULL, NULL, "ED25519")
		               : which == RSA2048
		                   ? EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048)
		                   : EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	assert_non_null(pairs[which]);
	return pairs[which];
}

static inline str
der_of(struct arena *a, EVP_PKEY *pkey)
{
	unsigned char *der = NEW(a, unsigned char, SIGNED_MAX_BYTES), *end = der;
	int n = i2d_PUBKEY(pkey, &end);

	assert_true(n > 0 && n <= SIGNED_MAX_BYTES);
	return (str){ (char *)der, (size_t)n };
}

static inline str
pair_signs(struct arena *a, enum pair_of which, const char *algorithm, str text)
{
	bool eddsa = which == ED25519, pss = which == RSA2048 && strcmp(algorithm, "PS256") == 0;
	size_t n = SIGNED_MAX_BYTES;
	unsigned char *bytes = NEW(a, unsigned char, n), *raw = NEW(a, unsigned char, 64);
	const unsigned char *at = bytes;
	EVP_MD_CTX *signer = EVP_MD_CTX_new();
	EVP_PKEY_CTX *how;
	ECDSA_SIG *numbers;

	assert_int_equal(EVP_DigestSignInit_ex(
			     signer, &how, eddsa ? NULL : "SHA256", NULL, NULL, pair(which), NULL),
	    1);
	if (pss) {
		assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING), 1);
		assert_int_equal(EVP_PKEY_CTX_set_rsa_pss_saltlen(how, 32), 1);
	}
	assert_int_equal(
	    EVP_DigestSign(signer, bytes, &n, (const unsigned char *)text.at, text.n), 1);
	EVP_MD_CTX_free(signer);
	if (eddsa || which == RSA2048)
		return (str){ (char *)bytes, n };
	numbers = d2i_ECDSA_SIG(NULL, &at, (long)n);
	assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_r(numbers), raw, 32), 32);
	assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_s(numbers), raw + 32, 32), 32);
	ECDSA_SIG_free(numbers);
	return (str){ (char *)raw, 64 };
}

/* HEADER.CLAIMS.SIGNATURE of any two texts. */
static inline str
sign_texts(struct arena *a, enum pair_of which, str header, str claims)
{
	const char *algorithm = str_find(header, S("PS256")) < header.n ? "PS256" : "as the key is";
	str text =
	    fmt(a, "%.*s.%.*s", STR(digest_base64url(a, header)), STR(digest_base64url(a, claims)));

	return fmt(a, "%.*s.%.*s", STR(text),
	    STR(digest_base64url(a, pair_signs(a, which, algorithm, text))));
}

/* A credential of the admin's whose primary secret is that key; in the start arena. */
static inline struct asked
key_pair_of(str environment, enum pair_of which)
{
	struct arena *start = &world.hand.start;
	struct asked a = { .ann = world_people() };
	struct request *rq = begin_as(&a.ann);
	struct client_wish wish = { .environment = environment, .name = S("Signs") };
	struct public_key key;

	assert_int_equal(
	    public_key_read(rq->arena, der_of(rq->arena, pair(which)), &key), PUBLIC_KEY_RIGHT);
	wish.key = &key;
	assert_int_equal(client_create(rq, &wish, &a.made), MADE_NEW);
	CHECK_STR(a.made.secret, "");
	a.made.id = str_copy(start, a.made.id);
	a.made.client_id = str_copy(start, a.made.client_id);
	a.sid = str_copy(start, client_sid_held(rq, a.made.id));
	commit(rq);
	return a;
}

/* What an assertion says; what is empty or 0 is as it should be. */
struct said {
	const char *alg, *header, *aud, *more;
	str iss, sub, jti, claims;
	int64_t exp, iat;
	bool no_iat;
};

static inline str
assertion_of(struct request *rq, const struct asked *a, enum pair_of which, struct said said)
{
	static const char *const algorithms[PAIRS] = { "ES256", "EdDSA", "RS256", "ES256" };
	struct arena *arena = rq->arena;
	int64_t now = rq->now / SECOND;
	str iss = said.iss.n ? said.iss : a->made.client_id;
	str iat = said.no_iat ? (str){ 0 }
	                      : fmt(arena, ",\"iat\":%lld", (long long)(said.iat ? said.iat : now));
	str header = said.header
	                 ? str_of(said.header)
	                 : fmt(arena, "{\"alg\":\"%s\"}", said.alg ? said.alg : algorithms[which]);
	str claims = fmt(arena,
	    "{\"iss\":\"%.*s\",\"sub\":\"%.*s\",\"aud\":%s,\"exp\":%lld,\"jti\":\"%.*s\"%.*s%s}",
	    STR(iss), STR(said.sub.n ? said.sub : iss), said.aud ? said.aud : "\"" URL "\"",
	    (long long)(said.exp ? said.exp : now + 60),
	    STR(said.jti.n ? said.jti : random_base62(arena, 22)), STR(iat),
	    said.more ? said.more : "");

	return sign_texts(arena, which, header, said.claims.n ? said.claims : claims);
}

/* Shown at /oauth/token of production. */
static inline enum verdict
show_text(struct request *rq, struct asked *a, str assertion)
{
	struct presented presented = {
		.assertion = assertion, .environment = S("production"), .address = rq->remote
	};

	rq->path = S("/oauth/token");
	return verify_assertion(rq, &presented, &a->caller);
}

static inline enum verdict
show_said(struct asked *a, enum pair_of which, struct said said)
{
	struct request *rq = hand_ask(&world.hand, 0);

	return show_text(rq, a, assertion_of(rq, a, which, said));
}

#endif
