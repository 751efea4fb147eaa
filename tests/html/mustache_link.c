/* mustache_link.c - names and their misses, parts, layouts, limits. */
#include "html/mustache_try.h"

#include <stdio.h>

static void
test_misses_of_the_console(void **state)
{
	static const struct try_case cases[] = {
		{ "\n\n{{nmae}}", "page.mustache:3: try_view has no 'nmae'" },
		{ "{{#rows}}\n{{nmae}}\n{{/rows}}", "page.mustache:2: try_row has no 'nmae'" },
		{ "{{#nmae}}{{/nmae}}", "page.mustache:1: try_view has no 'nmae'" },
		{ "{{^nmae}}{{/nmae}}", "page.mustache:1: try_view has no 'nmae'" },
		{ "{{form.nmae}}", "page.mustache:1: try_form has no 'nmae'" },
		{ "{{form.email.nmae}}", "page.mustache:1: try_field has no 'nmae'" },
		{ "{{#form}}\n{{email.nmae}}{{/form}}",
		    "page.mustache:2: try_field has no 'nmae'" },
		{ "{{rows.name}}", "page.mustache:1: try_view has no 'rows.name'" },
		{ "{{title.length}}", "page.mustache:1: try_view has no 'title.length'" },
		{ "{{form..value}}", "page.mustache:1: try_form has no ''" },
		{ "{{.}}", "page.mustache:1: try_view has no '.'" },
		{ "{{#rows}}{{.}}{{/rows}}", "page.mustache:1: try_row has no '.'" },
		{ "{{#words}}{{nmae}}{{/words}}", "page.mustache:1: try_view has no 'nmae'" },
		{ "\n{{{title}}}",
		    "page.mustache:2: 'title' would not be escaped: write {{title}}" },
		{ "{{& title}}", "page.mustache:1: 'title' would not be escaped: write {{title}}" },
		{ "\n{{>nothing}}", "page.mustache:2: there is no nothing.mustache" },
		{ "{{>body}}", "page.mustache:1: there is no body.mustache" },
		{ "{{active}}", "page.mustache:1: 'active' has no text of its own: {{#active}}" },
		{ "{{form}}", "page.mustache:1: 'form' has no text of its own: {{#form}}" },
		{ "{{rows}}", "page.mustache:1: 'rows' has no text of its own: {{#rows}}" },
		{ "{{words}}", "page.mustache:1: 'words' has no text of its own: {{#words}}" },
	};

	(void)state;
	CHECK_CASES(try_strict, cases);
}

static void
test_misses_of_the_specification(void **state)
{
	static const struct try_case cases[] = {
		{ "[{{nmae}}{{form.nmae}}{{rows.name}}{{form..value}}{{.}}{{>nothing}}]", "[]" },
		{ "{{#nmae}}a{{b}}{{/nmae}}{{^nmae}}c{{count}}{{/nmae}}", "c42" },
		{ "{{#form}}{{^form}}a{{/form}}{{email.value}}{{/form}}", "ann@example.test" },
	};

	(void)state;
	CHECK_CASES(try_loose, cases);
}

static void
test_a_part_is_linked_where_it_stands(void **state)
{
	static const struct try_template templates[] = {
		{ "page",
		    "{{#rows}}{{>part_row}}{{/rows}}{{#groups}}{{#rows}}{{>part_row}}{{/rows}}"
		    "{{/groups}}" },
		{ "part_row", "{{id}} of {{count}}, " },
		{ 0 },
	};

	(void)state;
	CHECK_STR(try_show((struct try_page){ .templates = templates, .strict = true }),
	    "1 of 42, 2 of 42, 3 of 42, 1 of 42, 2 of 42, 3 of 42, ");
}

static void
test_a_fault_names_the_part_and_its_line(void **state)
{
	static const struct try_template templates[] = {
		{ "page", "\n\n{{>part_row}}" },
		{ "part_row", "\n{{nmae}}" },
		{ 0 },
	}, after[] = {
		{ "page", "{{>part_row}}\n{{nmae}}" },
		{ "part_row", "\n\n\n" },
		{ 0 },
	};

	(void)state;
	CHECK_STR(try_show((struct try_page){ .templates = templates, .strict = true }),
	    "part_row.mustache:2: try_view has no 'nmae'");
	CHECK_STR(try_show((struct try_page){ .templates = after, .strict = true }),
	    "page.mustache:2: try_view has no 'nmae'");
}

static void
test_a_page_in_its_layout(void **state)
{
	static const struct try_template templates[] = {
		{ "page", "<h1>{{title}}</h1>\n<main>\n  {{>body}}\n</main>{{user}} {{title}}" },
		{ "contact", "<p>{{title}} by {{user}}</p>\n{{#rows}}{{id}}{{/rows}}\n" },
		{ 0 },
	};

	(void)state;
	CHECK_STR(try_show((struct try_page){
		      .templates = templates, .body = "contact", .strict = true }),
	    "<h1>Layout</h1>\n<main>\n  <p>Tom &amp; &quot;Jerry&#39;s&quot; &lt;cat&gt; by "
	    "ann</p>\n"
	    "  123\n</main>ann Layout");
}

static void
test_a_layout_without_its_page(void **state)
{
	static const struct try_template templates[] = { { "page", "\n{{>body}}" }, { 0 } },
					 itself[] = { { "page", "{{>body}}" },
						 { "contact", "a\n{{>body}}" }, { 0 } };

	(void)state;
	CHECK_STR(try_show((struct try_page){ .templates = templates, .body = "contact" }),
	    "page.mustache:2: there is no contact.mustache");
	CHECK_STR(
	    try_show((struct try_page){ .templates = itself, .body = "contact", .strict = true }),
	    "contact.mustache:2: there is no body.mustache");
	CHECK_STR(try_show((struct try_page){ .templates = itself, .body = "contact" }), "a\n");
	CHECK_STR(
	    try_show((struct try_page){ .templates = templates + 1 }), "there is no page.mustache");
}

static void
test_recursion_without_an_end(void **state)
{
	static const struct try_template deep[] = { { "page", "a\n{{>page}}" }, { 0 } },
					 broad[] = { { "page", "{{>half}}" },
						 { "half", "{{>quarter}}{{>quarter}}" },
						 { "quarter", "{{>half}}{{>half}}" }, { 0 } };
	static struct try_template steps[40];
	static char names[40][2][40];

	(void)state;
	CHECK_STR(try_show((struct try_page){ .templates = deep }),
	    "page.mustache:1: more than 64 sections and partials within each other");
	CHECK_HOLDS(try_show((struct try_page){ .templates = broad, .strict = true }),
	    "more than 64 sections and partials within each other");

	/* Each shows the next one twice: two to the power of 38 tokens. */
	for (int i = 0; i < 39; i++) {
		snprintf(names[i][0], sizeof names[i][0], i ? "p%d" : "page", i);
		snprintf(names[i][1], sizeof names[i][1], "{{>p%d}}{{>p%d}}", i + 1, i + 1);
		steps[i] = (struct try_template){ names[i][0], names[i][1] };
	}
	CHECK_HOLDS(try_show((struct try_page){ .templates = steps }),
	    "more than 20000 tags and texts in all");
}

static void
test_lists_have_a_limit(void **state)
{
	static char text[2000];
	size_t n = 0;

	(void)state;
	for (int i = 0; i < 31; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "{{#rows}}\n");
	for (int i = 0; i < 31; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "{{/rows}}");
	CHECK_STR(try_strict(text), "page.mustache:31: more than 30 lists within each other");
}

/* Many operations, so that their table has grown, with branches over the growth. */
static void
test_a_long_template(void **state)
{
	static char text[16000], expected[4000];
	size_t n = 0;

	(void)state;
	n += (size_t)snprintf(text, sizeof text, "{{#words}}{{#active}}");
	for (size_t i = 0; i < 300; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "{{#count}}{{.}},{{/count}}");
	snprintf(text + n, sizeof text - n, "{{/active}}{{/words}}");
	for (size_t i = 0; i < 600; i++)
		memcpy(expected + 3 * i, "42,", 4);
	CHECK_STR_EQ(try_strict(text), str_of(expected));
}

/* A section that is not shown and whose end is just where the table of operations grows. */
static void
test_a_branch_over_the_growth(void **state)
{
	char text[2000], expected[400];

	(void)state;
	for (size_t before = 60; before < 68; before++) {
		size_t n = 0, m = 0;

		for (size_t i = 0; i < before; i++) {
			n += (size_t)snprintf(text + n, sizeof text - n, "{{count}}");
			m += (size_t)snprintf(expected + m, sizeof expected - m, "42");
		}
		snprintf(text + n, sizeof text - n, "{{^active}}x{{/active}}y");
		snprintf(expected + m, sizeof expected - m, "y");
		CHECK_STR_EQ(try_strict(text), str_of(expected));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_misses_of_the_console),
		cmocka_unit_test(test_misses_of_the_specification),
		cmocka_unit_test(test_a_part_is_linked_where_it_stands),
		cmocka_unit_test(test_a_fault_names_the_part_and_its_line),
		cmocka_unit_test(test_a_page_in_its_layout),
		cmocka_unit_test(test_a_layout_without_its_page),
		cmocka_unit_test(test_recursion_without_an_end),
		cmocka_unit_test(test_lists_have_a_limit),
		cmocka_unit_test(test_a_long_template),
		cmocka_unit_test(test_a_branch_over_the_growth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
