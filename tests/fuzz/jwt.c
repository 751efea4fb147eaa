/* jwt.c - fuzzes app/crypto/jwt.c: a token has one spelling, and only what was signed is good.
 *
 * The first byte says which of two keys; the rest is taken as a token, and laid over one that was signed.
 * Not asked of ES256: that nobody makes a second signature of the same text. With (r, s) also (r, n - s) is
 * one, by the standard; what is read from a token does not depend on it.
 */
#include "fuzz.h"

#include "crypto/digest.h"
#include "crypto/jwt.h"

/* PKCS#8 of private keys that sign nothing else. */
static const char ed25519_der[] =
    "302e020100300506032b657004220420"
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
static const char p256_der[] =
    "308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420"
    "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721a14403420004"
    "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
    "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";

struct signer {
	struct jwt_key key;
	str token;
};

static struct arena *
start_arena(void)
{
	static struct fault fault;
	static struct arena arena;

	if (!arena.at)
		arena_open(&arena, &fault, 65536);
	return &arena;
}

static void
open_signer(struct signer *signer, enum jwt_algorithm algorithm, str hex)
{
	struct arena *start = start_arena();
	str der;

	must(digest_unhex(start, hex, &der));
	signer->key = jwt_key_open(start, algorithm, der);
	signer->token = jwt_sign(start, &signer->key, S("at+jwt"),
	    S("{\"iss\":\"https://keydesk.example.com\",\"sub\":\"kdc_live_0123456789abcdef\","
	      "\"exp\":1900000000,\"env\":\"production\",\"kds\":\"0123456789\"}"));
}

/* What was split is what stands there, and can be put together again. */
static void
check_parts(str token, const struct jwt_parts *parts)
{
	struct arena *a = fuzz_arena();

	must(parts->algorithm != JWT_NONE && parts->kid.n == 43 && parts->typ.n > 0);
	must(parts->claims.n > 0 && parts->signature.n == 64);
	must(str_starts(parts->signed_,
	    digest_base64url(
		a, fmt(a, "{\"alg\":\"%s\",\"typ\":\"%.*s\",\"kid\":\"%.*s\"}",
		       jwt_algorithm_name(parts->algorithm), STR(parts->typ), STR(parts->kid)))));
	must(str_ends(parts->signed_, digest_base64url(a, parts->claims)));
	must(str_eq(token,
	    fmt(a, "%.*s.%.*s", STR(parts->signed_), STR(digest_base64url(a, parts->signature)))));
}

static void
check_token(str token, const struct signer *signer)
{
	static struct fault fault;
	static struct arena arena;
	struct jwt_parts parts;
	bool good;

	if (!arena.at)
		arena_open(&arena, &fault, 1 << 20);
	arena_wipe(&arena, 0);
	if (!jwt_split(&arena, token, &parts)) {
		must(!str_eq(token, signer->token));
		return;
	}
	check_parts(token, &parts);
	good = jwt_verify(&signer->key, &parts);
	must(!good || str_starts(signer->token, parts.signed_));
	if (signer->key.algorithm == JWT_EDDSA)
		must(good == str_eq(token, signer->token));
	else
		must(good || !str_eq(token, signer->token));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct signer signers[2];
	str input = fuzz_copy(data, n), rest = str_part(input, 1, n);
	const struct signer *signer = &signers[n && data[0] & 1];
	char laid[1000];

	if (!signers[0].key.pkey) {
		open_signer(&signers[0], JWT_EDDSA, str_of(ed25519_der));
		open_signer(&signers[1], JWT_ES256, str_of(p256_der));
	}
	check_token(rest, signer);

	must(signer->token.n <= sizeof laid);
	memcpy(laid, signer->token.at, signer->token.n);
	fuzz_lay_over(laid, signer->token.n, rest);
	check_token((str){ laid, signer->token.n }, signer);
	fuzz_free(input);
	return 0;
}
