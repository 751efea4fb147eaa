/* query.c - what a list is limited to, in an address and in words. */
#include "check.h"

#include "site/query.h"

static const str names[] = { STR_INIT("q"), STR_INIT("status"), STR_INIT("sort") };

static void
it_is_written_in_its_order_and_encoded(void **state)
{
	struct arena *a = test_arena();
	struct query query = { .names = names, .n = 3 };

	(void)state;
	CHECK_STR(query_of(a, &query), "");
	query.values[2] = S("name");
	query.values[0] = S("a & b");
	CHECK_STR(query_of(a, &query), "q=a%20%26%20b&sort=name");
	CHECK_STR(query_without(a, &query, 0), "sort=name");
	CHECK_STR(query_without(a, &query, 2), "q=a%20%26%20b");
}

static void
what_is_said_can_be_taken_off(void **state)
{
	struct arena *a = test_arena();
	struct query query = { .names = names, .n = 3 };
	struct chosens active;

	(void)state;
	query.values[0] = S("ann");
	query.words[0] = S("“ann”");
	query.values[1] = S("active");
	query.words[1] = S("active");
	query.values[2] = S("name"); /* an order is nothing to take off */
	active = query_active(a, &query);
	assert_int_equal(active.n, 2);
	CHECK_STR(active.at[0].words, "“ann”");
	CHECK_STR(active.at[0].without, "status=active&sort=name");
	CHECK_STR(active.at[1].without, "q=ann&sort=name");
}

static void
another_page_is_the_same_query(void **state)
{
	struct arena *a = test_arena();

	(void)state;
	CHECK_STR(query_page(a, S("q=ann"), "after", S("0123456789")), "q=ann&after=0123456789");
	CHECK_STR(query_page(a, S(""), "before", S("0123456789")), "before=0123456789");
	CHECK_STR(query_page(a, S("q=ann"), "after", S("")), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_written_in_its_order_and_encoded),
		cmocka_unit_test(what_is_said_can_be_taken_off),
		cmocka_unit_test(another_page_is_the_same_query),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
