/* mustache_parse.c - what is no template, and where the mistake is. */
#include "html/mustache_try.h"

#include <stdio.h>

static void
test_mistakes_and_their_lines(void **state)
{
	static const struct try_case cases[] = {
		{ "a\nb {{name", "page.mustache:2: a tag without its '}}'" },
		{ "{{{name}} }", "page.mustache:1: a tag without its '}}}'" },
		{ "\n\n{{! a comment\n}", "page.mustache:3: a tag without its '}}'" },
		{ "{{=<% %>}}", "page.mustache:1: a tag without its '=}}'" },
		{ "{{=<% %>=}}\n<%name", "page.mustache:2: a tag without its '%>'" },
		{ "{{", "page.mustache:1: a tag without its '}}'" },
		{ "{{#", "page.mustache:1: a tag without its '}}'" },
		{ "a\n{{ }}", "page.mustache:2: a tag without a name" },
		{ "{{#}}", "page.mustache:1: a tag without a name" },
		{ "{{> }}", "page.mustache:1: a tag without a name" },
		{ "{{=}}", "page.mustache:1: a tag without its '=}}'" },
		{ "{{= =}}", "page.mustache:1: a tag without a name" },
		{ "{{=<%=}}", "page.mustache:1: delimiters are two words without '='" },
		{ "{{=a b c=}}", "page.mustache:1: delimiters are two words without '='" },
		{ "{{=a= b=}}", "page.mustache:1: delimiters are two words without '='" },
		{ "{{=a =b=}}", "page.mustache:1: delimiters are two words without '='" },
		{ "{{#count}}\n\n", "page.mustache:1: 'count' is open but not closed" },
		{ "\n{{#count}}{{^active}}{{/active}}",
		    "page.mustache:2: 'count' is open but not closed" },
		{ "\n\n{{/count}}", "page.mustache:3: 'count' is closed but not open" },
		{ "{{#count}}\n{{#active}}\n{{/count}}\n{{/active}}",
		    "page.mustache:3: 'count' is closed where 'active' of line 2 is open" },
		{ "{{! two\nlines }}\n{{#count}}",
		    "page.mustache:3: 'count' is open but not closed" },
		{ "  {{! alone }}  \r\n{{/count}}",
		    "page.mustache:2: 'count' is closed but not open" },
	};

	(void)state;
	CHECK_CASES(try_strict, cases);
	CHECK_CASES(try_loose, cases);
}

/* What the specification's cases leave open. */
static void
test_tags(void **state)
{
	static const struct try_case cases[] = {
		{ "{{ # active }}yes{{ / active }}", "yes" },
		{ "{{!}}{{! }}a{{ ! b }}", "a" },
		{ "{ {x} }} {", "{ {x} }} {" },
		{ "{{\n count\n}}", "42" },
		{ "{{=<< >>=}}<<count>> <<{count}>> <<&count>> {{count}}", "42 42 42 {{count}}" },
		{ "a\n\t{{#active}} \t\nb\n{{/active}}\t", "a\nb\n" },
		{ "{{#active}}\r{{/active}}", "\r" },
		{ "{{#active}} {{/active}} \r", "  \r" },
		{ "{{#active}}\r\n{{/active}}\r\n", "" },
		{ "\n{{active}}\n", "\n\n" },
	};

	(void)state;
	CHECK_CASES(try_loose, cases);
}

static void
test_sections_have_a_limit(void **state)
{
	static char text[2000];
	size_t n = 0;

	(void)state;
	for (int i = 0; i < 65; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "{{#active}}\n");
	CHECK_STR(try_strict(text), "page.mustache:65: more than 64 sections within each other");
}

/* Many tokens, so that the table of tokens has grown. */
static void
test_a_long_template(void **state)
{
	static char text[8000], expected[8000];
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < 500; i++) {
		n += (size_t)snprintf(text + n, sizeof text - n, "{{count}},");
		memcpy(expected + 3 * i, "42,", 4);
	}
	CHECK_STR_EQ(try_strict(text), str_of(expected));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mistakes_and_their_lines),
		cmocka_unit_test(test_tags),
		cmocka_unit_test(test_sections_have_a_limit),
		cmocka_unit_test(test_a_long_template),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
