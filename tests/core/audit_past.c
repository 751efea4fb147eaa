/* audit_past.c - what the chain itself cannot show is found by the checkpoints in the log. */
#define _GNU_SOURCE
#include "core/checkpointed.h"

#include "core/audit_past.h"

/* Each line of the log, held against the database; only of that organization if one is given. */
static struct audit_report *
look_back(str log, const int64_t *org)
{
	struct request *rq = hand_ask(&world.hand, 0);
	struct audit_report *report = NEW(&world.hand.start, struct audit_report, 1);
	struct audit_past past = audit_past_begin(rq->arena);
	struct checkpoint checkpoint;

	while (log.n)
		if (read_line(str_cut(log, '\n', &log), &checkpoint) == CHECKPOINT_GOOD)
			audit_past_look(rq, &past, &checkpoint, org);
	audit_past_end(rq, &past, report);
	return report;
}

static void
forget(void)
{
	scratch_run("DELETE FROM audit_head");
	scratch_run("DELETE FROM audit_entry");
	world.hand.desk.checkpoints = NULL;
}

static const char cut_behind_7[] =
    "DELETE FROM audit_entry WHERE organization_id = ORG AND seq > 7;"
    "UPDATE audit_head SET seq = 7, mac = (SELECT mac FROM audit_entry WHERE "
    "organization_id = ORG AND seq = 7) WHERE organization_id = ORG";

static void
whole_chains_fit(void **state)
{
	str log;
	int64_t org;

	(void)state;
	forget();
	org = chain_of(ENTRIES);
	log = logged();
	chain_on(org, 5);
	chain_of(3);
	log = both(log, logged());
	assert_int_equal(look_back(log, NULL)->wrong, 0);
	assert_int_equal(look_back((str){ 0 }, NULL)->wrong, 0);
}

static void
a_cut_with_its_head_restored(void **state)
{
	str log, first;
	int64_t org;
	const struct audit_report *report;

	(void)state;
	forget();
	org = chain_of(7);
	first = logged();
	chain_on(org, 3);
	log = both(first, logged());
	tamper(cut_behind_7, org);
	check_whole(org, 7);
	report = look_back(log, NULL);
	assert_int_equal(report->wrong, 1);
	assert_true(report_has(report, AUDIT_PAST_GONE, 8, 10));
	assert_int_equal(report->at[0].chain.org, org);
	CHECK_HOLDS(audit_finding_words(&world.hand.start, &report->at[0]),
	    "cut off behind entry 7: the checkpoint of 20");
	assert_int_equal(look_back(first, NULL)->wrong, 0);

	/* Others' logs are not this one's. */
	org++;
	assert_int_equal(look_back(log, &org)->wrong, 0);
}

/* Grown again by true entries, beyond where it was cut: each fits, but it is another chain. */
static void
a_cut_chain_that_has_grown_again(void **state)
{
	str log;
	int64_t org;
	const struct audit_report *report;

	(void)state;
	forget();
	org = chain_of(ENTRIES);
	log = logged();
	tamper(cut_behind_7, org);
	chain_on(org, 20);
	check_whole(org, 27);
	report = look_back(both(log, logged_anew()), NULL);
	assert_int_equal(report->wrong, 1);
	assert_true(report_has(report, AUDIT_PAST_CHANGED, 10, 10));
}

static void
a_whole_chain_gone(void **state)
{
	str log;
	int64_t org;
	const struct audit_report *report;

	(void)state;
	forget();
	org = chain_of(ENTRIES);
	chain_of(ENTRIES);
	log = logged();
	tamper("DELETE FROM audit_entry WHERE organization_id = ORG;"
	       "DELETE FROM audit_head WHERE organization_id = ORG",
	    org);
	check_whole(org, 0);
	report = look_back(log, NULL);
	assert_int_equal(report->wrong, 1);
	assert_true(report_has(report, AUDIT_PAST_GONE, 1, 10));
	CHECK_HOLDS(audit_finding_words(&world.hand.start, &report->at[0]),
	    "the whole chain is gone: the checkpoint of 20");
}

/* Who has the database and the key ring can write a chain anew, and not what the log has kept of it. */
static void
a_chain_written_anew_with_the_right_key(void **state)
{
	str log;
	int64_t org;
	const struct audit_report *report;

	(void)state;
	forget();
	org = chain_of(3);
	log = logged();
	chain_on(org, 7);
	log = both(log, logged());
	tamper("DELETE FROM audit_entry WHERE organization_id = ORG;"
	       "DELETE FROM audit_head WHERE organization_id = ORG",
	    org);
	chain_on(org, ENTRIES);
	check_whole(org, ENTRIES);
	report = look_back(log, NULL);
	assert_int_equal(report->wrong, 1);
	assert_true(report_has(report, AUDIT_PAST_CHANGED, 3, 3));
}

/* A dump of yesterday's, put back as a whole. */
static void
an_older_copy_of_the_database(void **state)
{
	str log = { 0 };

	(void)state;
	forget();
	for (int i = 0; i < 5; i++)
		chain_of(3);
	scratch_run("CREATE TABLE old_entry AS SELECT * FROM audit_entry");
	scratch_run("CREATE TABLE old_head AS SELECT * FROM audit_head");
	chain_of(2);
	chain_on(sql_number("SELECT MIN(organization_id) FROM audit_head"), 1);
	log = logged();
	scratch_run("DELETE FROM audit_entry");
	scratch_run("DELETE FROM audit_head");
	scratch_run("INSERT INTO audit_entry SELECT * FROM old_entry");
	scratch_run("INSERT INTO audit_head SELECT * FROM old_head");
	scratch_run("DROP TABLE old_entry, old_head");
	assert_int_equal(look_back(log, NULL)->wrong, 2);
}

/* An entry that is missing within the chain is found by the walk, and not said again. */
static void
a_hole_is_for_the_walk(void **state)
{
	str log;
	int64_t org;

	(void)state;
	forget();
	org = chain_of(5);
	log = logged();
	chain_on(org, 5);
	tamper("DELETE FROM audit_entry WHERE organization_id = ORG AND seq = 5", org);
	assert_int_equal(look_back(log, NULL)->wrong, 0);
	assert_true(report_has(verify(org), AUDIT_MISSING, 5, 5));
}

/* More chains than are told apart: how many, at least, is known. */
static void
very_many_at_once(void **state)
{
	enum { CHAINS = AUDIT_PAST_CHAINS + 10 };
	str log;

	(void)state;
	forget();
	for (int thousand = 0; thousand < 5; thousand++)
		sql_run(
		    "INSERT INTO audit_head (organization_id, machine, seq, mac) WITH RECURSIVE "
		    "n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 1000) SELECT "
		    "i + %d, 1, 1, REPEAT('a', 64) FROM n",
		    1000 * thousand);
	sql_run("DELETE FROM audit_head WHERE organization_id > %d", CHAINS);
	log = logged();
	assert_int_equal(look_back(log, NULL)->wrong, CHAINS);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_chains_fit),
		cmocka_unit_test(a_cut_with_its_head_restored),
		cmocka_unit_test(a_cut_chain_that_has_grown_again),
		cmocka_unit_test(a_whole_chain_gone),
		cmocka_unit_test(a_chain_written_anew_with_the_right_key),
		cmocka_unit_test(an_older_copy_of_the_database),
		cmocka_unit_test(a_hole_is_for_the_walk),
		cmocka_unit_test(very_many_at_once),
	};

	return GROUP(tests);
}
