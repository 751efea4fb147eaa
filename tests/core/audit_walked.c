/* audit_walked.c - chains are walked from where they were left, and what is wrong with them stays known. */
#define _GNU_SOURCE
#include "core/audited.h"

#include "core/audit_walked.h"

/* One call of the housekeeper's job, at this moment. */
static void
walk(void)
{
	struct request *rq = hand_ask(&world.hand, 0);

	audit_walk_due(rq->desk, rq->arena);
}

static const struct audit_walked *
known(int64_t org)
{
	const struct audit_walked *at;

	assert_int_equal(audit_walked(hand_ask(&world.hand, org), org, &at), 1);
	return at;
}

/* As if all of it had been walked the day before yesterday. */
static void
again(int64_t org)
{
	sql_run("UPDATE audit_walked SET passed_at = '2020-01-01' WHERE organization_id = %d",
	    (int)org);
	walk();
}

static void
what_is_new_is_walked(void **state)
{
	int64_t org = chain_of(10);

	(void)state;
	assert_int_equal(known(org)->walked_at, 0);
	walk();
	assert_int_equal(known(org)->seq, 10);
	assert_int_equal(known(org)->finding.what, AUDIT_NOTHING);
	chain_on(org, 5);
	walk();
	assert_int_equal(known(org)->seq, 15);
	assert_int_equal(known(org)->finding.what, AUDIT_NOTHING);
}

static void
a_new_entry_is_held_against_the_one_before(void **state)
{
	int64_t org = chain_of(10);

	(void)state;
	walk();
	chain_on(org, 2);
	tamper("UPDATE audit_entry SET object = 'x' WHERE organization_id = ORG AND seq = 11", org);
	walk();
	assert_int_equal(known(org)->finding.what, AUDIT_CHANGED);
	assert_int_equal(known(org)->finding.first, 11);
}

static void
an_old_entry_that_was_changed_shows_within_a_day(void **state)
{
	int64_t org = chain_of(10);

	(void)state;
	walk();
	tamper(
	    "UPDATE audit_entry SET act = 'nothing' WHERE organization_id = ORG AND seq = 4", org);
	walk();
	assert_int_equal(known(org)->finding.what, AUDIT_NOTHING);
	again(org);
	assert_int_equal(known(org)->finding.what, AUDIT_CHANGED);
	assert_int_equal(known(org)->finding.first, 4);
	assert_true(known(org)->found_at > 0);
	/* Put back as it was, it is whole once all of it was walked again. */
	tamper(
	    "UPDATE audit_entry SET act = 'test.act' WHERE organization_id = ORG AND seq = 4", org);
	walk();
	assert_int_equal(known(org)->finding.what, AUDIT_CHANGED);
	again(org);
	assert_int_equal(known(org)->finding.what, AUDIT_NOTHING);
}

/* The head goes back as well: the chain by itself is whole. */
static void
a_cut_with_its_head_restored(void **state)
{
	int64_t org = chain_of(10);

	(void)state;
	walk();
	tamper("DELETE FROM audit_entry WHERE organization_id = ORG AND seq > 7;"
	       "UPDATE audit_head SET seq = 7, mac = (SELECT e.mac FROM audit_entry e WHERE "
	       "e.organization_id = ORG AND e.seq = 7) WHERE organization_id = ORG",
	    org);
	walk();
	assert_int_equal(known(org)->finding.what, AUDIT_PAST_GONE);
}

static void
a_chain_that_is_gone(void **state)
{
	int64_t org = chain_of(10);

	(void)state;
	walk();
	tamper("DELETE FROM audit_entry WHERE organization_id = ORG;"
	       "DELETE FROM audit_head WHERE organization_id = ORG",
	    org);
	walk();
	assert_int_equal(known(org)->finding.what, AUDIT_PAST_GONE);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_new_is_walked),
		cmocka_unit_test(a_new_entry_is_held_against_the_one_before),
		cmocka_unit_test(an_old_entry_that_was_changed_shows_within_a_day),
		cmocka_unit_test(a_cut_with_its_head_restored),
		cmocka_unit_test(a_chain_that_is_gone),
	};

	return GROUP(tests);
}
