/* token_environments.c - tokens of one environment in the other: relabelled, and signed by who holds a key of it. */
#define _GNU_SOURCE
#include "core/asked.h"

#include "crypto/base64.h"
#include "crypto/jwt.h"

/* A caller as verify_secret() would give it. */
static struct caller
caller_in(str environment)
{
	return (struct caller){ .client_id = S("kdc_live_0123456789abcdef"),
		.sid = S("0123456789"),
		.environment = environment,
		.organization = S("orgorgorg1") };
}

static str
token_in(struct request *rq, str environment)
{
	struct caller caller = caller_in(environment);

	return token_make(rq, &caller, token_scope(rq, &caller));
}

static str
kid_of(struct request *rq, str token)
{
	struct jwt_parts parts;

	assert_true(jwt_split(rq->arena, token, &parts));
	return parts.kid;
}

static str
encoded(struct arena *a, str text)
{
	char *at = NEW(a, char, BASE64_CHARS(text.n) + 1);

	return (str){ at, base64_write(BASE64_URL, text, at) };
}

static str
decoded(struct arena *a, str text)
{
	char *at = NEW(a, char, BASE64_BYTES(text.n) + 1);
	size_t n;

	assert_true(base64_read(BASE64_URL, text, at, &n));
	return (str){ at, n };
}

/* The text with each `from` in it as `to`. */
static str
replaced(struct arena *a, str text, str from, str to)
{
	struct buf b = buf_new(a, 2 * text.n + 1000);

	for (size_t at; (at = str_find(text, from)) < text.n;
	     text = str_part(text, at + from.n, text.n)) {
		buf_add(&b, str_part(text, 0, at));
		buf_add(&b, to);
	}
	buf_add(&b, text);
	return buf_str(&b);
}

/* What an attacker writes over: the header's key, and what the claims say of the environment. */
struct label {
	bool kid, env, iss;
};

static str
relabelled(struct request *rq, const struct label *label)
{
	struct arena *a = rq->arena;
	str live = token_in(rq, S("production")), test = token_in(rq, S("integration")), rest;
	str header = decoded(a, str_cut(test, '.', &rest)), signature;
	str claims = decoded(a, str_cut(rest, '.', &signature));

	if (label->kid)
		header = replaced(a, header, kid_of(rq, test), kid_of(rq, live));
	if (label->env)
		claims =
		    replaced(a, claims, S("\"env\":\"integration\""), S("\"env\":\"production\""));
	if (label->iss)
		claims = replaced(a, claims, S("8080/integration\""), S("8080\""));
	return fmt(
	    a, "%.*s.%.*s.%.*s", STR(encoded(a, header)), STR(encoded(a, claims)), STR(signature));
}

static void
a_relabelled_token_is_forged(void **state)
{
	struct request *rq = hand_ask(&world.hand, 0);
	struct token_claims claims;
	struct label none = { false, false, false };

	(void)state;
	assert_int_equal(token_read(rq, relabelled(rq, &none), &claims), VERDICT_GOOD);
	CHECK_STR(claims.env, "integration");
	for (int set = 1; set < 8; set++) {
		struct label label = { set & 1, set & 2, set & 4 };

		assert_int_equal(token_read(rq, relabelled(rq, &label), &claims), VERDICT_FORGED);
	}
}

/* Signed by that key: the issuer's end, and what the claims say of the environment. */
static str
claimed(struct request *rq, const struct jwt_key *key, const char *issuer, const char *environment)
{
	str claims = fmt(rq->arena,
	    "{\"iss\":\"http://127.0.0.1:8080%s\",\"client_id\":\"kdc_live_0123456789abcdef\","
	    "\"exp\":%d,\"env\":\"%s\",\"jti\":\"j\",\"kds\":\"0123456789\"}",
	    issuer, (int)(rq->now / SECOND + 900), environment);

	return jwt_sign(rq->arena, key, S("at+jwt"), claims);
}

/* The key that signs for integration from now on. */
static struct jwt_key
key_of_integration(void)
{
	struct request *rq = hand_begin(&world.hand, 0);
	const struct keyring *ring = rq->desk->keyring;
	str der = jwt_key_make(rq->arena, JWT_ES256);
	struct jwt_key key = jwt_key_open(&world.hand.start, JWT_ES256, der);
	str context = fmt(rq->arena, "signing key %.*s", STR(key.kid));

	scratch_run("UPDATE signing_key SET active_for = NULL WHERE active_for = 'integration'");
	assert_true(sql_signing_add(rq->db, .environment = S("integration"),
	    .active_for = S("integration"), .next_for = (str){ 0 }, .algorithm = S("ES256"),
	    .kid = key.kid, .key_number = ring->active,
	    .sealed = digest_seal(rq->arena, &ring->keys[ring->active].seal, context, der),
	    .signs_at = rq->now, .now = rq->now));
	audit(rq, S("test.act"), key.kid, (str){ 0 });
	commit(rq);
	return key;
}

/* Whoever holds integration's private key, on a machine where people try things, makes what integration takes, and
 * nothing that production does. */
static void
a_stolen_key_of_integration_is_worth_nothing_in_production(void **state)
{
	static const struct {
		const char *issuer, *environment;
		enum verdict verdict;
	} all[] = {
		{ "/integration", "integration", VERDICT_GOOD },
		{ "", "production", VERDICT_FORGED },
		{ "/integration", "production", VERDICT_FORGED },
		{ "", "integration", VERDICT_FORGED },
		/* There is no such environment, whatever comes closest. */
		{ "/integration", "Production", VERDICT_FORGED },
		{ "/integration", "staging", VERDICT_FORGED },
		{ "/integration", "integration ", VERDICT_FORGED },
	};
	struct jwt_key key = key_of_integration();
	struct token_claims claims;
	struct request *rq;
	struct hand hand;

	(void)state;
	hand_open(&hand, &world.hand.desk);
	rq = hand_ask(&hand, 0);
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		assert_int_equal(
		    token_read(rq, claimed(rq, &key, all[i].issuer, all[i].environment), &claims),
		    all[i].verdict);
	hand_close(&hand);
	jwt_key_close(&key);
}

/* Who looks at nothing but the signature takes no token of the other environment either. */
static void
each_set_holds_its_own_public_keys(void **state)
{
	struct request *rq = hand_ask(&world.hand, 0);
	str live = token_jwks(rq, S("production")), test = token_jwks(rq, S("integration"));
	str live_kid = kid_of(rq, token_in(rq, S("production")));
	str test_kid = kid_of(rq, token_in(rq, S("integration")));

	(void)state;
	assert_true(str_starts(live, S("{\"keys\":[{")) && str_starts(test, S("{\"keys\":[{")));
	assert_true(str_find(live, live_kid) < live.n && str_find(live, test_kid) == live.n);
	assert_true(str_find(test, test_kid) < test.n && str_find(test, live_kid) == test.n);
	CHECK_HOLDS(live, "\"alg\":\"ES256\"");
	assert_true(str_find(live, S("\"d\":")) == live.n && str_find(test, S("\"d\":")) == test.n);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_relabelled_token_is_forged),
		cmocka_unit_test(each_set_holds_its_own_public_keys),
		cmocka_unit_test(a_stolen_key_of_integration_is_worth_nothing_in_production),
	};

	return cmocka_run_group_tests(tests, open_with_keys, world_close);
}
