/* compromise.c - a compromised secret ends at once, once, and what an earlier replacement has left is taken over. */
#define _GNU_SOURCE
#include "core/replacing.h"

enum { AT_ONCE = 20 };

/* ---- the end of the secret */

static void
both_secrets_end_and_the_next_one_works(void **state)
{
	struct rotating r = key_to_rotate();
	struct asked first = r.old, second;

	(void)state;
	assert_int_equal(start(&r, r.seen, S(""), DAY), ROTATED);
	second = r.fresh;
	assert_int_equal(compromise(&r), COMPROMISED);
	assert_int_equal(ask(&first), VERDICT_REVOKED);
	assert_int_equal(ask(&second), VERDICT_REVOKED);
	assert_int_equal(ask(&r.fresh), VERDICT_GOOD);
	assert_int_equal(secrets(&r, "ended_reason = 'compromised' AND hash IS NULL"), 2);
	assert_int_equal(acts(&r, "client.compromise"), 1);
	check_whole(&r);
	check_chain(&r);
}

static void
nobody_ends_a_secret_that_was_not_seen(void **state)
{
	struct rotating r = key_to_rotate();

	(void)state;
	assert_int_equal(compromise_as(&r, S("0000000000"), (str){ 0 }), COMPROMISED_CHANGED);
	assert_int_equal(compromise_as(&r, (str){ 0 }, (str){ 0 }), COMPROMISED_CHANGED);
	sql_run("UPDATE secret SET status = 'revoked', hash = NULL, current_of = NULL WHERE sid = "
		"'%.*s'",
	    STR(r.seen));
	assert_int_equal(compromise_as(&r, (str){ 0 }, (str){ 0 }), COMPROMISED_CHANGED);
	r.old.made.id = S("0000000000");
	assert_int_equal(compromise(&r), COMPROMISED_NOTHING);
	assert_int_equal(replacements(&r, "1 = 1"), 0);
}

static void
one_number_ends_one(void **state)
{
	struct rotating r = key_to_rotate();
	str once = S("abcdefghijklmnopqrstuv"), seen = r.seen;

	(void)state;
	assert_int_equal(compromise_as(&r, seen, once), COMPROMISED);
	assert_int_equal(compromise_as(&r, seen, once), COMPROMISED_BEFORE);
	assert_int_equal(compromise_as(&r, r.seen, once), COMPROMISED_BEFORE);
	assert_int_equal(secrets(&r, "status = 'revoked'"), 1);
}

static void
compromise_once(struct hand *hand)
{
	const struct rotating *r = hand->with;
	struct request *rq = act_as(hand_begin(hand, r->old.ann.org), &r->old.ann);
	struct compromise_wish wish = { .id = r->old.made.id, .seen = r->seen };
	struct client_made made;
	enum compromised answer = secret_compromised(rq, &wish, &made);

	if (answer == COMPROMISED)
		commit(rq);
	hand->result = (int)answer;
}

static void
of_twenty_at_once_one_makes_the_next(void **state)
{
	struct rotating r = key_to_rotate();
	struct hand *hands = calloc(AT_ONCE, sizeof *hands);

	(void)state;
	called(r.seen, "10.0.0.7", "shop/2.1", 0);
	hands_together(hands, AT_ONCE, compromise_once, &r);
	assert_int_equal(results(hands, AT_ONCE, COMPROMISED), 1);
	assert_int_equal(results(hands, AT_ONCE, COMPROMISED_CHANGED), AT_ONCE - 1);
	assert_int_equal(secrets(&r, "1 = 1"), 2);
	assert_int_equal(replacements(&r, "open_of = client_id"), 1);
	assert_int_equal(items(&r, "1 = 1"), 1);
	check_whole(&r);
	check_chain(&r);
	free(hands);
}

static void
the_next_one_takes_over_what_is_left(void **state)
{
	struct rotating r = key_to_rotate();
	const struct replacement *list;

	(void)state;
	declare(&r, "Shop", "10.0.0.0/24");
	called(r.seen, "10.0.0.7", "shop/2.1", 0);
	called(r.seen, "10.9.9.9", "monthly", 0);
	assert_int_equal(compromise(&r), COMPROMISED);
	assert_int_equal(now(&r)->n, 3);
	called(r.seen, "10.0.0.7", "shop/2.1", 0);
	/* By now the monthly one is not of the last 30 days any more. */
	sql_run("UPDATE secret_caller SET last_at = UTC_TIMESTAMP(6) - INTERVAL 31 DAY WHERE "
		"address = '10.9.9.9' AND organization_id = %d",
	    (int)r.old.ann.org);
	assert_int_equal(compromise(&r), COMPROMISED);
	list = now(&r);
	assert_int_equal(list->n, 3);
	assert_int_equal(list->ticked, 0);
	assert_int_equal(replacements(&r, "outcome = 'followed'"), 1);
	assert_int_equal(replacements(&r, "open_of IS NOT NULL"), 1);
	assert_int_equal(items(&r, "seen_at IS NOT NULL"), 2);
	/* Ticked off in the one before, it is not taken over: but for the place, which is declared. */
	tick_all(&r);
	sql_run("UPDATE secret_caller SET last_at = UTC_TIMESTAMP(6) - INTERVAL 31 DAY WHERE "
		"organization_id = %d",
	    (int)r.old.ann.org);
	assert_int_equal(compromise(&r), COMPROMISED);
	assert_int_equal(now(&r)->n, 1);
	check_chain(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_secrets_end_and_the_next_one_works),
		cmocka_unit_test(nobody_ends_a_secret_that_was_not_seen),
		cmocka_unit_test(one_number_ends_one),
		cmocka_unit_test(of_twenty_at_once_one_makes_the_next),
		cmocka_unit_test(the_next_one_takes_over_what_is_left),
	};

	return GROUP(tests);
}
