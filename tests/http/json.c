/* json.c - tests of app/http/json.c. */
#include "check.h"

#include "http/json.h"

#include <stdio.h>

SHAPE(client, text(client_id), text(client_secret), int(count), flag(active));

static const struct json_rule rules[] = {
	{ .name = STR_INIT("client_id"), .required = true, .max = 8 },
	{ .name = STR_INIT("client_secret") },
	{ .name = STR_INIT("count") },
	{ .name = STR_INIT("active") },
};

static struct client client;

static str
read_json(str body)
{
	struct request rq = { .arena = test_arena(), .body = body };

	client = (struct client){ 0 };
	return json_read(&rq, client, rules, &client);
}

static void
an_object_fills_the_shape(void **state)
{
	(void)state;
	CHECK_STR(read_json(S(" {\"client_id\": \"a\\u00e9\", \"client_secret\": \"s\\\\e\", "
			      "\"count\": -3, \"active\": true, \"other\": [{\"x\": 1.5}]} \n")),
	    "");
	CHECK_STR(client.client_id, "a\xc3\xa9");
	CHECK_STR(client.client_secret, "s\\e");
	assert_int_equal(client.count, -3);
	assert_true(client.active);
	CHECK_STR(read_json(S("{\"client_id\":\"a\",\"client_secret\":null}")), "");
	CHECK_STR(client.client_secret, "");
}

SHAPE(dates, int(exp));

static str
read_dates(str body, struct dates *dates)
{
	static const struct json_rule date[] = { { .name = STR_INIT("exp"), .date = true } };
	struct request rq = { .arena = test_arena(), .body = body };

	*dates = (struct dates){ 0 };
	return json_read(&rq, dates, date, dates);
}

static void
a_date_may_have_a_fraction(void **state)
{
	static const char *const wrong[] = { "-1.5", "1e300", "253402300800.5", "\"1\"", "true" };
	struct dates dates;

	(void)state;
	CHECK_STR(read_dates(S("{\"exp\":1763845200.987}"), &dates), "");
	assert_int_equal(dates.exp, 1763845200);
	CHECK_STR(read_dates(S("{\"exp\":1763845200}"), &dates), "");
	assert_int_equal(dates.exp, 1763845200);
	CHECK_STR(read_dates(S("{\"exp\":0.25}"), &dates), "");
	assert_int_equal(dates.exp, 0);
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		char json[40];

		snprintf(json, sizeof json, "{\"exp\":%s}", wrong[i]);
		CHECK_STR(read_dates(str_of(json), &dates), "exp must be a whole number");
	}
}

SHAPE(claims, many(aud));
static const struct json_rule claims_rules[] = {
	{ .name = STR_INIT("aud"), .required = true, .max = 4 },
};

static str
read_claims(str body, struct claims *claims)
{
	struct request rq = { .arena = test_arena(), .body = body };

	return json_read(&rq, claims, claims_rules, claims);
}

static void
many_are_a_text_or_a_list(void **state)
{
	struct claims claims;

	(void)state;
	CHECK_STR(read_claims(S("{\"aud\":\"one\"}"), &claims), "");
	assert_int_equal(claims.aud.n, 1);
	CHECK_STR(claims.aud.at[0], "one");
	CHECK_STR(read_claims(S("{\"aud\":[\"a\",\"b\",\"a\"]}"), &claims), "");
	assert_int_equal(claims.aud.n, 3);
	CHECK_STR(claims.aud.at[1], "b");
	CHECK_STR(claims.aud.at[2], "a");
	CHECK_STR(read_claims(S("{\"aud\":[1,1,1,1,1,1,1,1]}"), &claims), "aud must be a string");
	CHECK_STR(
	    read_claims(S("{\"aud\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\"]}"), &claims),
	    "");
	CHECK_STR(
	    read_claims(S("{\"aud\":[1,2,3,4,5,6,7,8,9]}"), &claims), "aud has too many elements");
	CHECK_STR(read_claims(S("{\"aud\":[]}"), &claims), "aud is empty");
	CHECK_STR(read_claims(S("{\"aud\":[\"\"]}"), &claims), "aud is empty");
	CHECK_STR(read_claims(S("{\"aud\":[\"12345\"]}"), &claims), "aud is too long");
	CHECK_STR(read_claims(S("{\"aud\":[[\"a\"]]}"), &claims), "aud must be a string");
	CHECK_STR(read_claims(S("{\"aud\":{}}"), &claims), "aud must be a string");
	CHECK_STR(read_claims(S("{\"aud\":null}"), &claims), "aud is missing");
	CHECK_STR(read_claims(S("{\"aud\":\"a\",\"aud\":\"b\"}"), &claims),
	    "the body is not a JSON object");
}

static void
each_rule_has_its_message(void **state)
{
	(void)state;
	CHECK_STR(read_json(S("{}")), "client_id is missing");
	CHECK_STR(read_json(S("{\"client_id\":null}")), "client_id is missing");
	CHECK_STR(read_json(S("{\"client_id\":1}")), "client_id must be a string");
	CHECK_STR(read_json(S("{\"client_id\":\"\"}")), "client_id is empty");
	CHECK_STR(read_json(S("{\"client_id\":\"123456789\"}")), "client_id is too long");
	CHECK_STR(read_json(S("{\"client_id\":\"a\\n\"}")),
	    "client_id holds characters that cannot be stored");
	CHECK_STR(
	    read_json(S("{\"client_id\":\"a\",\"count\":1.0}")), "count must be a whole number");
	CHECK_STR(
	    read_json(S("{\"client_id\":\"a\",\"active\":1}")), "active must be true or false");
	CHECK_STR(read_json(S("{\"client_id\":\"a\",\"client_secret\":[]}")),
	    "client_secret must be a string");
}

static void
what_is_no_object_is_refused(void **state)
{
	static const char *const bad[] = { "", " ", "1", "null", "\"a\"", "[]", "{", "}", "{}{}",
		"{\"client_id\":\"a\"} x", "{\"client_id\":\"a\",\"client_id\":\"b\"}",
		"{\"client_id\":\"a\",}", "{'client_id':'a'}", "{client_id:\"a\"}",
		"{\"client_id\":\"a\" /* b */}", "{\"client_id\":\"\\u0000\"}",
		"{\"client_id\":\"\xff\"}", "{\"client_id\":\"\\ud800\"}", "{\"count\":01}",
		"{\"count\":99999999999999999999}", "{\"count\":NaN}", "{\"client_id\":\"a\n\"}",
		"\xef\xbb\xbf{}" };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		CHECK_STR(read_json(str_of(bad[i])), "the body is not a JSON object");
	CHECK_STR(read_json(S("{\"client_id\":\"a\"}\0")), "the body is not a JSON object");
}

static void
depth_is_limited(void **state)
{
	struct buf b;

	(void)state;
	for (int depth = 31; depth <= 32; depth++) {
		b = buf_new(test_arena(), 1000);
		buf_add(&b, S("{\"client_id\":\"[[\\\"[\",\"x\":"));
		for (int i = 0; i < depth; i++)
			buf_add_char(&b, '[');
		for (int i = 0; i < depth; i++)
			buf_add_char(&b, ']');
		buf_add_char(&b, '}');
		struct request rq = { .arena = b.arena, .body = buf_str(&b) };
		if (depth == 31)
			CHECK_STR(json_read(&rq, client, rules, &client), "");
		else
			CHECK_STR(json_read(&rq, client, rules, &client),
			    "the body is nested too deeply");
	}
	CHECK_STR(read_json(S("]]]}}}")), "the body is not a JSON object");
	CHECK_STR(read_json(S("\"\\")), "the body is not a JSON object");
}

SHAPE(inner, text(name));
SHAPE(outer, text(words), int(number), flag(yes), time(at), time(never), part(one, inner),
    list(rows, inner), many(many));

static void
read_an_unknown_name(void *arg)
{
	static const struct json_rule wrong[] = { { .name = STR_INIT("nmae") } };

	json_read((struct request *)arg, client, wrong, &client);
}

static void
read_a_time(void *arg)
{
	static const struct json_rule wrong[] = { { .name = STR_INIT("at") } };
	struct outer outer;

	json_read((struct request *)arg, outer, wrong, &outer);
}

static void
a_wrong_rule_is_a_fault(void **state)
{
	struct request rq = { .arena = test_arena(), .body = S("{}") };

	(void)state;
	CHECK_FAULT(rq.arena, read_an_unknown_name, &rq, "client has no 'nmae'");
	CHECK_FAULT(rq.arena, read_a_time, &rq, "outer.at cannot be read from JSON");
}

static void
read_anything(void *arg)
{
	json_read((struct request *)arg, client, rules, &client);
}

static void
the_library_is_set_up_first(void **state)
{
	struct request rq = { .arena = test_arena(), .body = S("{}") };

	(void)state;
	CHECK_FAULT(rq.arena, read_anything, &rq, "json_library_init() was not called");
	json_library_init();
}

static void
a_shape_becomes_an_object(void **state)
{
	static const struct inner rows[] = { { STR_INIT("a") }, { STR_INIT("b") } };
	static const str many[] = { STR_INIT("x"), STR_INIT("y") };
	struct outer outer = { .words = S("w"),
		.number = -12,
		.yes = true,
		.at = SECOND,
		.one.name = S("n"),
		.rows = { rows, 2 },
		.many = { many, 2 } };
	struct buf b = buf_new(test_arena(), 1000);

	(void)state;
	json_write(&b, &outer_shape, &outer);
	CHECK_STR(buf_str(&b),
	    "{\"words\":\"w\",\"number\":-12,\"yes\":true,\"at\":\"1970-01-01T00:00:01Z\","
	    "\"never\":null,\"one\":{\"name\":\"n\"},\"rows\":[{\"name\":\"a\"},{\"name\":\"b\"}],"
	    "\"many\":[\"x\",\"y\"]}");
	b = buf_new(b.arena, 1000);
	json_write(&b, &outer_shape, &(struct outer){ 0 });
	CHECK_STR(buf_str(&b),
	    "{\"words\":\"\",\"number\":0,\"yes\":false,\"at\":null,\"never\":null,"
	    "\"one\":{\"name\":\"\"},\"rows\":[],\"many\":[]}");
}

static str
written(str s)
{
	struct buf b = buf_new(test_arena(), 10000);

	json_write_text(&b, s);
	return buf_str(&b);
}

static void
texts_are_escaped(void **state)
{
	(void)state;
	CHECK_STR(written(S("")), "\"\"");
	CHECK_STR(written(S("plain /'`")), "\"plain /'`\"");
	CHECK_STR(written(S("a\"b\\c")), "\"a\\u0022b\\u005cc\"");
	CHECK_STR(written(S("</script>&")), "\"\\u003c/script\\u003e\\u0026\"");
	CHECK_STR(written(S("\0\t\n\x1f\x7f")), "\"\\u0000\\u0009\\u000a\\u001f\\u007f\"");
	CHECK_STR(written(S("\xc3\xa9\xe2\x82\xac\xf0\x9f\x94\x91")),
	    "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x94\x91\"");
	CHECK_STR(written(S("a\xe2\x80\xa8"
			    "b\xe2\x80\xa9\xe2\x80\xb0")),
	    "\"a\\u2028b\\u2029\xe2\x80\xb0\"");
	CHECK_STR(written(S("\xff"
			    "a\xe2\x80")),
	    "\"\\ufffda\\ufffd\\ufffd\"");
	CHECK_STR(written(S("\xed\xa0\x80")), "\"\\ufffd\\ufffd\\ufffd\"");
}

static void
what_is_written_can_be_read(void **state)
{
	char bytes[128];

	(void)state;
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (char)(i < 0x20 || i == 0x7f ? '~' : (char)i);
	struct buf b = buf_new(test_arena(), 10000);
	buf_add(&b, S("{\"client_id\":\"a\",\"client_secret\":"));
	json_write_text(&b, (str){ bytes, sizeof bytes });
	buf_add(&b, S("}"));
	struct request rq = { .arena = b.arena, .body = buf_str(&b) };
	CHECK_STR(json_read(&rq, client, rules, &client), "");
	CHECK_STR_EQ(client.client_secret, ((str){ bytes, sizeof bytes }));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_library_is_set_up_first),
		cmocka_unit_test(an_object_fills_the_shape),
		cmocka_unit_test(a_date_may_have_a_fraction),
		cmocka_unit_test(many_are_a_text_or_a_list),
		cmocka_unit_test(each_rule_has_its_message),
		cmocka_unit_test(what_is_no_object_is_refused),
		cmocka_unit_test(depth_is_limited),
		cmocka_unit_test(a_wrong_rule_is_a_fault),
		cmocka_unit_test(a_shape_becomes_an_object),
		cmocka_unit_test(texts_are_escaped),
		cmocka_unit_test(what_is_written_can_be_read),
	};

	return cmocka_run_group_tests_name("http/json", tests, NULL, NULL);
}
