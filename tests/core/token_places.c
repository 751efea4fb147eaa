/* token_places.c - tests of where a token says that its credential may work. */
#define _GNU_SOURCE
#include "core/called.h"

#include "crypto/jwt.h"

struct token_made {
	str token, claims;
	int64_t statements;
};

static struct token_made
made_for(struct caller_at *c)
{
	struct request *rq = &world.hand.rq;
	struct jwt_parts parts;
	struct token_made made;
	int64_t before;

	assert_int_equal(ask(&c->key), VERDICT_GOOD);
	before = db_executed(rq->db);
	made.token = token_make(rq, &c->key.caller, S("profile:read"));
	made.statements = db_executed(rq->db) - before;
	assert_true(jwt_split(rq->arena, made.token, &parts));
	made.claims = parts.claims;
	return made;
}

static void
they_say_what_was_picked_and_is_there(void **state)
{
	struct caller_at c = scoped_key();
	struct token_claims claims;
	struct token_made made;

	(void)state;
	made = made_for(&c);
	CHECK_HOLDS(made.claims, "\"accounts\":[],\"workspaces\":[]}");
	pick(&c, "workspace", c.a1);
	pick(&c, "account", c.b);
	made = made_for(&c);
	check_holds_(made.claims,
	    fmt(world.hand.rq.arena, "\"accounts\":[\"%.*s\"],\"workspaces\":[\"%.*s\"]}", STR(c.b),
		STR(c.a1)),
	    __FILE__, __LINE__);
	assert_int_equal(made.statements, 1);
	assert_int_equal(token_read(&world.hand.rq, made.token, &claims), VERDICT_GOOD);
	CHECK_STR(claims.scope, "profile:read");
	sql_run("UPDATE account SET archived_at = '2026-01-01' WHERE public_id = '%.*s'", STR(c.a));
	made = made_for(&c);
	CHECK_HOLDS(made.claims, "\"workspaces\":[]}");
}

static void
others_have_none_and_ask_for_none(void **state)
{
	struct caller_at c = account_key();
	struct token_made made = made_for(&c);

	(void)state;
	assert_true(str_find(made.claims, S("accounts")) == made.claims.n);
	assert_int_equal(made.statements, 0);
}

static void
many_workspaces(struct caller_at *c, int n)
{
	for (int i = 0; i < n; i++)
		pick(c, "workspace", workspace_of(&c->key.ann, c->a));
}

static void
what_does_not_fit_is_left_out_whole(void **state)
{
	struct caller_at c = scoped_key();
	struct token_claims claims;
	struct token_made made;

	(void)state;
	many_workspaces(&c, 156);
	pick(&c, "account", c.b);
	made = made_for(&c);
	assert_true(str_find(made.claims, S("places_at")) == made.claims.n);
	check_holds_(made.claims, c.b, __FILE__, __LINE__);
	pick(&c, "workspace", c.b1);
	made = made_for(&c);
	CHECK_HOLDS(made.claims,
	    "\"places_at\":\"http://127.0.0.1:8080/oauth/introspect\",\"accounts\":[],"
	    "\"workspaces\":[]}");
	assert_int_equal(made.statements, 1);
	assert_int_equal(token_read(&world.hand.rq, made.token, &claims), VERDICT_GOOD);
	CHECK_STR(claims.env, "production");
}

/* With the longest address, scope and lists that there are. */
static void
the_longest_fits(void **state)
{
	struct caller_at c = scoped_key();
	struct request *rq;
	struct token_claims claims;
	char url[250], scope[TOKEN_SCOPE_BYTES];
	str token;

	(void)state;
	memset(url, 'a', sizeof url);
	memcpy(url, "https://", 8);
	memset(scope, 's', sizeof scope);
	many_workspaces(&c, 157);
	assert_int_equal(ask(&c.key), VERDICT_GOOD);
	rq = &world.hand.rq;
	world.settings.url = (str){ url, sizeof url };
	token = token_make(rq, &c.key.caller, (str){ scope, sizeof scope });
	assert_true(token.n < 7500); /* a header of 8 kB has room for it */
	assert_int_equal(token_read(rq, token, &claims), VERDICT_GOOD);
	assert_int_equal(claims.scope.n, TOKEN_SCOPE_BYTES);
	world_test();
}

/* They are for others: what the credential was given since, it may do with a token of before, and the other way round. */
static void
rows_decide(void **state)
{
	struct caller_at c = scoped_key();
	struct presented presented = { 0 };

	(void)state;
	grant(&c, "profile", "read");
	pick(&c, "workspace", c.a1);
	presented.token = str_copy(&world.hand.start, made_for(&c).token);
	assert_int_equal(judged(&c, &presented, "GET", profile(c.a1)), VERDICT_GOOD);
	assert_int_equal(judged(&c, &presented, "GET", profile(c.a2)), VERDICT_SCOPE);
	sql_run("DELETE FROM client_workspace WHERE organization_id = %ld", (long)c.key.ann.org);
	pick(&c, "workspace", c.a2);
	assert_int_equal(judged(&c, &presented, "GET", profile(c.a1)), VERDICT_SCOPE);
	assert_int_equal(judged(&c, &presented, "GET", profile(c.a2)), VERDICT_GOOD);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(they_say_what_was_picked_and_is_there),
		cmocka_unit_test(others_have_none_and_ask_for_none),
		cmocka_unit_test(what_does_not_fit_is_left_out_whole),
		cmocka_unit_test(the_longest_fits),
		cmocka_unit_test(rows_decide),
	};

	return cmocka_run_group_tests(tests, open_with_keys, world_close);
}
