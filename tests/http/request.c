/* request.c - tests of app/http/request.c. */
#include "check.h"

#include "http/request.h"

static const struct pair params[] = {
	{ STR_INIT("REQUEST_METHOD"), STR_INIT("POST") },
	{ STR_INIT("REQUEST_URI"), STR_INIT("/a%20b?c=d?e") },
	{ STR_INIT("CONTENT_TYPE"), STR_INIT("Application/JSON ; charset=UTF-8") },
	{ STR_INIT("REQUEST_SCHEME"), STR_INIT("https") },
	{ STR_INIT("HTTP_HOST"), STR_INIT("keys.example.test") },
	{ STR_INIT("REMOTE_ADDR"), STR_INIT("192.0.2.1") },
	{ STR_INIT("HTTP_COOKIE"), STR_INIT("a=b") },
	{ STR_INIT("HTTP_X_API_KEY"), STR_INIT("first") },
	{ STR_INIT("HTTP_X_API_KEY"), STR_INIT("second") },
};

static struct request
request_with(const struct pair *pairs, size_t n)
{
	return (struct request){ .arena = test_arena(), .params = pairs, .params_n = n };
}

static void
params_are_found_by_name(void **state)
{
	struct request rq = request_with(params, sizeof params / sizeof params[0]);

	(void)state;
	CHECK_STR(request_param(&rq, S("REMOTE_ADDR")), "192.0.2.1");
	CHECK_STR(request_param(&rq, S("HTTP_X_API_KEY")), "first");
	CHECK_STR(request_header(&rq, S("HTTP_X_API_KEY")), "first");
	CHECK_STR(request_param(&rq, S("remote_addr")), "");
	CHECK_STR(request_param(&rq, S("")), "");
	assert_true(request_param_twice(&rq, S("HTTP_X_API_KEY")));
	assert_false(request_param_twice(&rq, S("HTTP_COOKIE")));
	assert_false(request_param_twice(&rq, S("HTTP_ACCEPT")));
}

static void
several_are_found_in_one_walk(void **state)
{
	static const str names[] = { STR_INIT("HTTP_X_API_KEY"), STR_INIT("REMOTE_ADDR"),
		STR_INIT("HTTP_ACCEPT"), STR_INIT("HTTP_X_API_KEZ"), STR_INIT("") };
	struct request rq = request_with(params, sizeof params / sizeof params[0]);
	struct param_found found[5] = { { .times = 7 } };

	(void)state;
	request_find(&rq, names, found, 5);
	CHECK_STR(found[0].value, "first");
	assert_int_equal(found[0].times, 2);
	CHECK_STR(found[1].value, "192.0.2.1");
	assert_int_equal(found[1].times, 1);
	for (int i = 2; i < 5; i++) {
		CHECK_STR(found[i].value, "");
		assert_int_equal(found[i].times, 0);
	}
}

static void
a_request_is_parsed(void **state)
{
	struct request rq = request_with(params, sizeof params / sizeof params[0]);

	(void)state;
	assert_true(request_parse(&rq));
	assert_int_equal(rq.method, POST);
	assert_false(rq.head);
	assert_true(rq.https);
	CHECK_STR(rq.path, "/a%20b");
	CHECK_STR(rq.query, "c=d?e");
	CHECK_STR(rq.host, "keys.example.test");
	CHECK_STR(rq.remote, "192.0.2.1");
	CHECK_STR(rq.type, "application/json");
	CHECK_STR(rq.cookie, "a=b");
}

static struct request
parse_method(str name)
{
	static struct pair two[2] = { { STR_INIT("REQUEST_URI"), STR_INIT("/") } };
	struct request rq = request_with(two, 2);

	two[1] = (struct pair){ S("REQUEST_METHOD"), name };
	assert_true(request_parse(&rq));
	return rq;
}

static void
methods_are_get_head_and_post(void **state)
{
	static const char *const others[] = { "", "PUT", "get", "GETS", "OPTIONS", "DELETE" };

	(void)state;
	assert_int_equal(parse_method(S("GET")).method, GET);
	assert_false(parse_method(S("GET")).head);
	assert_int_equal(parse_method(S("HEAD")).method, GET);
	assert_true(parse_method(S("HEAD")).head);
	assert_int_equal(parse_method(S("POST")).method, POST);
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		assert_int_equal(parse_method(str_of(others[i])).method, METHOD_NONE);
}

static bool
parse_https(str name, str value)
{
	static struct pair two[2] = { { STR_INIT("REQUEST_URI"), STR_INIT("/") } };
	struct request rq = request_with(two, 2);

	two[1] = (struct pair){ name, value };
	assert_true(request_parse(&rq));
	return rq.https;
}

static void
https_is_what_the_web_server_says(void **state)
{
	(void)state;
	assert_true(parse_https(S("HTTPS"), S("on")));
	assert_true(parse_https(S("HTTPS"), S("1")));
	assert_true(parse_https(S("REQUEST_SCHEME"), S("https")));
	assert_false(parse_https(S("HTTPS"), S("")));
	assert_false(parse_https(S("HTTPS"), S("off")));
	assert_false(parse_https(S("REQUEST_SCHEME"), S("http")));
	assert_false(parse_https(S("HTTP_X_FORWARDED_PROTO"), S("https")));
}

static bool
parse_uri(str uri)
{
	struct pair one = { S("REQUEST_URI"), uri };
	struct request rq = request_with(&one, 1);

	return request_parse(&rq);
}

static void
an_address_is_a_path(void **state)
{
	(void)state;
	assert_true(parse_uri(S("/")));
	assert_true(parse_uri(S("/caf\xc3\xa9?")));
	assert_false(parse_uri(S("")));
	assert_false(parse_uri(S("*")));
	assert_false(parse_uri(S("a")));
	assert_false(parse_uri(S("?a")));
	assert_false(parse_uri(S("http://elsewhere.test/")));
	assert_false(parse_uri(S("/a b")));
	assert_false(parse_uri(S("/a\r\nb")));
	assert_false(parse_uri(S("/a?\x7f")));
	assert_false(parse_uri(S("/a?\x01")));
	assert_false(parse_uri(S("/a?b\0")));
}

static void
cookies_are_found_by_name(void **state)
{
	struct request rq = { .cookie = S("a=1; sid=x=y;b = 2 ;sid=other; =3; c; d=") };

	(void)state;
	CHECK_STR(request_cookie(&rq, S("a")), "1");
	CHECK_STR(request_cookie(&rq, S("sid")), "x=y");
	CHECK_STR(request_cookie(&rq, S("b")), "2");
	CHECK_STR(request_cookie(&rq, S("c")), "");
	CHECK_STR(request_cookie(&rq, S("d")), "");
	CHECK_STR(request_cookie(&rq, S("id")), "");
	CHECK_STR(request_cookie(&rq, S("SID")), "");
	CHECK_STR(request_cookie(&rq, S("")), "");
	CHECK_STR(request_cookie(&(struct request){ 0 }, S("a")), "");
}

static void
the_query_is_decoded(void **state)
{
	struct request rq = { .arena = test_arena(),
		.query = S("q=a+b%26c&n=42&neg=-7&bad=%c3&ctl=%0a&half=%4&q=second&big=1e3&x") };

	(void)state;
	CHECK_STR(query_text(&rq, S("q")), "a b&c");
	CHECK_STR(query_text(&rq, S("x")), "");
	CHECK_STR(query_text(&rq, S("bad")), "");
	CHECK_STR(query_text(&rq, S("ctl")), "");
	CHECK_STR(query_text(&rq, S("half")), "");
	CHECK_STR(query_text(&rq, S("absent")), "");
	assert_int_equal(query_int(&rq, S("n"), 5), 42);
	assert_int_equal(query_int(&rq, S("neg"), 5), -7);
	assert_int_equal(query_int(&rq, S("big"), 5), 5);
	assert_int_equal(query_int(&rq, S("x"), 5), 5);
	assert_int_equal(query_int(&rq, S("absent"), 5), 5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(params_are_found_by_name),
		cmocka_unit_test(several_are_found_in_one_walk),
		cmocka_unit_test(a_request_is_parsed),
		cmocka_unit_test(methods_are_get_head_and_post),
		cmocka_unit_test(https_is_what_the_web_server_says),
		cmocka_unit_test(an_address_is_a_path),
		cmocka_unit_test(cookies_are_found_by_name),
		cmocka_unit_test(the_query_is_decoded),
	};

	return cmocka_run_group_tests_name("http/request", tests, NULL, NULL);
}
