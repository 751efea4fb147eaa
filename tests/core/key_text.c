/* key_text.c - tests of app/core/key_text.c: what people paste, right and wrong, and what must not come back. */
#define _GNU_SOURCE
#include "core/asserting.h"

static str
pem_of(struct arena *a, const char *kind, str der)
{
	char *text = NEW(a, char, 4000);
	struct buf b = buf_new(a, 8000);
	int n = EVP_EncodeBlock((unsigned char *)text, (const unsigned char *)der.at, (int)der.n);

	buf_fmt(&b, "-----BEGIN %s-----\r\n", kind);
	for (int i = 0; i < n; i += 64)
		buf_fmt(&b, "%.*s\r\n", n - i < 64 ? n - i : 64, text + i);
	buf_fmt(&b, "-----END %s-----", kind);
	return buf_str(&b);
}

static str
private_of(struct arena *a, enum pair_of which)
{
	unsigned char *der = NEW(a, unsigned char, SIGNED_MAX_BYTES), *end = der;
	int n = i2d_PrivateKey(pair(which), &end);

	assert_true(n > 0);
	return (str){ (char *)der, (size_t)n };
}

static void
pem_of_each_kind_is_read(void **state)
{
	static const char *const kinds[] = { "P-256", "Ed25519", "RSA 2048" };
	struct arena *a = test_arena();

	(void)state;
	for (int i = 0; i <= RSA2048; i++) {
		str pem = pem_of(a, "PUBLIC KEY", der_of(a, pair((enum pair_of)i)));
		struct key_text read = key_text_read(a, fmt(a, " \n%.*s\n\n", STR(pem)));

		CHECK_STR(read.wrong, "");
		assert_true(read.clear);
		CHECK_STR_EQ(read.key.der, der_of(a, pair((enum pair_of)i)));
		CHECK_STR_EQ(key_text_kind(a, &read.key), str_of(kinds[i]));
	}
}

/* RFC 8037 section A.2, RFC 7515 section A.3.1. */
#define ED_JWK                                                        \
	"{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_" \
	"7TyWQHOg7hcvPapiMlrwIaaPcHURo\""
#define EC_JWK                                                                                     \
	"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\"," \
	"\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\""

static void
a_jwk_alone_or_in_a_set_is_read(void **state)
{
	static const char *const texts[] = { ED_JWK "}", "{\"keys\":[" ED_JWK "}]}",
		ED_JWK ",\"use\":\"sig\",\"alg\":\"EdDSA\",\"kid\":\"mine\"}",
		ED_JWK ",\"alg\":\"Ed25519\",\"key_ops\":[\"verify\"]}" };
	struct arena *a = test_arena();

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct key_text read = key_text_read(a, str_of(texts[i]));

		CHECK_STR(read.wrong, "");
		assert_true(read.clear);
		CHECK_STR(read.key.thumbprint, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
	}
	CHECK_STR(key_text_read(a, S(EC_JWK ",\"alg\":\"ES256\"}")).wrong, "");
}

/* In any form, whole or not: it is named as what it is, and none of it may be shown. */
static void
private_keys_are_told_and_not_shown(void **state)
{
	static const char *const texts[] = { ED_JWK
		",\"d\":\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\"}",
		"{\"keys\":[" EC_JWK ",\"d\":\"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI\"}]}",
		"{\"keys\":[" EC_JWK "}],\"d\":\"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI\"}",
		"{\"kty\":\"oct\",\"k\":\"c2VjcmV0\"}",
		"{\"kty\":\"RSA\",\"n\":\"AQ\",\"e\":\"AQAB\",\"p\":\"AQ\"}",
		"-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA",
		"-----begin rsa private key-----",
		"PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 1\nabc",
		"Here it is:\n-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE" };
	struct arena *a = test_arena();
	struct key_text read;

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		read = key_text_read(a, str_of(texts[i]));
		CHECK_HOLDS(read.wrong, "This is a private key");
		assert_false(read.clear);
		assert_int_equal(read.key.der.n, 0);
	}
	for (int i = 0; i <= RSA2048; i++) {
		str der = private_of(a, (enum pair_of)i);

		read = key_text_read(a, pem_of(a, "PRIVATE KEY", der));
		CHECK_HOLDS(read.wrong, "This is a private key");
		assert_false(read.clear);
		/* Without its frame, or in the wrong one: nothing says what it is, and it is not taken. */
		read = key_text_read(a, digest_base64url(a, der));
		assert_true(read.wrong.n && !read.clear);
		read = key_text_read(a, pem_of(a, "PUBLIC KEY", der));
		CHECK_HOLDS(read.wrong, "cut off or mistyped");
		assert_false(read.clear);
	}
}

/* What may be a secret, or a private key that is cut off, is not shown either. */
static void
only_what_is_surely_public_is_shown_again(void **state)
{
	static const char *const hidden[] = { "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v", "kds_live_1abc",
		"{\"d\":\"x\"", "{\"x\":\"y\"", ED_JWK ",\"more\":{\"d\":\"x\"}}",
		"{\"keys\":[" ED_JWK "},{\"d\":\"x\"}]}",
		"{\"keys\":[" ED_JWK "},{\"d\":\"x\"},1]}", "[" ED_JWK "}]",
		"{\"keys\":[" ED_JWK ",\"use\":\"enc\"}],\"more\":\"x\"}",
		"-----BEGIN PUBLIC KEY-----\nMFkw", "-----BEGIN KEY-----\nMC4CAQ", "" };
	static const char *const shown[] = { "-----BEGIN CERTIFICATE-----\nMIIB",
		"-----BEGIN RSA PUBLIC KEY-----\nMIIB", ED_JWK ",\"use\":\"enc\"}",
		"{\"kty\":\"EC\",\"crv\":\"P-384\"}", "{\"kty\":\"RSA\",\"n\":\"AQ\",\"e\":\"Aw\"}",
		ED_JWK ",\"alg\":\"ES256\"}",
		"{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AA==\"}",
		"{\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":\"AA\"}" };
	struct arena *a = test_arena();

	(void)state;
	for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++) {
		struct key_text read = key_text_read(a, str_of(hidden[i]));

		if (read.clear || (!read.wrong.n && i != 4))
			print_error("%s\n", hidden[i]);
		assert_false(read.clear);
	}
	for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++) {
		struct key_text read = key_text_read(a, str_of(shown[i]));

		if (!read.clear || !read.wrong.n)
			print_error("%s\n", shown[i]);
		assert_true(read.clear && read.wrong.n);
		assert_int_equal(read.key.der.n, 0);
	}
}

static void
each_mistake_has_its_words(void **state)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
		{ "-----BEGIN CERTIFICATE-----\nMIIB", "This is a certificate." },
		{ "-----BEGIN RSA PUBLIC KEY-----\nMIIB", "older form" },
		{ "-----BEGIN PUBLIC KEY-----\nMFkw", "cut off" },
		{ "-----BEGIN PUBLIC KEY-----", "cut off" },
		{ "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----", "cut off" },
		{ "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n-----BEGIN PUBLIC "
		  "KEY-----\nAAAA\n-----END PUBLIC KEY-----",
		    "several keys" },
		{ ED_JWK ",\"use\":\"enc\"}", "for encryption" },
		{ ED_JWK ",\"alg\":\"RS256\"}", "Its alg is not one" },
		{ "{\"kty\":\"EC\",\"crv\":\"P-521\",\"x\":\"AA\",\"y\":\"AA\"}", "of this kind" },
		{ "{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}", "too short" },
		{ "{\"keys\":[]}", "just one key" },
		{ "{\"keys\":[" ED_JWK "}," ED_JWK "}]}", "just one key" },
		{ ED_JWK ",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}",
		    "no public key" },
		{ "{}", "no public key" },
		{ "hello", "no public key" },
	};
	struct arena *a = test_arena();

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		str wrong = key_text_read(a, str_of(cases[i].text)).wrong;

		if (str_find(wrong, str_of(cases[i].words)) == wrong.n)
			print_error("%s: %.*s\n", cases[i].text, STR(wrong));
		assert_true(str_find(wrong, str_of(cases[i].words)) < wrong.n);
	}
}

static int
open_library(void **state)
{
	(void)state;
	json_library_init();
	return 0;
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(pem_of_each_kind_is_read),
		cmocka_unit_test(a_jwk_alone_or_in_a_set_is_read),
		cmocka_unit_test(private_keys_are_told_and_not_shown),
		cmocka_unit_test(only_what_is_surely_public_is_shown_again),
		cmocka_unit_test(each_mistake_has_its_words),
	};

	return cmocka_run_group_tests(tests, open_library, NULL);
}
