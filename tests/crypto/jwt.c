/* jwt.c - tokens signed and refused, against the RFCs' examples. */
#include "check.h"

#include "crypto/digest.h"
#include "crypto/jwt.h"

/* RFC 7515 section A.3.1: the private key, the public one, and the signed example. */
#define A3_D "8e9b109e719098bf980487df1f5d77e9cb29606ebed2263b5f57c213df84f4b2"
#define A3_X "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
#define A3_Y "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
#define A3_SIG \
	"DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
#define A3_TEXT                                                                  \
	"eyJhbGciOiJFUzI1NiJ9."                                                  \
	"eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLm" \
	"NvbS9pc19yb290Ijp0cnVlfQ"

/* RFC 8037 sections A.1 to A.4. */
#define A4_D    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
#define A4_X    "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
#define A4_KID  "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
#define A4_TEXT "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"
#define A4_SIG \
	"hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
#define P256_DER "3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420"
#define ED_DER   "302e020100300506032b657004220420"

enum { KEYS = 2 };
static const enum jwt_algorithm algorithms[KEYS] = { JWT_ES256, JWT_EDDSA };
static const char *const names[KEYS] = { "ES256", "EdDSA" };

static str
unhex(struct arena *a, const char *hex)
{
	str bytes = { 0 };

	assert_true(digest_unhex(a, str_of(hex), &bytes));
	return bytes;
}

static str
unbase64(struct arena *a, str text)
{
	str bytes = { 0 };

	assert_true(digest_unbase64url(a, text, &bytes));
	return bytes;
}

static str
jwk(struct arena *a, const struct jwt_key *key)
{
	struct buf b = buf_new(a, 1000);

	jwt_key_jwk(&b, key);
	return buf_str(&b);
}

static struct jwt_key
new_key(struct arena *a, enum jwt_algorithm algorithm)
{
	return jwt_key_open(a, algorithm, jwt_key_make(a, algorithm));
}

/* What jwt_split() would make of a token, for the RFCs' examples, whose headers are not our form. */
static struct jwt_parts
example(struct arena *a, const struct jwt_key *key, str text, str signature)
{
	return (struct jwt_parts){ .algorithm = key->algorithm,
		.kid = key->kid,
		.signed_ = text,
		.signature = unbase64(a, signature) };
}

static void
es256_of_rfc_7515(void **state)
{
	struct arena *a = test_arena();
	struct jwt_key key = jwt_key_open(a, JWT_ES256, unhex(a, P256_DER A3_D));
	struct jwt_parts parts = example(a, &key, S(A3_TEXT), S(A3_SIG));
	struct digest thumbprint = digest_sha256(
	    S("{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"" A3_X "\",\"y\":\"" A3_Y "\"}"));

	(void)state;
	assert_true(jwt_verify(&key, &parts));
	CHECK_STR_EQ(key.kid, digest_base64url(a, DIGEST_STR(thumbprint)));
	CHECK_STR_EQ(
	    jwk(a, &key), fmt(a,
			      "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"" A3_X "\",\"y\":\"" A3_Y
			      "\",\"use\":\"sig\",\"alg\":\"ES256\",\"kid\":\"%.*s\"}",
			      STR(key.kid)));
	parts.signed_ = str_part(parts.signed_, 0, parts.signed_.n - 1);
	assert_false(jwt_verify(&key, &parts));
	jwt_key_close(&key);
}

static void
eddsa_of_rfc_8037(void **state)
{
	struct arena *a = test_arena();
	struct jwt_key key = jwt_key_open(a, JWT_EDDSA, unhex(a, ED_DER A4_D));
	struct jwt_parts parts = example(a, &key, S(A4_TEXT), S(A4_SIG));

	(void)state;
	CHECK_STR(key.kid, A4_KID);
	assert_true(jwt_verify(&key, &parts));
	CHECK_STR(jwk(a, &key), "{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"" A4_X
				"\",\"use\":\"sig\",\"alg\":\"EdDSA\",\"kid\":\"" A4_KID "\"}");
	parts.signed_ = S(A4_TEXT "x");
	assert_false(jwt_verify(&key, &parts));
	jwt_key_close(&key);
}

/* Of 1,000 thumbprints some 16 begin with '-'. */
static void
no_kid_is_an_option(void **state)
{
	(void)state;
	for (int i = 0; i < 1000; i++) {
		struct arena *a = test_arena();
		enum jwt_algorithm algorithm = algorithms[i % KEYS];
		struct jwt_key key = jwt_key_open(a, algorithm, jwt_key_make(a, algorithm));

		assert_int_not_equal(key.kid.at[0], '-');
		jwt_key_close(&key);
	}
}

static void
signs_what_it_verifies(void **state)
{
	struct arena *a = test_arena();

	(void)state;
	for (size_t i = 0; i < KEYS; i++) {
		struct jwt_key key = new_key(a, algorithms[i]);
		str token = jwt_sign(a, &key, S("at+jwt"), S("{\"sub\":\"kdc\"}")), rest;
		struct jwt_parts parts;
		str header = fmt(a, "{\"alg\":\"%s\",\"typ\":\"at+jwt\",\"kid\":\"%.*s\"}",
		    names[i], STR(key.kid));

		CHECK_STR_EQ(unbase64(a, str_cut(token, '.', &rest)), header);
		assert_true(jwt_split(a, token, &parts));
		assert_int_equal(parts.algorithm, algorithms[i]);
		CHECK_STR(parts.typ, "at+jwt");
		CHECK_STR_EQ(parts.kid, key.kid);
		CHECK_STR(parts.claims, "{\"sub\":\"kdc\"}");
		assert_true(jwt_verify(&key, &parts));
		jwt_key_close(&key);
		assert_null(key.pkey);
	}
}

/* One signature in 256 has an r that begins with a zero byte, and as many an s. */
static void
es256_pads_short_numbers(void **state)
{
	struct arena *a = test_arena();
	struct jwt_key key = new_key(a, JWT_ES256);
	size_t mark = arena_mark(a);
	int short_r = 0, short_s = 0;

	(void)state;
	for (int i = 0; i < 20000 && !(short_r && short_s); i++) {
		struct jwt_parts parts;

		assert_true(
		    jwt_split(a, jwt_sign(a, &key, S("JWT"), fmt(a, "{\"n\":%d}", i)), &parts));
		assert_int_equal(parts.signature.n, 64);
		if (parts.signature.at[0] == 0 || parts.signature.at[32] == 0)
			assert_true(jwt_verify(&key, &parts));
		short_r += parts.signature.at[0] == 0;
		short_s += parts.signature.at[32] == 0;
		arena_wipe(a, mark);
	}
	assert_true(short_r > 0);
	assert_true(short_s > 0);
	jwt_key_close(&key);
}

struct job {
	struct arena *arena;
	const struct jwt_key *key;
	enum jwt_algorithm algorithm;
	str text;
	struct jwt_key opened;
};

static void
sign(void *arg)
{
	struct job *job = arg;

	job->text = jwt_sign(job->arena, job->key, S("JWT"), job->text);
}

static void
sign_strange(void *arg)
{
	struct job *job = arg;

	jwt_sign(job->arena, job->key, job->text, S("{}"));
}

static void
open_key(void *arg)
{
	struct job *job = arg;

	job->opened = jwt_key_open(job->arena, job->algorithm, job->text);
}

static void
make_none(void *arg)
{
	struct job *job = arg;

	jwt_key_make(job->arena, JWT_NONE);
}

static void
tokens_end_at_8000_bytes(void **state)
{
	struct arena *a = test_arena();
	struct jwt_key key = new_key(a, JWT_EDDSA);
	struct job job = { .arena = a, .key = &key };
	char *claims = NEW(a, char, 10000);
	size_t most = 0;
	struct jwt_parts parts;

	(void)state;
	memset(claims, ' ', 10000);
	for (size_t n = 5000; n < 7000; n++) {
		job.text = (str){ claims, n };
		if (!attempt(a->fault, sign, &job))
			break;
		most = job.text.n;
		assert_true(jwt_split(a, job.text, &parts));
		assert_int_equal(parts.claims.n, n);
	}
	assert_true(most >= 7999 && most <= 8000);
	CHECK_HOLDS(str_of(a->fault->what), "is not signed");
	assert_false(jwt_split(a, (str){ claims, 8001 }, &parts));
	job.text = S("JWT\",\"x\":\"");
	CHECK_FAULT(a, sign_strange, &job, "is not signed");
	job.text = S("");
	CHECK_FAULT(a, sign_strange, &job, "is not signed");
	jwt_key_close(&key);
}

static void
opens_only_its_own_kind(void **state)
{
	struct arena *a = test_arena();
	struct job job = { .arena = a };
	str es = jwt_key_make(a, JWT_ES256), ed = jwt_key_make(a, JWT_EDDSA);

	(void)state;
	job = (struct job){ .arena = a, .algorithm = JWT_ES256, .text = ed };
	CHECK_FAULT(a, open_key, &job, "ES256 is of another algorithm");
	job = (struct job){ .arena = a, .algorithm = JWT_EDDSA, .text = es };
	CHECK_FAULT(a, open_key, &job, "EdDSA is of another algorithm");
	job = (struct job){ .arena = a, .algorithm = JWT_NONE, .text = es };
	CHECK_FAULT(a, open_key, &job, "another algorithm");
	/* P-384 is EC, too: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384. */
	job = (struct job){ .arena = a,
		.algorithm = JWT_ES256,
		.text = unhex(a, "3081b6020100301006072a8648ce3d020106052b8104002204819e30819b02010"
				 "104304bd2a4b8eb"
				 "7aeca4337ca091f98c2a3f8a098b1b4487d65e5923b382ac6ddbc846cbddba6ef"
				 "b535ea404b164a9"
				 "57b4bea16403620004041ebc5fe6042fe3c0d0e3f2b2c518f605c33c94a95a85a"
				 "b5b9201639d019d"
				 "60a998a3ca3fc6672b58d614cea7ae2e5a3265126708583779ddc8217c0fed18a"
				 "2ce3ad93a2dd8f6"
				 "6892f5efefb024aca02a14e3d0e3ae7502beef0ef4f865fe3c") };
	CHECK_FAULT(a, open_key, &job, "another algorithm");
	CHECK_FAULT(a, make_none, &job, "cannot make a key");
}

static void
opens_only_whole_keys(void **state)
{
	struct arena *a = test_arena();
	str der = jwt_key_make(a, JWT_ES256);
	struct job job = { .arena = a, .algorithm = JWT_ES256 };

	(void)state;
	for (size_t n = 0; n < der.n; n++) {
		job.text = str_part(der, 0, n);
		CHECK_FAULT(a, open_key, &job, "no PKCS#8 private key");
	}
	job.text = (str){ NEW(a, char, der.n + 1), der.n + 1 };
	memcpy((char *)(uintptr_t)job.text.at, der.at, der.n);
	CHECK_FAULT(a, open_key, &job, "no PKCS#8 private key");
	job.text = S("-----BEGIN PRIVATE KEY-----");
	CHECK_FAULT(a, open_key, &job, "no PKCS#8 private key");
}

/* Leaks of OpenSSL's memory in the faults above are found by the address sanitizer at the end. */
static void
nothing_is_held_after_a_fault(void **state)
{
	struct arena *a = test_arena();
	struct job job = { .arena = a, .algorithm = JWT_EDDSA, .text = S("x") };

	(void)state;
	CHECK_FAULT(a, open_key, &job, "no PKCS#8");
	assert_int_equal(a->fault->held, 0);
	job.text = jwt_key_make(a, JWT_EDDSA);
	assert_true(attempt(a->fault, open_key, &job));
	assert_int_equal(a->fault->held, 0);
	jwt_key_close(&job.opened);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(es256_of_rfc_7515),
		cmocka_unit_test(eddsa_of_rfc_8037),
		cmocka_unit_test(signs_what_it_verifies),
		cmocka_unit_test(no_kid_is_an_option),
		cmocka_unit_test(es256_pads_short_numbers),
		cmocka_unit_test(tokens_end_at_8000_bytes),
		cmocka_unit_test(opens_only_its_own_kind),
		cmocka_unit_test(opens_only_whole_keys),
		cmocka_unit_test(nothing_is_held_after_a_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
