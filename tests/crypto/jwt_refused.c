/* jwt_refused.c - tokens that are not believed: changed, foreign, or not of the one form. */
#include "check.h"

#include "crypto/digest.h"
#include "crypto/jwt.h"

enum { KEYS = 2 };
static const enum jwt_algorithm algorithms[KEYS] = { JWT_ES256, JWT_EDDSA };

static struct jwt_key
new_key(struct arena *a, enum jwt_algorithm algorithm)
{
	return jwt_key_open(a, algorithm, jwt_key_make(a, algorithm));
}

static void
each_flipped_bit_is_refused(void **state)
{
	struct arena *a = test_arena();

	(void)state;
	for (size_t i = 0; i < KEYS; i++) {
		struct jwt_key key = new_key(a, algorithms[i]);
		str token = jwt_sign(a, &key, S("JWT"), S("{\"n\":1}"));
		char *at = NEW(a, char, token.n);

		memcpy(at, token.at, token.n);
		for (size_t bit = 0; bit < token.n * 8; bit++) {
			struct jwt_parts parts;
			size_t mark = arena_mark(a);

			at[bit / 8] = (char)(at[bit / 8] ^ (1 << bit % 8));
			assert_false(
			    jwt_split(a, (str){ at, token.n }, &parts) && jwt_verify(&key, &parts));
			at[bit / 8] = (char)(at[bit / 8] ^ (1 << bit % 8));
			arena_wipe(a, mark);
		}
		jwt_key_close(&key);
	}
}

static void
another_key_does_not_verify(void **state)
{
	struct arena *a = test_arena();
	struct jwt_key es = new_key(a, JWT_ES256), es2 = new_key(a, JWT_ES256);
	struct jwt_key ed = new_key(a, JWT_EDDSA);
	struct jwt_parts parts;

	(void)state;
	assert_false(str_eq(es.kid, es2.kid));
	assert_true(jwt_split(a, jwt_sign(a, &es, S("JWT"), S("{}")), &parts));
	assert_false(jwt_verify(&es2, &parts));
	assert_false(jwt_verify(&ed, &parts));

	/* Also when algorithm and kid are made to fit. */
	parts.kid = es2.kid;
	assert_false(jwt_verify(&es2, &parts));
	parts.algorithm = JWT_EDDSA;
	parts.kid = ed.kid;
	assert_false(jwt_verify(&ed, &parts));

	/* Nothing verifies without an algorithm. */
	parts.algorithm = JWT_NONE;
	assert_false(jwt_verify(&es, &parts));
	es.algorithm = JWT_NONE;
	parts.kid = es.kid;
	assert_false(jwt_verify(&es, &parts));
	jwt_key_close(&es);
	jwt_key_close(&es2);
	jwt_key_close(&ed);
}

/* Zero is no signature, although 0 = 0 in a careless ECDSA (CVE-2022-21449). */
static void
zero_signatures_are_refused(void **state)
{
	struct arena *a = test_arena();

	(void)state;
	for (size_t i = 0; i < KEYS; i++) {
		struct jwt_key key = new_key(a, algorithms[i]);
		struct jwt_parts parts;

		assert_true(jwt_split(a, jwt_sign(a, &key, S("JWT"), S("{}")), &parts));
		parts.signature = (str){ NEW(a, char, 64), 64 };
		assert_false(jwt_verify(&key, &parts));
		parts.signature.n = 63;
		assert_false(jwt_verify(&key, &parts));
		parts.signature = (str){ 0 };
		assert_false(jwt_verify(&key, &parts));
		jwt_key_close(&key);
	}
}

/* A good token of the key but for its header, which is rightly signed as well. */
static str
with_header(struct arena *a, const struct jwt_key *key, str header)
{
	str whole = jwt_sign(a, key, S("JWT"), S("{}")), rest, signature;

	str_cut(whole, '.', &rest);
	str_cut(rest, '.', &signature);
	return fmt(a, "%.*s.e30.%.*s", STR(digest_base64url(a, header)), STR(signature));
}

#define KID "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"

static void
other_headers_are_refused(void **state)
{
	static const char *const refused[] = {
		"",
		"{}",
		"null",
		"{\"alg\":\"none\",\"typ\":\"JWT\",\"kid\":\"" KID "\"}",
		"{\"alg\":\"None\",\"typ\":\"JWT\",\"kid\":\"" KID "\"}",
		"{\"alg\":\"\",\"typ\":\"JWT\",\"kid\":\"" KID "\"}",
		"{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"" KID "\"}",
		"{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"" KID "\"}",
		"{\"alg\":\"ES384\",\"typ\":\"JWT\",\"kid\":\"" KID "\"}",
		"{\"alg\":\"es256\",\"typ\":\"JWT\",\"kid\":\"" KID "\"}",
		"{\"alg\":\"ES256\"}",
		"{\"alg\":\"ES256\",\"typ\":\"JWT\"}",
		"{\"alg\":\"ES256\",\"kid\":\"" KID "\"}",
		"{\"typ\":\"JWT\",\"alg\":\"ES256\",\"kid\":\"" KID "\"}",
		"{\"alg\":\"ES256\",\"kid\":\"" KID "\",\"typ\":\"JWT\"}",
		"{\"alg\":\"ES256\", \"typ\":\"JWT\",\"kid\":\"" KID "\"}",
		"{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"" KID "\"} ",
		" {\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"" KID "\"}",
		"{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"" KID "\"}{}",
		"{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"" KID "\",\"crit\":[\"exp\"]}",
		"{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"" KID "\",\"jwk\":{}}",
		"{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"" KID "\",\"kid\":\"" KID "\"}",
		"{\"alg\":\"none\",\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"" KID "\"}",
		"{\"alg\":\"ES256\",\"alg\":\"none\",\"typ\":\"JWT\",\"kid\":\"" KID "\"}",
		"{\"crit\":[],\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"" KID "\"}",
		"{\"alg\":\"ES256\",\"typ\":\"\",\"kid\":\"" KID "\"}",
		"{\"alg\":\"ES256\",\"typ\":\"J\\u0057T\",\"kid\":\"" KID "\"}",
		"{\"alg\":\"ES256\",\"typ\":\"J T\",\"kid\":\"" KID "\"}",
		"{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"\"}",
		"{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"" KID "A\"}",
		"{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":null}",
		"{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":"
		"\"k\\u0050rK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBy\"}",
		"{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"+PrK_"
		"qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k\"}",
		"{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"" KID "\"",
		"{\"alg\":\"ES256",
	};
	struct arena *a = test_arena();
	struct jwt_key key = new_key(a, JWT_ES256);
	struct jwt_parts parts;

	(void)state;
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
		bool taken = jwt_split(a, with_header(a, &key, str_of(refused[i])), &parts);

		if (taken)
			print_error("taken: %s\n", refused[i]);
		assert_false(taken);
	}
	assert_true(jwt_split(a,
	    with_header(a, &key, S("{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"" KID "\"}")),
	    &parts));
	jwt_key_close(&key);
}

static void
other_forms_are_refused(void **state)
{
	struct arena *a = test_arena();
	struct jwt_key key = new_key(a, JWT_EDDSA);
	str token = jwt_sign(a, &key, S("JWT"), S("{\"n\":1}")), rest, signature;
	str header = str_cut(token, '.', &rest), claims = str_cut(rest, '.', &signature);
	struct jwt_parts parts;

	(void)state;
#define REFUSED(...) assert_false(jwt_split(a, fmt(a, __VA_ARGS__), &parts))
	assert_true(jwt_split(a, token, &parts));
	REFUSED("%s", "");
	REFUSED("..");
	REFUSED("%.*s", STR(header));
	REFUSED("%.*s.%.*s", STR(header), STR(claims));
	REFUSED("%.*s.%.*s.", STR(header), STR(claims));
	REFUSED("%.*s..%.*s", STR(header), STR(signature));
	REFUSED(".%.*s.%.*s", STR(claims), STR(signature));
	REFUSED("%.*s.", STR(token));
	REFUSED("%.*s.x", STR(token));
	REFUSED(".%.*s", STR(token));
	REFUSED(" %.*s", STR(token));
	REFUSED("%.*s ", STR(token));
	REFUSED("%.*s\n", STR(token));
	REFUSED("%.*s=", STR(token));
	REFUSED("%.*s==", STR(token));
	REFUSED("%.*s=.%.*s.%.*s", STR(header), STR(claims), STR(signature));
	REFUSED("%.*s.%.*s==.%.*s", STR(header), STR(claims), STR(signature));
	REFUSED("%.*s.%.*sA", STR(header), STR(rest));
	REFUSED("%.*s.%.*s.%.*s", STR(header), STR(claims), STR(str_part(signature, 0, 84)));
	REFUSED("%.*s.%.*s.AA%.*s", STR(header), STR(claims), STR(signature));
#undef REFUSED
	jwt_key_close(&key);
}

/* The last character of a signature carries 4 spare bits: none of the 15 other spellings is taken. */
static void
another_spelling_is_refused(void **state)
{
	static const char letters[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	struct arena *a = test_arena();
	struct jwt_key key = new_key(a, JWT_ES256);
	str token = jwt_sign(a, &key, S("JWT"), S("{}"));
	char *at = NEW(a, char, token.n);
	struct jwt_parts parts;
	int taken = 0, good = 0;

	(void)state;
	memcpy(at, token.at, token.n);
	for (int i = 0; i < 64; i++) {
		at[token.n - 1] = letters[i];
		if (!jwt_split(a, (str){ at, token.n }, &parts))
			continue;
		taken++;
		good += jwt_verify(&key, &parts);
	}
	assert_int_equal(taken, 4);
	assert_int_equal(good, 1);
	jwt_key_close(&key);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_flipped_bit_is_refused),
		cmocka_unit_test(another_key_does_not_verify),
		cmocka_unit_test(zero_signatures_are_refused),
		cmocka_unit_test(other_headers_are_refused),
		cmocka_unit_test(other_forms_are_refused),
		cmocka_unit_test(another_spelling_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
