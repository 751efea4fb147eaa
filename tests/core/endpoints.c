/* endpoints.c - tests of the compiled catalogue: which endpoint a call is for, and when it is compiled anew. */
#define _GNU_SOURCE
#include "core/fixture.h"

#include "core/catalogue.h"
#include "core/pattern.h"

static struct request *
asking(void)
{
	return hand_ask(&world.hand, 0);
}

static void
changed(void)
{
	sql_run("UPDATE catalogue SET version = version + 1");
}

/* An API of its own with these endpoints, "METHOD PATH" each; all that was there before is gone. */
static void
catalogue_of(const char *const *calls, size_t n)
{
	sql_run("DELETE FROM endpoint");
	sql_run(
	    "INSERT IGNORE INTO api (public_id, word, name, level, choice, position, created_at) "
	    "VALUES ('Endpoints1', 'orders', 'Orders', 'workspace', 'one', 99, '2024-01-01')");
	sql_run("INSERT IGNORE INTO permission (api_id, word, name, only_reads, position) "
		"SELECT id, 'read', 'Read', 1, 1 FROM api WHERE word = 'orders'");
	for (size_t i = 0; i < n; i++) {
		str path, method = str_cut(str_of(calls[i]), ' ', &path);

		sql_run(
		    "INSERT INTO endpoint (api_id, method, path, needs, permission_id, position) "
		    "SELECT a.id, '%.*s', '%.*s', 'secret', p.id, %zu FROM api a JOIN permission p "
		    "ON p.api_id = a.id WHERE a.word = 'orders'",
		    STR(method), STR(path), i);
	}
	changed();
}

static str
found(const char *method, const char *path)
{
	struct request *rq = asking();
	struct pattern_ids ids;
	const struct endpoint *endpoint;

	endpoints_look(rq, 0);
	endpoint = endpoints_find(rq, str_of(method), str_of(path), &ids);
	return endpoint ? endpoint->path : S("none");
}

static const char *const calls[] = {
	"GET /",
	"GET /v1/orders",
	"POST /v1/orders",
	"GET /v1/orders/{order}",
	"GET /v1/orders/all",
	"DELETE /v1/orders/{order}",
	"GET /v1/orders/{order}/lines/*",
	"GET /v1/*",
	"GET /v1/users:batch",
	"GET /v1/accounts/{account}/workspaces/{workspace}",
	"GET /v1/accounts/{account}/{rest}",
	"GET /v1/{a}/{b}/c/d",
	"GET /v1/files/",
	"OPTIONS /v1/orders",
};

static void
finds_the_one_that_wins(void **state)
{
	static const struct {
		const char *method, *path, *pattern;
	} cases[] = {
		{ "GET", "/", "/" },
		{ "GET", "/v1/orders", "/v1/orders" },
		{ "HEAD", "/v1/orders", "/v1/orders" },
		{ "OPTIONS", "/v1/orders", "/v1/orders" },
		{ "OPTIONS", "/v1/orders/1", "none" },
		{ "POST", "/v1/orders", "/v1/orders" },
		{ "PUT", "/v1/orders", "none" },
		{ "get", "/v1/orders", "none" },
		{ "Get", "/v1/orders", "none" },
		{ "TRACE", "/v1/orders", "none" },
		{ "QUERY", "/v1/orders", "none" },
		{ "", "/v1/orders", "none" },
		{ "GET ", "/v1/orders", "none" },
		{ "GET", "/v1/orders/7", "/v1/orders/{order}" },
		{ "GET", "/v1/orders/all", "/v1/orders/all" },
		{ "DELETE", "/v1/orders/all", "/v1/orders/{order}" },
		{ "GET", "/v1/orders/7/lines/1/2", "/v1/orders/{order}/lines/*" },
		{ "GET", "/v1/orders/7/lines", "/v1/*" },
		{ "GET", "/v1/anything/else", "/v1/*" },
		{ "GET", "/v1/x/y/c/d", "/v1/{a}/{b}/c/d" },
		{ "GET", "/v1/accounts/Aa00000001/workspaces/Ww00000001",
		    "/v1/accounts/{account}/workspaces/{workspace}" },
		/* not an id: the same endpoint, and nobody's account */
		{ "GET", "/v1/accounts/none/workspaces/none",
		    "/v1/accounts/{account}/workspaces/{workspace}" },
		{ "GET", "/v1/files/", "/v1/files/" },
		{ "GET", "/v2", "none" },
		{ "GET", "/v1", "none" },
		{ "GET", "/v1/", "none" },
		/* what a reader who is not exact takes for another one that wins has none */
		{ "GET", "/V1/orders", "none" },
		{ "GET", "/v1/Orders", "none" },
		{ "GET", "/v1/orders/", "none" },
		{ "GET", "/v1/orders/ALL", "none" },
		{ "GET", "/v1/orders/all/", "none" },
		{ "GET", "/v1/users%3Abatch", "none" },
		{ "GET", "/v1/files", "none" },
		{ "GET", "/v1/orders/7/", "none" },
		{ "GET", "/v1/anything/", "/v1/*" },
	};

	(void)state;
	catalogue_of(calls, sizeof calls / sizeof calls[0]);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		str pattern = found(cases[i].method, cases[i].path);

		if (!str_eq(pattern, str_of(cases[i].pattern)))
			print_error("%s %s\n", cases[i].method, cases[i].path);
		CHECK_STR_EQ(pattern, str_of(cases[i].pattern));
	}
}

static void
says_what_a_call_needs(void **state)
{
	struct request *rq = asking();
	struct pattern_ids ids;
	const struct endpoint *endpoint;

	(void)state;
	endpoints_look(rq, 0);
	endpoint =
	    endpoints_find(rq, S("GET"), S("/v1/accounts/Aa00000001/workspaces/Ww00000001"), &ids);
	assert_non_null(endpoint);
	CHECK_STR(endpoint->permission, "orders:read");
	assert_true(endpoint->picked);
	assert_int_equal(endpoint->needs, NEEDS_SECRET);
	assert_int_equal(endpoint->api, sql_number("SELECT id FROM api WHERE word = 'orders'"));
	assert_int_equal(endpoint->permission_id,
	    sql_number("SELECT permission_id FROM endpoint WHERE path = '/'"));
	CHECK_STR(ids.account, "Aa00000001");
	CHECK_STR(ids.workspace, "Ww00000001");
}

/* What plain SQL may write: it stands for no call, and does no harm to others. */
static void
passes_over_what_is_no_endpoint(void **state)
{
	static const char *const odd[] = { "HEAD /odd", "get /odd", "GET odd", "GET /odd//x",
		"GET /odd/*/x", "GET /odd/../v1", "GET /v1/good" };

	(void)state;
	catalogue_of(odd, sizeof odd / sizeof odd[0]);
	CHECK_STR(found("GET", "/odd"), "none");
	CHECK_STR(found("GET", "odd"), "none");
	CHECK_STR(found("GET", "/v1/good"), "/v1/good");
	catalogue_of(odd, 0);
	CHECK_STR(found("GET", "/v1/good"), "none");
}

static void
is_made_anew_when_the_version_has_changed(void **state)
{
	static const char *const two[] = { "GET /one", "GET /two" };
	struct request *rq;
	long version;
	int64_t executed;

	(void)state;
	catalogue_of(two, 1);
	CHECK_STR(found("GET", "/one"), "/one");
	CHECK_STR(found("GET", "/two"), "none");
	catalogue_of(two, 2);
	version = sql_number("SELECT version FROM catalogue");
	rq = asking();
	assert_false(endpoints_current(rq, version));
	assert_true(endpoints_look(rq, 0));
	assert_true(endpoints_current(rq, version));
	assert_false(endpoints_look(rq, 0));
	CHECK_STR(found("GET", "/two"), "/two");

	/* Whoever has just heard the version does not ask it again. */
	rq = asking();
	executed = db_executed(rq->db);
	assert_false(endpoints_look(rq, HOUR));
	assert_int_equal(db_executed(rq->db), executed);
}

static void
compile(void *rq)
{
	endpoints_compile(rq);
}

/* With some left out another one would stand for their calls. */
static void
too_many_are_a_fault(void **state)
{
	struct request *rq;

	(void)state;
	catalogue_of(calls, 1);
	sql_run(
	    "INSERT INTO endpoint (api_id, method, path, needs, permission_id, position) "
	    "WITH RECURSIVE n AS (SELECT 0 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 99) "
	    "SELECT e.api_id, 'GET', CONCAT('/n/', n.i * 100 + m.i), 'secret', e.permission_id, 1 "
	    "FROM n, n m, endpoint e WHERE e.path = '/' AND n.i * 100 + m.i BETWEEN 1 AND %d",
	    ENDPOINTS_MAX - 1);
	changed();
	CHECK_STR(found("GET", "/n/1999"), "/n/1999");
	sql_run(
	    "INSERT INTO endpoint (api_id, method, path, needs, permission_id, position) SELECT "
	    "api_id, 'GET', '/n', 'secret', permission_id, 0 FROM endpoint WHERE path = '/'");
	changed();
	rq = asking();
	CHECK_FAULT(rq->arena, compile, rq, "more than 2000 endpoints");
	catalogue_of(calls, 1);
	CHECK_STR(found("GET", "/"), "/");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_one_that_wins),
		cmocka_unit_test(says_what_a_call_needs),
		cmocka_unit_test(passes_over_what_is_no_endpoint),
		cmocka_unit_test(is_made_anew_when_the_version_has_changed),
		cmocka_unit_test(too_many_are_a_fault),
	};

	return cmocka_run_group_tests(tests, world_open, world_close);
}
