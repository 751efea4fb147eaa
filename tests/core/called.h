/* called.h - a key in an organization with accounts and workspaces, and what is said when it calls. */
#ifndef TESTS_CORE_CALLED_H
#define TESTS_CORE_CALLED_H

#include "core/asked.h"

#include "core/call.h"

enum { ID_CHARS = 10 };

/* A key with its organization's accounts A and B and workspaces A1, A2, B1; and what it asks. */
struct caller_at {
	struct asked key;
	str a, b, a1, a2, b1; /* public ids */
	str address;
};

static inline str
row_named(const struct people *p, const char *table, const char *more, const char *values)
{
	str id = random_base62(&world.hand.start, ID_CHARS);

	sql_run("INSERT INTO %s (public_id, organization_id, name, created_at%s) "
		"VALUES ('%.*s', %ld, '%.*s', '2024-01-01'%s)",
	    table, more, STR(id), (long)p->org, STR(id), values);
	return id;
}

static inline str
workspace_of(const struct people *p, str account)
{
	return row_named(p, "workspace", ", account_id",
	    str_c(&world.hand.start,
		fmt(&world.hand.start, ", (SELECT id FROM account WHERE public_id = '%.*s')",
		    STR(account))));
}

/* The organization is entitled to all; the key is a scoped one without any grant. */
static inline struct caller_at
scoped_key(void)
{
	struct caller_at c = { .key = key_of(S("production")), .address = S("192.0.2.1") };
	const struct people *p = &c.key.ann;

	c.a = row_named(p, "account", "", "");
	c.b = row_named(p, "account", "", "");
	c.a1 = workspace_of(p, c.a);
	c.a2 = workspace_of(p, c.a);
	c.b1 = workspace_of(p, c.b);
	sql_run("INSERT INTO entitlement (organization_id, api_id, granted_at) "
		"SELECT %ld, id, '2024-01-01' FROM api",
	    (long)p->org);
	sql_run("UPDATE client SET kind = 'scoped', place = NULL WHERE public_id = '%.*s'",
	    STR(c.key.made.id));
	return c;
}

static inline struct caller_at
account_key(void)
{
	struct caller_at c = scoped_key();

	sql_run("UPDATE client SET kind = 'account' WHERE public_id = '%.*s'", STR(c.key.made.id));
	return c;
}

static inline void
grant(const struct caller_at *c, const char *api, const char *permission)
{
	sql_run(
	    "INSERT INTO client_grant (client_id, permission_id, api_id, organization_id) "
	    "SELECT c.id, p.id, a.id, c.organization_id FROM client c, api a JOIN permission p ON "
	    "p.api_id = a.id WHERE c.public_id = '%.*s' AND a.word = '%s' AND p.word = '%s'",
	    STR(c->key.made.id), api, permission);
}

/* Picks an account or a workspace. */
static inline void
pick(const struct caller_at *c, const char *what, str id)
{
	sql_run("INSERT INTO client_%s (client_id, %s_id, organization_id) SELECT c.id, x.id, "
		"c.organization_id FROM client c, %s x WHERE c.public_id = '%.*s' AND "
		"x.public_id = '%.*s'",
	    what, what, what, STR(c->key.made.id), STR(id));
}

static inline enum verdict
judged(struct caller_at *c, const struct presented *shown, const char *method, str uri)
{
	struct request *rq = hand_ask(&world.hand, 0);
	struct call call = { .method = str_of(method), .uri = uri, .max_age = shown->max_age };
	enum verdict verdict = call_begin(rq, &call);
	struct presented presented = *shown;

	presented.environment = S("production");
	presented.address = c->address;
	presented.call = &call;
	if (verdict != VERDICT_NONE)
		return verdict;
	if (!presented.token.n && !presented.secret.n)
		return verify_key(rq, &presented, &c->key.caller);
	return presented.token.n ? verify_token(rq, &presented, &c->key.caller)
	                         : verify_secret(rq, &presented, &c->key.caller);
}

/* What is said to the key with its secret. */
static inline enum verdict
calls(struct caller_at *c, const char *method, str uri)
{
	struct presented presented = { .client_id = c->key.made.client_id,
		.secret = c->key.made.secret };

	return judged(c, &presented, method, uri);
}

#define AT(...) fmt(&world.hand.start, __VA_ARGS__)
#define CHECK_CALL(c, method, uri, verdict) \
	assert_int_equal(calls(c, method, uri), VERDICT_##verdict)

static inline str
profile(str workspace)
{
	return AT("/profile/v1/workspaces/%.*s", STR(workspace));
}

static inline str
platform(str account)
{
	return AT("/platform/v1/accounts/%.*s", STR(account));
}

static inline str
platform_in(str account, str workspace)
{
	return AT("/platform/v1/accounts/%.*s/workspaces/%.*s", STR(account), STR(workspace));
}

#endif
