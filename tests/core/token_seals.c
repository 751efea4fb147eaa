/* token_seals.c - signing keys are sealed anew under another key of the ring, and lose nothing by it. */
#define _GNU_SOURCE
#include "core/fixture.h"

#include "core/ring.h"

static int
begin(void **state)
{
	struct request *rq;

	world_open(state);
	rq = hand_begin(&world.hand, 0);
	signing_begin(rq, S("production"));
	signing_begin(rq, S("integration"));
	commit(rq);
	return 0;
}

/* Whether each key in the database can be opened with this ring. */
static bool
all_open(const struct keyring *ring)
{
	const struct keyring *before = world.hand.desk.keyring;
	struct request *rq = hand_ask(&world.hand, 0);
	struct signing_list_rows rows = sql_signing_list(rq->db);
	bool open = rows.n == 2;

	world.hand.desk.keyring = ring;
	for (size_t i = 0; i < rows.n; i++)
		open = open && signing_opens(rq, &rows.at[i]);
	world.hand.desk.keyring = before;
	return open;
}

static str
public_keys(const struct keyring *ring)
{
	const struct keyring *before = world.hand.desk.keyring;
	struct hand hand;
	str keys;

	world.hand.desk.keyring = ring;
	hand_open(&hand, &world.hand.desk);
	keys = str_copy(&world.hand.start, token_jwks(hand_ask(&hand, 0), S("production")));
	hand_close(&hand);
	world.hand.desk.keyring = before;
	return keys;
}

static void
sealed_anew(void **state)
{
	const struct keyring *before = world.hand.desk.keyring;
	str keys = public_keys(before);
	struct keyring ring, retired;
	struct request *rq;

	(void)state;
	ring_of_two(&ring, 1);
	retired = ring;
	retired.active = 2;
	retired.keys[1].status = KEY_RETIRED;
	retired.keys[2].status = KEY_ACTIVE;
	assert_false(all_open(&retired));

	world.hand.desk.keyring = &ring;
	rq = hand_begin(&world.hand, 0);
	assert_int_equal(ring_use(rq, 1)->signing_keys, 2);
	assert_int_equal(signing_reseal(rq, 2), 2);
	assert_int_equal(signing_reseal(rq, 2), 0);
	audit(rq, S("test"), S("x"), (str){ 0 });
	commit(rq);
	world.hand.desk.keyring = before;
	assert_int_equal(ring_use(hand_ask(&world.hand, 0), 1)->signing_keys, 0);
	assert_true(all_open(&ring) && all_open(&retired));
	assert_false(all_open(before));
	CHECK_STR_EQ(public_keys(&retired), keys); /* the very same keys, in order */
}

static void
reseal(void *rq)
{
	signing_reseal(rq, 1);
}

/* One that cannot be opened stops the whole: nothing is lost by half. */
static void
one_that_cannot_be_opened(void **state)
{
	struct request *rq = hand_begin(&world.hand, 0);

	(void)state;
	CHECK_FAULT(rq->arena, reseal, rq, "cannot be opened with this key ring");
	db_rollback(rq->db);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM signing_key WHERE key_number = 2"), 2);
}

/* What a key holds is counted by its number, in a secret's text and in the hashes; revoked ones are not. */
static void
what_hangs_on_a_key(void **state)
{
	struct people ann = world_people();
	const struct ring_use_row *use;
	struct ring_secrets_rows listed;
	struct request *rq;
	int64_t before = ring_use(hand_ask(&world.hand, 0), 1)->secrets;

	(void)state;
	sql_run(
	    "INSERT INTO client (public_id, organization_id, environment, kind, client_id, name, "
	    "status, created_at) VALUES ('seals00001', %ld, 'production', 'account', 'kdc_seals', "
	    "'N', "
	    "'active', UTC_TIMESTAMP(6))",
	    (long)ann.org);
	for (int i = 1; i <= 4;
	     i++) /* of key 9; hashed under 9; ended; of 90, which is none of ours */
		sql_run(
		    "INSERT INTO secret (sid, organization_id, client_id, kind, status, hash, "
		    "hint, "
		    "key_number, created_at) SELECT 'seals0000%d', %ld, id, 'primary', '%s', %s, "
		    "'hint', %d, UTC_TIMESTAMP(6) FROM client WHERE public_id = 'seals00001'",
		    i, (long)ann.org, i == 3 ? "revoked" : "active",
		    i == 2   ? "'$argon2id$v=19$m=8,t=1,p=1,keyid=OQ$x$y'"
		    : i == 3 ? "NULL"
			     : "'$argon2id$v=19$m=8,t=1,p=1,keyid=OTA$x$y'",
		    i == 1 || i == 3 ? 9 : 10);
	rq = hand_ask(&world.hand, 0);
	use = ring_use(rq, 9);
	assert_int_equal(use->secrets, 1);
	assert_int_equal(use->hashes, 1);
	assert_int_equal(use->passwords, 0);
	assert_int_equal(ring_use(rq, 1)->secrets, before);
	listed = ring_secrets(rq, 9, 0);
	assert_int_equal(listed.n, 2);
	CHECK_STR(listed.at[0].sid, "seals00001");
	CHECK_STR(listed.at[1].sid, "seals00002");
	assert_int_equal(ring_secrets(rq, 9, listed.at[0].secret).n, 1);
	assert_int_equal(ring_secrets(rq, 9, listed.at[1].secret).n, 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(sealed_anew),
		cmocka_unit_test(one_that_cannot_be_opened),
		cmocka_unit_test(what_hangs_on_a_key),
	};

	return cmocka_run_group_tests(tests, begin, world_close);
}
