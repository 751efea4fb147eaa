/* json_own.c - our own JSON read again: it takes what json_write() makes, and nothing that json_read() reads otherwise. */
#include "check.h"

#include "http/json.h"

#include <string.h>

SHAPE(own, text(iss), text(scope), int(exp), text(kds), int(iat));

static const struct json_rule rules[] = {
	{ .name = STR_INIT("iss") },
	{ .name = STR_INIT("scope") },
	{ .name = STR_INIT("exp") },
	{ .name = STR_INIT("kds") },
	{ .name = STR_INIT("iat") },
};

static str
written(struct arena *a, const struct own *own)
{
	struct buf json = buf_new(a, 1000);

	json_write(&json, &own_shape, own);
	return buf_str(&json);
}

static void
what_is_written_is_read(void **state)
{
	static const struct own owns[] = {
		{ STR_INIT("https://desk.example"), STR_INIT("a:b c:d"), 1763596800,
		    STR_INIT("0123456789"), 7 },
		{ { 0 }, { 0 }, 0, { 0 }, 0 },
		{ STR_INIT("{}[],:"), STR_INIT(" "), 999999999999999999, STR_INIT("~"), 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof owns / sizeof owns[0]; i++) {
		struct own read = { 0 };

		assert_true(json_read_own(written(test_arena(), &owns[i]), own, &read));
		CHECK_STR_EQ(read.iss, owns[i].iss);
		CHECK_STR_EQ(read.scope, owns[i].scope);
		CHECK_STR_EQ(read.kds, owns[i].kds);
		assert_int_equal(read.exp, owns[i].exp);
		assert_int_equal(read.iat, owns[i].iat);
	}
}

/* With an escape, a sign, another order or a blank it is for json_read() to say. */
static void
what_needs_more_is_left_alone(void **state)
{
	static const struct own escaped = { STR_INIT("a\"b"), STR_INIT("b"), 1, STR_INIT("c"), 2 };
	static const struct own foreign = { STR_INIT("\xc3\xa9"), STR_INIT("b"), 1, STR_INIT("c"),
		2 };
	static const struct own negative = { STR_INIT("a"), STR_INIT("b"), -1, STR_INIT("c"), 2 };
	struct own read;

	(void)state;
	assert_false(json_read_own(written(test_arena(), &escaped), own, &read));
	assert_false(json_read_own(written(test_arena(), &foreign), own, &read));
	assert_false(json_read_own(written(test_arena(), &negative), own, &read));
	assert_false(json_read_own(S(""), own, &read));
	assert_false(json_read_own(S("{}"), own, &read));
	assert_false(
	    json_read_own(S("{\"iss\":\"a\",\"scope\":\"\",\"exp\":1,\"kds\":\"c\"}"), own, &read));
	assert_int_equal(read.iss.n, 0); /* nothing of it is left */
	assert_int_equal(read.exp, 0);
}

/* Whatever one byte becomes, wherever it ends. */
static void
what_is_taken_json_read_takes_alike(void **state)
{
	static const struct own one = { STR_INIT("a"), STR_INIT("b c"), 105, STR_INIT("d"), 20 };
	char text[100], kept[100];
	str good = written(test_arena(), &one);
	int taken = 0;

	(void)state;
	assert_true(good.n < sizeof text);
	memcpy(kept, good.at, good.n); /* test_arena() begins anew */
	good.at = kept;
	for (size_t at = 0; at < good.n; at++) {
		for (int byte = 0; byte < 256; byte++) {
			struct own read, same = { 0 };
			struct request rq = { .arena = test_arena(), .body = { text, good.n } };

			memcpy(text, good.at, good.n);
			text[at] = (char)byte;
			if (!json_read_own(rq.body, own, &read))
				continue;
			taken++;
			CHECK_STR(json_read(&rq, own, rules, &same), "");
			CHECK_STR_EQ(read.iss, same.iss);
			CHECK_STR_EQ(read.scope, same.scope);
			CHECK_STR_EQ(read.kds, same.kds);
			assert_int_equal(read.exp, same.exp);
			assert_int_equal(read.iat, same.iat);
		}
		assert_false(json_read_own(str_part(good, 0, at), own, &(struct own){ 0 }));
	}
	assert_true(taken > 400);
}

static int
begin(void **state)
{
	(void)state;
	json_library_init();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(what_needs_more_is_left_alone),
		cmocka_unit_test(what_is_taken_json_read_takes_alike),
	};

	return cmocka_run_group_tests(tests, begin, NULL);
}
