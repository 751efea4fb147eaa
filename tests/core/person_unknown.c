/* person_unknown.c - an address that nobody has is checked like one that somebody has. */
#define _GNU_SOURCE
#include "core/fixture.h"

/* Each is checked like somebody: as long as theirs takes, whatever profile it was made with. */
static void
a_stranger_is_checked_like_one_of_those_there_are(void **state)
{
	struct people ann = world_people(), bob = world_people();
	struct request *rq;
	long like_ann = 0, like_bob = 0;

	(void)state;
	sql_run("UPDATE person SET password_hash = NULL WHERE id NOT IN (%d, %d)", (int)ann.person,
	    (int)bob.person);
	for (int i = 0; i < 64; i++) {
		rq = hand_begin(&world.hand, 0);
		str hash = person_stand_in(rq, fmt(rq->arena, "stranger%d@example.test", i));

		CHECK_STR_EQ(
		    hash, person_stand_in(rq, fmt(rq->arena, "STRANGER%d@Example.test", i)));
		like_ann += sql_number("SELECT password_hash = '%.*s' FROM person WHERE id = %d",
		    STR(hash), (int)ann.person);
		like_bob += sql_number("SELECT password_hash = '%.*s' FROM person WHERE id = %d",
		    STR(hash), (int)bob.person);
	}
	assert_int_equal(like_ann + like_bob, 64);
	assert_true(like_ann > 0);
	rq = hand_begin(&world.hand, 0);
	assert_int_equal(person_stand_in(rq, S("no address")).n, 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stranger_is_checked_like_one_of_those_there_are),
	};

	return cmocka_run_group_tests(tests, world_open, world_close);
}
