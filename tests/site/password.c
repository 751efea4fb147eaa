/* password.c - each refusal of a password has its sentence. */
#include "check.h"

#include "site/password.h"

static void
each_answer_has_its_words(void **state)
{
	(void)state;
	CHECK_STR(password_words(PASSWORD_SHORT), "Use at least 12 characters.");
	CHECK_STR(password_words(PASSWORD_LONG), "Use at most 200 characters.");
	CHECK_HOLDS(password_words(PASSWORD_COMMON), "guessed first");
	CHECK_HOLDS(password_words(PASSWORD_PERSONAL), "the name or the address");
	CHECK_STR(password_words(PASSWORD_GOOD), "");
}

/* The numbers in the sentences are those that are checked. */
static void
the_numbers_are_right(void **state)
{
	char text[210];

	(void)state;
	for (size_t i = 0; i < sizeof text; i++)
		text[i] = (char)('a' + i * 7 % 26);
	assert_int_equal(password_check((str){ text, 11 }, (str){ 0 }, (str){ 0 }), PASSWORD_SHORT);
	assert_int_not_equal(
	    password_check((str){ text, 12 }, (str){ 0 }, (str){ 0 }), PASSWORD_SHORT);
	assert_int_not_equal(
	    password_check((str){ text, 200 }, (str){ 0 }, (str){ 0 }), PASSWORD_LONG);
	assert_int_equal(password_check((str){ text, 201 }, (str){ 0 }, (str){ 0 }), PASSWORD_LONG);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_answer_has_its_words),
		cmocka_unit_test(the_numbers_are_right),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
