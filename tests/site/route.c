/* route.c - tests of app/site/route.c. */
#include "check.h"

#include "core/actor.h"
#include "site/route.h"

static struct reply
nothing(struct request *rq)
{
	(void)rq;
	return (struct reply){ 0 };
}

static const struct route map[] = {
	{ GET, "/keys", nothing, SIGNED_IN, .says = "list" },
	{ POST, "/keys", nothing, ADMIN, .says = "make" },
	{ GET, "/keys/new", nothing, ADMIN, .says = "form" },
	{ GET, "/keys/:id", nothing, SIGNED_IN, .says = "one" },
	{ POST, "/links/:token", nothing, ANYONE, .says = "use" },
	{ GET, "/ask", nothing, PROGRAM, .says = "program" },
};
enum { MAP = sizeof map / sizeof map[0] };

static const struct route *
find(struct request *rq, enum method method, str path, bool *elsewhere)
{
	*rq = (struct request){ .method = method, .path = path };
	return route_find(map, MAP, rq, elsewhere);
}

static void
a_line_answers_its_method_and_address(void **state)
{
	struct request rq;
	bool elsewhere;

	(void)state;
	assert_ptr_equal(find(&rq, GET, S("/keys"), &elsewhere), &map[0]);
	assert_ptr_equal(find(&rq, POST, S("/keys"), &elsewhere), &map[1]);
	assert_ptr_equal(find(&rq, GET, S("/keys/new"), &elsewhere), &map[2]);
	assert_ptr_equal(find(&rq, GET, S("/keys/0123456789"), &elsewhere), &map[3]);
	CHECK_STR(rq.id, "0123456789");
	assert_ptr_equal(
	    find(&rq, POST, S("/links/0123456789012345678901234567890123456789012"), &elsewhere),
	    &map[4]);
	CHECK_STR(rq.token, "0123456789012345678901234567890123456789012");
}

static void
another_method_and_no_address_differ(void **state)
{
	struct request rq;
	bool elsewhere;

	(void)state;
	assert_null(find(&rq, POST, S("/keys/new"), &elsewhere));
	assert_true(elsewhere);
	assert_null(find(&rq, METHOD_NONE, S("/keys"), &elsewhere));
	assert_true(elsewhere);
	assert_null(find(&rq, GET, S("/keys/old"), &elsewhere));
	assert_false(elsewhere);
}

static void
only_what_people_read_is_a_page(void **state)
{
	(void)state;
	assert_true(route_is_page(map, MAP, S("/keys")));
	assert_true(route_is_page(map, MAP, S("/keys/0123456789")));
	assert_false(route_is_page(map, MAP, S("/ask")));
	assert_false(
	    route_is_page(map, MAP, S("/links/0123456789012345678901234567890123456789012")));
	assert_false(route_is_page(map, MAP, S("//example.org")));
	assert_false(route_is_page(map, MAP, (str){ 0 }));
}

struct checked {
	struct fault *fault;
	const struct route *routes;
	size_t n;
};

static void
check(void *arg)
{
	struct checked *c = arg;

	route_check(c->fault, c->routes, c->n);
}

static void
lines_that_one_address_fits_do_not_start(void **state)
{
	static const struct route twice[] = {
		{ GET, "/keys/:id", nothing, ADMIN, .says = "one" },
		{ POST, "/keys/:id", nothing, ADMIN, .says = "another method" },
		{ GET, "/keys/0123456789", nothing, ADMIN, .says = "overlaps" },
	};
	struct arena *a = test_arena();
	struct checked good = { a->fault, map, MAP }, bad = { a->fault, twice, 3 };

	(void)state;
	assert_true(attempt(a->fault, check, &good));
	CHECK_FAULT(a, check, &bad, "routes /keys/:id and /keys/0123456789 overlap");
}

/* A route that nobody was given: the zero value. */
static void
what_was_forgotten_is_refused(void **state)
{
	static const struct route forgotten = { .method = GET, .pattern = "/", .page = nothing };
	const struct actor admin = { .role = ROLE_ADMIN, .is_operator = true };

	(void)state;
	assert_false(access_may(&admin, forgotten.may));
	assert_false(access_may(NULL, forgotten.may));
}

static void
each_role_may_what_it_may(void **state)
{
	const struct actor member = { .role = ROLE_MEMBER };
	const struct actor compliance = { .role = ROLE_COMPLIANCE_ADMIN };
	const struct actor admin = { .role = ROLE_ADMIN };
	const struct actor op = { .role = ROLE_NONE, .is_operator = true };
	const struct {
		enum access may;
		bool nobody, member, compliance, admin, op;
	} cells[] = {
		{ ANYONE, true, true, true, true, true },
		{ SIGNED_IN, false, true, true, true, true },
		{ CREDENTIALS_SEE, false, false, true, true, false },
		{ ADMIN, false, false, false, true, false },
		{ OPERATOR, false, false, false, false, true },
		{ PROGRAM, true, true, true, true, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
		assert_int_equal(access_may(NULL, cells[i].may), cells[i].nobody);
		assert_int_equal(access_may(&member, cells[i].may), cells[i].member);
		assert_int_equal(access_may(&compliance, cells[i].may), cells[i].compliance);
		assert_int_equal(access_may(&admin, cells[i].may), cells[i].admin);
		assert_int_equal(access_may(&op, cells[i].may), cells[i].op);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_answers_its_method_and_address),
		cmocka_unit_test(another_method_and_no_address_differ),
		cmocka_unit_test(only_what_people_read_is_a_page),
		cmocka_unit_test(lines_that_one_address_fits_do_not_start),
		cmocka_unit_test(what_was_forgotten_is_refused),
		cmocka_unit_test(each_role_may_what_it_may),
	};

	return cmocka_run_group_tests_name("site/route", tests, NULL, NULL);
}
