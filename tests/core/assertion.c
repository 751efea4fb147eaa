/* assertion.c - tests of app/core/assertion.c: who may come in by a signature, and the attacks on that. */
#define _GNU_SOURCE
#include "core/asserting.h"

static void
each_algorithm_lets_its_client_in(void **state)
{
	static const struct {
		enum pair_of pair;
		const char *alg;
	} good[] = { { P256, "ES256" }, { ED25519, "EdDSA" }, { RSA2048, "RS256" },
		{ RSA2048, "PS256" } };

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		struct asked a = key_pair_of(S("production"), good[i].pair);

		assert_int_equal(
		    show_said(&a, good[i].pair, (struct said){ .alg = good[i].alg }), VERDICT_GOOD);
		CHECK_STR_EQ(a.caller.sid, a.sid);
		CHECK_STR_EQ(a.caller.client_id, a.made.client_id);
		CHECK_STR_EQ(a.caller.id, a.made.id);
	}
}

/* The algorithm is the key's, whatever the header says: "none", a MAC over the public key, another one's. */
static void
the_key_says_the_algorithm(void **state)
{
	static const char *const algs[] = { "none", "None", "HS256", "EdDSA", "RS256", "PS256",
		"ES384", "es256", "" };
	struct asked a = key_pair_of(S("production"), P256);
	struct request *rq;
	str good, header, unsigned_, text, der;
	struct digest mac;

	(void)state;
	for (size_t i = 0; i < sizeof algs / sizeof algs[0]; i++)
		assert_int_not_equal(
		    show_said(&a, P256, (struct said){ .alg = algs[i] }), VERDICT_GOOD);
	rq = hand_ask(&world.hand, 0);
	good = assertion_of(rq, &a, P256, (struct said){ 0 });
	header = digest_base64url(rq->arena, S("{\"alg\":\"none\"}"));
	text = str_part(good, str_find(good, S(".")) + 1, good.n);
	text = str_part(text, 0, str_find(text, S(".")));
	unsigned_ = fmt(rq->arena, "%.*s.%.*s.", STR(header), STR(text));
	assert_int_equal(show_text(rq, &a, unsigned_), VERDICT_MALFORMED);
	header = digest_base64url(rq->arena, S("{\"alg\":\"HS256\"}"));
	text = fmt(rq->arena, "%.*s.%.*s", STR(header), STR(text));
	der = der_of(rq->arena, pair(P256));
	mac = digest_hmac(der, text, (str){ 0 });
	assert_int_equal(show_text(rq, &a,
			     fmt(rq->arena, "%.*s.%.*s", STR(text),
				 STR(digest_base64url(rq->arena, DIGEST_STR(mac))))),
	    VERDICT_MALFORMED);
	assert_int_equal(show_text(rq, &a, good), VERDICT_GOOD);
}

static void
another_clients_key_is_no_key_of_this_one(void **state)
{
	struct asked a = key_pair_of(S("production"), P256);
	struct asked b = key_pair_of(S("production"), ANOTHER);
	struct asked secret = key_of(S("production"));
	struct public_key key;
	struct request *rq;

	(void)state;
	assert_int_equal(show_said(&a, ANOTHER, (struct said){ 0 }), VERDICT_SIGNATURE);
	assert_int_equal(show_said(&b, P256, (struct said){ 0 }), VERDICT_SIGNATURE);
	assert_int_equal(
	    show_said(&b, ANOTHER, (struct said){ .iss = a.made.client_id }), VERDICT_SIGNATURE);
	assert_int_equal(
	    show_said(&b, ANOTHER, (struct said){ .sub = a.made.client_id }), VERDICT_MALFORMED);
	/* By a client with a secret, and by nobody: alike. */
	assert_int_equal(show_said(&secret, ANOTHER, (struct said){ 0 }), VERDICT_UNKNOWN);
	assert_int_equal(
	    show_said(&b, ANOTHER, (struct said){ .iss = S("kdc_live_0000000000000000") }),
	    VERDICT_UNKNOWN);
	/* The name of another's key picks none of one's own. */
	rq = hand_ask(&world.hand, 0);
	assert_int_equal(public_key_read(rq->arena, der_of(rq->arena, pair(ANOTHER)), &key), 0);
	assert_int_equal(
	    show_text(rq, &a,
		assertion_of(rq, &a, ANOTHER,
		    (struct said){ .header = str_c(rq->arena,
				       fmt(rq->arena, "{\"alg\":\"ES256\",\"kid\":\"%.*s\"}",
					   STR(key.thumbprint))) })),
	    VERDICT_SIGNATURE);
}

static void
the_environment_must_fit(void **state)
{
	struct asked a = key_pair_of(S("integration"), ED25519);

	(void)state;
	assert_int_equal(show_said(&a, ED25519, (struct said){ 0 }), VERDICT_ENVIRONMENT);
	CHECK_STR_EQ(a.caller.sid, a.sid);
	a = key_pair_of(S("production"), ED25519);
	assert_int_equal(show_said(&a, ED25519, (struct said){ .aud = "\"" URL "/integration\"" }),
	    VERDICT_AUDIENCE);
}

static void
only_we_may_be_meant(void **state)
{
	static const char *const good[] = { "\"" URL "\"", "\"" URL "/\"",
		"\"" URL "/oauth/token\"", "[\"" URL "\"]",
		"[\"" URL "\",\"" URL "/oauth/token\"]" };
	static const char *const bad[] = { "\"" URL "/oauth/revoke\"", "\"https://evil.example\"",
		"\"" URL ".evil.example\"", "[\"" URL "\",\"https://evil.example\"]",
		"\"" URL "/oauth/token/\"", "\"HTTP://127.0.0.1:8080\"" };
	struct asked a = key_pair_of(S("production"), ED25519);

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_int_equal(
		    show_said(&a, ED25519, (struct said){ .aud = good[i] }), VERDICT_GOOD);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(
		    show_said(&a, ED25519, (struct said){ .aud = bad[i] }), VERDICT_AUDIENCE);
	assert_int_equal(show_said(&a, ED25519, (struct said){ .aud = "[]" }), VERDICT_MALFORMED);
	assert_int_equal(show_said(&a, ED25519, (struct said){ .aud = "\"\"" }), VERDICT_MALFORMED);
	assert_int_equal(show_said(&a, ED25519, (struct said){ .aud = "1" }), VERDICT_MALFORMED);
}

static void
times_are_held_to(void **state)
{
	struct asked a = key_pair_of(S("production"), ED25519);
	int64_t now = clock_now() / SECOND, most = ASSERTION_MINUTES * 60, far = INT64_MAX;
	const struct {
		int64_t exp, iat;
		bool no_iat;
		const char *more;
		enum verdict verdict;
	} cases[] = {
		{ now - 30, now - 90, false, NULL, VERDICT_GOOD }, /* within the skew */
		{ now - 90, now - 100, false, NULL, VERDICT_TIMES },
		{ now + most, 0, true, NULL, VERDICT_GOOD },
		{ now + most + 120, 0, true, NULL, VERDICT_TIMES },
		{ far, 0, true, NULL, VERDICT_TIMES },
		{ -far, 0, true, NULL, VERDICT_TIMES },
		{ 1, 0, true, NULL, VERDICT_TIMES },
		/* A long one counts from when it was made. */
		{ now + 3600, now, false, NULL, VERDICT_GOOD },
		{ far, now, false, NULL, VERDICT_GOOD },
		{ now + 3600, now - most + 30, false, NULL, VERDICT_GOOD },
		{ now + 3600, now - most - 90, false, NULL, VERDICT_TIMES },
		{ now + 3600, -far, false, NULL, VERDICT_TIMES },
		{ now + 60, now + 30, false, NULL, VERDICT_GOOD },
		{ now + 600, now + 120, false, NULL, VERDICT_TIMES },
		{ now + 600, far, false, NULL, VERDICT_TIMES },
		{ now + 60, now, false, ",\"nbf\":9000000000", VERDICT_TIMES },
		{ now + 60, now, false, ",\"nbf\":1", VERDICT_GOOD },
		{ now + 60, now, false, ",\"nbf\":1.5", VERDICT_GOOD },
		{ now + 60, now, false, ",\"nbf\":-1.5", VERDICT_MALFORMED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		enum verdict verdict = show_said(&a, ED25519,
		    (struct said){ .exp = cases[i].exp,
			.iat = cases[i].iat,
			.no_iat = cases[i].no_iat,
			.more = cases[i].more });

		if (verdict != cases[i].verdict)
			print_error("case %zu\n", i);
		assert_int_equal(verdict, cases[i].verdict);
	}
}

/* As time.time() of Python has. */
static void
times_may_have_a_fraction(void **state)
{
	struct asked a = key_pair_of(S("production"), P256);
	struct request *rq = hand_ask(&world.hand, 0);
	long long now = (long long)(rq->now / SECOND);
	str claims = fmt(rq->arena,
	    "{\"iss\":\"%.*s\",\"sub\":\"%.*s\",\"aud\":\"" URL
	    "\",\"exp\":%lld.75,\"iat\":%lld.5,\"nbf\":%lld.25,\"jti\":\"fraction\"}",
	    STR(a.made.client_id), STR(a.made.client_id), now + 60, now, now);

	(void)state;
	assert_int_equal(
	    show_text(rq, &a, assertion_of(rq, &a, P256, (struct said){ .claims = claims })),
	    VERDICT_GOOD);
}

static void
a_jti_is_good_once_for_each_client(void **state)
{
	struct asked a = key_pair_of(S("production"), ED25519);
	struct asked b = key_pair_of(S("production"), ED25519);
	struct said said = { .jti = S("the same") };
	struct request *rq;
	str text;

	(void)state;
	assert_int_equal(show_said(&a, ED25519, said), VERDICT_GOOD);
	assert_int_equal(show_said(&a, ED25519, said), VERDICT_REPLAYED);
	CHECK_STR_EQ(a.caller.sid, a.sid);
	assert_int_equal(show_said(&b, ED25519, said), VERDICT_GOOD);
	said.jti = S("the same.");
	assert_int_equal(show_said(&a, ED25519, said), VERDICT_GOOD);
	/* A request that is tried again, as after a conflict, has used it itself. */
	rq = hand_ask(&world.hand, 0);
	text = assertion_of(rq, &a, ED25519, (struct said){ .jti = S("tried again") });
	assert_int_equal(show_text(rq, &a, text), VERDICT_GOOD);
	assert_int_equal(show_text(rq, &a, text), VERDICT_GOOD);
	assert_int_equal(
	    show_said(&a, ED25519, (struct said){ .jti = S("tried again") }), VERDICT_REPLAYED);
	/* It is kept until no clock could take it any more. */
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM assertion_used u JOIN client c ON c.id = u.client_id "
		       "WHERE c.public_id = '%.*s' AND u.expires_at > UTC_TIMESTAMP(6) + INTERVAL "
		       "120 SECOND",
		STR(a.made.id)),
	    3);
}

/* What is refused for another reason leaves the jti good: nobody else can use it up. */
static void
what_is_refused_uses_no_jti_up(void **state)
{
	struct asked a = key_pair_of(S("production"), ED25519);
	struct said said = { .jti = S("once") };

	(void)state;
	assert_int_equal(show_said(&a, P256, (struct said){ .jti = said.jti }), VERDICT_SIGNATURE);
	said.aud = "\"https://evil.example\"";
	assert_int_equal(show_said(&a, ED25519, said), VERDICT_AUDIENCE);
	said.aud = NULL;
	sql_run("UPDATE client SET networks = '203.0.113.0/24' WHERE public_id = '%.*s'",
	    STR(a.made.id));
	assert_int_equal(show_said(&a, ED25519, said), VERDICT_ADDRESS);
	sql_run("UPDATE client SET networks = '', status = 'deactivated' WHERE public_id = '%.*s'",
	    STR(a.made.id));
	assert_int_equal(show_said(&a, ED25519, said), VERDICT_CLIENT);
	sql_run("UPDATE client SET status = 'active' WHERE public_id = '%.*s'", STR(a.made.id));
	assert_int_equal(show_said(&a, ED25519, said), VERDICT_GOOD);
}

enum { TOGETHER = 20 };

struct replay {
	struct asked *a;
	str assertion;
};

static void
replay(struct hand *hand)
{
	const struct replay *replay = hand->with;
	struct request *rq = hand_ask(hand, 0);
	struct asked mine = *replay->a;

	hand->result = (int)show_text(rq, &mine, replay->assertion);
}

static void
of_twenty_at_once_one_is_let_in(void **state)
{
	static struct hand hands[TOGETHER];
	struct asked a = key_pair_of(S("production"), ED25519);
	struct request *rq = hand_ask(&world.hand, 0);
	struct replay what = { &a,
		str_copy(&world.hand.start, assertion_of(rq, &a, ED25519, (struct said){ 0 })) };

	(void)state;
	hands_together(hands, TOGETHER, replay, &what);
	assert_int_equal(results(hands, TOGETHER, (int)VERDICT_GOOD), 1);
	assert_int_equal(results(hands, TOGETHER, (int)VERDICT_REPLAYED), TOGETHER - 1);
}

static void
strange_texts_are_refused(void **state)
{
	static const char *const headers[] = { "{}", "[]", "", "{\"alg\":1}",
		"{\"alg\":\"EdDSA\",\"alg\":\"EdDSA\"}", "{\"alg\":\"EdDSA\",\"crit\":[\"exp\"]}",
		"{\"alg\":\"EdDSA\",\"crit\":\"exp\"}", "{\"alg\":\"EdDSA\",\"typ\":\"at+jwt\"}",
		"{\"alg\":\"EdDSA\",\"kid\":{}}", "{\"alg\":\"EdDSA\"} ." };
	static const char *const claims[] = { "{}", "[]", "",
		"{\"iss\":\"a\",\"sub\":\"a\",\"aud\":\"a\",\"exp\":1,\"jti\":\"a\"}" };
	static const char *const texts[] = { "", ".", "..", "...", "a.b.c", "a.b", "e30.e30.",
		"e30.e30.e30", "e30.e30.e30.e30.e30" };
	struct asked a = key_pair_of(S("production"), ED25519);
	struct request *rq;
	str good, whole;

	(void)state;
	for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++)
		assert_int_equal(show_said(&a, ED25519, (struct said){ .header = headers[i] }),
		    VERDICT_MALFORMED);
	for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++) {
		struct request *asking = hand_ask(&world.hand, 0);

		assert_int_equal(show_text(asking, &a,
				     sign_texts(asking->arena, ED25519, S("{\"alg\":\"EdDSA\"}"),
					 str_of(claims[i]))),
		    VERDICT_MALFORMED);
	}
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		assert_int_equal(
		    show_text(hand_ask(&world.hand, 0), &a, str_of(texts[i])), VERDICT_MALFORMED);
	assert_int_equal(show_said(&a, ED25519, (struct said){ .more = ",\"exp\":9000000000" }),
	    VERDICT_MALFORMED);
	rq = hand_ask(&world.hand, 0);
	assert_int_equal(
	    show_text(rq, &a,
		assertion_of(rq, &a, ED25519,
		    (struct said){ .jti = fmt(rq->arena, "%0*d", ASSERTION_JTI_BYTES + 1, 1) })),
	    VERDICT_MALFORMED);
	/* Each byte but the signature's last, whose spare bits have one spelling anyway, is signed or refused. */
	rq = hand_ask(&world.hand, 0);
	whole = assertion_of(rq, &a, ED25519, (struct said){ 0 });
	for (size_t i = 0; i < whole.n; i += 7) {
		str other = str_copy(rq->arena, whole);

		((char *)(uintptr_t)other.at)[i] ^= 1;
		assert_int_not_equal(show_text(rq, &a, other), VERDICT_GOOD);
	}
	good = fmt(rq->arena, "%.*s=", STR(whole));
	assert_int_equal(show_text(rq, &a, good), VERDICT_MALFORMED);
	assert_int_equal(show_text(rq, &a, whole), VERDICT_GOOD);
}

/* Headers that libraries write. */
static void
usual_headers_are_taken(void **state)
{
	static const char *const headers[] = { "{\"typ\":\"JWT\",\"alg\":\"EdDSA\"}",
		"{\"alg\":\"EdDSA\",\"kid\":\"my key\"}", "{\"alg\":\"EdDSA\",\"x5t\":\"abc\"}",
		"{\"alg\":\"EdDSA\",\"typ\":\"client-authentication+jwt\"}" };
	struct asked a = key_pair_of(S("production"), ED25519);

	(void)state;
	for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++)
		assert_int_equal(
		    show_said(&a, ED25519, (struct said){ .header = headers[i] }), VERDICT_GOOD);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_algorithm_lets_its_client_in),
		cmocka_unit_test(the_key_says_the_algorithm),
		cmocka_unit_test(another_clients_key_is_no_key_of_this_one),
		cmocka_unit_test(the_environment_must_fit),
		cmocka_unit_test(only_we_may_be_meant),
		cmocka_unit_test(times_are_held_to),
		cmocka_unit_test(times_may_have_a_fraction),
		cmocka_unit_test(a_jti_is_good_once_for_each_client),
		cmocka_unit_test(what_is_refused_uses_no_jti_up),
		cmocka_unit_test(of_twenty_at_once_one_is_let_in),
		cmocka_unit_test(strange_texts_are_refused),
		cmocka_unit_test(usual_headers_are_taken),
	};

	return cmocka_run_group_tests(tests, open_with_keys, world_close);
}
