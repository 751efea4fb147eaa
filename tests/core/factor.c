/* factor.c - a second factor: each code is good once, also for twenty at once, and seeds live through another key. */
#define _GNU_SOURCE
#include "core/fixture.h"

#include "core/factor.h"
#include "core/ring.h"
#include "crypto/totp.h"

#include <liboath/oath.h>

enum { AT_ONCE = 20, ROUNDS = 5 };

/* Somebody whose factor is on since a while, and the seed. */
struct holder {
	struct people ann;
	struct factor_codes codes;
	str seed;
};

/* What an app shows, so many steps from now. */
static str
code_at(str seed, int64_t now, int steps)
{
	char *code = NEW(&world.hand.start, char, TOTP_DIGITS + 1);
	int64_t seconds = now / SECOND + steps * TOTP_SECONDS;

	oath_totp_generate(seed.at, seed.n, (time_t)seconds, TOTP_SECONDS,
	    OATH_TOTP_DEFAULT_START_TIME, TOTP_DIGITS, code);
	return (str){ code, TOTP_DIGITS };
}

static struct holder
holder(void)
{
	struct arena *start = &world.hand.start;
	struct holder h = { .ann = world_people() };
	struct request *rq = begin_as(&h.ann);

	rq->now -= 10 * MINUTE;
	h.seed = str_copy(start, factor_begin(rq));
	assert_int_equal(
	    factor_confirm(rq, code_at(h.seed, rq->now, 0), &h.codes), FACTOR_CONFIRMED);
	for (int i = 0; i < FACTOR_CODES; i++)
		h.codes.at[i] = str_copy(start, h.codes.at[i]);
	commit(rq);
	return h;
}

static enum factor_proof
prove(const struct holder *h, str code)
{
	struct request *rq = begin_as(&h->ann);
	enum factor_proof proof = factor_prove(rq, h->ann.person, code);

	audit(rq, S("test"), S("x"), (str){ 0 });
	commit(rq);
	return proof;
}

static void
each_code_is_good_once_and_no_older_one_after_it(void **state)
{
	struct holder h = holder();
	int64_t now = clock_now();

	(void)state;
	assert_int_equal(prove(&h, code_at(h.seed, now, -1)), FACTOR_CODE);
	assert_int_equal(prove(&h, code_at(h.seed, now, -1)), FACTOR_REFUSED);
	assert_int_equal(prove(&h, code_at(h.seed, now, 1)), FACTOR_CODE);
	assert_int_equal(prove(&h, code_at(h.seed, now, 0)), FACTOR_REFUSED);
	assert_int_equal(prove(&h, code_at(h.seed, now, 1)), FACTOR_REFUSED);
	assert_int_equal(prove(&h, code_at(h.seed, now, 5)), FACTOR_REFUSED);
	assert_int_equal(prove(&h, S("")), FACTOR_REFUSED);
}

static void
each_recovery_code_is_good_once(void **state)
{
	struct holder h = holder(), other = holder();

	(void)state;
	for (int i = 0; i < FACTOR_CODES; i++) {
		assert_int_equal(prove(&other, h.codes.at[i]), FACTOR_REFUSED);
		assert_int_equal(prove(&h, h.codes.at[i]), FACTOR_RECOVERY);
		assert_int_equal(prove(&h, h.codes.at[i]), FACTOR_REFUSED);
		assert_int_equal(factor_state(hand_ask(&world.hand, 0), h.ann.person).left,
		    FACTOR_CODES - 1 - i);
	}
	assert_int_equal(factor_state(hand_ask(&world.hand, 0), other.ann.person).left, 10);
}

static void
recovery_codes_as_people_type_them(void **state)
{
	struct holder h = holder();
	struct arena *a = &world.hand.start;
	str plain = fmt(a, " %.*s ", STR(str_lower(a, h.codes.at[0])));

	(void)state;
	assert_int_equal(h.codes.at[0].n, 19);
	assert_int_equal(prove(&h, str_part(h.codes.at[0], 0, 18)), FACTOR_REFUSED);
	assert_int_equal(prove(&h, plain), FACTOR_RECOVERY);
}

/* ---- twenty at once */

struct race {
	const struct holder *h;
	str code;
};

static void
prove_one(struct hand *hand)
{
	const struct race *race = hand->with;
	struct request *rq = act_as(hand_begin(hand, race->h->ann.org), &race->h->ann);

	hand->result = factor_prove(rq, race->h->ann.person, race->code) != FACTOR_REFUSED;
	if (hand->result)
		audit(rq, S("test"), S("x"), (str){ 0 });
	commit(rq);
}

static void
twenty_at_once_with_one_code_are_one(void **state)
{
	struct hand hands[AT_ONCE];

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		struct holder h = holder();
		struct race race = { &h, code_at(h.seed, clock_now(), 0) };

		hands_together(hands, AT_ONCE, prove_one, &race);
		assert_int_equal(results(hands, AT_ONCE, 1), 1);
		race.code = h.codes.at[i];
		hands_together(hands, AT_ONCE, prove_one, &race);
		assert_int_equal(results(hands, AT_ONCE, 1), 1);
	}
}

/* ---- a hundred in a row */

static long
failures(const struct holder *h)
{
	return sql_number("SELECT failures FROM factor WHERE person_id = %d", (int)h->ann.person);
}

static bool
tried(const struct holder *h, bool device_known)
{
	struct request *rq = hand_ask(&world.hand, 0);

	factor_try(rq, h->ann.person, device_known);
	return !rq->before.recovery_only;
}

static void
a_hundred_wrong_codes_in_a_row_are_all(void **state)
{
	struct holder h = holder(), other = holder();
	struct request *rq;
	int looked_at = 0;

	(void)state;
	for (int i = 0; i < 2 * FACTOR_FAILURES; i++)
		looked_at += tried(&h, false);
	assert_int_equal(looked_at, FACTOR_FAILURES);
	assert_true(tried(&h, true));
	assert_true(tried(&other, false));
	rq = begin_as(&h.ann);
	rq->before.recovery_only = true;
	assert_int_equal(factor_prove(rq, h.ann.person, code_at(h.seed, rq->now, 0)), FACTOR_SPENT);
	assert_int_equal(factor_prove(rq, h.ann.person, S("ABCDEFGHIJKLMNOP")), FACTOR_REFUSED);
	db_rollback(rq->db);
	assert_false(tried(&h, false));
	assert_int_equal(prove(&h, h.codes.at[0]), FACTOR_RECOVERY);
	assert_int_equal(failures(&h), 0);
	assert_true(tried(&h, false));
}

static void
try_and_be_told(struct hand *hand)
{
	const struct holder *h = hand->with;
	struct proven who = { .person = h->ann.person, .org = h->ann.org, .name = h->ann.email };
	struct request *rq = hand_ask(hand, 0);

	factor_try(rq, h->ann.person, false);
	hand->result = !rq->before.recovery_only;
	rq = hand_begin(hand, 0);
	factor_tell_spent(rq, &who);
	commit(rq);
}

static void
of_twenty_at_once_no_more_are_looked_at_and_one_is_told_of(void **state)
{
	struct hand hands[AT_ONCE];
	struct holder h = holder();

	(void)state;
	sql_run("UPDATE factor SET failures = %d WHERE person_id = %d", FACTOR_FAILURES - 10,
	    (int)h.ann.person);
	world.settings.mail = (struct mail_place){ .url = S("smtp://127.0.0.1:9"),
		.host = S("127.0.0.1"),
		.port = S("9"),
		.from = S("desk@keys.example") };
	hands_together(hands, AT_ONCE, try_and_be_told, &h);
	world_test();
	assert_in_range(results(hands, AT_ONCE, 1), 0, 10);
	assert_in_range(failures(&h), FACTOR_FAILURES, FACTOR_FAILURES + 10);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM audit_entry WHERE act = "
				    "'person.codes-spent' AND organization_id = %d",
			     (int)h.ann.org),
	    1);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM outbox WHERE recipient = '%.*s' AND "
				    "subject = 'Too many wrong codes'",
			     STR(h.ann.email)),
	    1);
}

/* ---- kept */

static void
nothing_of_it_can_be_read_in_the_database(void **state)
{
	struct holder h = holder();
	struct arena *a = &world.hand.start;

	(void)state;
	assert_int_equal(sql_number("SELECT COUNT(*) FROM factor WHERE person_id = %d AND "
				    "INSTR(sealed, x'%.*s') = 0",
			     (int)h.ann.person, STR(digest_hex(a, h.seed))),
	    1);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM recovery_code WHERE code_hash = "
				    "UNHEX(SHA2('%.*s', 256))",
			     STR(h.codes.at[0])),
	    0);
}

/* A row that somebody has moved to another person is worth nothing there. */
static void
a_seed_is_its_persons_alone(void **state)
{
	struct holder h = holder(), thief = holder();

	(void)state;
	sql_run("UPDATE factor f JOIN factor t ON t.person_id = %d SET f.sealed = t.sealed WHERE "
		"f.person_id = %d",
	    (int)thief.ann.person, (int)h.ann.person);
	assert_int_equal(prove(&h, code_at(thief.seed, clock_now(), 0)), FACTOR_REFUSED);
}

/* That of the person whose row was changed above: it cannot be opened, and so stays where it is. */
enum { LOST = 1 };

static void
sealed_anew_under_another_key(void **state)
{
	const struct keyring *before = world.hand.desk.keyring;
	struct holder h = holder();
	struct keyring ring, retired;
	int64_t sealed;
	struct request *rq;

	(void)state;
	ring_of_two(&ring, 1);
	retired = ring;
	retired.active = 2;
	retired.keys[1].status = KEY_RETIRED;
	retired.keys[2].status = KEY_ACTIVE;
	world.hand.desk.keyring = &ring;
	rq = hand_begin(&world.hand, 0);
	sealed = ring_use(rq, 1)->factors;
	assert_true(sealed >= 1);
	assert_int_equal(factor_reseal(rq, 2), sealed - LOST);
	assert_int_equal(ring_use(rq, 2)->factors, sealed - LOST);
	assert_int_equal(ring_use(rq, 1)->factors, LOST);
	assert_int_equal(factor_reseal(rq, 2), 0);
	audit(rq, S("test"), S("x"), (str){ 0 });
	commit(rq);
	world.hand.desk.keyring = &retired;
	assert_int_equal(prove(&h, code_at(h.seed, clock_now(), 0)), FACTOR_CODE);
	assert_int_equal(prove(&h, h.codes.at[0]), FACTOR_RECOVERY);
	world.hand.desk.keyring = before;
	assert_int_equal(prove(&h, h.codes.at[1]), FACTOR_REFUSED);
	world.hand.desk.keyring = &ring;
	rq = hand_begin(&world.hand, 0);
	factor_reseal(rq, 1);
	audit(rq, S("test"), S("x"), (str){ 0 });
	commit(rq);
	world.hand.desk.keyring = before;
}

static void
reset_at_the_command_line(void **state)
{
	struct holder h = holder();
	struct request *rq = hand_begin(&world.hand, 0);

	(void)state;
	assert_true(factor_reset_by_email(rq, h.ann.email));
	commit(rq);
	assert_false(factor_on(hand_ask(&world.hand, 0), h.ann.person));
	rq = hand_begin(&world.hand, 0);
	assert_false(factor_reset_by_email(rq, h.ann.email));
	assert_false(factor_reset_by_email(rq, S("nobody@example.test")));
	db_rollback(rq->db);
	assert_int_equal(prove(&h, h.codes.at[0]), FACTOR_REFUSED);
	assert_int_equal(prove(&h, code_at(h.seed, clock_now(), 0)), FACTOR_REFUSED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_code_is_good_once_and_no_older_one_after_it),
		cmocka_unit_test(each_recovery_code_is_good_once),
		cmocka_unit_test(recovery_codes_as_people_type_them),
		cmocka_unit_test(twenty_at_once_with_one_code_are_one),
		cmocka_unit_test(a_hundred_wrong_codes_in_a_row_are_all),
		cmocka_unit_test(of_twenty_at_once_no_more_are_looked_at_and_one_is_told_of),
		cmocka_unit_test(nothing_of_it_can_be_read_in_the_database),
		cmocka_unit_test(a_seed_is_its_persons_alone),
		cmocka_unit_test(sealed_anew_under_another_key),
		cmocka_unit_test(reset_at_the_command_line),
	};

	return GROUP(tests);
}
