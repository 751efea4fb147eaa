/* verify_noted.c - tests of what verify notes of each call: whose, by whom, and how it ended. */
#define _GNU_SOURCE
#include "core/asked.h"

#include "core/shared_use.h"

/* Takes out what was noted; the one note of this secret, or one of nothing. */
static struct shared_use
noted(int64_t secret)
{
	struct shared *shared = world.hand.desk.shared;
	static struct shared_uses uses;
	struct shared_use found = { 0 };

	while (shared_uses_take(shared, 1, &uses)) {
		for (size_t i = 0; i < uses.n; i++)
			if (uses.at[i].secret == secret)
				found = uses.at[i];
		shared_uses_written(shared, uses.number);
	}
	return found;
}

/* With who called, as the request says. */
static enum verdict
ask_by(struct asked *a, str environment, str remote, str program)
{
	struct request *rq = hand_ask(&world.hand, 0);
	struct pair *header = NEW(rq->arena, struct pair, 1);
	struct presented presented = {
		.client_id = a->made.client_id, .secret = a->made.secret, .environment = environment
	};

	*header = (struct pair){ S("HTTP_USER_AGENT"), program };
	rq->params = header;
	rq->params_n = 1;
	rq->remote = remote;
	return verify_secret(rq, &presented, &a->caller);
}

static void
each_call_is_noted_with_its_caller(void **state)
{
	struct asked a = key_of(S("production"));
	struct shared_use use;

	(void)state;
	noted(0);
	assert_int_equal(
	    ask_by(&a, S("integration"), S("192.0.2.1"), S("curl")), VERDICT_ENVIRONMENT);
	use = noted(a.caller.secret);
	assert_int_equal(use.calls[USE_ENVIRONMENT], 1);
	assert_int_equal(use.calls[USE_ACCEPTED], 0);
	assert_int_equal(ask_by(&a, S(""), S("192.0.2.1"), S("curl/8.5.0 \xff")), VERDICT_GOOD);
	use = noted(a.caller.secret);
	assert_int_equal(use.calls[USE_ACCEPTED], 1);
	assert_string_equal(use.address, "192.0.2.1");
	assert_string_equal(use.program, "curl/8.5.0 ?");
	/* What is no address is not kept, and a secret in the header never is. */
	assert_int_equal(ask_by(&a, S(""), S("unix:\xff<b>"), a.made.secret), VERDICT_GOOD);
	use = noted(a.caller.secret);
	assert_string_equal(use.address, "");
	assert_string_equal(use.program, "[...]");
}

/* What has no row has no caller. */
static void
what_is_forged_is_noted_nowhere(void **state)
{
	struct asked a = key_of(S("production"));
	static struct shared_uses uses;
	char *text = (char *)(uintptr_t)a.made.secret.at;

	(void)state;
	noted(0);
	text[30] = text[30] == 'x' ? 'y' : 'x';
	assert_int_not_equal(ask(&a), VERDICT_GOOD);
	assert_false(shared_uses_take(world.hand.desk.shared, 1, &uses));
}

static void
refusals_are_noted_by_their_reason(void **state)
{
	static const struct {
		const char *change;
		enum verdict verdict;
		enum use_outcome outcome;
	} cases[] = {
		{ "c.status = 'deactivated'", VERDICT_CLIENT, USE_DEACTIVATED },
		{ "s.expires_at = '2001-01-01'", VERDICT_EXPIRED, USE_EXPIRED },
		{ "s.status = 'revoked', s.hash = NULL, s.current_of = NULL", VERDICT_REVOKED,
		    USE_REVOKED },
		{ "c.expires_at = '2001-01-01'", VERDICT_CLIENT_EXPIRED, USE_EXPIRED },
		{ "c.networks = '198.51.100.0/24'", VERDICT_ADDRESS, USE_PERMISSION },
		{ "c.client_id = CONCAT(c.client_id, 'x')", VERDICT_MISMATCH, USE_WRONG },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct asked a = key_of(S("production"));
		struct shared_use use;

		noted(0);
		sql_run("UPDATE secret s JOIN client c ON c.id = s.client_id SET %s WHERE "
			"c.public_id = '%.*s'",
		    cases[i].change, STR(a.made.id));
		assert_int_equal(ask(&a), cases[i].verdict);
		use = noted(a.caller.secret);
		assert_int_equal(use.calls[cases[i].outcome], 1);
		assert_int_equal(use.calls[USE_ACCEPTED], 0);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_call_is_noted_with_its_caller),
		cmocka_unit_test(what_is_forged_is_noted_nowhere),
		cmocka_unit_test(refusals_are_noted_by_their_reason),
	};

	return cmocka_run_group_tests(tests, open_with_keys, world_close);
}
