/* audit_list.c - entries by person, act, object and time: each page goes on where the one before has ended. */
#define _GNU_SOURCE
#include "core/audited.h"

#include "core/audit_list.h"

/* Entries of two machines, four of each time, in no order: every third is of another act, every fifth of a person. */
static int64_t
log_of(int n)
{
	static int64_t org = 800000;

	org++;
	for (int i = 0; i < n; i++) {
		int k = (i * 7919) % n;

		sql_run("INSERT INTO audit_entry (organization_id, machine, seq, at, person_id, "
			"person, act, object, detail, remote, request, key_number, mac) VALUES "
			"(%d, %d, %d, '2026-01-01' + INTERVAL %d SECOND, %s, 'x', '%s', 'o%d', '', "
			"'', 'r', 1, '')",
		    (int)org, 1 + k % 2, k + 1, k / 4, k % 5 ? "NULL" : "77",
		    k % 3 ? "a.one" : "a.two", k % 7);
	}
	return org;
}

/* How many there are on all pages of so many rows; each later in the list than the one before. */
static size_t
all_pages(struct audit_query query, size_t *pages)
{
	struct audit_mark mark = { 0 };
	struct audit_page page;
	int64_t at = INT64_MAX, id = INT64_MAX;
	size_t n = 0;

	*pages = 0;
	do {
		struct request *rq = hand_ask(&world.hand, query.org);

		page = audit_list(rq, &query, mark);
		for (size_t i = 0; i < page.n; i++) {
			const struct audit_list_rows_row *row = page.rows[i];

			assert_true(row->at < at || (row->at == at && row->id < id));
			at = row->at;
			id = row->id;
		}
		mark = audit_list_mark(rq, query.org, audit_list_key(rq, query.org, page.next));
		n += page.n;
		++*pages;
	} while (page.more);
	return n;
}

static void
pages_are_the_whole_of_it(void **state)
{
	int64_t org = log_of(210);
	size_t pages;

	(void)state;
	assert_int_equal(all_pages((struct audit_query){ .org = org, .rows = 20 }, &pages), 210);
	assert_int_equal(pages, 11);
	assert_int_equal(
	    all_pages((struct audit_query){ .org = org, .act = S("a.two") }, &pages), 70);
	assert_int_equal(
	    all_pages((struct audit_query){ .org = org, .object = S("o3"), .rows = 4 }, &pages),
	    30);
	assert_int_equal(
	    all_pages(
		(struct audit_query){ .org = org, .whose = AUDIT_OF_PERSON, .person = 77 }, &pages),
	    42);
	assert_int_equal(
	    all_pages((struct audit_query){ .org = org, .whose = AUDIT_OF_NOBODY }, &pages), 168);
	assert_int_equal(all_pages((struct audit_query){ .org = org + 5 }, &pages), 0);
}

static void
several_conditions_end_early_and_lose_nothing(void **state)
{
	int64_t org = log_of(210);
	struct audit_query query = { .org = org,
		.act = S("a.two"),
		.whose = AUDIT_OF_PERSON,
		.person = 77,
		.rows = 5,
		.look = 7 };
	struct audit_page page =
	    audit_list(hand_ask(&world.hand, org), &query, (struct audit_mark){ 0 });
	size_t pages;

	(void)state;
	assert_true(page.stopped);
	assert_true(page.more);
	assert_int_equal(all_pages(query, &pages), 14);
	query.object = S("o0");
	assert_int_equal(all_pages(query, &pages), 2);
}

static void
of_a_time(void **state)
{
	int64_t org = log_of(80),
		begin = clock_join((struct clock_parts){ 2026, 1, 1, 0, 0, 0, 0 });
	size_t pages;

	(void)state;
	assert_int_equal(
	    all_pages(
		(struct audit_query){ .org = org, .from = begin + 5 * SECOND, .rows = 9 }, &pages),
	    60);
	assert_int_equal(all_pages((struct audit_query){ .org = org,
				       .from = begin + 5 * SECOND,
				       .until = begin + 7 * SECOND },
			     &pages),
	    8);
}

static void
a_key_that_is_none_begins_at_the_beginning(void **state)
{
	int64_t org = log_of(3);
	struct request *rq = hand_ask(&world.hand, org);

	(void)state;
	assert_int_equal(audit_list_mark(rq, org, S("1-999")).id, 0);
	assert_int_equal(audit_list_mark(rq, org, S("x")).id, 0);
	assert_int_equal(audit_list_mark(rq, org + 1, S("1-1")).id, 0);
	assert_true(audit_list_mark(rq, org, S("1-1")).id > 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_are_the_whole_of_it),
		cmocka_unit_test(several_conditions_end_early_and_lose_nothing),
		cmocka_unit_test(of_a_time),
		cmocka_unit_test(a_key_that_is_none_begins_at_the_beginning),
	};

	return GROUP(tests);
}
