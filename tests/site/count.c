/* count.c - counts in words, and where they end. */
#include "check.h"

#include "site/count.h"

static void
counts_end_at_a_thousand(void **state)
{
	struct arena *a = test_arena();

	(void)state;
	CHECK_STR(count_words(a, 0), "0");
	CHECK_STR(count_words(a, 999), "999");
	CHECK_STR(count_words(a, 1000), "1,000");
	CHECK_STR(count_words(a, 1001), "1,000+");
	CHECK_STR(count_words(a, 1000000), "1,000+");
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(counts_end_at_a_thousand) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
