/* assertion_kept.c - tests of public keys as they are kept: sealed, bound to their row, and ended as secrets are. */
#define _GNU_SOURCE
#include "core/asserting.h"

#include "core/secret.h"

/* Whoever has the tag key could make a text with the sid of a key: there is no hash to hold it against. */
static void
no_text_is_the_secret_of_a_public_key(void **state)
{
	struct asked a = key_pair_of(S("production"), ED25519);
	struct request *rq = hand_ask(&world.hand, 0);
	struct made_secret forged = secret_make_as(rq->arena, rq->desk->keyring, true, a.sid);
	struct presented presented = {
		.client_id = a.made.client_id, .secret = forged.text, .environment = S("production")
	};

	(void)state;
	assert_int_equal(verify_secret(rq, &presented, &a.caller), VERDICT_WRONG);
}

static void
its_token_lives_as_long_as_the_key(void **state)
{
	struct asked a = key_pair_of(S("production"), ED25519);
	struct presented presented = { .environment = S("production") };
	struct request *rq;

	(void)state;
	assert_int_equal(show_said(&a, ED25519, (struct said){ 0 }), VERDICT_GOOD);
	presented.token =
	    str_copy(&world.hand.start, token_make(&world.hand.rq, &a.caller, (str){ 0 }));
	rq = hand_ask(&world.hand, 0);
	assert_int_equal(verify_token(rq, &presented, &a.caller), VERDICT_GOOD);
	rq = begin_as(&a.ann);
	assert_true(client_delete(rq, a.made.id));
	commit(rq);
	rq = hand_ask(&world.hand, 0);
	assert_int_equal(verify_token(rq, &presented, &a.caller), VERDICT_REVOKED);
	assert_int_equal(show_said(&a, ED25519, (struct said){ 0 }), VERDICT_UNKNOWN);
}

/* Another key of the ring is activated and the first one goes: public keys were sealed anew, and no program notices. */
static void
keys_outlive_a_key_of_the_ring(void **state)
{
	const struct keyring *before = world.hand.desk.keyring;
	static struct keyring two, only;
	struct asked a = key_pair_of(S("production"), ED25519);
	struct request *rq;

	(void)state;
	ring_of_two(&two, 2);
	world.hand.desk.keyring = &two;
	rq = begin_as(&a.ann);
	assert_true(public_key_reseal(rq, 2) > 0);
	assert_int_equal(public_key_reseal(rq, 2), 0);
	audit(rq, S("keyring.activate"), S("2"), (str){ 0 });
	commit(rq);
	assert_int_equal(show_said(&a, ED25519, (struct said){ 0 }), VERDICT_GOOD);
	only = two;
	only.keys[1].status = KEY_RETIRED;
	world.hand.desk.keyring = &only;
	assert_int_equal(show_said(&a, ED25519, (struct said){ 0 }), VERDICT_GOOD);
	/* And back, for the tests that follow. */
	world.hand.desk.keyring = &two;
	rq = begin_as(&a.ann);
	assert_true(public_key_reseal(rq, 1) > 0);
	audit(rq, S("keyring.activate"), S("1"), (str){ 0 });
	commit(rq);
	world.hand.desk.keyring = before;
	assert_int_equal(show_said(&a, ED25519, (struct said){ 0 }), VERDICT_GOOD);
}

/* Whoever can write to the database, and has not the ring, brings no key of theirs in: neither as it is, nor from a row in
 * which it was registered. */
static void
no_key_is_planted_in_the_database(void **state)
{
	struct asked a = key_pair_of(S("production"), P256);
	struct asked mine = key_pair_of(S("production"), ANOTHER);
	struct request *rq = hand_ask(&world.hand, 0);

	(void)state;
	sql_run("UPDATE secret SET public_key = UNHEX('%.*s') WHERE sid = '%.*s'",
	    STR(digest_hex(rq->arena, der_of(rq->arena, pair(ANOTHER)))), STR(a.sid));
	assert_int_equal(show_said(&a, ANOTHER, (struct said){ 0 }), VERDICT_SIGNATURE);
	sql_run(
	    "UPDATE secret s, secret m SET s.public_key = m.public_key WHERE s.sid = '%.*s' AND "
	    "m.sid = '%.*s'",
	    STR(a.sid), STR(mine.sid));
	assert_int_equal(show_said(&a, ANOTHER, (struct said){ 0 }), VERDICT_SIGNATURE);
	assert_int_equal(show_said(&a, P256, (struct said){ 0 }), VERDICT_SIGNATURE);
	assert_int_equal(show_said(&mine, ANOTHER, (struct said){ 0 }), VERDICT_GOOD);
	/* Nor by taking a row that one has registered, as it stands, to another client. */
	sql_run("UPDATE secret SET status = 'revoked', current_of = NULL, public_key = NULL WHERE "
		"sid = '%.*s'",
	    STR(a.sid));
	sql_run(
	    "UPDATE secret s, client c SET s.client_id = c.id, s.current_of = c.id, "
	    "s.organization_id = c.organization_id WHERE s.sid = '%.*s' AND c.client_id = '%.*s'",
	    STR(mine.sid), STR(a.made.client_id));
	a.sid = mine.sid;
	assert_int_equal(show_said(&a, ANOTHER, (struct said){ 0 }), VERDICT_SIGNATURE);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_text_is_the_secret_of_a_public_key),
		cmocka_unit_test(its_token_lives_as_long_as_the_key),
		cmocka_unit_test(keys_outlive_a_key_of_the_ring),
		cmocka_unit_test(no_key_is_planted_in_the_database),
	};

	return cmocka_run_group_tests(tests, open_with_keys, world_close);
}
