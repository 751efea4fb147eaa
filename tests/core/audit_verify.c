/* audit_verify.c - every chain is found, whoever made it, and each of its entries is read once. */
#define _GNU_SOURCE
#include "core/audited.h"

/* How many rows the database has read so far. */
static long
rows_read(void)
{
	return scratch_number(
	    "SELECT SUM(variable_value) FROM information_schema.global_status WHERE "
	    "variable_name IN ('Handler_read_next', 'Handler_read_prev', "
	    "'Handler_read_rnd_next', 'Handler_read_key', 'Handler_read_first')");
}

/* A walk that began anew with each page would read half of them 25 times. */
static void
each_entry_is_read_once(void **state)
{
	enum { MANY = 5000 };
	int64_t org = chain_of(MANY);
	long before;

	(void)state;
	scratch_number("ANALYZE TABLE audit_entry");
	before = rows_read();
	check_whole(org, MANY);
	assert_in_range(rows_read() - before, MANY, 2 * MANY);
}

static void
check_next(struct audit_chain *chain, int64_t org, int64_t machine)
{
	assert_true(audit_chain_next(hand_ask(&world.hand, 0), chain));
	assert_int_equal(chain->org, org);
	assert_int_equal(chain->machine, machine);
}

/* Who may only add entries can give them a number of a machine or an organization that there is not. */
static void
every_chain_that_there_is(void **state)
{
	struct audit_chain chain = AUDIT_BEFORE_ALL;
	int64_t org;

	(void)state;
	scratch_run("DELETE FROM audit_entry");
	scratch_run("DELETE FROM audit_head");
	assert_false(audit_chain_next(hand_ask(&world.hand, 0), &chain));
	org = chain_of(3);
	chain_on(0, 2);
	sql_run(
	    "UPDATE audit_entry SET machine = 99 WHERE organization_id = %d AND seq = 3", (int)org);
	sql_run("UPDATE audit_entry SET machine = -2147483648 WHERE organization_id = %d AND seq "
		"= 2",
	    (int)org);
	scratch_run("UPDATE audit_entry SET organization_id = -9 WHERE organization_id = 0 AND seq "
		    "= 2");
	scratch_run("INSERT INTO audit_head (organization_id, machine, seq, mac) VALUES "
		    "(9223372036854775807, 2147483647, 1, '')");
	check_next(&chain, -9, 1);
	check_next(&chain, 0, 1);
	check_next(&chain, org, INT32_MIN);
	check_next(&chain, org, 1);
	check_next(&chain, org, 99);
	check_next(&chain, INT64_MAX, INT32_MAX);
	assert_false(audit_chain_next(hand_ask(&world.hand, 0), &chain));
	assert_true(report_has(verify_on(org, 99), AUDIT_NO_HEAD, 3, 3));
	assert_true(report_has(verify_on(INT64_MAX, INT32_MAX), AUDIT_CUT, 1, 1));
	scratch_run("DELETE FROM audit_head WHERE organization_id > 1000000");
}

/* An organization begins with the entry that it was made: without any, its log is gone. */
static void
organizations_without_a_log(void **state)
{
	struct people ann = world_people(), bob = world_people();
	struct audit_report *report = NEW(&world.hand.start, struct audit_report, 1);

	(void)state;
	audit_verify_silent(hand_ask(&world.hand, 0), report);
	assert_int_equal(report->wrong, 0);
	sql_run("DELETE FROM audit_entry WHERE organization_id = %d", (int)bob.org);
	sql_run("DELETE FROM audit_head WHERE organization_id = %d", (int)bob.org);
	audit_verify_silent(hand_ask(&world.hand, 0), report);
	assert_int_equal(report->wrong, 1);
	assert_int_equal(report->at[0].what, AUDIT_NO_CHAIN);
	assert_int_equal(report->at[0].chain.org, bob.org);
	CHECK_HOLDS(audit_finding_words(&world.hand.start, &report->at[0]), "the log is gone");
	check_whole(ann.org, 2);
}

/* Numbers far apart cost a step each, not what lies between. */
static void
a_chain_with_holes(void **state)
{
	int64_t org = chain_of(ENTRIES);

	(void)state;
	sql_run("UPDATE audit_entry SET seq = 1000000000000 * seq WHERE organization_id = %d AND "
		"seq > 5 ORDER BY seq DESC",
	    (int)org);
	assert_true(report_has(verify(org), AUDIT_MISSING, 6, INT64_C(5999999999999)));
	assert_true(
	    report_has(verify(org), AUDIT_MISSING, INT64_C(9000000000001), INT64_C(9999999999999)));
	assert_int_equal(verify(org)->entries, ENTRIES);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_entry_is_read_once),
		cmocka_unit_test(every_chain_that_there_is),
		cmocka_unit_test(organizations_without_a_log),
		cmocka_unit_test(a_chain_with_holes),
	};

	return GROUP(tests);
}
