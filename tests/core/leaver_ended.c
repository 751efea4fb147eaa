/* leaver_ended.c - a secret that a leaver knows ends by itself where the organization wants that. */
#define _GNU_SOURCE
#include "core/departed.h"

static void
when_the_days_are_over_it_ends(void **state)
{
	struct rotating r = key_to_rotate();

	(void)state;
	days_over(&r, 6, 7);
	end_due();
	assert_int_equal(ask(&r.old), VERDICT_GOOD);
	days_over(&r, 7, 7);
	end_due();
	end_due();
	assert_int_equal(ask(&r.old), VERDICT_REVOKED);
	assert_int_equal(
	    secrets(&r, "status = 'revoked' AND ended_reason = 'leaver' AND hash IS NULL"), 1);
	assert_int_equal(acts(&r, "secret.end"), 1);
	check_chain(&r);
}

static void
what_holds_is_the_organizations_choice(void **state)
{
	struct rotating own = key_to_rotate(), never = key_to_rotate(), other = key_to_rotate();

	(void)state;
	days_over(&own, 30, 30);
	days_over(&never, 300, 0);
	days_over(&other, 7, 1);
	sql_run("UPDATE organization SET leaver_days = NULL WHERE id = %d", (int)other.old.ann.org);
	end_due();
	assert_int_equal(ask(&own.old), VERDICT_REVOKED);
	assert_int_equal(ask(&never.old), VERDICT_GOOD);
	assert_int_equal(ask(&other.old), VERDICT_GOOD); /* the setting is never */
	world.settings.leaver_days = 7;
	end_due();
	world_test();
	assert_int_equal(ask(&never.old), VERDICT_GOOD);
	assert_int_equal(ask(&other.old), VERDICT_REVOKED);
}

/* In a rotation the old one is what they know; the new one works on. */
static void
in_a_rotation_the_old_one_ends(void **state)
{
	struct rotating r = key_to_rotate();

	(void)state;
	assert_int_equal(start(&r, r.seen, S(""), 7 * DAY), ROTATED);
	days_over(&r, 7, 7);
	end_due();
	assert_int_equal(ask(&r.old), VERDICT_REVOKED);
	assert_int_equal(ask(&r.fresh), VERDICT_GOOD);
	assert_int_equal(cancel(&r, r.seen), ROTATED_ENDED);
	check_whole(&r);
}

/* What the page of a rotation counts down to is when it ends, whatever overlap was wished for. */
static void
a_rotation_does_not_outlive_that_end(void **state)
{
	struct rotating r = key_to_rotate();

	(void)state;
	days_over(&r, 6, 7);
	assert_int_equal(start(&r, r.seen, S(""), 7 * DAY), ROTATED);
	assert_int_equal(
	    secrets(&r, "status = 'retiring' AND ends_at = leaver_at + INTERVAL 7 DAY"), 1);
}

static void
end_or_rotate(struct hand *hand)
{
	const struct rotating *r = hand->with;
	struct rotation_wish wish = { .id = r->old.made.id, .seen = r->seen, .overlap = HOUR };
	struct client_made made;
	struct request *rq;

	if (hand->n % 2) {
		hand_ask(hand, 0);
		leaver_end_due(&hand->desk, &hand->arena);
		return;
	}
	rq = act_as(hand_begin(hand, r->old.ann.org), &r->old.ann);
	hand->result = rotation_start(rq, &wish, &made) == ROTATED;
	if (hand->result)
		commit(rq);
	else
		db_rollback(rq->db);
}

/* Whichever comes first: the secret that they know has ended, and a new one is there if the rotation was. */
static void
an_end_and_a_rotation_at_once(void **state)
{
	struct hand hands[4];

	(void)state;
	for (int round = 0; round < 5; round++) {
		struct rotating r = key_to_rotate();
		int rotated;

		days_over(&r, 7, 7);
		hands_together(hands, 4, end_or_rotate, &r);
		end_due();
		rotated = results(hands, 4, 1);
		assert_in_range(rotated, 0, 1);
		assert_int_equal(ask(&r.old), VERDICT_REVOKED);
		assert_int_equal(secrets(&r, "hash IS NOT NULL"), rotated);
		assert_int_equal(acts(&r, "secret.end"), 1);
		check_chain(&r);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(when_the_days_are_over_it_ends),
		cmocka_unit_test(what_holds_is_the_organizations_choice),
		cmocka_unit_test(in_a_rotation_the_old_one_ends),
		cmocka_unit_test(a_rotation_does_not_outlive_that_end),
		cmocka_unit_test(an_end_and_a_rotation_at_once),
	};

	return cmocka_run_group_tests(tests, open_with_keys, world_close);
}
