/* lease.c - one holds it, by the database's clock; who has gone is followed. */
#define _GNU_SOURCE
#include "core/fixture.h"

#include "core/lease.h"

enum { HANDS = 8 };

static struct lease
lease_of(str holder)
{
	return (struct lease){ .name = S("housekeeping"), .machine = 7, .holder = holder };
}

static bool
take(str holder)
{
	struct request *rq = hand_ask(&world.hand, 0);
	struct lease lease = lease_of(holder);

	return lease_take(rq->db, &lease);
}

static void
leave(str holder)
{
	struct request *rq = hand_ask(&world.hand, 0);
	struct lease lease = lease_of(holder);

	lease_leave(rq->db, &lease);
}

static int
clear(void **state)
{
	(void)state;
	scratch_run("UPDATE lease SET holder = '', held_until = '2000-01-01'");
	return 0;
}

static void
one_holds_it_and_keeps_it(void **state)
{
	(void)state;
	assert_true(take(S("one")));
	assert_false(take(S("other")));
	assert_true(take(S("one")));
	assert_int_equal(sql_number("SELECT machine FROM lease WHERE holder = 'one'"), 7);
	assert_true(sql_number("SELECT TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(6), held_until) "
			       "FROM lease") <= LEASE_SECONDS * SECOND);
}

static void
it_is_taken_over_when_it_has_run_out(void **state)
{
	(void)state;
	assert_true(take(S("one")));
	sql_run("UPDATE lease SET held_until = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND");
	assert_true(take(S("other")));
	assert_false(take(S("one")));
}

static void
who_leaves_it_is_followed_at_once(void **state)
{
	(void)state;
	assert_true(take(S("one")));
	leave(S("other"));
	assert_false(take(S("other")));
	leave(S("one"));
	assert_true(take(S("other")));
}

/* The session's zone is UTC whatever the machine's is, and the program's own clock is not asked. */
static void
a_clock_that_is_wrong_changes_nothing(void **state)
{
	struct request *rq;
	struct lease other = lease_of(S("other"));

	(void)state;
	assert_true(take(S("one")));
	rq = hand_ask(&world.hand, 0);
	rq->now += 365 * DAY;
	assert_false(lease_take(rq->db, &other));
}

static void
take_together(struct hand *hand)
{
	struct lease lease;

	hand_ask(hand, 0);
	lease = lease_of(fmt(&hand->arena, "holder %d", hand->n));
	hand->result = lease_take(hand->desk.db, &lease);
}

static void
of_many_at_once_one_gets_it(void **state)
{
	struct hand hands[HANDS];

	(void)state;
	for (int round = 0; round < 20; round++) {
		clear(NULL);
		hands_together(hands, HANDS, take_together, NULL);
		assert_int_equal(results(hands, HANDS, true), 1);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(one_holds_it_and_keeps_it, clear),
		cmocka_unit_test_setup(it_is_taken_over_when_it_has_run_out, clear),
		cmocka_unit_test_setup(who_leaves_it_is_followed_at_once, clear),
		cmocka_unit_test_setup(a_clock_that_is_wrong_changes_nothing, clear),
		cmocka_unit_test_setup(of_many_at_once_one_gets_it, clear),
	};

	return GROUP(tests);
}
