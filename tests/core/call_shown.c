/* call_shown.c - tests of what a caller shows for a call: a token, the key alone, nothing; and of what it costs. */
#define _GNU_SOURCE
#include "core/called.h"

/* ---- tokens: the claim narrows, rows decide the rest */

static struct presented
token_of(struct caller_at *c)
{
	struct presented presented = { 0 };
	str token;

	assert_int_equal(ask(&c->key), VERDICT_GOOD);
	token =
	    token_make(&world.hand.rq, &c->key.caller, token_scope(&world.hand.rq, &c->key.caller));
	presented.token = str_copy(&world.hand.start, token);
	return presented;
}

static void
a_token_is_for_what_there_was_when_it_was_made(void **state)
{
	struct caller_at c = scoped_key();
	struct presented early, late;
	struct token_claims claims;

	(void)state;
	grant(&c, "data", "read");
	early = token_of(&c);
	assert_int_equal(token_read(hand_ask(&world.hand, 0), early.token, &claims), VERDICT_GOOD);
	CHECK_STR(claims.scope, "data:read");
	assert_int_equal(judged(&c, &early, "GET", S("/data/v1/datasets")), VERDICT_GOOD);
	grant(&c, "platform", "admin");
	CHECK_CALL(&c, "GET", platform(c.a), GOOD);
	assert_int_equal(judged(&c, &early, "GET", platform(c.a)), VERDICT_PERMISSION);
	late = token_of(&c);
	assert_int_equal(token_read(hand_ask(&world.hand, 0), late.token, &claims), VERDICT_GOOD);
	CHECK_STR(claims.scope, "platform:user platform:admin data:read");
	assert_int_equal(judged(&c, &late, "GET", platform(c.a)), VERDICT_GOOD);
	sql_run("DELETE FROM client_grant WHERE organization_id = %ld", (long)c.key.ann.org);
	assert_int_equal(judged(&c, &late, "GET", platform(c.a)), VERDICT_PERMISSION);
	assert_int_equal(judged(&c, &late, "GET", S("/data/v1/datasets")), VERDICT_PERMISSION);
}

static void
a_token_dies_with_the_scope_and_the_entitlement(void **state)
{
	struct caller_at c = scoped_key();
	struct presented token;

	(void)state;
	grant(&c, "profile", "read");
	pick(&c, "workspace", c.a1);
	token = token_of(&c);
	assert_int_equal(judged(&c, &token, "GET", profile(c.a1)), VERDICT_GOOD);
	assert_int_equal(judged(&c, &token, "GET", profile(c.a2)), VERDICT_SCOPE);
	sql_run("DELETE FROM client_workspace WHERE organization_id = %ld", (long)c.key.ann.org);
	assert_int_equal(judged(&c, &token, "GET", profile(c.a1)), VERDICT_SCOPE);
	pick(&c, "workspace", c.a1);
	sql_run("DELETE FROM entitlement WHERE organization_id = %ld", (long)c.key.ann.org);
	assert_int_equal(judged(&c, &token, "GET", profile(c.a1)), VERDICT_PERMISSION);
}

/* ---- the key alone, and what is open */

/* An endpoint of the data API that stands for nothing else. */
static void
endpoint_of(const char *path, const char *needs)
{
	bool open = strcmp(needs, "open") == 0;

	sql_run(
	    "REPLACE INTO endpoint (api_id, method, path, needs, permission_id, position) SELECT "
	    "a.id, 'GET', '%s', '%s', %s, 900 FROM api a JOIN permission p ON p.api_id = a.id "
	    "WHERE a.word = 'data'",
	    path, needs, open ? "NULL" : "p.id");
	sql_run("UPDATE catalogue SET version = version + 1");
}

/* What is said to the key without its secret. */
static enum verdict
key_calls(struct caller_at *c, const char *path)
{
	struct presented presented = { .client_id = c->key.made.client_id };

	return judged(c, &presented, "GET", str_of(path));
}

static void
a_key_alone_will_do_where_the_catalogue_says_so(void **state)
{
	struct caller_at c = account_key();

	(void)state;
	endpoint_of("/k/key", "key");
	endpoint_of("/k/secret", "secret");
	endpoints_look(hand_ask(&world.hand, 0), 0); /* as call_anew() does */
	assert_int_equal(key_calls(&c, "/k/key"), VERDICT_GOOD);
	assert_int_equal(c.key.caller.secret, 0);
	CHECK_STR(c.key.caller.sid, "");
	CHECK_STR_EQ(c.key.caller.client_id, c.key.made.client_id);
	assert_int_equal(key_calls(&c, "/k/secret"), VERDICT_MALFORMED);
	assert_int_equal(key_calls(&c, "/k/none"), VERDICT_MALFORMED);
	CHECK_CALL(&c, "GET", S("/k/key"), GOOD);
	endpoint_of("/k/key", "secret");
	assert_int_equal(key_calls(&c, "/k/key"), VERDICT_MALFORMED);
	endpoint_of("/k/key", "key");
	endpoints_look(hand_ask(&world.hand, 0), 0);
	assert_int_equal(key_calls(&c, "/k/key"), VERDICT_GOOD);
}

static void
check_key(const char *change, enum verdict verdict)
{
	struct caller_at c = account_key();

	sql_run("UPDATE client c JOIN secret s ON s.client_id = c.id SET %s WHERE c.public_id = "
		"'%.*s'",
	    change, STR(c.key.made.id));
	assert_int_equal(key_calls(&c, "/k/key"), verdict);
}

static void
a_key_alone_is_judged_by_its_rows(void **state)
{
	struct caller_at c = account_key();
	struct presented presented = { .client_id = S("kdc_live_0123456789abcdef") };

	(void)state;
	endpoint_of("/k/key", "key");
	endpoints_look(hand_ask(&world.hand, 0), 0);
	check_key("c.status = c.status", VERDICT_GOOD);
	check_key("c.status = 'deactivated'", VERDICT_CLIENT);
	check_key("c.expires_at = '2001-01-01'", VERDICT_CLIENT_EXPIRED);
	check_key("s.expires_at = '2001-01-01'", VERDICT_EXPIRED);
	check_key("s.status = 'pending'", VERDICT_PENDING);
	check_key("s.status = 'revoked', s.hash = NULL, s.current_of = NULL", VERDICT_UNKNOWN);
	check_key("c.networks = '198.51.100.0/24'", VERDICT_ADDRESS);
	check_key("c.environment = 'integration', c.place = NULL", VERDICT_ENVIRONMENT);
	check_key("c.kind = 'scoped', c.place = NULL", VERDICT_PERMISSION);
	check_key("c.kind = 'data_api'", VERDICT_PERMISSION);
	assert_int_equal(judged(&c, &presented, "GET", S("/k/key")), VERDICT_UNKNOWN);
	presented.client_id = S("not a client ID");
	assert_int_equal(judged(&c, &presented, "GET", S("/k/key")), VERDICT_MALFORMED);
}

static void
what_is_open_is_so_by_the_catalogue_of_that_moment(void **state)
{
	struct caller_at c = scoped_key();
	struct presented nobody = { 0 };

	(void)state;
	endpoint_of("/k/open", "open");
	CHECK_CALL(&c, "GET", S("/k/open"), OPEN);
	assert_int_equal(judged(&c, &nobody, "GET", S("/k/open")), VERDICT_OPEN);
	endpoint_of("/k/open", "secret");
	assert_int_not_equal(judged(&c, &nobody, "GET", S("/k/open")), VERDICT_OPEN);
	CHECK_CALL(&c, "GET", S("/k/open"), PERMISSION);
	/* Who shows a good secret is judged by it even before anybody has looked. */
	endpoint_of("/k/open", "open");
	CHECK_CALL(&c, "GET", S("/k/open"), OPEN);
}

/* ---- what it costs */

static int64_t
cost_of(struct caller_at *c, str uri)
{
	int64_t before = db_executed(world.hand.desk.db);

	calls(c, "GET", uri);
	return db_executed(world.hand.desk.db) - before;
}

static void
a_call_is_one_statement_and_one_for_its_scope(void **state)
{
	struct caller_at all = account_key(), some = scoped_key();

	(void)state;
	grant(&some, "data", "read");
	CHECK_CALL(&all, "GET", S("/data/v1/datasets"), GOOD);
	assert_int_equal(cost_of(&all, S("/data/v1/datasets")), 1);
	assert_int_equal(cost_of(&all, profile(all.a1)), 2);
	assert_int_equal(cost_of(&some, S("/data/v1/datasets")), 2);
	assert_int_equal(cost_of(&all, S("/nothing")), 1);
	assert_int_equal(cost_of(&all, S("/data/v1/../v1/datasets")), 0);
	CHECK_CALL(&all, "GET", S("/data/v1/../v1/datasets"), CANONICAL);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_token_is_for_what_there_was_when_it_was_made),
		cmocka_unit_test(a_token_dies_with_the_scope_and_the_entitlement),
		cmocka_unit_test(a_key_alone_will_do_where_the_catalogue_says_so),
		cmocka_unit_test(a_key_alone_is_judged_by_its_rows),
		cmocka_unit_test(what_is_open_is_so_by_the_catalogue_of_that_moment),
		cmocka_unit_test(a_call_is_one_statement_and_one_for_its_scope),
	};

	return cmocka_run_group_tests(tests, open_with_keys, world_close);
}
