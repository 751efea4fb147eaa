/* signing.c - which key signs and which are published: by the rows and the time, on every thread at one moment. */
#define _GNU_SOURCE
#include "core/asked.h"

#include "core/signing.h"

static const str production = STR_INIT("production"), integration = STR_INIT("integration");

static struct caller
caller_of(struct request *rq, str environment)
{
	return (struct caller){ .client_id = S("kdc_live_0123456789abcdef"),
		.sid = S("0123456789"),
		.environment = environment,
		.organization = S("orgorgorg1"),
		.signing = sql_number("SELECT signing FROM catalogue") + 0 * rq->now };
}

static str
token_at(struct request *rq, str environment)
{
	struct caller caller = caller_of(rq, environment);

	return token_make(rq, &caller, S("none"));
}

static str
kid_of(struct request *rq, str token)
{
	struct jwt_parts parts;

	assert_true(jwt_split(rq->arena, token, &parts));
	return parts.kid;
}

/* Another thread's hand, which has loaded no keys yet. */
static struct request *
fresh_hand(struct hand *hand)
{
	hand_open(hand, &world.hand.desk);
	return hand_ask(hand, 0);
}

static struct signing_key
rotated(str environment, str algorithm)
{
	struct request *rq = hand_begin(&world.hand, 0);
	struct signing_wish wish = { .environment = environment, .algorithm = algorithm };
	struct signing_key made;

	assert_int_equal(signing_rotate(rq, &wish, &made), SIGNING_CHANGED);
	made.kid = str_copy(&world.hand.start, made.kid);
	commit(rq);
	return made;
}

/* As a thread says that has loaded no keys yet: the others are a second behind at most. */
static bool
publishes(int64_t now, str environment, str kid)
{
	struct hand hand;
	struct request *rq = fresh_hand(&hand);
	bool found;
	str jwks;

	rq->now = now;
	jwks = token_jwks(rq, environment);
	found = str_find(jwks, kid) < jwks.n;
	hand_close(&hand);
	return found;
}

/* Each test ends with it: nothing is left of what it has done. */
static void
as_at_first(void)
{
	hand_begin(&world.hand, 0);
	sql_run("DELETE FROM signing_key");
	signing_begin(&world.hand.rq, production);
	signing_begin(&world.hand.rq, integration);
	commit(&world.hand.rq);
	world_test();
}

static void
the_next_one_is_published_and_signs_a_day_later(void **state)
{
	struct request *rq = hand_ask(&world.hand, 0);
	str before = str_copy(&world.hand.start, kid_of(rq, token_at(rq, production)));
	int64_t now = clock_now();
	struct signing_key made = rotated(production, S(""));
	struct token_claims claims;
	struct hand other;
	str token;

	(void)state;
	assert_true(made.signs_at >= now + DAY && made.signs_at < now + DAY + MINUTE);
	rq = hand_ask(&world.hand, 0);
	assert_true(
	    publishes(rq->now, production, made.kid) && publishes(rq->now, production, before));
	assert_false(publishes(rq->now, integration, made.kid));
	CHECK_STR_EQ(kid_of(rq, token_at(rq, production)), before);

	/* A thread that has loaded the keys before the moment changes over with the others. */
	rq->now = made.signs_at - 1;
	token = token_at(rq, production);
	CHECK_STR_EQ(kid_of(rq, token), before);
	rq->now = made.signs_at;
	CHECK_STR_EQ(kid_of(rq, token_at(rq, production)), made.kid);
	assert_int_equal(token_read(rq, token, &claims), VERDICT_GOOD);
	rq = fresh_hand(&other);
	rq->now = made.signs_at;
	CHECK_STR_EQ(kid_of(rq, token_at(rq, production)), made.kid);
	hand_close(&other);
	as_at_first();
}

static void
settle_at(int64_t now)
{
	struct hand hand;

	hand_open(&hand, &world.hand.desk);
	sql_run("UPDATE signing_key SET signs_at = TIMESTAMPADD(MICROSECOND, -%ld, signs_at), "
		"ends_at = TIMESTAMPADD(MICROSECOND, -%ld, ends_at)",
	    (long)(now - clock_now()), (long)(now - clock_now()));
	db_bind(hand.desk.db, &hand.arena);
	signing_settle_due(&hand.desk, &hand.arena);
	hand_close(&hand);
}

static void
an_old_one_is_kept_until_its_last_token_has_expired(void **state)
{
	struct signing_key made = rotated(production, S("")), twice;
	struct request *rq = hand_ask(&world.hand, 0);
	str before = str_copy(&world.hand.start, kid_of(rq, token_at(rq, production)));
	struct token_claims claims;
	str token;

	(void)state;
	world.settings.token_seconds = TOKEN_SECONDS_MAX;
	rq->now = made.signs_at - 1;
	token = str_copy(&world.hand.start, token_at(rq, production));
	/* The housekeeper writes it down, late or not: what was decided by the time stays so. */
	settle_at(made.signs_at + SECOND);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM signing_key WHERE active_for = 'production' AND "
		       "kid = '%.*s' AND next_for IS NULL",
		STR(made.kid)),
	    1);
	rq = hand_ask(&world.hand, 0);
	twice = (struct signing_key){ .signs_at = sql_number(
					  "SELECT CAST(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', "
					  "ends_at) AS SIGNED) FROM signing_key "
					  "WHERE kid = '%.*s'",
					  STR(before)) };
	rq->now = twice.signs_at - 6 * MINUTE; /* its last token has some seconds left */
	CHECK_STR_EQ(kid_of(rq, token_at(rq, production)), made.kid);
	assert_true(publishes(rq->now, production, before));
	assert_true(token_read(rq, token, &claims) == VERDICT_GOOD ||
		    token_read(rq, token, &claims) == VERDICT_EXPIRED);
	/* After its end it is refused, whether or not the housekeeper has been there, and then it is gone. */
	rq->now = twice.signs_at;
	assert_int_equal(token_read(rq, token, &claims), VERDICT_FORGED);
	assert_false(publishes(rq->now, production, before));
	settle_at(twice.signs_at + SECOND);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM signing_key WHERE kid = '%.*s' AND retired_at "
		       "IS NOT NULL AND sealed = ''",
		STR(before)),
	    1);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM audit_entry WHERE act = 'signing-key.retire' AND "
		       "object = '%.*s' AND person = 'housekeeper'",
		STR(before)),
	    1);
	as_at_first();
}

/* Another thread has loaded the keys, and its next request's SELECT says that they have changed. */
static void
replaced_at_once_what_was_signed_before_is_refused(void **state)
{
	struct asked a = key_of(production);
	struct request *rq;
	struct presented shown = { .environment = production, .address = S("192.0.2.1") };
	struct signing_wish wish = { .environment = production };
	struct hand hand, third;
	struct caller caller;
	int64_t executed;
	str fresh;

	(void)state;
	assert_int_equal(ask(&a), VERDICT_GOOD);
	shown.token = str_copy(&world.hand.start,
	    token_make(&world.hand.rq, &a.caller, token_scope(&world.hand.rq, &a.caller)));
	rq = fresh_hand(&hand);
	assert_int_equal(verify_token(rq, &shown, &caller), VERDICT_GOOD);

	rq = hand_begin(&world.hand, 0);
	signing_replace(rq, &wish);
	commit(rq);
	rq = hand_ask(&hand, 0);
	executed = db_executed(rq->db);
	assert_int_equal(verify_token(rq, &shown, &caller), VERDICT_FORGED);
	assert_int_equal(db_executed(rq->db), executed + 2);
	executed = db_executed(rq->db);
	assert_int_equal(verify_token(rq, &shown, &caller), VERDICT_FORGED);
	assert_int_equal(db_executed(rq->db), executed); /* it ends at its key now */

	/* What is signed from now on is taken, also by a thread that has not heard of the key. */
	assert_int_equal(ask(&a), VERDICT_GOOD);
	fresh_hand(&third);
	shown.token = str_copy(&world.hand.start,
	    token_make(&world.hand.rq, &a.caller, token_scope(&world.hand.rq, &a.caller)));
	assert_int_equal(verify_token(&hand.rq, &shown, &caller), VERDICT_GOOD);
	assert_int_equal(verify_token(&third.rq, &shown, &caller), VERDICT_GOOD);
	fresh = token_at(hand_ask(&hand, 0), integration);
	assert_true(fresh.n > 0); /* the other environment's key is as it was */
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM signing_key WHERE retired_at IS NOT NULL"), 1);
	hand_close(&hand);
	hand_close(&third);
	as_at_first();
}

/* Two threads that have just looked: what one of them learns from a row, the other one finds before it refuses. */
static void
a_thread_that_is_behind_looks_before_it_refuses(void **state)
{
	struct signing_wish wish = { .environment = production };
	struct hand one, other;
	struct request *rq = fresh_hand(&one), *behind = fresh_hand(&other);
	struct token_claims claims;
	str token = token_at(rq, production);

	(void)state;
	assert_int_equal(token_read(behind, token, &claims), VERDICT_GOOD);
	rq = hand_begin(&world.hand, 0);
	signing_replace(rq, &wish);
	commit(rq);
	token = token_at(&one.rq, production);
	assert_int_equal(token_read(behind, token, &claims), VERDICT_GOOD);
	hand_close(&one);
	hand_close(&other);
	as_at_first();
}

static void
rotate_one(struct hand *hand)
{
	struct request *rq = hand_begin(hand, 0);
	struct signing_wish wish = { .environment = production };
	struct signing_key made;

	hand->result = (int)signing_rotate(rq, &wish, &made);
	if (hand->result == SIGNING_CHANGED)
		commit(rq);
	else
		db_rollback(rq->db);
}

static void
of_many_who_rotate_at_once_one_does(void **state)
{
	struct hand hands[6];

	(void)state;
	hands_together(hands, 6, rotate_one, NULL);
	assert_int_equal(results(hands, 6, SIGNING_CHANGED), 1);
	assert_int_equal(results(hands, 6, SIGNING_WAITS), 5);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM signing_key WHERE next_for = 'production'"), 1);
	as_at_first();
}

static void
activated_early_only_when_services_can_know_it(void **state)
{
	struct signing_key made = rotated(integration, S("")), key;
	struct signing_wish wish = { .environment = integration };
	struct request *rq = hand_begin(&world.hand, 0);

	(void)state;
	assert_int_equal(signing_activate(rq, &wish, false, &key), SIGNING_SOON);
	rq->now += SIGNING_JWKS_SECONDS * SECOND + MINUTE;
	assert_int_equal(signing_activate(rq, &wish, false, &key), SIGNING_CHANGED);
	CHECK_STR_EQ(key.kid, made.kid);
	assert_int_equal(key.signs_at, rq->now);
	CHECK_STR_EQ(kid_of(rq, token_at(rq, integration)), made.kid);
	assert_int_equal(signing_activate(rq, &wish, true, &key), SIGNING_NOTHING);
	db_rollback(rq->db);
	rq = hand_begin(&world.hand, 0);
	assert_int_equal(signing_activate(rq, &wish, true, &key), SIGNING_CHANGED);
	commit(rq);
	as_at_first();
}

static void
only_what_does_not_sign_is_retired(void **state)
{
	struct signing_key next = rotated(production, S("")), key;
	struct request *rq = hand_begin(&world.hand, 0);
	str active = str_copy(&world.hand.start, kid_of(rq, token_at(rq, production)));
	struct signing_wish wish = { .environment = production };

	(void)state;
	assert_int_equal(signing_retire(rq, active, true, &key), SIGNING_SIGNS);
	assert_int_equal(signing_retire(rq, S("none"), true, &key), SIGNING_NOTHING);
	assert_int_equal(signing_retire(rq, next.kid, false, &key), SIGNING_CHANGED);
	commit(rq);
	rotated(production, S(""));
	rq = hand_begin(&world.hand, 0);
	assert_int_equal(signing_activate(rq, &wish, true, &key), SIGNING_CHANGED);
	assert_int_equal(signing_retire(rq, active, false, &key), SIGNING_SOON);
	assert_int_equal(signing_retire(rq, active, true, &key), SIGNING_CHANGED);
	commit(rq);
	assert_false(publishes(clock_now(), production, active));
	as_at_first();
}

/* Both environments, once, and by whom it was. */
static void
old_enough_keys_are_followed_by_themselves(void **state)
{
	(void)state;
	world.settings.signing_days = 0;
	settle_at(clock_now() + 1000 * DAY);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM signing_key"), 2);
	as_at_first();
	world.settings.signing_days = 90;
	settle_at(clock_now() + 89 * DAY - HOUR);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM signing_key"), 2);
	settle_at(clock_now() + 2 * HOUR);
	settle_at(clock_now());
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM signing_key WHERE next_for = environment"), 2);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM signing_key"), 4);
	settle_at(clock_now() + DAY);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM signing_key WHERE active_for = environment AND "
		       "ends_at IS NULL"),
	    2);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM signing_key WHERE ends_at IS NOT NULL"), 2);
	as_at_first();
}

static void
each_key_has_an_algorithm_of_its_own(void **state)
{
	struct signing_key made = rotated(production, S("EdDSA"));
	struct request *rq = hand_ask(&world.hand, 0);
	struct token_claims claims;
	struct jwt_parts parts;
	str es256 = token_at(rq, production), eddsa, jwks, rest, header, forged;
	struct strs algorithms = token_algorithms(rq, production);

	(void)state;
	assert_int_equal(algorithms.n, 2);
	CHECK_STR(algorithms.at[0], "ES256"); /* the one that signs */
	CHECK_STR(algorithms.at[1], "EdDSA");
	jwks = token_jwks(rq, production);
	CHECK_HOLDS(jwks, "{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"");
	CHECK_HOLDS(jwks, "\"alg\":\"EdDSA\"");
	rq->now = made.signs_at;
	eddsa = token_at(rq, production);
	assert_true(jwt_split(rq->arena, eddsa, &parts));
	assert_int_equal(parts.algorithm, JWT_EDDSA);
	CHECK_STR_EQ(parts.kid, made.kid);
	assert_int_equal(token_read(rq, eddsa, &claims), VERDICT_GOOD);

	/* The same token with the other key's header is nobody's. */
	header = str_cut(es256, '.', &rest);
	str_cut(eddsa, '.', &rest);
	forged = fmt(rq->arena, "%.*s.%.*s", STR(header), STR(rest));
	assert_int_equal(token_read(rq, forged, &claims), VERDICT_FORGED);
	as_at_first();
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_next_one_is_published_and_signs_a_day_later),
		cmocka_unit_test(an_old_one_is_kept_until_its_last_token_has_expired),
		cmocka_unit_test(replaced_at_once_what_was_signed_before_is_refused),
		cmocka_unit_test(a_thread_that_is_behind_looks_before_it_refuses),
		cmocka_unit_test(of_many_who_rotate_at_once_one_does),
		cmocka_unit_test(activated_early_only_when_services_can_know_it),
		cmocka_unit_test(only_what_does_not_sign_is_retired),
		cmocka_unit_test(old_enough_keys_are_followed_by_themselves),
		cmocka_unit_test(each_key_has_an_algorithm_of_its_own),
	};

	return cmocka_run_group_tests(tests, open_with_keys, world_close);
}
