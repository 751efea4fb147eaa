/* policy.c - what holds in an organization: its own choice, the installation's setting, and the maximum. */
#define _GNU_SOURCE
#include "check.h"

#include "core/fixture.h"
#include "core/policy.h"

static void
nothing_chosen_is_the_installations(void **state)
{
	struct people ann = world_people();
	struct policy policy;

	(void)state;
	world.settings.cadence_days = 90;
	policy = policy_of(begin_as(&ann));
	assert_int_equal(policy.account_keys, 2);
	assert_int_equal(policy.cadence_days, 90);
	assert_int_equal(policy.overlap_minutes, 1440);
	assert_int_equal(policy.additional_secrets, 10);
	assert_int_equal(policy.leaver_days, 0);
	world_test();
}

static void
nobodys_is_the_installations(void **state)
{
	(void)state;
	assert_int_equal(policy_of(hand_begin(&world.hand, 0)).cadence_days, 365);
	assert_int_equal(policy_of(hand_begin(&world.hand, 999999999)).cadence_days, 365);
}

static void
each_choice_holds_by_itself(void **state)
{
	struct people ann = world_people(), bob = world_people();
	struct policy policy;

	(void)state;
	sql_run("UPDATE organization SET account_keys = 7, cadence_days = 30 WHERE id = %ld",
	    (long)ann.org);
	sql_run("UPDATE organization SET overlap_minutes = 15 WHERE id = %ld", (long)bob.org);
	policy = policy_of(begin_as(&ann));
	assert_int_equal(policy.account_keys, 7);
	assert_int_equal(policy.cadence_days, 30);
	assert_int_equal(policy.overlap_minutes, 1440);
	policy = policy_of(begin_as(&bob));
	assert_int_equal(policy.account_keys, 2);
	assert_int_equal(policy.overlap_minutes, 15);
}

static void
never_is_a_choice_of_its_own(void **state)
{
	struct people ann = world_people(), bob = world_people(), cai = world_people();
	struct policy policy;

	(void)state;
	world.settings.leaver_days = 14;
	sql_run("UPDATE organization SET leaver_days = 0, additional_secrets = 3 WHERE id = %ld",
	    (long)ann.org);
	sql_run("UPDATE organization SET leaver_days = 30 WHERE id = %ld", (long)bob.org);
	policy = policy_of(begin_as(&ann));
	assert_int_equal(policy.leaver_days, 0);
	assert_int_equal(policy.additional_secrets, 3);
	policy = policy_of(begin_as(&bob));
	assert_int_equal(policy.leaver_days, 30);
	assert_int_equal(policy.additional_secrets, 10);
	assert_int_equal(policy_of(begin_as(&cai)).leaver_days, 14);
	world_test();
}

static void
a_lowered_maximum_holds_for_earlier_choices(void **state)
{
	struct people ann = world_people();

	(void)state;
	sql_run("UPDATE organization SET account_keys = 7 WHERE id = %ld", (long)ann.org);
	world.settings.account_keys_max = 5;
	assert_int_equal(policy_of(begin_as(&ann)).account_keys, 5);
	world_test();
}

static void
a_request_reads_it_once(void **state)
{
	struct people ann = world_people();
	struct request *rq = begin_as(&ann);
	int64_t before;

	(void)state;
	policy_of(rq);
	before = db_executed(rq->db);
	assert_int_equal(policy_of(rq).account_keys, 2);
	assert_int_equal(db_executed(rq->db), before);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_chosen_is_the_installations),
		cmocka_unit_test(nobodys_is_the_installations),
		cmocka_unit_test(each_choice_holds_by_itself),
		cmocka_unit_test(never_is_a_choice_of_its_own),
		cmocka_unit_test(a_lowered_maximum_holds_for_earlier_choices),
		cmocka_unit_test(a_request_reads_it_once),
	};

	return GROUP(tests);
}
