/* route.c - which line answers, and who may ask. */
#include "check.h"

#include "core/actor.h"
#include "site/route.h"

static struct reply
page(struct request *rq)
{
	(void)rq;
	return (struct reply){ .status = 200 };
}

/* clang-format off */
static const struct route map[] = {
	{ GET,  "/",                page, SIGNED_IN, .says = "" },
	{ GET,  "/things",          page, ADMIN, .says = "" },
	{ POST, "/things",          page, ADMIN, .says = "" },
	{ GET,  "/things/new",      page, ADMIN, .says = "" },
	{ GET,  "/things/:id",      page, ADMIN, .says = "" },
	{ POST, "/things/:id/drop", page, ADMIN, .says = "" },
	{ GET,  "/setup/:token",    page, ANYONE, .says = "" },
	{ GET,  "/verify",          page, PROGRAM, .says = "" },
	{ POST, "/verify",          page, PROGRAM, .says = "" },
	{ .method = GET, .pattern = "/forgotten", .page = page },
};
/* clang-format on */
enum { MAP_N = sizeof map / sizeof map[0] };

static const char *
found(enum method method, const char *path, bool *elsewhere)
{
	struct request rq = { .method = method, .path = str_of(path) };
	const struct route *route = route_find(map, MAP_N, &rq, elsewhere);

	return route ? route->pattern : "none";
}

static void
a_request_finds_its_line(void **state)
{
	struct request rq = { .method = GET, .path = S("/things/0123456789") };
	bool elsewhere;

	(void)state;
	assert_ptr_equal(route_find(map, MAP_N, &rq, &elsewhere), &map[4]);
	CHECK_STR(rq.id, "0123456789");
	assert_int_equal(rq.token.n, 0);
	assert_false(elsewhere);
	assert_string_equal(found(GET, "/things/new", &elsewhere), "/things/new");
	assert_string_equal(found(POST, "/things", &elsewhere), "/things");
	assert_string_equal(found(GET, "/", &elsewhere), "/");
	rq.path = S("/setup/0123456789012345678901234567890123456789-_");
	assert_null(route_find(map, MAP_N, &rq, &elsewhere));
	rq.path = S("/setup/0123456789012345678901234567890123456789-_ab");
	assert_null(route_find(map, MAP_N, &rq, &elsewhere));
	rq.path = S("/setup/0123456789012345678901234567890123456789-_a");
	assert_ptr_equal(route_find(map, MAP_N, &rq, &elsewhere), &map[6]);
	assert_int_equal(rq.token.n, 43);
	assert_int_equal(rq.id.n, 0);
}

static void
only_the_method_is_wrong(void **state)
{
	bool elsewhere;

	(void)state;
	assert_string_equal(found(GET, "/things/0123456789/drop", &elsewhere), "none");
	assert_true(elsewhere);
	assert_string_equal(found(METHOD_NONE, "/things", &elsewhere), "none");
	assert_true(elsewhere);
	assert_string_equal(found(POST, "/", &elsewhere), "none");
	assert_true(elsewhere);
	assert_string_equal(found(GET, "/nothing", &elsewhere), "none");
	assert_false(elsewhere);
	assert_string_equal(found(GET, "/things/", &elsewhere), "none");
	assert_false(elsewhere);
	assert_string_equal(found(GET, "/THINGS", &elsewhere), "none");
	assert_string_equal(found(GET, "//", &elsewhere), "none");
	assert_string_equal(found(GET, "", &elsewhere), "none");
	assert_string_equal(found(GET, "/things/%30123456789", &elsewhere), "none");
	assert_false(elsewhere);
}

/* What `next` may hold: nothing leads out of the map, and nothing to a program's address. */
static void
what_a_visitor_may_be_sent_to(void **state)
{
	static const char *const no[] = { "", "things", "//", "//evil.test", "/\\evil.test",
		"https://evil.test/", "/things/0123456789/drop", "/verify", "/nothing",
		"/things?a=b", "/things#a", "/things/../things", "/things\r\nSet-Cookie: a=b",
		"/things ", "javascript:alert(1)", "/things/012345678" };

	(void)state;
	assert_true(route_is_page(map, MAP_N, S("/")));
	assert_true(route_is_page(map, MAP_N, S("/things")));
	assert_true(route_is_page(map, MAP_N, S("/things/0123456789")));
	for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
		if (route_is_page(map, MAP_N, str_of(no[i]))) {
			print_error("%s\n", no[i]);
			fail();
		}
}

static void
what_is_said_to_programs(void **state)
{
	static const char *const yes[] = { "/verify", "/verify/", "/verify/x/y", "/verify//" };
	static const char *const no[] = { "/", "//", "/verifyx", "/x/verify", "/Verify", "/things",
		"/verify%2f" };

	(void)state;
	for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++)
		assert_true(route_is_for_programs(map, MAP_N, str_of(yes[i])));
	for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
		assert_false(route_is_for_programs(map, MAP_N, str_of(no[i])));
}

struct checking {
	struct fault *fault;
	const char *one, *other;
	enum method method;
};

static void
check_two(void *arg)
{
	const struct checking *c = arg;
	const struct route two[] = { { .method = GET, .pattern = c->one },
		{ .method = c->method, .pattern = c->other } };

	route_check(c->fault, two, 2);
}

static void
lines_that_overlap_do_not_start(void **state)
{
	struct arena *a = test_arena();
	struct checking c = { a->fault, "/a/:id", "/a/:id", GET };

	(void)state;
	CHECK_FAULT(a, check_two, &c, "routes /a/:id and /a/:id overlap");
	c.other = "/a/0123456789";
	CHECK_FAULT(a, check_two, &c, "routes /a/:id and /a/0123456789 overlap");
	c.other = "/a/new";
	assert_true(attempt(a->fault, check_two, &c));
	c.other = "/a/:id/b";
	assert_true(attempt(a->fault, check_two, &c));
	c.other = "/a/:id";
	c.method = POST;
	assert_true(attempt(a->fault, check_two, &c));
	route_check(a->fault, map, MAP_N);
}

/* The whole table of who may: a column for each kind of visitor, a line for each access. */
static void
who_may(void **state)
{
	static const struct actor member = { .user = 1, .role = ROLE_MEMBER },
				  compliance = { .user = 1, .role = ROLE_COMPLIANCE_ADMIN },
				  admin = { .user = 1, .role = ROLE_ADMIN },
				  operator_ = { .is_operator = true },
				  both = { .user = 1, .role = ROLE_ADMIN, .is_operator = true },
				  none = { .role = ROLE_NONE },
				  listed = { .user = 1, .role = ROLE_MEMBER, .data_access = true };
	static const struct actor *const visitors[] = { NULL, &none, &member, &compliance, &admin,
		&operator_, &both, &listed };
	static const char *const table[] = {
		[NOBODY] = "........",
		[ANYONE] = "xxxxxxxx",
		[SIGNED_IN] = ".xxxxxxx",
		[USER] = "..xxx.xx",
		[DATA_API] = "....x.xx",
		[CREDENTIALS_SEE] = "...xx.x.",
		[CREDENTIALS_CHANGE] = "...xx.x.",
		[ADMIN] = "....x.x.",
		[OPERATOR] = ".....xx.",
		[CATALOGUE_SEE] = "...xxxx.",
		[PROGRAM] = "xxxxxxxx",
	};

	(void)state;
	for (enum access may = NOBODY; may <= PROGRAM; may++)
		for (size_t i = 0; i < sizeof visitors / sizeof visitors[0]; i++)
			assert_int_equal(access_may(visitors[i], may), table[may][i] == 'x');
	/* A line that says nothing of it refuses everybody. */
	for (size_t i = 0; i < sizeof visitors / sizeof visitors[0]; i++)
		assert_false(access_may(visitors[i], map[MAP_N - 1].may));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_finds_its_line),
		cmocka_unit_test(only_the_method_is_wrong),
		cmocka_unit_test(what_a_visitor_may_be_sent_to),
		cmocka_unit_test(what_is_said_to_programs),
		cmocka_unit_test(lines_that_overlap_do_not_start),
		cmocka_unit_test(who_may),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
