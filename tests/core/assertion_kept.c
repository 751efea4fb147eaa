/* assertion_kept.c - tests of public keys as they are kept: sealed, bound to their row, and ended as secrets are. */
#define _GNU_SOURCE
#include "core/asserting.h"

#include "core/secret.h"

#include <pthread.h>
#include <stdatomic.h>

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
	assert_int_equal(show_said(&a, ED25519, (struct said){ 0 }), VERDICT_REVOKED);
}

/* Another key of the ring is activated and the first one goes: public keys were sealed anew, and no program notices. */
static void
keys_outlive_a_key_of_the_ring(void **state)
{
	const struct keyring *before = world.hand.desk.keyring;
	static struct keyring two, only;
	struct asked a = key_pair_of(S("production"), ED25519);
	struct asked ended = key_pair_of(S("production"), P256);
	struct request *rq;

	(void)state;
	ring_of_two(&two, 2);
	world.hand.desk.keyring = &two;
	rq = begin_as(&ended.ann);
	assert_true(client_delete(rq, ended.made.id));
	commit(rq);
	rq = hand_ask(&world.hand, 0);
	assert_true(public_key_reseal(rq, 2) > 0);
	assert_int_equal(public_key_reseal(rq, 2), 0);
	assert_int_equal(public_keys_lost(rq), 0);
	assert_int_equal(show_said(&a, ED25519, (struct said){ 0 }), VERDICT_GOOD);
	only = two;
	only.keys[1].status = KEY_RETIRED;
	world.hand.desk.keyring = &only;
	assert_int_equal(show_said(&a, ED25519, (struct said){ 0 }), VERDICT_GOOD);
	assert_int_equal(show_said(&ended, P256, (struct said){ 0 }), VERDICT_REVOKED);
	/* And back, for the tests that follow. */
	world.hand.desk.keyring = &two;
	rq = hand_ask(&world.hand, 0);
	assert_true(public_key_reseal(rq, 1) > 0);
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

/* Takes out what was noted; how many calls of this secret were refused as one that has ended. */
static int64_t
refused_of(int64_t secret)
{
	struct shared *shared = world.hand.desk.shared;
	static struct shared_uses uses;
	int64_t n = 0;

	while (shared_uses_take(shared, 1, &uses)) {
		for (size_t i = 0; i < uses.n; i++)
			if (uses.at[i].secret == secret)
				n += uses.at[i].calls[USE_REVOKED];
		shared_uses_written(shared, uses.number);
	}
	return n;
}

static str
thumbprint_of(enum pair_of which)
{
	struct public_key key;
	struct arena *start = &world.hand.start;

	assert_int_equal(
	    public_key_read(start, der_of(start, pair(which)), &key), PUBLIC_KEY_RIGHT);
	return key.thumbprint;
}

static void
ended_by_another(struct asked *a, enum pair_of which)
{
	struct request *rq = begin_as(&a->ann);
	struct client_next next = { .id = a->made.id };
	struct public_key key;
	struct client_made made;

	assert_int_equal(
	    public_key_read(rq->arena, der_of(rq->arena, pair(which)), &key), PUBLIC_KEY_RIGHT);
	next.key = &key;
	assert_int_equal(client_reset_to(rq, &next, &made), MADE_NEW);
	commit(rq);
}

/* Whoever still signs with a key that has ended is refused, and told from somebody who makes a signature up: its use is noted. */
static void
use_of_a_key_that_has_ended_is_noted(void **state)
{
	struct asked a = key_pair_of(S("production"), P256);
	struct asked other = key_pair_of(S("production"), ED25519);
	int64_t secret;

	(void)state;
	ended_by_another(&a, RSA2048);
	refused_of(0);
	assert_int_equal(show_said(&a, P256, (struct said){ 0 }), VERDICT_REVOKED);
	CHECK_STR_EQ(a.caller.sid, a.sid);
	secret = a.caller.secret;
	assert_int_equal(refused_of(secret), 1);
	assert_int_equal(show_said(&a, RSA2048, (struct said){ 0 }), VERDICT_GOOD);
	/* Made up: by another key, with the name of the one that has ended, or for another client. */
	assert_int_equal(
	    show_said(&a, ANOTHER,
		(struct said){ .header = str_c(&world.hand.start,
				   fmt(&world.hand.start, "{\"alg\":\"ES256\",\"kid\":\"%.*s\"}",
				       STR(thumbprint_of(P256)))) }),
	    VERDICT_SIGNATURE);
	assert_int_equal(show_said(&other, P256, (struct said){ 0 }), VERDICT_SIGNATURE);
	assert_int_equal(refused_of(secret), 0);
	/* Of several that have ended each is found. */
	ended_by_another(&a, ANOTHER);
	assert_int_equal(show_said(&a, RSA2048, (struct said){ 0 }), VERDICT_REVOKED);
	assert_int_equal(show_said(&a, P256, (struct said){ 0 }), VERDICT_REVOKED);
	assert_int_equal(refused_of(secret), 1);
}

/* What is kept of it lets nobody in again, wherever it is put by whoever can write to the database. */
static void
what_is_kept_of_an_ended_key_lets_nobody_in(void **state)
{
	struct asked a = key_pair_of(S("production"), P256);

	(void)state;
	ended_by_another(&a, RSA2048);
	sql_run(
	    "UPDATE secret SET current_of = NULL WHERE client_id = (SELECT id FROM client WHERE "
	    "client_id = '%.*s')",
	    STR(a.made.client_id));
	sql_run("UPDATE secret s JOIN registered_key r ON r.secret_id = s.id SET s.public_key = "
		"r.public_key, s.status = 'active', s.ended_at = NULL, s.ended_reason = '', "
		"s.current_of = s.client_id WHERE s.sid = '%.*s'",
	    STR(a.sid));
	assert_int_equal(show_said(&a, P256, (struct said){ 0 }), VERDICT_SIGNATURE);
	assert_true(public_keys_lost(hand_ask(&world.hand, 0)) > 0);
	sql_run("UPDATE secret SET public_key = NULL WHERE sid = '%.*s'", STR(a.sid));
}

/* Makes the row of a key active and revoked in turn. */
struct flicker {
	const struct asked *of;
	atomic_bool over;
};

static void
flick(MYSQL *db, const char *status, str sid)
{
	char text[200];

	snprintf(text, sizeof text, "UPDATE secret SET status = '%s' WHERE sid = '%.*s'", status,
	    STR(sid));
	if (mysql_query(db, text))
		print_error("%s: %s\n", text, mysql_error(db));
}

static void *
flicker_run(void *arg)
{
	struct flicker *flicker = arg;
	MYSQL *db = scratch_connect();

	assert_false(mysql_select_db(db, scratch_name));
	while (!flicker->over) {
		flick(db, "active", flicker->of->sid);
		flick(db, "revoked", flicker->of->sid);
	}
	mysql_close(db);
	return NULL;
}

/* Whoever can write to the database and has the private half lets nobody in by that, not even in between two SELECTs. */
static void
an_ended_key_whose_row_flickers_lets_nobody_in(void **state)
{
	struct asked a = key_pair_of(S("production"), P256);
	struct flicker flicker = { .of = &a };
	pthread_t thread;
	int good = 0, revoked = 0;

	(void)state;
	ended_by_another(&a, RSA2048);
	assert_false(pthread_create(&thread, NULL, flicker_run, &flicker));
	for (int i = 0; i < 500; i++) {
		enum verdict verdict = show_said(&a, P256, (struct said){ 0 });

		good += verdict == VERDICT_GOOD;
		revoked += verdict == VERDICT_REVOKED;
	}
	flicker.over = true;
	assert_false(pthread_join(thread, NULL));
	assert_int_equal(good, 0);
	assert_true(revoked > 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_text_is_the_secret_of_a_public_key),
		cmocka_unit_test(its_token_lives_as_long_as_the_key),
		cmocka_unit_test(keys_outlive_a_key_of_the_ring),
		cmocka_unit_test(use_of_a_key_that_has_ended_is_noted),
		cmocka_unit_test(what_is_kept_of_an_ended_key_lets_nobody_in),
		cmocka_unit_test(an_ended_key_whose_row_flickers_lets_nobody_in),
		cmocka_unit_test(no_key_is_planted_in_the_database),
	};

	return cmocka_run_group_tests(tests, open_with_keys, world_close);
}
