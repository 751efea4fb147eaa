/* client_search.c - what a search asks of a list of clients. */
#define _GNU_SOURCE
#include "check.h"

#include "core/client_list.h"

/* What is typed, as terms with a blank between two. */
static str
asked(const char *text)
{
	struct arena *a = test_arena();
	struct strs terms = client_search_terms(a, str_of(text));
	str all = { 0 };

	for (size_t i = 0; i < terms.n; i++)
		all = fmt(a, "%.*s%s%.*s", STR(all), i ? " " : "", STR(terms.at[i]));
	return all;
}

static void
a_search_is_words_and_client_ids(void **state)
{
	(void)state;
	CHECK_STR(asked("Nightly  BATCH"), "nightly batch");
	CHECK_STR(asked("kdc_live_9fK2a0Lm3xQw71Rt"), "9fk2a0lm3xqw71rt");
	CHECK_STR(asked("kdc_test_9fK2a0Lm3x"), "9fk2a0lm");
	CHECK_STR(asked("kdc_live_9fK2 batch"), "9fk2 batch");
	CHECK_STR(asked("kdc_live_"), "kdc live");
	CHECK_STR(asked("status=active % _ '"), "status active");
	CHECK_STR(asked("a b c d e f g h i"), "a b c d e f g h");
	CHECK_STR(asked("  ... "), "");
}

static void
ids_are_json(void **state)
{
	int64_t ids[] = { 7, 9007199254740993, 1 };

	(void)state;
	CHECK_STR(client_rows_ids(test_arena(), ids, 3), "[7,9007199254740993,1]");
	CHECK_STR(client_rows_ids(test_arena(), NULL, 0), "[]");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_search_is_words_and_client_ids),
		cmocka_unit_test(ids_are_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
