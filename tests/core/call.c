/* call.c - tests of who may make a call: the permission, the entitlement, the scope, all from current rows. */
#define _GNU_SOURCE
#include "core/called.h"

static void
an_account_key_may_do_what_the_organization_may(void **state)
{
	struct caller_at c = account_key(), other = account_key();

	(void)state;
	CHECK_CALL(&c, "GET", S("/data/v1/datasets"), GOOD);
	CHECK_CALL(&c, "GET", profile(c.a1), GOOD);
	CHECK_CALL(&c, "DELETE", platform_in(c.b, c.b1), GOOD);
	CHECK_CALL(&c, "GET", profile(other.a1), SCOPE);
	CHECK_CALL(&c, "GET", platform(other.a), SCOPE);
	CHECK_CALL(&c, "GET", platform_in(c.a, c.b1), SCOPE);
	CHECK_CALL(&c, "GET", platform_in(c.a, other.a1), SCOPE);
	CHECK_CALL(&c, "GET", platform_in(other.a, other.a1), SCOPE);
	CHECK_CALL(&c, "GET", profile(S("none")), SCOPE);
	CHECK_CALL(&c, "GET", profile(S("0000000000")), SCOPE);
	CHECK_CALL(&c, "GET", S("/nothing/v1"), ENDPOINT);
	CHECK_CALL(&c, "PUT", S("/data/v1/datasets"), ENDPOINT);
	CHECK_CALL(&c, "GET", S(""), ENDPOINT);
	sql_run("DELETE e FROM entitlement e JOIN api a ON a.id = e.api_id WHERE "
		"e.organization_id = %ld AND a.word = 'data'",
	    (long)c.key.ann.org);
	CHECK_CALL(&c, "GET", S("/data/v1/datasets"), PERMISSION);
	CHECK_CALL(&c, "GET", profile(c.a1), GOOD);
	CHECK_CALL(&other, "GET", S("/data/v1/datasets"), GOOD);
}

static void
a_scoped_one_may_do_what_was_granted(void **state)
{
	struct caller_at c = scoped_key();

	(void)state;
	CHECK_CALL(&c, "GET", S("/data/v1/datasets"), PERMISSION);
	grant(&c, "data", "read");
	CHECK_CALL(&c, "GET", S("/data/v1/datasets"), GOOD);
	CHECK_CALL(&c, "GET", platform(c.a), PERMISSION);
	grant(&c, "platform", "user");
	CHECK_CALL(&c, "GET", platform(c.a), GOOD);
	CHECK_CALL(&c, "PATCH", platform(c.a), PERMISSION);
	/* One permission includes another; two that both give it are no harm. */
	grant(&c, "platform", "admin");
	CHECK_CALL(&c, "PATCH", platform(c.a), GOOD);
	CHECK_CALL(&c, "GET", platform(c.a), GOOD);
	sql_run("DELETE g FROM client_grant g JOIN permission p ON p.id = g.permission_id WHERE "
		"p.word = 'user' AND g.organization_id = %ld",
	    (long)c.key.ann.org);
	CHECK_CALL(&c, "GET", platform(c.a), GOOD);
	sql_run("UPDATE client_grant SET organization_id = organization_id + 1000000 WHERE "
		"organization_id = %ld",
	    (long)c.key.ann.org);
	CHECK_CALL(&c, "GET", platform(c.a), PERMISSION);
	CHECK_CALL(&c, "GET", S("/data/v1/datasets"), PERMISSION);
}

/* A grant counts as long as the organization is entitled to the API, and again once it is. */
static void
a_grant_counts_with_the_entitlement(void **state)
{
	struct caller_at c = scoped_key();

	(void)state;
	grant(&c, "data", "read");
	CHECK_CALL(&c, "GET", S("/data/v1/datasets"), GOOD);
	sql_run("DELETE FROM entitlement WHERE organization_id = %ld", (long)c.key.ann.org);
	CHECK_CALL(&c, "GET", S("/data/v1/datasets"), PERMISSION);
	sql_run("INSERT INTO entitlement (organization_id, api_id, granted_at) SELECT %ld, id, "
		"'2024-01-01' FROM api WHERE word = 'data'",
	    (long)c.key.ann.org);
	CHECK_CALL(&c, "GET", S("/data/v1/datasets"), GOOD);
}

static void
account_level_reaches_all_accounts_of_the_organization(void **state)
{
	struct caller_at c = scoped_key(), other = scoped_key();

	(void)state;
	grant(&c, "platform", "admin");
	CHECK_CALL(&c, "GET", platform(c.a), GOOD);
	CHECK_CALL(&c, "GET", platform_in(c.b, c.b1), GOOD);
	CHECK_CALL(&c, "GET", platform_in(c.a, c.b1), SCOPE);
	CHECK_CALL(&c, "GET", platform(other.a), SCOPE);
	CHECK_CALL(&c, "GET", platform_in(c.a, other.a1), SCOPE);
	CHECK_CALL(&c, "GET", platform(c.a1), SCOPE);
	sql_run("UPDATE account SET archived_at = '2024-01-01' WHERE public_id = '%.*s'", STR(c.a));
	CHECK_CALL(&c, "GET", platform(c.a), SCOPE);
	CHECK_CALL(&c, "GET", platform_in(c.a, c.a1), SCOPE);
	CHECK_CALL(&c, "GET", platform(c.b), GOOD);
}

/* None picked never means all; an edit changes the very next answer. */
static void
workspace_level_reaches_what_was_picked(void **state)
{
	struct caller_at c = scoped_key(), other = scoped_key();

	(void)state;
	grant(&c, "profile", "read");
	CHECK_CALL(&c, "GET", profile(c.a1), SCOPE);
	pick(&c, "workspace", c.a1);
	CHECK_CALL(&c, "GET", profile(c.a1), GOOD);
	CHECK_CALL(&c, "GET", profile(c.a2), SCOPE);
	CHECK_CALL(&c, "GET", profile(c.b1), SCOPE);
	CHECK_CALL(&c, "GET", profile(other.a1), SCOPE);
	sql_run(
	    "UPDATE workspace SET archived_at = '2024-01-01' WHERE public_id = '%.*s'", STR(c.a1));
	CHECK_CALL(&c, "GET", profile(c.a1), SCOPE);
	sql_run("UPDATE workspace SET archived_at = NULL WHERE public_id = '%.*s'", STR(c.a1));
	CHECK_CALL(&c, "GET", profile(c.a1), GOOD);
	sql_run("DELETE FROM client_workspace WHERE organization_id = %ld", (long)c.key.ann.org);
	CHECK_CALL(&c, "GET", profile(c.a1), SCOPE);
	/* A row that names another organization's workspace gives nothing. */
	pick(&c, "workspace", other.a1);
	CHECK_CALL(&c, "GET", profile(other.a1), SCOPE);
}

static void
a_picked_account_is_all_of_its_workspaces(void **state)
{
	struct caller_at c = scoped_key();
	str later;

	(void)state;
	grant(&c, "profile", "read");
	pick(&c, "account", c.a);
	CHECK_CALL(&c, "GET", profile(c.a1), GOOD);
	CHECK_CALL(&c, "GET", profile(c.a2), GOOD);
	CHECK_CALL(&c, "GET", profile(c.b1), SCOPE);
	later = workspace_of(&c.key.ann, c.a);
	CHECK_CALL(&c, "GET", profile(later), GOOD);
	sql_run("UPDATE account SET archived_at = '2024-01-01' WHERE public_id = '%.*s'", STR(c.a));
	CHECK_CALL(&c, "GET", profile(c.a1), SCOPE);
}

/* Of two credentials of one organization each has its own. */
static void
what_its_neighbour_was_given_is_not_its_own(void **state)
{
	struct caller_at c = scoped_key(), neighbour = c;

	(void)state;
	neighbour.key.made = make_key(&c.key.ann, S("production"));
	sql_run("UPDATE client SET kind = 'scoped', place = NULL WHERE public_id = '%.*s'",
	    STR(neighbour.key.made.id));
	grant(&neighbour, "profile", "read");
	pick(&neighbour, "workspace", c.a1);
	pick(&neighbour, "account", c.b);
	CHECK_CALL(&neighbour, "GET", profile(c.a1), GOOD);
	CHECK_CALL(&neighbour, "GET", profile(c.b1), GOOD);
	CHECK_CALL(&c, "GET", profile(c.a1), PERMISSION);
	grant(&c, "profile", "read");
	CHECK_CALL(&c, "GET", profile(c.a1), SCOPE);
	CHECK_CALL(&c, "GET", profile(c.b1), SCOPE);
}

/* At workspace level: an account in the address without a workspace, and neither. */
static void
a_call_without_a_workspace_needs_one_that_was_picked(void **state)
{
	struct caller_at c = scoped_key();
	str in_a = AT("/t/{account}"), none = S("/t");

	(void)state;
	sql_run(
	    "INSERT INTO endpoint (api_id, method, path, needs, permission_id, position) SELECT "
	    "p.api_id, 'GET', x.path, 'secret', p.id, 900 FROM permission p JOIN api a ON a.id = "
	    "p.api_id JOIN (SELECT '%.*s' AS path UNION SELECT '%.*s') x WHERE a.word = 'profile'",
	    STR(in_a), STR(none));
	sql_run("UPDATE catalogue SET version = version + 1");
	in_a = AT("/t/%.*s", STR(c.a));
	grant(&c, "profile", "read");
	CHECK_CALL(&c, "GET", in_a, SCOPE);
	CHECK_CALL(&c, "GET", none, SCOPE);
	pick(&c, "workspace", c.b1);
	CHECK_CALL(&c, "GET", in_a, SCOPE);
	CHECK_CALL(&c, "GET", none, GOOD);
	pick(&c, "workspace", c.a2);
	CHECK_CALL(&c, "GET", in_a, GOOD);
	sql_run("UPDATE workspace SET archived_at = '2024-01-01' WHERE organization_id = %ld",
	    (long)c.key.ann.org);
	CHECK_CALL(&c, "GET", in_a, SCOPE);
	CHECK_CALL(&c, "GET", none, SCOPE);
	pick(&c, "account", c.a);
	CHECK_CALL(&c, "GET", in_a, GOOD);
	CHECK_CALL(&c, "GET", none, GOOD);
	sql_run("UPDATE account SET archived_at = '2024-01-01' WHERE organization_id = %ld",
	    (long)c.key.ann.org);
	CHECK_CALL(&c, "GET", in_a, SCOPE);
	CHECK_CALL(&c, "GET", none, SCOPE);
}

static void
a_credential_ends_and_is_bound_to_networks(void **state)
{
	struct caller_at c = account_key();
	str data = S("/data/v1/datasets");

	(void)state;
	sql_run(
	    "UPDATE client SET networks = '192.0.2.0/24 2001:db8::/32' WHERE public_id = '%.*s'",
	    STR(c.key.made.id));
	CHECK_CALL(&c, "GET", data, GOOD);
	c.address = S("::ffff:192.0.2.77");
	CHECK_CALL(&c, "GET", data, GOOD);
	c.address = S("198.51.100.7");
	CHECK_CALL(&c, "GET", data, ADDRESS);
	CHECK_CALL(&c, "GET", S("/nothing"), ADDRESS);
	c.address = (str){ 0 };
	CHECK_CALL(&c, "GET", data, ADDRESS);
	c.address = S("2001:db8::1");
	CHECK_CALL(&c, "GET", data, GOOD);
	sql_run("UPDATE client SET expires_at = UTC_TIMESTAMP(6) + INTERVAL 1 HOUR WHERE "
		"public_id = '%.*s'",
	    STR(c.key.made.id));
	CHECK_CALL(&c, "GET", data, GOOD);
	sql_run("UPDATE client SET expires_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND WHERE "
		"public_id = '%.*s'",
	    STR(c.key.made.id));
	CHECK_CALL(&c, "GET", data, CLIENT_EXPIRED);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_account_key_may_do_what_the_organization_may),
		cmocka_unit_test(a_scoped_one_may_do_what_was_granted),
		cmocka_unit_test(a_grant_counts_with_the_entitlement),
		cmocka_unit_test(account_level_reaches_all_accounts_of_the_organization),
		cmocka_unit_test(workspace_level_reaches_what_was_picked),
		cmocka_unit_test(a_picked_account_is_all_of_its_workspaces),
		cmocka_unit_test(what_its_neighbour_was_given_is_not_its_own),
		cmocka_unit_test(a_call_without_a_workspace_needs_one_that_was_picked),
		cmocka_unit_test(a_credential_ends_and_is_bound_to_networks),
	};

	return cmocka_run_group_tests(tests, open_with_keys, world_close);
}
