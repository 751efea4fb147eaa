/* verify_state.c - what is said of a secret by its rows alone is what whoever shows it hears. */
#define _GNU_SOURCE
#include "core/owned.h"

static str
state_of(str sid)
{
	return verdict_word(verify_state(hand_ask(&world.hand, 0), sid));
}

/* s and c are its own rows, k its key, u its owner, o their organization. */
static void
same_after(const char *text, enum verdict verdict)
{
	struct owned o = owned_secret();
	struct asked *a = &o.with.key;

	assert_int_equal(ask(a), VERDICT_GOOD);
	CHECK_STR(state_of(a->sid), "good");
	sql_run("UPDATE secret s JOIN client c ON c.id = s.client_id JOIN client k ON k.id = "
		"c.parent_id JOIN user u ON u.id = s.owner_id JOIN organization o ON o.id = "
		"c.organization_id SET %s WHERE s.sid = '%.*s'",
	    text, STR(a->sid));
	CHECK_STR_EQ(state_of(a->sid), verdict_word(verdict));
	CHECK_STR_EQ(verdict_word(ask(a)), verdict_word(verdict));
}

static void
it_says_what_verify_says(void **state)
{
	(void)state;
	same_after("s.status = 'revoked', s.hash = NULL, s.current_of = NULL", VERDICT_REVOKED);
	same_after("s.expires_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND", VERDICT_EXPIRED);
	same_after("u.status = 'deactivated'", VERDICT_OWNER);
	same_after("c.tenure_id = NULL", VERDICT_OWNER);
	same_after("k.status = 'deactivated'", VERDICT_CLIENT);
	same_after("o.status = 'closed'", VERDICT_ORGANIZATION);
	same_after("c.owner_id = NULL", VERDICT_UNKNOWN);
	same_after("c.name = 'Another'", VERDICT_GOOD);
}

static void
it_knows_what_is_not_there_and_notes_no_use(void **state)
{
	struct owned o = owned_secret();

	(void)state;
	CHECK_STR(state_of(S("0000000000")), "unknown");
	CHECK_STR(state_of((str){ 0 }), "unknown");
	CHECK_STR(state_of(o.with.key.sid), "good");
	assert_int_equal(sql_number("SELECT last_used_at IS NOT NULL OR calls FROM secret WHERE "
				    "sid = '%.*s'",
			     STR(o.with.key.sid)),
	    0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_says_what_verify_says),
		cmocka_unit_test(it_knows_what_is_not_there_and_notes_no_use),
	};

	return cmocka_run_group_tests(tests, open_with_keys, world_close);
}
