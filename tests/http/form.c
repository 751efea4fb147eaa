/* form.c - tests of app/http/form.c. */
#include "check.h"

#include "base/buf.h"
#include "base/clock.h"
#include "http/form.h"

#include <stdio.h>

SHAPE(contact, part(name, input), part(note, input), part(password, input), flag(active),
    int(version), many(tags), text(tags_error));

static bool
is_not_bob(str s)
{
	return !str_eq(s, S("bob"));
}

static const struct form_rule rules[] = {
	{ .name = STR_INIT("active") },
	{ .name = STR_INIT("name"),
	    .required = STR_INIT("Give a name."),
	    .min = 3,
	    .max = 5,
	    .check = is_not_bob,
	    .refused = STR_INIT("Another name.") },
	{ .name = STR_INIT("note"), .lines = true },
	{ .name = STR_INIT("password"), .secret = true },
	{ .name = STR_INIT("version") },
	{ .name = STR_INIT("tags"), .max = 3 },
};

static struct request rq;
static struct contact form;

static bool
read_body(str body)
{
	rq = (struct request){
		.arena = test_arena(), .type = S("application/x-www-form-urlencoded"), .body = body
	};
	form = (struct contact){ 0 };
	return form_read(&rq, contact, rules, &form);
}

static void
a_good_form_fills_the_shape(void **state)
{
	(void)state;
	assert_true(read_body(S("name=+Anna%0d%0a&note=one%0d%0atwo%0D%0A&password=+a+b+&active=1"
				"&version=7&tags=x&tags=+y&other=ignored")));
	CHECK_STR(form.name.value, "Anna");
	CHECK_STR(form.name.error, "");
	CHECK_STR(form.note.value, "one\ntwo");
	CHECK_STR(form.password.value, " a b ");
	assert_true(form.active);
	assert_int_equal(form.version, 7);
	assert_int_equal(form.tags.n, 2);
	CHECK_STR(form.tags.at[0], "x");
	CHECK_STR(form.tags.at[1], "y");
	CHECK_STR(form.tags_error, "");
}

static void
what_is_not_sent_is_empty(void **state)
{
	(void)state;
	assert_true(read_body(S("name=Anna")));
	CHECK_STR(form.note.value, "");
	assert_false(form.active);
	assert_int_equal(form.version, 0);
	assert_int_equal(form.tags.n, 0);
	assert_true(read_body(S("name=Anna&active=&version=")));
	assert_false(form.active);
	assert_true(read_body(S("name=Anna&active=0")));
	assert_false(form.active);
	assert_true(read_body(S("name=Anna&active=on")));
	assert_true(form.active);
}

static void
each_rule_has_its_message(void **state)
{
	(void)state;
	assert_false(read_body(S("note=a")));
	CHECK_STR(form.name.error, "Give a name.");
	CHECK_STR(form.note.value, "a");
	CHECK_STR(read_body(S("name=%E2%80%8B%C2%A0+")) ? S("") : form.name.error, "Give a name.");
	assert_false(read_body(S("name=+%09%0a+")));
	CHECK_STR(form.name.error, "Give a name.");
	assert_false(read_body(S("name=Annabel")));
	CHECK_STR(form.name.error, "At most 5 characters; this is 7.");
	CHECK_STR(form.name.value, "Annabel");
	assert_false(read_body(S("name=An")));
	CHECK_STR(form.name.error, "Another name.");
	assert_false(read_body(S("name=bob")));
	CHECK_STR(form.name.error, "Another name.");
	CHECK_STR(form.name.value, "bob");
}

static void
characters_are_counted_not_bytes(void **state)
{
	(void)state;
	assert_true(read_body(S("name=%C3%A9%C3%A9%C3%A9%C3%A9%F0%9F%94%91")));
	assert_false(read_body(S("name=%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9")));
	CHECK_STR(form.name.error, "At most 5 characters; this is 6.");
}

static void
a_rule_without_max_has_one(void **state)
{
	char body[2200];
	int n = snprintf(body, sizeof body, "name=Anna&note=%01000d", 0);

	(void)state;
	assert_true(read_body((str){ body, (size_t)n }));
	assert_int_equal(form.note.value.n, 1000);
	n = snprintf(body, sizeof body, "name=Anna&note=%01001d", 0);
	assert_false(read_body((str){ body, (size_t)n }));
	CHECK_STR(form.note.error, "At most 1000 characters; this is 1001.");
}

#define UNFIT "This text holds characters that cannot be stored."

static void
what_is_no_text_is_refused_and_not_shown(void **state)
{
	(void)state;
	assert_false(read_body(S("name=A%00n%c3na")));
	CHECK_STR(form.name.error, UNFIT);
	CHECK_STR(form.name.value, "Anna");
	assert_false(read_body(S("name=A%0ab")));
	CHECK_STR(form.name.error, UNFIT);
	CHECK_STR(form.name.value, "Ab");
	assert_false(read_body(S("name=%ed%a0%80")));
	CHECK_STR(form.name.error, UNFIT);
	CHECK_STR(form.name.value, "");
	assert_false(read_body(S("name=Anna&note=%e2%82%ac%0d%0d%0a%f0%9f%94%91%1b%c3")));
	CHECK_STR(form.note.error, UNFIT);
	CHECK_STR(form.note.value, "\xe2\x82\xac\n\xf0\x9f\x94\x91");
	assert_true(read_body(S("name=Anna&note=a%0d")));
	CHECK_STR(form.note.value, "a");
}

static void
a_single_field_comes_once(void **state)
{
	(void)state;
	assert_false(read_body(S("name=Anna&name=Otto")));
	CHECK_HOLDS(form.name.error, "more than once");
	CHECK_STR(form.name.value, "Anna");
	assert_false(read_body(S("name=Anna&version=1&version=2")));
	CHECK_HOLDS(form.name.error, "more than once");
	assert_false(read_body(S("name=Anna&active=1&active=1")));
	CHECK_HOLDS(form.name.error, "more than once");
}

static void
a_number_of_the_page_is_a_number(void **state)
{
	(void)state;
	assert_true(read_body(S("name=Anna&version=-3")));
	assert_int_equal(form.version, -3);
	assert_false(read_body(S("name=Anna&version=3x")));
	assert_int_equal(form.version, 0);
	CHECK_HOLDS(form.name.error, "does not fit this page");
	assert_false(read_body(S("name=Anna&version=9999999999999999999")));
}

static void
repeated_values_have_one_message(void **state)
{
	(void)state;
	assert_false(read_body(S("name=Anna&tags=abc&tags=abcd")));
	CHECK_STR(form.tags_error, "At most 3 characters; this is 4.");
	CHECK_STR(form.name.error, "");
	assert_int_equal(form.tags.n, 2);
	assert_false(read_body(S("name=Anna&tags=%ff")));
	CHECK_STR(form.tags_error, UNFIT);
	CHECK_STR(form.tags.at[0], "");
}

static void
a_secret_is_never_put_back(void **state)
{
	(void)state;
	assert_false(read_body(S("password=hunter2")));
	CHECK_STR(form.password.value, "");
	CHECK_STR(form.name.error, "Give a name.");
	assert_true(read_body(S("name=Anna&password=hunter2")));
	CHECK_STR(form.password.value, "hunter2");
}

static void
what_is_no_form_is_said_at_the_first_input(void **state)
{
	(void)state;
	rq = (struct request){
		.arena = test_arena(), .type = S("multipart/form-data"), .body = S("name=Anna")
	};
	form = (struct contact){ 0 };
	assert_false(form_read(&rq, contact, rules, &form));
	CHECK_HOLDS(form.name.error, "not sent as a form");
	CHECK_STR(form.name.value, "");
	CHECK_STR(form_field(&rq, S("name")), "");
	assert_false(read_body(S("name=Anna&note=%4")));
	CHECK_HOLDS(form.name.error, "damaged");
	CHECK_STR(form.name.value, "Anna");
}

static bool
read_many_fields(int fields, const char *name)
{
	struct buf b = buf_new(test_arena(), 100000);

	buf_add(&b, S("name=Anna"));
	for (int i = 1; i < fields; i++)
		buf_fmt(&b, "&%s=%d", name, i);
	rq = (struct request){ .arena = b.arena,
		.type = S("application/x-www-form-urlencoded"),
		.body = buf_str(&b) };
	form = (struct contact){ 0 };
	return form_read(&rq, contact, rules, &form);
}

static void
fields_are_limited(void **state)
{
	(void)state;
	assert_true(read_many_fields(FORM_FIELDS_MAX, "x"));
	assert_false(read_many_fields(FORM_FIELDS_MAX + 1, "x"));
	CHECK_HOLDS(form.name.error, "too many fields");
	assert_true(read_many_fields(FORM_MANY_MAX + 1, "tags"));
	assert_int_equal(form.tags.n, FORM_MANY_MAX);
	assert_false(read_many_fields(FORM_MANY_MAX + 2, "tags"));
	CHECK_HOLDS(form.name.error, "too many fields");
	assert_int_equal(form.tags.n, FORM_MANY_MAX);
}

SHAPE(boxes, flag(sure), many(picked), text(picked_error));

static void
flags_and_lists_can_be_required(void **state)
{
	static const struct form_rule wanted[] = {
		{ .name = STR_INIT("sure"), .required = STR_INIT("Say yes.") },
		{ .name = STR_INIT("picked"), .required = STR_INIT("Pick one.") },
	};
	struct boxes boxes = { 0 };

	(void)state;
	rq = (struct request){ .arena = test_arena(),
		.type = S("application/x-www-form-urlencoded") };
	assert_false(form_read(&rq, boxes, wanted, &boxes));
	CHECK_STR(boxes.picked_error, "Pick one.");
	rq.body = S("sure=1&picked=a");
	boxes = (struct boxes){ 0 };
	assert_true(form_read(&rq, boxes, wanted, &boxes));
	CHECK_STR(boxes.picked_error, "");
	rq.body = S("picked=a");
	assert_false(form_read(&rq, boxes, wanted, &boxes));
}

static void
read_by_a_rule(void *rule)
{
	form_read_(&rq, &contact_shape, rule, 1, &form);
}

static void
a_wrong_rule_is_a_fault(void **state)
{
	struct form_rule unknown = { .name = S("nmae") }, text = { .name = S("tags_error") },
			 silent = { .name = S("name"), .min = 2 };

	(void)state;
	read_body(S("name=Anna"));
	CHECK_FAULT(rq.arena, read_by_a_rule, &unknown, "contact has no 'nmae'");
	CHECK_FAULT(rq.arena, read_by_a_rule, &text, "contact.tags_error cannot be");
	CHECK_FAULT(rq.arena, read_by_a_rule, &silent, "rule of name has no message");
}

SHAPE(contact_row, text(name), int(version), time(note), flag(active), many(tags), text(other),
    text(tags_error));
SHAPE(copies, int(version), time(made), flag(active));
SHAPE(copies_row, int(version), time(made), text(active));

static void
a_row_fills_a_form(void **state)
{
	static const str tags[] = { STR_INIT("x"), STR_INIT("y") };
	struct contact_row row = { .name = S("Anna"),
		.version = 4,
		.note = SECOND,
		.active = true,
		.tags = { tags, 2 },
		.other = S("o"),
		.tags_error = S("e") };
	struct contact filled = { .password.value = S("kept") };

	(void)state;
	rq = (struct request){ .arena = test_arena() };
	form_fill(&rq, contact, &filled, contact_row, &row);
	CHECK_STR(filled.name.value, "Anna");
	CHECK_STR(filled.note.value, "1970-01-01T00:00:01Z");
	CHECK_STR(filled.password.value, "kept");
	CHECK_STR(filled.tags_error, "e");
	assert_true(filled.active);
	assert_int_equal(filled.version, 4);
	assert_int_equal(filled.tags.n, 2);
	CHECK_STR(filled.tags.at[1], "y");
}

static void
fill_a_flag_from_a_text(void *arg)
{
	struct copies_row row = { .version = 3, .made = 5 };
	struct copies *filled = arg;

	form_fill(&rq, copies, filled, copies_row, &row);
}

static void
a_row_that_does_not_fit_is_a_fault(void **state)
{
	struct copies filled = { 0 };

	(void)state;
	rq = (struct request){ .arena = test_arena() };
	CHECK_FAULT(rq.arena, fill_a_flag_from_a_text, &filled, "'active' cannot be filled");
	assert_int_equal(filled.version, 3);
	assert_int_equal(filled.made, 5);
}

static void
one_field_can_be_read_alone(void **state)
{
	(void)state;
	read_body(S("name=Anna&csrf=a%2Bb&csrf=c"));
	CHECK_STR(form_field(&rq, S("csrf")), "a+b");
	CHECK_STR(form_field(&rq, S("absent")), "");
}

static void
addresses_one_can_send_to(void **state)
{
	static const char *const good[] = { "a@b", "ann@example.test", "ann.o'hara+x=y@a-b.test",
		"root@localhost", "1@2.3", "_@x.y" };
	static const char *const bad[] = { "", "@", "a@", "@b", "a", "a@b@c", "a b@c", "a@b c",
		"a@b\n", "a@-b", "a@b-", "a@b..c", "a@.b", "a@b.", ".a@b", "a.@b", "a..b@c",
		"<a@b>", "a,b@c", "a@b;c", "a@b_c", "\"a\"@b", "a\\@b", "\xc3\xa9@b", "a@\xc3\xa9",
		"a(b)@c", "a@[192.0.2.1]" };
	char longest[300];

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_true(is_email(str_of(good[i])));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (is_email(str_of(bad[i])))
			fail_msg("%s is taken for an address", bad[i]);
	snprintf(longest, sizeof longest, "a@%062d.%062d.%062d.%061d", 1, 1, 1, 1);
	assert_int_equal(strlen(longest), 252);
	assert_true(is_email(str_of(longest)));
	snprintf(longest, sizeof longest, "abcd@%062d.%062d.%062d.%061d", 1, 1, 1, 1);
	assert_false(is_email(str_of(longest)));
	snprintf(longest, sizeof longest, "%064d@b", 1);
	assert_true(is_email(str_of(longest)));
	snprintf(longest, sizeof longest, "%065d@b", 1);
	assert_false(is_email(str_of(longest)));
	snprintf(longest, sizeof longest, "a@%064d", 1);
	assert_false(is_email(str_of(longest)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_form_fills_the_shape),
		cmocka_unit_test(what_is_not_sent_is_empty),
		cmocka_unit_test(each_rule_has_its_message),
		cmocka_unit_test(characters_are_counted_not_bytes),
		cmocka_unit_test(a_rule_without_max_has_one),
		cmocka_unit_test(what_is_no_text_is_refused_and_not_shown),
		cmocka_unit_test(a_single_field_comes_once),
		cmocka_unit_test(a_number_of_the_page_is_a_number),
		cmocka_unit_test(repeated_values_have_one_message),
		cmocka_unit_test(a_secret_is_never_put_back),
		cmocka_unit_test(what_is_no_form_is_said_at_the_first_input),
		cmocka_unit_test(fields_are_limited),
		cmocka_unit_test(flags_and_lists_can_be_required),
		cmocka_unit_test(a_wrong_rule_is_a_fault),
		cmocka_unit_test(a_row_fills_a_form),
		cmocka_unit_test(a_row_that_does_not_fit_is_a_fault),
		cmocka_unit_test(one_field_can_be_read_alone),
		cmocka_unit_test(addresses_one_can_send_to),
	};

	return cmocka_run_group_tests_name("http/form", tests, NULL, NULL);
}
