/* refusal.c - a flood of refused sign-ins leaves few entries, and their sum is exact. */
#define _GNU_SOURCE
#include "core/audited.h"

#include "core/refusal.h"

#include <jansson.h>

static const struct audit_who nobody;

/* No sums, and no entry of earlier tests. */
static void
forget(void)
{
	scratch_run("DELETE FROM sign_in_refusal");
	scratch_run("DELETE FROM audit_entry WHERE organization_id = 0");
	scratch_run("DELETE FROM audit_head WHERE organization_id = 0");
}

/* So many from one address, in one transaction; now is the minute. */
static void
refuse(struct hand *hand, const char *remote, int64_t minute, int times)
{
	struct request *rq = hand_begin(hand, 0);

	rq->now = minute * MINUTE + 5;
	rq->remote = str_of(remote);
	for (int i = 0; i < times; i++)
		refusal_note(rq, &nobody, S("wrong"));
	commit(rq);
}

static void
sum_up(void)
{
	hand_ask(&world.hand, 0);
	refusal_sum_up(&world.hand.desk, &world.hand.arena);
}

/* How many there were, as the entries say: one each, or as many as it sums up. */
static long
told(void)
{
	return sql_number("SELECT COALESCE(SUM(IF(detail LIKE '%%times%%', SUBSTRING_INDEX("
			  "SUBSTRING_INDEX(detail, '\"times\":', -1), '}', 1), 1)), 0) FROM "
			  "audit_entry WHERE organization_id = 0 AND act = 'sign-in.refused'");
}

static long
entries(void)
{
	return sql_number("SELECT COUNT(*) FROM audit_entry WHERE organization_id = 0");
}

static void
the_first_ten_of_a_minute_are_entries(void **state)
{
	(void)state;
	forget();
	for (int i = 1; i <= 12; i++) {
		refuse(&world.hand, "192.0.2.1", 1000, 1);
		assert_int_equal(entries(), i < REFUSAL_ENTRIES ? i : REFUSAL_ENTRIES);
	}
	refuse(&world.hand, "192.0.2.1", 1001, 1);
	assert_int_equal(entries(), REFUSAL_ENTRIES + 1);
	refuse(&world.hand, "192.0.2.2", 1001, 1);
	assert_int_equal(entries(), REFUSAL_ENTRIES + 2);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM audit_entry WHERE organization_id = 0 "
				    "AND detail = '{\"why\":\"wrong\"}' AND person_id IS NULL"),
	    REFUSAL_ENTRIES + 2);
	sum_up();
	assert_int_equal(told(), 14);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM audit_entry WHERE organization_id = 0 AND remote = "
		       "'192.0.2.1' AND detail = '{\"why\":\"wrong\",\"times\":2}'"),
	    1);
	sum_up();
	assert_int_equal(told(), 14);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM sign_in_refusal"), 0);
}

/* One reason does not use up another's entries, and who is known is named. */
static void
each_reason_by_itself(void **state)
{
	struct people ann = world_people();
	struct audit_who who = { .person = ann.person, .name = ann.email };
	struct request *rq;

	(void)state;
	forget();
	refuse(&world.hand, "192.0.2.1", 1000, 20);
	rq = hand_begin(&world.hand, 0);
	rq->now = 1000 * MINUTE;
	refusal_note(rq, &who, S("not active"));
	commit(rq);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM audit_entry WHERE organization_id = 0 AND person_id "
		       "= %d AND person = '%.*s' AND detail = '{\"why\":\"not active\"}'",
		(int)ann.person, STR(ann.email)),
	    1);
}

/* A flood that never ends is summed up while it lasts. */
static void
a_minute_that_goes_on_is_summed_up_too(void **state)
{
	int64_t now = clock_now() / MINUTE + 1;

	(void)state;
	forget();
	refuse(&world.hand, "192.0.2.1", now, 15);
	sum_up();
	assert_int_equal(told(), 15);
	refuse(&world.hand, "192.0.2.1", now, 15);
	assert_int_equal(entries(), REFUSAL_ENTRIES + 1);
	sum_up();
	assert_int_equal(told(), 30);
	assert_int_equal(entries(), REFUSAL_ENTRIES + 2);
}

static void
many_networks_are_counted_together(void **state)
{
	char remote[40];

	(void)state;
	forget();
	for (int i = 0; i < 100; i++) {
		snprintf(remote, sizeof remote, "198.51.100.%d", i);
		refuse(&world.hand, remote, 1000, 15);
	}
	assert_int_equal(entries(), (REFUSAL_NETWORKS + 1) * REFUSAL_ENTRIES);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM sign_in_refusal"), REFUSAL_NETWORKS + 1);
	sum_up();
	assert_int_equal(told(), 1500);
	assert_int_equal(entries(), (REFUSAL_NETWORKS + 1) * (REFUSAL_ENTRIES + 1));
}

/* All of an IPv6 customer's addresses are one network, and their sum names it. */
static void
an_ipv6_network_is_one(void **state)
{
	char remote[40];

	(void)state;
	forget();
	for (int i = 0; i < 30; i++) {
		snprintf(remote, sizeof remote, "2001:db8:1:2:%x::%x", i, i);
		refuse(&world.hand, remote, 1000, 1);
	}
	assert_int_equal(entries(), REFUSAL_ENTRIES);
	sum_up();
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM audit_entry WHERE organization_id = 0 AND remote = "
		       "'2001:db8:1:2::' AND detail LIKE '%%\"times\":20}'"),
	    1);
}

enum { WRITERS = 4, ROUNDS = 50, IN_ROUND = 500 };

static void
flood(struct hand *hand)
{
	for (; hand->result < ROUNDS; hand->result++)
		refuse(hand, hand->n % 2 ? "192.0.2.1" : "192.0.2.2", 1000 + hand->result / 10,
		    IN_ROUND);
}

static void
sum_up_meanwhile(struct hand *hand)
{
	if (hand->n < WRITERS) {
		flood(hand);
		return;
	}
	for (; hand->result < 5; hand->result++) {
		hand_ask(hand, 0);
		refusal_sum_up(&hand->desk, &hand->arena);
	}
}

/* 100,000 wrong sign-ins from four threads, while two processes sum up, as during a reload. */
static void
a_flood_leaves_few_entries_and_an_exact_sum(void **state)
{
	struct hand hands[WRITERS + 2];

	(void)state;
	forget();
	hands_together(hands, WRITERS + 2, sum_up_meanwhile, NULL);
	sum_up();
	assert_int_equal(told(), WRITERS * ROUNDS * IN_ROUND);
	assert_in_range(entries(), 2, 2 * (5 * WRITERS * REFUSAL_ENTRIES + 10 + 1));
	check_whole(0, entries());
}

/* What is undone is not counted, so that a request tried again counts once. */
static void
what_is_undone_is_not_counted(void **state)
{
	struct request *rq;

	(void)state;
	forget();
	refuse(&world.hand, "192.0.2.1", 1000, 11);
	rq = hand_begin(&world.hand, 0);
	rq->now = 1000 * MINUTE;
	refusal_note(rq, &nobody, S("wrong"));
	db_rollback(rq->db);
	sum_up();
	assert_int_equal(told(), 11);
}

/* Another machine's rows are its own to sum up. */
static void
each_machine_sums_up_its_own(void **state)
{
	(void)state;
	forget();
	world.settings.machine = 2;
	refuse(&world.hand, "192.0.2.1", 1000, 15);
	world_test();
	sum_up();
	assert_int_equal(told(), REFUSAL_ENTRIES);
	world.settings.machine = 2;
	sum_up();
	world_test();
	assert_int_equal(told(), 15);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM audit_entry WHERE organization_id = 0 AND machine <> "
		       "2"),
	    0);
}

/* Whatever the reason holds, the detail is JSON. */
static void
details_are_json(void **state)
{
	struct request *rq = hand_begin(&world.hand, 0);
	struct audit_walk_rows rows;
	json_t *json;

	(void)state;
	db_rollback(rq->db);
	forget();
	rq = hand_begin(&world.hand, 0);
	refusal_note(rq, &nobody, S("a \"quote\" \\ \n"));
	commit(rq);
	rows = sql_audit_walk(rq->db, .org = 0, .machine = 1, .from = 1, .to = 1000, .count = 10);
	json = json_loadb(rows.at[0].detail.at, rows.at[0].detail.n, JSON_REJECT_DUPLICATES, NULL);
	assert_string_equal(json_string_value(json_object_get(json, "why")), "a \"quote\" \\ \n");
	json_decref(json);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_ten_of_a_minute_are_entries),
		cmocka_unit_test(each_reason_by_itself),
		cmocka_unit_test(a_minute_that_goes_on_is_summed_up_too),
		cmocka_unit_test(many_networks_are_counted_together),
		cmocka_unit_test(an_ipv6_network_is_one),
		cmocka_unit_test(a_flood_leaves_few_entries_and_an_exact_sum),
		cmocka_unit_test(what_is_undone_is_not_counted),
		cmocka_unit_test(each_machine_sums_up_its_own),
		cmocka_unit_test(details_are_json),
	};

	return GROUP(tests);
}
