/* actor.c - roles, their columns' texts and their words. */
#include "check.h"

#include "core/actor.h"

static void
roles_and_their_texts(void **state)
{
	(void)state;
	CHECK_STR(role_text(ROLE_NONE), "");
	CHECK_STR(role_text(ROLE_MEMBER), "member");
	CHECK_STR(role_text(ROLE_COMPLIANCE_ADMIN), "compliance_admin");
	CHECK_STR(role_text(ROLE_ADMIN), "admin");
	for (enum role role = ROLE_NONE; role <= ROLE_ADMIN; role++)
		assert_int_equal(role_of(role_text(role)), role);
}

/* Only the very text is a role: everything else is none, and may nothing. */
static void
anything_else_is_none(void **state)
{
	(void)state;
	assert_int_equal(role_of(S("Admin")), ROLE_NONE);
	assert_int_equal(role_of(S("admin ")), ROLE_NONE);
	assert_int_equal(role_of(S("administrator")), ROLE_NONE);
	assert_int_equal(role_of(S("operator")), ROLE_NONE);
	assert_int_equal(role_of((str){ 0 }), ROLE_NONE);
}

static void
words_for_people(void **state)
{
	(void)state;
	CHECK_STR(role_words(ROLE_ADMIN), "Admin");
	CHECK_STR(role_words(ROLE_COMPLIANCE_ADMIN), "Compliance admin");
	CHECK_STR(role_words(ROLE_MEMBER), "Member");
	CHECK_STR(role_words(ROLE_NONE), "");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(roles_and_their_texts),
		cmocka_unit_test(anything_else_is_none),
		cmocka_unit_test(words_for_people),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
