/* pasted.c - what may be a secret in what people type: found in any place, and nothing else taken for one. */
#define _GNU_SOURCE
#include "core/fixture.h"

#include "core/pasted.h"
#include "core/secret.h"

static const char whole[] =
    "kds_live_1ABCDEFGHIJ_0123456789012345678901234567890123456789012345678901234567";

static void
what_may_be_a_secret(void **state)
{
	static const char *const secrets[] = { whole, "kds_live_", "x kds_test_1 y",
		"KDS_LIVE_1abc", "akds_live_1", "0123456789012345678901234567890123456789abcdefgh",
		"a 0123456789_123456789-123456789+123456789/1234567= b" };
	static const char *const others[] = { "", "kds_", "kds live 1", "kdc_live_9fK2a0Lm3xQw71Rt",
		"0123456789012345678901234567890123456789abcdefg", "nightly batch",
		"01234567890123456789012345678901 0123456789012345678901234567890" };

	(void)state;
	for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++)
		assert_true(pasted_secret(str_of(secrets[i])));
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		assert_false(pasted_secret(str_of(others[i])));
}

static bool
in_query(const char *query)
{
	struct request *rq = hand_ask(&world.hand, 0);

	rq->query = str_of(query);
	return pasted_in_query(rq);
}

static void
in_any_part_of_a_query(void **state)
{
	(void)state;
	assert_true(in_query("q=kds_live_1"));
	assert_true(in_query("kds_test_1=x"));
	assert_true(in_query("a=b&q=%6B%64%73_live%5F1"));
	assert_true(in_query("q=+KDS_Live_1"));
	assert_true(in_query("q=%zz&x=kds_live_"));
	assert_true(in_query("q=%zz&x=%6bds_live_"));
	assert_true(in_query("next=/credentials%3Fq%3Dkds_live_1"));
	assert_false(in_query(""));
	assert_false(in_query("q=kdc_live_9fK2a0Lm3xQw71Rt&sort=name"));
	assert_false(in_query("program=0123456789012345678901234567890123456789abcdefghij"));
}

static void
a_secret_is_found_with_its_id(void **state)
{
	struct pasted pasted = { 0 };

	(void)state;
	assert_true(pasted_find(str_of(whole), &pasted));
	CHECK_STR(pasted.sid, "ABCDEFGHIJ");
	CHECK_STR_EQ(pasted.secret, str_of(whole));
	assert_true(pasted_find(fmt(world.hand.rq.arena, "my key: %s, thanks", whole), &pasted));
	CHECK_STR_EQ(pasted.secret, str_of(whole));
	assert_true(pasted_find(S("kds_test_1ABCDEFGHIJ"), &pasted));
	CHECK_STR(pasted.sid, "ABCDEFGHIJ");
	assert_false(pasted_find(S("kds_test_1ABCDEFGHI"), &pasted));
	assert_false(pasted_find(S("kds_test_1ABCDE_GHIJ"), &pasted));
	assert_false(pasted_find(S("kds_test_1ABCDE GHIJ"), &pasted));
	assert_false(pasted_find((str){ 0 }, &pasted));
}

/* What secret_make() makes is found whole, and is good. */
static void
one_that_was_made_is_found(void **state)
{
	struct request *rq = hand_ask(&world.hand, 0);
	struct made_secret made = secret_make(rq->arena, rq->desk->keyring, true);
	struct pasted pasted;
	struct secret_parts parts;

	(void)state;
	assert_true(pasted_find(fmt(rq->arena, " %.*s\n", STR(made.text)), &pasted));
	CHECK_STR_EQ(pasted.sid, made.sid);
	assert_int_equal(secret_read(rq->desk->keyring, pasted.secret, &parts), SECRET_GOOD);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_may_be_a_secret),
		cmocka_unit_test(in_any_part_of_a_query),
		cmocka_unit_test(a_secret_is_found_with_its_id),
		cmocka_unit_test(one_that_was_made_is_found),
	};

	return GROUP(tests);
}
