/* token.c - tokens made and read; the keys that sign them, loaded, exchanged and retired. */
#define _GNU_SOURCE
#include "core/asked.h"

#include "core/secret.h"
#include "crypto/jwt.h"

/* A caller as verify_secret() would give it. */
static const struct caller live = { .client_id = STR_INIT("kdc_live_0123456789abcdef"),
	.sid = STR_INIT("0123456789"),
	.environment = STR_INIT("production"),
	.organization = STR_INIT("orgorgorg1") };

static struct caller
in_integration(void)
{
	struct caller caller = live;

	caller.environment = S("integration");
	return caller;
}

/* Another thread's hand: it has loaded no keys yet. */
static struct request *
fresh_hand(struct hand *hand)
{
	hand_open(hand, &world.hand.desk);
	return hand_ask(hand, 0);
}

static str
kid_of(struct request *rq, str token)
{
	struct jwt_parts parts;

	assert_true(jwt_split(rq->arena, token, &parts));
	return parts.kid;
}

static void
a_token_says_what_it_must(void **state)
{
	struct request *rq = hand_ask(&world.hand, 0);
	str token = token_make(rq, &live, token_scope(rq, &live)),
	    another = token_make(rq, &live, token_scope(rq, &live));
	struct token_claims claims, more;
	struct jwt_parts parts;

	(void)state;
	assert_true(jwt_split(rq->arena, token, &parts));
	CHECK_STR(parts.typ, "at+jwt");
	assert_int_equal(parts.algorithm, JWT_ES256);
	for (const char *const *member = (const char *const[]){ "\"iss\":\"http://127.0.0.1:8080\"",
		 "\"sub\":\"kdc_live_0123456789abcdef\"", "\"org\":\"orgorgorg1\"",
		 "\"kds\":\"0123456789\"", "\"env\":\"production\"", "\"scope\":\"none\"",
		 "\"aud\":\"http://127.0.0.1:8080\"", "\"jti\":\"", NULL };
	     *member; member++)
		assert_true(str_find(parts.claims, str_of(*member)) < parts.claims.n);
	CHECK_HOLDS(parts.claims, "\"jti\":\"");
	assert_int_equal(token_read(rq, token, &claims), VERDICT_GOOD);
	CHECK_STR_EQ(claims.client_id, live.client_id);
	CHECK_STR_EQ(claims.kds, live.sid);
	CHECK_STR(claims.env, "production");
	assert_int_equal(claims.exp, rq->now / SECOND + 900);
	assert_int_equal(token_read(rq, another, &more), VERDICT_GOOD);
	assert_false(str_eq(token, another));
}

/* KEYDESK_URL may have 250 bytes. */
static void
a_long_address_fits(void **state)
{
	struct request *rq = hand_ask(&world.hand, 0);
	struct caller caller = in_integration();
	struct token_claims claims;
	char url[250];

	(void)state;
	memset(url, 'a', sizeof url);
	memcpy(url, "https://", 8);
	world.settings.url = (str){ url, sizeof url };
	assert_int_equal(token_read(rq, token_make(rq, &caller, token_scope(rq, &caller)), &claims),
	    VERDICT_GOOD);
	world_test();
}

static void
expiry_goes_by_the_time_of_the_request(void **state)
{
	struct request *rq = hand_ask(&world.hand, 0);
	struct token_claims claims;
	str token;

	(void)state;
	rq->now = 1000 * SECOND;
	world.settings.token_seconds = 60;
	token = token_make(rq, &live, token_scope(rq, &live));
	rq->now = 1060 * SECOND - 1;
	assert_int_equal(token_read(rq, token, &claims), VERDICT_GOOD);
	rq->now = 1060 * SECOND;
	assert_int_equal(token_read(rq, token, &claims), VERDICT_EXPIRED);
	world_test();
}

static void
issuers_are_apart(void **state)
{
	struct request *rq = hand_ask(&world.hand, 0);
	struct caller test = in_integration();
	struct token_claims claims;
	str token = token_make(rq, &test, token_scope(rq, &test));

	(void)state;
	CHECK_STR(token_issuer(rq, S("production")), "http://127.0.0.1:8080");
	CHECK_STR(token_issuer(rq, S("integration")), "http://127.0.0.1:8080/integration");
	assert_int_equal(token_read(rq, token, &claims), VERDICT_GOOD);
	CHECK_STR(claims.env, "integration");
	assert_false(
	    str_eq(kid_of(rq, token), kid_of(rq, token_make(rq, &live, token_scope(rq, &live)))));

	/* Of another installation that shares the keys. */
	world.settings.url = S("http://127.0.0.1:9090");
	assert_int_equal(token_read(rq, token, &claims), VERDICT_FORGED);
	world_test();
}

/* The key of one environment must not vouch for the other one. */
static void
the_other_environments_key_does_not_do(void **state)
{
	struct hand hand;
	struct request *rq;
	struct caller test = in_integration();
	struct token_claims claims;
	str token;

	(void)state;
	scratch_run("UPDATE signing_key SET environment = 'production' WHERE "
		    "active_for = 'integration'");
	scratch_run("UPDATE signing_key SET active_for = NULL WHERE active_for = 'production'");
	scratch_run("UPDATE signing_key SET active_for = 'production' WHERE "
		    "active_for = 'integration'");
	rq = fresh_hand(&hand);
	token = str_copy(rq->arena, token_make(rq, &live, token_scope(rq, &live)));
	/* The hand of before knows the same key as integration's. */
	assert_int_equal(token_read(hand_ask(&world.hand, 0), token, &claims), VERDICT_FORGED);
	assert_int_equal(token_read(rq, token, &claims), VERDICT_GOOD);
	hand_close(&hand);
	scratch_run("UPDATE signing_key SET active_for = 'integration', environment = "
		    "'integration' WHERE active_for = 'production'");
	scratch_run("UPDATE signing_key SET active_for = 'production' WHERE active_for IS NULL");
	rq = fresh_hand(&hand);
	assert_int_equal(
	    token_read(rq, token_make(rq, &test, token_scope(rq, &test)), &claims), VERDICT_GOOD);
	hand_close(&hand);
}

static str
changed(struct arena *a, str token, size_t at)
{
	char *copy = NEW(a, char, token.n);

	memcpy(copy, token.at, token.n);
	copy[at] = copy[at] == 'A' ? 'B' : 'A';
	return (str){ copy, token.n };
}

static void
a_changed_token_is_refused(void **state)
{
	struct request *rq = hand_ask(&world.hand, 0);
	str token = token_make(rq, &live, token_scope(rq, &live));
	struct token_claims claims;

	(void)state;
	/* That it is known helps no other one. */
	assert_int_equal(token_read(rq, token, &claims), VERDICT_GOOD);
	assert_int_equal(token_read(rq, token, &claims), VERDICT_GOOD);
	for (size_t at = 0; at < token.n; at += 3) {
		enum verdict verdict;

		/* The last character of 64 bytes holds two bits that say nothing. */
		if (at == token.n - 1)
			break;
		verdict = token_read(rq, changed(rq->arena, token, at), &claims);
		assert_true(verdict == VERDICT_FORGED || verdict == VERDICT_MALFORMED);
	}
	assert_int_equal(token_read(rq, S(""), &claims), VERDICT_MALFORMED);
	assert_int_equal(token_read(rq, S("a.b.c"), &claims), VERDICT_MALFORMED);
	assert_int_equal(
	    token_read(rq, str_part(token, 0, token.n - 4), &claims), VERDICT_MALFORMED);
}

/* Signed by us, for something else. */
static void
another_kind_of_token_is_refused(void **state)
{
	struct request *rq = hand_ask(&world.hand, 0);
	struct jwt_key key =
	    jwt_key_open(&world.hand.start, JWT_ES256, jwt_key_make(rq->arena, JWT_ES256));
	struct jwt_parts parts;
	struct token_claims claims;
	str token = token_make(rq, &live, token_scope(rq, &live));

	(void)state;
	assert_true(jwt_split(rq->arena, token, &parts));
	assert_int_equal(token_read(rq, jwt_sign(rq->arena, &key, S("JWT"), parts.claims), &claims),
	    VERDICT_MALFORMED);
	assert_int_equal(
	    token_read(rq, jwt_sign(rq->arena, &key, S("at+jwt"), parts.claims), &claims),
	    VERDICT_FORGED);
	jwt_key_close(&key);
}

static void
an_unknown_key_id_reloads_seldom(void **state)
{
	struct hand hand;
	struct request *rq = fresh_hand(&hand);
	struct jwt_key key =
	    jwt_key_open(&hand.start, JWT_ES256, jwt_key_make(rq->arena, JWT_ES256));
	str token = jwt_sign(rq->arena, &key, S("at+jwt"), S("{}"));
	struct token_claims claims;
	int64_t executed = db_executed(rq->db);

	(void)state;
	for (int i = 0; i < 50; i++)
		assert_int_equal(token_read(rq, token, &claims), VERDICT_FORGED);
	assert_int_equal(db_executed(rq->db), executed + 1);
	token_jwks(rq, S("production"));
	token_make(rq, &live, token_scope(rq, &live));
	assert_int_equal(db_executed(rq->db), executed + 2); /* what it may do is read each time */
	jwt_key_close(&key);
	hand_close(&hand);
}

/* ---- the keys */

static void
make_token(void *rq)
{
	token_make(rq, &live, token_scope(rq, &live));
}

static void
another_ring_cannot_open_them(void **state)
{
	struct keyring another = *world.hand.desk.keyring;
	struct hand hand;
	struct request *rq = fresh_hand(&hand);

	(void)state;
	another.keys[1].seal = digest_sha256(S("another"));
	hand.desk.keyring = &another;
	CHECK_FAULT(rq->arena, make_token, rq, "cannot be opened with this key ring");
	another.keys[1].status = KEY_RETIRED;
	CHECK_FAULT(rq->arena, make_token, rq, "cannot be opened with this key ring");
	hand_close(&hand);
}

/* A row's key under another row's id would be a key that somebody chose. */
static void
exchanged_rows_cannot_be_opened(void **state)
{
	struct hand hand;
	struct request *rq = fresh_hand(&hand);

	(void)state;
	scratch_run("CREATE TEMPORARY TABLE keep SELECT * FROM signing_key");
	scratch_run("UPDATE signing_key a JOIN keep b ON a.id <> b.id SET a.sealed = b.sealed");
	CHECK_FAULT(rq->arena, make_token, rq, "cannot be opened with this key ring");
	scratch_run("UPDATE signing_key a JOIN keep b ON a.id = b.id SET a.sealed = b.sealed");
	scratch_run("DROP TEMPORARY TABLE keep");
	hand_close(&hand);
}

static void
begun_twice_there_is_one(void **state)
{
	struct request *rq = hand_begin(&world.hand, 0);

	(void)state;
	assert_false(signing_begin(rq, S("production")));
	db_rollback(rq->db);
	assert_int_equal(scratch_number("SELECT COUNT(*) FROM signing_key"), 2);
	assert_int_equal(
	    scratch_number("SELECT COUNT(*) FROM audit_entry WHERE organization_id = 0 "
			   "AND act = 'signing-key.create'"),
	    2);
}

static void
begin_key(struct hand *hand)
{
	struct request *rq = hand_begin(hand, 0);

	hand->result = signing_begin(rq, S("production"));
	commit(rq);
}

static void
begun_at_once_there_is_one(void **state)
{
	struct hand hands[4];

	(void)state;
	scratch_run("UPDATE signing_key SET active_for = NULL, retired_at = UTC_TIMESTAMP(6) WHERE "
		    "environment = 'production'");
	hands_together(hands, 4, begin_key, NULL);
	assert_int_equal(results(hands, 4, true), 1);
	assert_int_equal(scratch_number("SELECT COUNT(*) FROM signing_key WHERE active_for = "
					"'production'"),
	    1);
}

/* A thread that reads the keys again drops what was retired meanwhile, and takes nothing it signed. */
static void
a_retired_key_is_dropped(void **state)
{
	struct hand hand;
	struct request *rq = fresh_hand(&hand);
	struct caller test = in_integration();
	struct token_claims claims;
	str token, jwks;

	(void)state;
	scratch_run("UPDATE signing_key SET active_for = NULL WHERE active_for = 'integration'");
	token = token_make(rq, &live, token_scope(rq, &live));
	assert_int_equal(token_read(rq, token, &claims), VERDICT_GOOD);
	scratch_run("UPDATE signing_key SET active_for = NULL, retired_at = UTC_TIMESTAMP(6) WHERE "
		    "active_for = 'production'");
	scratch_run("UPDATE signing_key SET active_for = environment WHERE "
		    "environment = 'integration'");
	assert_int_equal(
	    token_read(rq, token_make(rq, &test, token_scope(rq, &test)), &claims), VERDICT_GOOD);
	assert_int_equal(token_read(rq, token, &claims), VERDICT_FORGED);
	jwks = token_jwks(rq, S("production"));
	assert_true(str_find(jwks, kid_of(rq, token)) == jwks.n);
	CHECK_FAULT(rq->arena, make_token, rq, "no signing key for production");
	scratch_run("UPDATE signing_key SET active_for = environment, retired_at = NULL");
	hand_close(&hand);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_token_says_what_it_must),
		cmocka_unit_test(a_long_address_fits),
		cmocka_unit_test(expiry_goes_by_the_time_of_the_request),
		cmocka_unit_test(issuers_are_apart),
		cmocka_unit_test(the_other_environments_key_does_not_do),
		cmocka_unit_test(a_changed_token_is_refused),
		cmocka_unit_test(another_kind_of_token_is_refused),
		cmocka_unit_test(an_unknown_key_id_reloads_seldom),
		cmocka_unit_test(another_ring_cannot_open_them),
		cmocka_unit_test(exchanged_rows_cannot_be_opened),
		cmocka_unit_test(begun_twice_there_is_one),
		cmocka_unit_test(a_retired_key_is_dropped),
		cmocka_unit_test(begun_at_once_there_is_one),
	};

	return cmocka_run_group_tests(tests, open_with_keys, world_close);
}
