/* public_key.c - tests of app/crypto/public_key.c: what is taken, what it has signed, and what is no signature. */
#include "check.h"

#include "crypto/digest.h"
#include "crypto/public_key.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

enum { DER_MAX_BYTES = 2000 };

/* ---- keys and signatures, made by OpenSSL alone */

static str
der_of(struct arena *a, EVP_PKEY *pkey)
{
	unsigned char *der = NEW(a, unsigned char, DER_MAX_BYTES), *end = der;
	int n = i2d_PUBKEY(pkey, &end);

	assert_true(n > 0 && n <= DER_MAX_BYTES);
	return (str){ (char *)der, (size_t)n };
}

/* By its name there, and bits of RSA or the curve. */
static EVP_PKEY *
new_key(const char *name, size_t bits, const char *curve)
{
	EVP_PKEY *pkey = bits    ? EVP_PKEY_Q_keygen(NULL, NULL, name, bits)
	                 : curve ? EVP_PKEY_Q_keygen(NULL, NULL, name, curve)
	                         : EVP_PKEY_Q_keygen(NULL, NULL, name);

	assert_non_null(pkey);
	return pkey;
}

/* ECDSA's DER becomes r and s, as JOSE has it. */
static str
raw_of(struct arena *a, str der)
{
	const unsigned char *at = (const unsigned char *)der.at;
	unsigned char *raw = NEW(a, unsigned char, 64);
	ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &at, (long)der.n);

	assert_non_null(pair);
	assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_r(pair), raw, 32), 32);
	assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_s(pair), raw + 32, 32), 32);
	ECDSA_SIG_free(pair);
	return (str){ (char *)raw, 64 };
}

static str
sign(struct arena *a, EVP_PKEY *pkey, const char *algorithm, str text)
{
	bool pss = strcmp(algorithm, "PS256") == 0, eddsa = strcmp(algorithm, "EdDSA") == 0;
	size_t n = DER_MAX_BYTES;
	unsigned char *bytes = NEW(a, unsigned char, n);
	EVP_MD_CTX *signer = EVP_MD_CTX_new();
	EVP_PKEY_CTX *how;

	assert_int_equal(
	    EVP_DigestSignInit_ex(signer, &how, eddsa ? NULL : "SHA256", NULL, NULL, pkey, NULL),
	    1);
	if (pss) {
		assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING), 1);
		assert_int_equal(EVP_PKEY_CTX_set_rsa_pss_saltlen(how, 32), 1);
	}
	assert_int_equal(
	    EVP_DigestSign(signer, bytes, &n, (const unsigned char *)text.at, text.n), 1);
	EVP_MD_CTX_free(signer);
	if (strcmp(algorithm, "ES256") == 0)
		return raw_of(a, (str){ (char *)bytes, n });
	return (str){ (char *)bytes, n };
}

/* ---- tests */

static void
each_kind_verifies_its_own_algorithms_only(void **state)
{
	struct arena *a = test_arena();
	EVP_PKEY *pkeys[] = { new_key("EC", 0, "P-256"), new_key("ED25519", 0, NULL),
		new_key("RSA", 2048, NULL), NULL };
	static const enum public_key_kind kinds[] = { PUBLIC_KEY_P256, PUBLIC_KEY_ED25519,
		PUBLIC_KEY_RSA, PUBLIC_KEY_RSA };
	static const char *const names[] = { "ES256", "EdDSA", "RS256", "PS256" };
	str text = S("header.claims");

	(void)state;
	pkeys[3] = pkeys[2];
	for (int i = 0; i < 4; i++) {
		struct public_key key;
		str signature = sign(a, pkeys[i], names[i], text);

		assert_int_equal(public_key_read(a, der_of(a, pkeys[i]), &key), PUBLIC_KEY_RIGHT);
		assert_int_equal(key.kind, kinds[i]);
		CHECK_STR_EQ(key.der, der_of(a, pkeys[i]));
		assert_int_equal(key.thumbprint.n, THUMBPRINT_CHARS);
		for (int k = 0; k < PUBLIC_KEY_ALGORITHMS; k++)
			assert_int_equal(
			    public_key_signed(key.der, public_key_algorithms[k], text, signature),
			    str_eq(public_key_algorithms[k], str_of(names[i])));
		assert_false(public_key_signed(key.der, S("HS256"), text, signature));
		assert_false(public_key_signed(key.der, S("none"), text, S("")));
		assert_false(public_key_signed(key.der, S(""), text, signature));
		assert_false(
		    public_key_signed(key.der, str_of(names[i]), S("header.claimz"), signature));
		assert_false(public_key_signed(
		    key.der, str_of(names[i]), text, str_part(signature, 0, signature.n - 1)));
		assert_false(public_key_signed(key.der, str_of(names[i]), text, S("")));
	}
	for (int i = 0; i < 3; i++)
		EVP_PKEY_free(pkeys[i]);
}

/* Of PS256 only a salt as long as the hash (RFC 7518 section 3.5). */
static void
another_salt_is_refused(void **state)
{
	struct arena *a = test_arena();
	EVP_PKEY *pkey = new_key("RSA", 2048, NULL);
	EVP_MD_CTX *signer = EVP_MD_CTX_new();
	unsigned char bytes[256];
	size_t n = sizeof bytes;
	EVP_PKEY_CTX *how;

	(void)state;
	assert_int_equal(EVP_DigestSignInit_ex(signer, &how, "SHA256", NULL, NULL, pkey, NULL), 1);
	EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING);
	EVP_PKEY_CTX_set_rsa_pss_saltlen(how, 20);
	assert_int_equal(EVP_DigestSign(signer, bytes, &n, (const unsigned char *)"a", 1), 1);
	assert_false(
	    public_key_signed(der_of(a, pkey), S("PS256"), S("a"), (str){ (char *)bytes, n }));
	EVP_MD_CTX_free(signer);
	EVP_PKEY_free(pkey);
}

/* RFC 7638 section 3.1, and RFC 8037 section A.3. */
static void
thumbprints_are_those_of_the_standards(void **state)
{
	struct arena *a = test_arena();
	struct public_key_numbers rsa = { .kind = PUBLIC_KEY_RSA },
				  ed = { .kind = PUBLIC_KEY_ED25519 };
	struct public_key key;

	(void)state;
	assert_true(digest_unbase64url(a,
	    S("0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tS"
	      "oc_"
	      "BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-"
	      "65YGjQR0_"
	      "FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-"
	      "bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-"
	      "kEgU8awapJzKnqDKgw"),
	    &rsa.n));
	rsa.e = S("\1\0\1");
	assert_int_equal(public_key_make(a, &rsa, &key), PUBLIC_KEY_RIGHT);
	CHECK_STR(key.thumbprint, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
	assert_int_equal(key.bits, 2048);
	assert_true(digest_unbase64url(a, S("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"), &ed.x));
	assert_int_equal(public_key_make(a, &ed, &key), PUBLIC_KEY_RIGHT);
	CHECK_STR(key.thumbprint, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

/* However it came: a compressed point, or leading zeros. */
static void
a_key_has_one_form(void **state)
{
	struct arena *a = test_arena();
	EVP_PKEY *pkey = new_key("EC", 0, "P-256"), *rsa = new_key("RSA", 2048, NULL);
	struct public_key_numbers numbers = { .kind = PUBLIC_KEY_RSA, .e = S("\0\0\0\1\0\1") };
	str whole = der_of(a, pkey), compressed;
	struct public_key one, two;
	BIGNUM *n = NULL;
	unsigned char wide[260] = { 0 };

	(void)state;
	assert_int_equal(EVP_PKEY_set_utf8_string_param(
			     pkey, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, "compressed"),
	    1);
	compressed = der_of(a, pkey);
	assert_true(compressed.n < whole.n);
	assert_int_equal(public_key_read(a, whole, &one), PUBLIC_KEY_RIGHT);
	assert_int_equal(public_key_read(a, compressed, &two), PUBLIC_KEY_RIGHT);
	CHECK_STR_EQ(one.der, two.der);
	CHECK_STR_EQ(one.thumbprint, two.thumbprint);
	assert_int_equal(EVP_PKEY_get_bn_param(rsa, OSSL_PKEY_PARAM_RSA_N, &n), 1);
	assert_int_equal(BN_bn2binpad(n, wide, sizeof wide), sizeof wide);
	numbers.n = (str){ (char *)wide, sizeof wide };
	assert_int_equal(public_key_read(a, der_of(a, rsa), &one), PUBLIC_KEY_RIGHT);
	assert_int_equal(public_key_make(a, &numbers, &two), PUBLIC_KEY_RIGHT);
	CHECK_STR_EQ(one.der, two.der);
	BN_free(n);
	EVP_PKEY_free(pkey);
	EVP_PKEY_free(rsa);
}

static enum public_key_wrong
wrong_of(EVP_PKEY *pkey)
{
	struct arena *a = test_arena();
	struct public_key key;
	enum public_key_wrong wrong = public_key_read(a, der_of(a, pkey), &key);

	assert_true(wrong == PUBLIC_KEY_RIGHT || key.der.n == 0);
	EVP_PKEY_free(pkey);
	return wrong;
}

static EVP_PKEY *
rsa_with(const char *name, unsigned e)
{
	EVP_PKEY_CTX *maker = EVP_PKEY_CTX_new_from_name(NULL, name, NULL);
	BIGNUM *exponent = BN_new();
	EVP_PKEY *pkey = NULL;

	BN_set_word(exponent, e);
	assert_int_equal(EVP_PKEY_keygen_init(maker), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_keygen_bits(maker, 2048), 1);
	assert_int_equal(EVP_PKEY_CTX_set1_rsa_keygen_pubexp(maker, exponent), 1);
	assert_int_equal(EVP_PKEY_generate(maker, &pkey), 1);
	BN_free(exponent);
	EVP_PKEY_CTX_free(maker);
	return pkey;
}

static void
other_keys_are_refused_by_reason(void **state)
{
	(void)state;
	assert_int_equal(wrong_of(new_key("RSA", 1024, NULL)), PUBLIC_KEY_WEAK);
	assert_int_equal(wrong_of(rsa_with("RSA", 3)), PUBLIC_KEY_EXPONENT);
	assert_int_equal(wrong_of(new_key("EC", 0, "P-384")), PUBLIC_KEY_OTHER);
	assert_int_equal(wrong_of(new_key("EC", 0, "secp256k1")), PUBLIC_KEY_OTHER);
	assert_int_equal(wrong_of(new_key("X25519", 0, NULL)), PUBLIC_KEY_OTHER);
	assert_int_equal(wrong_of(new_key("ED448", 0, NULL)), PUBLIC_KEY_OTHER);
	assert_int_equal(wrong_of(rsa_with("RSA-PSS", 65537)), PUBLIC_KEY_OTHER);
}

/* What takes long to compute with is refused by its size. */
static void
large_numbers_are_refused_unread(void **state)
{
	struct arena *a = test_arena();
	struct public_key_numbers numbers = { .kind = PUBLIC_KEY_RSA, .e = S("\1\0\1") };
	char *n = NEW(a, char, 20000);
	struct public_key key;

	(void)state;
	memset(n, 255, 20000);
	numbers.n = (str){ n, RSA_MOST_BITS / 8 + 1 };
	assert_int_equal(public_key_make(a, &numbers, &key), PUBLIC_KEY_LARGE);
	numbers.n = (str){ n, 20000 };
	assert_int_equal(public_key_make(a, &numbers, &key), PUBLIC_KEY_LARGE);
	numbers.n = (str){ n, 256 };
	numbers.e = (str){ n, 5 };
	assert_int_equal(public_key_make(a, &numbers, &key), PUBLIC_KEY_EXPONENT);
	numbers.e = S("\0\1\0\0");
	assert_int_equal(public_key_make(a, &numbers, &key), PUBLIC_KEY_EXPONENT);
	numbers.e = S("");
	assert_int_equal(public_key_make(a, &numbers, &key), PUBLIC_KEY_UNREADABLE);
	assert_int_equal(public_key_read(a, (str){ n, 20000 }, &key), PUBLIC_KEY_UNREADABLE);
}

/* A modulus with a small factor is nobody's; nor is a point beside the curve. */
static void
unsound_numbers_are_refused(void **state)
{
	struct arena *a = test_arena();
	struct public_key_numbers rsa = { .kind = PUBLIC_KEY_RSA, .e = S("\1\0\1") };
	struct public_key_numbers ec = { .kind = PUBLIC_KEY_P256 };
	char *ones = NEW(a, char, 256);
	struct public_key key;

	(void)state;
	memset(ones, 255, 256);
	rsa.n = (str){ ones, 256 };
	assert_int_equal(public_key_make(a, &rsa, &key), PUBLIC_KEY_UNREADABLE);
	ec.x = ec.y = (str){ NEW(a, char, 32), 32 };
	assert_int_equal(public_key_make(a, &ec, &key), PUBLIC_KEY_UNREADABLE);
	ec.x = (str){ ones, 32 };
	assert_int_equal(public_key_make(a, &ec, &key), PUBLIC_KEY_UNREADABLE);
	ec.y = (str){ ones, 31 };
	assert_int_equal(public_key_make(a, &ec, &key), PUBLIC_KEY_UNREADABLE);
	ec.kind = PUBLIC_KEY_NONE;
	assert_int_equal(public_key_make(a, &ec, &key), PUBLIC_KEY_UNREADABLE);
}

static void
only_whole_der_is_read(void **state)
{
	struct arena *a = test_arena();
	EVP_PKEY *pkey = new_key("EC", 0, "P-256");
	str der = der_of(a, pkey);
	unsigned char longer[200] = { 0 }, private[400], *end = private;
	int n = i2d_PrivateKey(pkey, &end);
	struct public_key key;

	(void)state;
	for (size_t i = 0; i < der.n; i++)
		assert_int_equal(
		    public_key_read(a, str_part(der, 0, i), &key), PUBLIC_KEY_UNREADABLE);
	memcpy(longer, der.at, der.n);
	assert_int_equal(
	    public_key_read(a, (str){ (char *)longer, der.n + 1 }, &key), PUBLIC_KEY_UNREADABLE);
	assert_true(n > 0);
	assert_int_equal(
	    public_key_read(a, (str){ (char *)private, (size_t)n }, &key), PUBLIC_KEY_UNREADABLE);
	EVP_PKEY_free(pkey);
}

/* There is one for each algorithm, so that what is held against it costs what a key does. */
static void
nobody_has_a_key_for_each_algorithm(void **state)
{
	struct arena *a = test_arena();
	struct public_key key;

	(void)state;
	for (int i = 0; i < PUBLIC_KEY_ALGORITHMS; i++) {
		str der = public_key_nobody(a, public_key_algorithms[i], 3072);
		char bytes[384] = { 1 };
		size_t n = i < 2 ? 64 : 384;

		assert_true(der.n > 40);
		assert_false(
		    public_key_signed(der, public_key_algorithms[i], S("a"), (str){ bytes, n }));
		if (i < 2)
			assert_int_equal(public_key_read(a, der, &key), PUBLIC_KEY_RIGHT);
	}
	for (int bits = 2048; bits <= 4096;
	     bits += 1024) /* it is looked at as one of that length */
		assert_in_range(
		    public_key_nobody(a, S("RS256"), bits).n, bits / 8 + 30, bits / 8 + 50);
	assert_int_equal(public_key_nobody(a, S("HS256"), 2048).n, 0);
	assert_int_equal(public_key_nobody(a, S("none"), 2048).n, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_verifies_its_own_algorithms_only),
		cmocka_unit_test(another_salt_is_refused),
		cmocka_unit_test(thumbprints_are_those_of_the_standards),
		cmocka_unit_test(a_key_has_one_form),
		cmocka_unit_test(other_keys_are_refused_by_reason),
		cmocka_unit_test(large_numbers_are_refused_unread),
		cmocka_unit_test(unsound_numbers_are_refused),
		cmocka_unit_test(only_whole_der_is_read),
		cmocka_unit_test(nobody_has_a_key_for_each_algorithm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
