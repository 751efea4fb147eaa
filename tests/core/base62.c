/* base62.c - numbers as text of one length, and what is none. */
#include "check.h"

#include "core/base62.h"

static void
writes_and_reads(void **state)
{
	static const struct {
		uint64_t value;
		const char *text;
	} all[] = { { 0, "00000000000" }, { 61, "0000000000z" }, { 62, "00000000010" },
		{ UINT64_MAX, "LygHa16AHYF" } };
	char at[BASE62_CHARS_64];
	uint64_t read;

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		base62_write(at, sizeof at, all[i].value);
		CHECK_STR_EQ(((str){ at, sizeof at }), str_of(all[i].text));
		assert_true(base62_read((str){ at, sizeof at }, &read));
		assert_true(read == all[i].value);
	}
	base62_write(at, 2, 62 * 62 + 5);
	CHECK_STR(((str){ at, 2 }), "05");
}

static void
refuses_what_is_none(void **state)
{
	static const char *const wrong[] = { "", "LygHa16AHYG", "zzzzzzzzzzz", "000000000000",
		"a-b", "a b", "\xc3\xa9", "0_" };
	uint64_t read = 7;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_false(base62_read(str_of(wrong[i]), &read));
	assert_true(read == 7);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_and_reads),
		cmocka_unit_test(refuses_what_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
