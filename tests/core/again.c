/* again.c - how long a conflict is tried again. */
#define _GNU_SOURCE
#include "core/fixture.h"

#include "core/again.h"

/* What a try says that was to begin so many seconds ago. */
static bool
goes_on(int seconds, bool stubborn, enum fault_kind kind)
{
	struct fault fault = { .kind = kind };
	struct again tried = again_begin();

	if (stubborn) {
		again_stubborn(&tried);
		again_stubborn(&tried); /* as often as it is tried */
	}
	tried.until -= seconds * SECOND;
	return again(&tried, &fault, world.hand.desk.db);
}

static void
a_conflict_for_three_seconds(void **state)
{
	(void)state;
	assert_true(goes_on(2, false, FAULT_CONFLICT));
	assert_false(goes_on(4, false, FAULT_CONFLICT));
	assert_false(goes_on(0, false, FAULT_DATABASE));
	assert_false(goes_on(0, false, FAULT_PROGRAM));
}

static void
a_stubborn_one_for_thirty(void **state)
{
	(void)state;
	assert_true(goes_on(29, true, FAULT_CONFLICT));
	assert_false(goes_on(31, true, FAULT_CONFLICT));
	assert_false(goes_on(0, true, FAULT_UNKNOWN));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_conflict_for_three_seconds),
		cmocka_unit_test(a_stubborn_one_for_thirty),
	};

	return GROUP(tests);
}
