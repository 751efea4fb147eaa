/* reply.c - tests of app/http/reply.c. */
#include "check.h"

#include "http/reply.h"

struct one_header {
	struct request rq;
	struct reply reply;
	str name, value;
};

static void
add_header(void *arg)
{
	struct one_header *one = arg;

	reply_header(&one->rq, &one->reply, one->name, one->value);
}

static void
the_last_header_comes_first(void **state)
{
	struct request rq = { .arena = test_arena() };
	struct reply reply = reply_text(200, S("hello"));

	(void)state;
	reply_header(&rq, &reply, S("Cache-Control"), S("no-store"));
	reply_header(&rq, &reply, S("X-Empty"), S(""));
	CHECK_STR(reply.headers->name, "X-Empty");
	CHECK_STR(reply.headers->value, "");
	CHECK_STR(reply.headers->line, "X-Empty: \r\n");
	CHECK_STR(reply.headers->next->name, "Cache-Control");
	CHECK_STR(reply.headers->next->value, "no-store");
	CHECK_STR(reply.headers->next->line, "Cache-Control: no-store\r\n");
	assert_null(reply.headers->next->next);
}

static void
a_reply_cannot_be_split(void **state)
{
	struct one_header one = { .rq.arena = test_arena() };

	(void)state;
	one.name = S("X-Name");
	one.value = S("a\r\nSet-Cookie: b=c");
	CHECK_FAULT(one.rq.arena, add_header, &one, "a line end in the reply header X-Name");
	one.value = S("a\nb");
	CHECK_FAULT(one.rq.arena, add_header, &one, "a line end");
	one.value = S("a\rb");
	CHECK_FAULT(one.rq.arena, add_header, &one, "a line end");
	one.value = S("a\0b");
	CHECK_FAULT(one.rq.arena, add_header, &one, "a line end");
	one.value = S("a\x7f");
	CHECK_FAULT(one.rq.arena, add_header, &one, "a line end");
	one.value = S("a");
	one.name = S("X: y\r\nZ");
	CHECK_FAULT(one.rq.arena, add_header, &one, "a proper name");
	one.name = S("X\n");
	CHECK_FAULT(one.rq.arena, add_header, &one, "a proper name");
	one.name = S("");
	CHECK_FAULT(one.rq.arena, add_header, &one, "a proper name");
	assert_null(one.reply.headers);
}

static void
text_and_json_say_what_they_are(void **state)
{
	struct reply text = reply_text(404, S("Not here.")), json = reply_json(200, S("{}"));

	(void)state;
	assert_int_equal(text.status, 404);
	CHECK_STR(text.type, "text/plain; charset=utf-8");
	CHECK_STR(text.body, "Not here.");
	assert_int_equal(json.status, 200);
	CHECK_STR(json.type, "application/json");
	CHECK_STR(json.body, "{}");
}

static void
see_other_names_a_path_of_our_own(void **state)
{
	struct request rq = { .arena = test_arena() };
	struct reply reply = see_other(&rq, "/contacts/%d?%s", 7, "a=b");

	(void)state;
	assert_int_equal(reply.status, 303);
	assert_false(reply.undo);
	CHECK_STR(reply.headers->name, "Location");
	CHECK_STR(reply.headers->value, "/contacts/7?a=b");
	assert_null(reply.headers->next);
	CHECK_STR(see_other(&rq, "/").headers->value, "/");
}

struct redirection {
	struct request rq;
	const char *to;
};

static void
redirect(void *arg)
{
	struct redirection *r = arg;

	see_other(&r->rq, "%s", r->to);
}

static void
redirect_in_a_wrong_format(void *arg)
{
	struct redirection *r = arg;
	wchar_t unprintable[] = { 0x110000, 0 };

	see_other(&r->rq, "/%ls", unprintable);
}

static void
see_other_does_not_leave_this_site(void **state)
{
	static const char *const elsewhere[] = { "", "contacts", "//elsewhere.test", "/\\elsewhere",
		"https://elsewhere.test/" };
	struct redirection r = { .rq.arena = test_arena() };

	(void)state;
	for (size_t i = 0; i < sizeof elsewhere / sizeof elsewhere[0]; i++) {
		r.to = elsewhere[i];
		CHECK_FAULT(r.rq.arena, redirect, &r, "leaves this site");
	}
	r.to = "/a\r\nX: y";
	CHECK_FAULT(r.rq.arena, redirect, &r, "a line end in the reply header Location");
	CHECK_FAULT(r.rq.arena, redirect_in_a_wrong_format, &r, "a format that printf refuses");
}

static void
a_status_has_words(void **state)
{
	(void)state;
	CHECK_STR(str_of(reply_reason(200)), "OK");
	CHECK_STR(str_of(reply_reason(303)), "See Other");
	CHECK_STR(str_of(reply_reason(503)), "Service Unavailable");
	CHECK_STR(str_of(reply_reason(299)), "Unknown");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_header_comes_first),
		cmocka_unit_test(a_reply_cannot_be_split),
		cmocka_unit_test(text_and_json_say_what_they_are),
		cmocka_unit_test(see_other_names_a_path_of_our_own),
		cmocka_unit_test(see_other_does_not_leave_this_site),
		cmocka_unit_test(a_status_has_words),
	};

	return cmocka_run_group_tests_name("http/reply", tests, NULL, NULL);
}
