/* call_additional.c - what additional secrets and the Data API's key may do: what they were granted, everywhere. */
#define _GNU_SOURCE
#include "core/owned.h"

static const str data = STR_INIT("/data/v1/datasets");

static void
it_may_do_what_it_was_granted_and_no_more(void **state)
{
	struct owned o = owned_secret();
	str account = platform(o.with.a);

	(void)state;
	/* None granted never means all that its key may. */
	CHECK_CALL(&o.with, "GET", data, PERMISSION);
	assert_int_equal(key_calls(&o, "GET", data), VERDICT_GOOD);
	grant(&o.with, "platform", "user");
	CHECK_CALL(&o.with, "GET", account, GOOD);
	CHECK_CALL(&o.with, "PATCH", account, PERMISSION);
	CHECK_CALL(&o.with, "GET", data, PERMISSION);
	assert_int_equal(key_calls(&o, "PATCH", account), VERDICT_GOOD);
	CHECK_CALL(&o.with, "GET", S("/nothing"), ENDPOINT);
	grant(&o.with, "platform", "admin");
	CHECK_CALL(&o.with, "PATCH", account, GOOD);
	sql_run("DELETE FROM client_grant WHERE organization_id = %ld", (long)o.with.key.ann.org);
	CHECK_CALL(&o.with, "GET", account, PERMISSION);
}

/* Its key has no grants, and what somebody wrote there by hand is not its own. */
static void
grants_of_its_key_are_not_its_own(void **state)
{
	struct owned o = owned_secret();
	struct caller_at key = o.with;

	(void)state;
	key.key.made = o.key;
	grant(&key, "data", "read");
	CHECK_CALL(&o.with, "GET", data, PERMISSION);
}

static void
it_counts_with_the_entitlement(void **state)
{
	struct owned o = owned_secret();
	struct presented token;

	(void)state;
	grant(&o.with, "data", "read");
	token = owned_token(&o);
	CHECK_CALL(&o.with, "GET", data, GOOD);
	assert_int_equal(judged(&o.with, &token, "GET", data), VERDICT_GOOD);
	sql_run("DELETE e FROM entitlement e JOIN api a ON a.id = e.api_id WHERE "
		"e.organization_id = %ld AND a.word = 'data'",
	    (long)o.with.key.ann.org);
	CHECK_CALL(&o.with, "GET", data, PERMISSION);
	assert_int_equal(judged(&o.with, &token, "GET", data), VERDICT_PERMISSION);
}

/* Without picked places, and not beyond its organization. */
static void
check_everywhere(struct caller_at *c, const struct caller_at *other)
{
	grant(c, "profile", "read");
	grant(c, "platform", "admin");
	CHECK_CALL(c, "GET", profile(c->a1), GOOD);
	CHECK_CALL(c, "GET", profile(c->b1), GOOD);
	CHECK_CALL(c, "DELETE", platform_in(c->b, c->b1), GOOD);
	CHECK_CALL(c, "GET", platform_in(c->a, c->b1), SCOPE);
	CHECK_CALL(c, "GET", profile(other->a1), SCOPE);
	CHECK_CALL(c, "GET", platform(other->a), SCOPE);
	CHECK_CALL(c, "GET", platform_in(c->a, other->a1), SCOPE);
	CHECK_CALL(c, "GET", profile(S("0000000000")), SCOPE);
	sql_run(
	    "UPDATE workspace SET archived_at = '2024-01-01' WHERE public_id = '%.*s'", STR(c->a1));
	CHECK_CALL(c, "GET", profile(c->a1), SCOPE);
	CHECK_CALL(c, "GET", profile(c->a2), GOOD);
	sql_run(
	    "UPDATE account SET archived_at = '2024-01-01' WHERE public_id = '%.*s'", STR(c->a));
	CHECK_CALL(c, "GET", profile(c->a2), SCOPE);
	CHECK_CALL(c, "GET", platform(c->a), SCOPE);
	CHECK_CALL(c, "GET", profile(c->b1), GOOD);
}

static void
it_reaches_wherever_its_key_does(void **state)
{
	struct owned o = owned_secret(), other = owned_secret();

	(void)state;
	check_everywhere(&o.with, &other.with);
}

static struct caller_at
data_key(void)
{
	struct caller_at c = scoped_key();

	sql_run("UPDATE client SET kind = 'data_api', place = 1 WHERE public_id = '%.*s'",
	    STR(c.key.made.id));
	return c;
}

static void
the_data_apis_key_may_do_what_it_was_granted(void **state)
{
	struct caller_at c = data_key(), other = data_key();

	(void)state;
	CHECK_CALL(&c, "GET", data, PERMISSION);
	grant(&c, "data", "read");
	CHECK_CALL(&c, "GET", data, GOOD);
	CHECK_CALL(&c, "GET", profile(c.a1), PERMISSION);
	CHECK_CALL(&other, "GET", data, PERMISSION);
	sql_run("DELETE FROM entitlement WHERE organization_id = %ld", (long)c.key.ann.org);
	CHECK_CALL(&c, "GET", data, PERMISSION);
	/* Should the catalogue say one day that it works on workspaces, nothing of it could be picked. */
	c = data_key();
	check_everywhere(&c, &other);
}

static void
only_reading(const struct owned *o)
{
	sql_run(
	    "UPDATE client SET only_reads = 1 WHERE public_id = '%.*s'", STR(o->with.key.made.id));
}

static void
one_that_may_only_read_makes_no_other_call(void **state)
{
	struct owned o = owned_secret();
	str account = platform(o.with.a);
	struct presented before, after;
	struct token_claims claims;

	(void)state;
	/* By rows that no form would make: what it was granted does more. */
	grant(&o.with, "platform", "admin");
	CHECK_CALL(&o.with, "PATCH", account, GOOD);
	before = owned_token(&o);
	only_reading(&o);
	CHECK_CALL(&o.with, "PATCH", account, READS);
	CHECK_CALL(&o.with, "GET", account, GOOD);
	CHECK_CALL(&o.with, "GET", data, PERMISSION);
	assert_int_equal(judged(&o.with, &before, "PATCH", account), VERDICT_READS);
	assert_int_equal(judged(&o.with, &before, "GET", account), VERDICT_GOOD);
	after = owned_token(&o);
	assert_int_equal(token_read(hand_ask(&world.hand, 0), after.token, &claims), VERDICT_GOOD);
	CHECK_STR(claims.scope, "platform:user");
	assert_int_equal(key_calls(&o, "PATCH", account), VERDICT_GOOD);
}

/* What only reads is what the catalogue says at that moment. */
static void
what_only_reads_is_said_by_the_catalogue(void **state)
{
	struct owned o = owned_secret();
	struct presented token;

	(void)state;
	grant(&o.with, "data", "read");
	only_reading(&o);
	CHECK_CALL(&o.with, "GET", data, GOOD);
	token = owned_token(&o);
	sql_run("UPDATE permission p JOIN api a ON a.id = p.api_id JOIN catalogue v SET "
		"p.only_reads = 0, v.version = v.version + 1 WHERE a.word = 'data'");
	CHECK_CALL(&o.with, "GET", data, READS);
	assert_int_equal(judged(&o.with, &token, "GET", data), VERDICT_READS);
	sql_run("UPDATE permission p JOIN api a ON a.id = p.api_id JOIN catalogue v SET "
		"p.only_reads = 1, v.version = v.version + 1 WHERE a.word = 'data'");
	CHECK_CALL(&o.with, "GET", data, GOOD);
	assert_int_equal(judged(&o.with, &token, "GET", data), VERDICT_GOOD);
}

static void
a_token_names_its_key_and_what_it_may_itself(void **state)
{
	struct owned o = owned_secret();
	struct presented token;
	struct token_claims claims;

	(void)state;
	grant(&o.with, "analytics", "write");
	token = owned_token(&o);
	assert_int_equal(token_read(hand_ask(&world.hand, 0), token.token, &claims), VERDICT_GOOD);
	CHECK_STR_EQ(claims.client_id, o.key.client_id);
	CHECK_STR_EQ(claims.kds, o.with.key.sid);
	CHECK_STR(claims.scope, "analytics:read analytics:write");
	/* Given more later, it is not for that; the key's own powers never were in it. */
	assert_int_equal(judged(&o.with, &token, "GET", data), VERDICT_PERMISSION);
	grant(&o.with, "data", "read");
	assert_int_equal(judged(&o.with, &token, "GET", data), VERDICT_PERMISSION);
	CHECK_CALL(&o.with, "GET", data, GOOD);
}

/* What no service that checks tokens offline may take for an account key's, which has an empty one when it may do
 * too much to be said. */
static void
a_token_that_may_do_nothing_says_so(void **state)
{
	struct owned o = owned_secret();
	struct presented token = owned_token(&o);
	struct token_claims claims;

	(void)state;
	assert_int_equal(token_read(hand_ask(&world.hand, 0), token.token, &claims), VERDICT_GOOD);
	CHECK_STR(claims.scope, "none");
	assert_int_equal(judged(&o.with, &token, "GET", data), VERDICT_PERMISSION);
	grant(&o.with, "data", "read");
	assert_int_equal(judged(&o.with, &token, "GET", data), VERDICT_PERMISSION);
}

/* A hundred permissions with names of 32 characters. */
static void
grant_many(const struct owned *o)
{
	sql_run("INSERT INTO permission (api_id, word, name, only_reads, position) SELECT a.id, "
		"CONCAT(REPEAT('w', 25), seq), CONCAT('Many ', seq), 0, 100 + seq FROM api a JOIN "
		"seq_100_to_199 WHERE a.word = 'data'");
	sql_run("INSERT INTO permission_gives (permission_id, gives_id) SELECT id, id FROM "
		"permission WHERE word LIKE 'wwwww%%'");
	sql_run("INSERT INTO client_grant (client_id, organization_id, api_id, permission_id) "
		"SELECT c.id, c.organization_id, p.api_id, p.id FROM client c JOIN permission p ON "
		"p.word LIKE 'wwwww%%' WHERE c.public_id = '%.*s'",
	    STR(o->with.key.made.id));
}

static void
a_token_of_too_many_permissions_is_for_those_that_fit(void **state)
{
	struct owned o = owned_secret();
	struct presented token;
	struct token_claims claims;

	(void)state;
	grant_many(&o);
	token = owned_token(&o);
	sql_run("DELETE FROM client_grant WHERE organization_id = %ld", (long)o.with.key.ann.org);
	sql_run("DELETE v FROM permission_gives v JOIN permission p ON p.id = v.gives_id WHERE "
		"p.word LIKE 'wwwww%%'");
	sql_run("DELETE FROM permission WHERE word LIKE 'wwwww%%'");
	assert_int_equal(token_read(hand_ask(&world.hand, 0), token.token, &claims), VERDICT_GOOD);
	assert_in_range(claims.scope.n, TOKEN_SCOPE_BYTES - 40, TOKEN_SCOPE_BYTES);
	CHECK_HOLDS(claims.scope, "data:wwwww");
	assert_int_equal(judged(&o.with, &token, "GET", data), VERDICT_PERMISSION);
}

static int64_t
cost_of(struct owned *o, const char *method, str uri)
{
	int64_t before = db_executed(world.hand.desk.db);

	calls(&o->with, method, uri);
	return db_executed(world.hand.desk.db) - before;
}

static void
a_call_is_two_statements(void **state)
{
	struct owned o = owned_secret();

	(void)state;
	grant(&o.with, "profile", "read");
	CHECK_CALL(&o.with, "GET", profile(o.with.a1), GOOD);
	assert_int_equal(cost_of(&o, "GET", profile(o.with.a1)), 2);
	assert_int_equal(cost_of(&o, "GET", data), 2);
	only_reading(&o);
	assert_int_equal(cost_of(&o, "PATCH", platform(o.with.a)), 1);
	sql_run("UPDATE user SET status = 'deactivated' WHERE id = %ld", (long)o.mia.user);
	assert_int_equal(cost_of(&o, "GET", profile(o.with.a1)), 1);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_may_do_what_it_was_granted_and_no_more),
		cmocka_unit_test(grants_of_its_key_are_not_its_own),
		cmocka_unit_test(it_counts_with_the_entitlement),
		cmocka_unit_test(it_reaches_wherever_its_key_does),
		cmocka_unit_test(the_data_apis_key_may_do_what_it_was_granted),
		cmocka_unit_test(one_that_may_only_read_makes_no_other_call),
		cmocka_unit_test(what_only_reads_is_said_by_the_catalogue),
		cmocka_unit_test(a_token_names_its_key_and_what_it_may_itself),
		cmocka_unit_test(a_token_that_may_do_nothing_says_so),
		cmocka_unit_test(a_token_of_too_many_permissions_is_for_those_that_fit),
		cmocka_unit_test(a_call_is_two_statements),
	};

	return cmocka_run_group_tests(tests, open_with_keys, world_close);
}
