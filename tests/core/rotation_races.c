/* rotation_races.c - rotations, resets, finishes and cancellations at the same moment. */
#define _GNU_SOURCE
#include "core/rotating.h"

enum { AT_ONCE = 20 };

static void
end_due_together(struct hand *hand)
{
	hand_ask(hand, 0);
	rotation_end_due(&hand->desk, &hand->arena);
}

/* A machine whose lease was taken meanwhile still works: each is ended once, by its overlap or its expiry. */
static void
several_machines_end_each_once(void **state)
{
	struct rotating r[10];
	struct hand hands[4];

	(void)state;
	for (int i = 0; i < 10; i++) {
		r[i] = key_to_rotate();
		assert_int_equal(start(&r[i], r[i].seen, S(""), HOUR), ROTATED);
		sql_run("UPDATE secret SET %s = UTC_TIMESTAMP(6) WHERE sid = '%.*s'",
		    i % 2 ? "expires_at" : "ends_at", STR(r[i].old.sid));
	}
	hands_together(hands, 4, end_due_together, NULL);
	for (int i = 0; i < 10; i++) {
		assert_int_equal(acts(&r[i], "secret.end"), 1);
		check_whole(&r[i]);
	}
}

static const char *
word_of(int n)
{
	static const char *const words[] = { "start", "reset", "finish", "cancel" };

	return words[n];
}

/* What each of the threads does: all of them a start, or the four in turn. */
struct race {
	struct rotating *r;
	int first, acts; /* of word_of() */
};

static bool
act(struct request *rq, const struct rotating *r, const char *word)
{
	struct rotation_wish wish = { .id = r->old.made.id, .seen = r->seen, .overlap = HOUR };
	struct client_made made;

	switch (word[0]) {
	case 's':
		return rotation_start(rq, &wish, &made) == ROTATED;
	case 'r':
		return client_reset(rq, wish.id, S(""), &made) == MADE_NEW;
	case 'f':
		return rotation_finish(rq, wish.id, r->seen) == ROTATED;
	default:
		return rotation_cancel(rq, wish.id, r->seen) == ROTATED;
	}
}

static void
race_one(struct hand *hand)
{
	const struct race *race = hand->with;
	const struct people *ann = &race->r->old.ann;
	struct request *rq = act_as(hand_begin(hand, ann->org), ann);

	hand->result = act(rq, race->r, word_of(race->first + hand->n % race->acts));
	if (hand->result)
		commit(rq);
	else
		db_rollback(rq->db);
}

/* Twenty who have seen the same page: one rotation, the secret in use works on, nobody else's is made. */
static void
of_twenty_rotations_at_once_one_is_made(void **state)
{
	static struct hand hands[AT_ONCE];

	(void)state;
	for (int round = 0; round < 5; round++) {
		struct rotating r = key_to_rotate();
		struct race race = { &r, 0, 1 };

		hands_together(hands, AT_ONCE, race_one, &race);
		assert_int_equal(results(hands, AT_ONCE, 1), 1);
		assert_int_equal(secrets(&r, "TRUE"), 2);
		assert_int_equal(secrets(&r, "status = 'retiring'"), 1);
		assert_int_equal(ask(&r.old), VERDICT_GOOD);
		assert_int_equal(acts(&r, "client.rotate"), 1);
		check_whole(&r);
	}
}

static void
rotations_and_resets_at_once_leave_one_of_each(void **state)
{
	static struct hand hands[AT_ONCE];

	(void)state;
	for (int round = 0; round < 5; round++) {
		struct rotating r = key_to_rotate();
		struct race race = { &r, 0, 2 };

		hands_together(hands, AT_ONCE, race_one, &race);
		assert_int_equal(acts(&r, "client.reset"), AT_ONCE / 2);
		/* Whenever a reset came, the secret that was in use has ended by it. */
		assert_int_equal(ask(&r.old), VERDICT_REVOKED);
		check_whole(&r);
	}
}

/* One of the two happens, never both, and whichever it was, one secret works. */
static void
finish_and_cancel_at_once_are_one(void **state)
{
	static struct hand hands[AT_ONCE];

	(void)state;
	for (int round = 0; round < 5; round++) {
		struct rotating r = key_to_rotate();
		struct race race = { &r, 2, 2 };
		bool old_good, new_good;

		assert_int_equal(start(&r, r.seen, S(""), HOUR), ROTATED);
		hands_together(hands, AT_ONCE, race_one, &race);
		assert_int_equal(
		    acts(&r, "client.rotate-finish") + acts(&r, "client.rotate-cancel"), 1);
		old_good = ask(&r.old) == VERDICT_GOOD;
		new_good = ask(&r.fresh) == VERDICT_GOOD;
		assert_true(old_good != new_good);
		assert_int_equal(secrets(&r, "hash IS NOT NULL"), 1);
		check_whole(&r);
	}
}

static void
everything_at_once_leaves_it_whole(void **state)
{
	static struct hand hands[AT_ONCE];

	(void)state;
	for (int round = 0; round < 5; round++) {
		struct rotating r = key_to_rotate();
		struct race race = { &r, 0, 4 };

		assert_int_equal(start(&r, r.seen, S(""), HOUR), ROTATED);
		hands_together(hands, AT_ONCE, race_one, &race);
		check_whole(&r);
		check_chain(&r);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(several_machines_end_each_once),
		cmocka_unit_test(of_twenty_rotations_at_once_one_is_made),
		cmocka_unit_test(rotations_and_resets_at_once_leave_one_of_each),
		cmocka_unit_test(finish_and_cancel_at_once_are_one),
		cmocka_unit_test(everything_at_once_leaves_it_whole),
	};

	return cmocka_run_group_tests(tests, open_with_keys, world_close);
}
