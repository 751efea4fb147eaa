/* verify_anew.c - hashes are made anew when the profile or the key ring has changed. */
#define _GNU_SOURCE
#include "core/asked.h"

static void
a_changed_profile_makes_the_hash_anew(void **state)
{
	struct asked a = key_of(S("production"));
	int64_t computed;

	(void)state;
	world.settings.programs.memory_kib = 16;
	assert_int_equal(ask(&a), VERDICT_GOOD);
	computed = counted(COUNT_ARGON2);
	assert_int_equal(
	    sql_number(
		"SELECT hash LIKE '%%m=16,t=1,p=1%%' FROM secret WHERE sid = '%.*s'", STR(a.sid)),
	    1);
	assert_int_equal(ask(&a), VERDICT_GOOD);
	assert_int_equal(
	    counted(COUNT_ARGON2), computed); /* the text is known by the new one, too */
	world_test();
}

/* What goes wrong with that is no reason to refuse a caller who has just been accepted. */
static void
a_hash_that_cannot_be_made_anew(void **state)
{
	struct asked a = key_of(S("production"));

	(void)state;
	world.settings.programs.memory_kib = 16;
	scratch_run("CREATE TRIGGER refuse BEFORE UPDATE ON secret FOR EACH ROW "
		    "SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 1205");
	assert_int_equal(ask(&a), VERDICT_GOOD);
	scratch_run("DROP TRIGGER refuse");
	assert_int_equal(
	    sql_number(
		"SELECT hash LIKE '%%m=8,t=1,p=1%%' FROM secret WHERE sid = '%.*s'", STR(a.sid)),
	    1);
	world_test();
}

/* Under the ring's next key the hash is made anew; once the old key is gone, what was not seen is lost. */
static void
a_rotated_ring(void **state)
{
	struct asked seen = key_of(S("production")), unseen = key_of(S("production"));
	const struct keyring *before = world.hand.desk.keyring;
	struct keyring ring = *before;

	(void)state;
	ring.keys[1].status = KEY_READING;
	ring.keys[2] = ring.keys[1];
	ring.keys[2].status = KEY_ACTIVE;
	ring.keys[2].pepper = digest_sha256(S("another"));
	ring.active = 2;
	world.hand.desk.keyring = &ring;
	assert_int_equal(ask(&seen), VERDICT_GOOD);
	assert_int_equal(sql_number("SELECT hash LIKE '%%keyid=Mg%%' FROM secret WHERE "
				    "sid = '%.*s'",
			     STR(seen.sid)),
	    1);
	ring.keys[1].pepper = digest_sha256(S("lost"));
	assert_int_equal(ask(&seen), VERDICT_GOOD);
	assert_int_equal(ask(&unseen), VERDICT_WRONG);
	world.hand.desk.keyring = before;
}

/* With the key that made a secret its tokens are refused too, though another key has signed them. */
static void
a_retired_key_ends_tokens(void **state)
{
	const struct keyring *before = world.hand.desk.keyring;
	struct asked a = key_of(S("production"));
	struct keyring ring;
	str token;

	(void)state;
	ring_of_two(&ring, 2);
	assert_int_equal(ask(&a), VERDICT_GOOD);
	token = str_copy(&world.hand.start,
	    token_make(&world.hand.rq, &a.caller, token_scope(&world.hand.rq, &a.caller)));
	world.hand.desk.keyring = &ring;
	assert_int_equal(verify_token(hand_ask(&world.hand, 0),
			     &(struct presented){ .token = token }, &a.caller),
	    VERDICT_GOOD);
	ring.keys[1].status = KEY_RETIRED;
	assert_int_equal(verify_token(hand_ask(&world.hand, 0),
			     &(struct presented){ .token = token }, &a.caller),
	    VERDICT_REVOKED);
	world.hand.desk.keyring = before;
}

/* Another machine has activated the next key: here its hashes are read, and not made anew under the key that
 * will be retired. */
static void
a_key_that_is_active_elsewhere(void **state)
{
	const struct keyring *before = world.hand.desk.keyring;
	struct keyring there, here;
	struct asked made;

	(void)state;
	ring_of_two(&there, 2);
	ring_of_two(&here, 1);
	world.hand.desk.keyring = &there;
	made = key_of(S("production"));
	world.hand.desk.keyring = &here;
	assert_int_equal(ask(&made), VERDICT_GOOD);
	assert_int_equal(sql_number("SELECT hash LIKE '%%keyid=Mg%%' FROM secret WHERE "
				    "sid = '%.*s'",
			     STR(made.sid)),
	    1);
	world.hand.desk.keyring = before;
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_changed_profile_makes_the_hash_anew),
		cmocka_unit_test(a_hash_that_cannot_be_made_anew),
		cmocka_unit_test(a_rotated_ring),
		cmocka_unit_test(a_retired_key_ends_tokens),
		cmocka_unit_test(a_key_that_is_active_elsewhere),
	};

	return cmocka_run_group_tests(tests, open_with_keys, world_close);
}
