/* mustache_html.c - what the console's templates may not do, each with its line. */
#include "html/mustache_try.h"

#include <stdio.h>

static void
test_safe_templates_are_linked(void **state)
{
	static const char *const texts[] = {
		"<!doctype html><html lang=\"en\"><!-- a > b --><p>1 &lt; 2</p></html>",
		"<!--><p>{{title}}</p>",
		"<!-- -- > ----><p>{{title}}</p>",
		"<!-><p>{{title}}</p><!-a--><p>{{title}}</p>",
		"<p class=\"a\" title='{{title}}' hidden>{{title}}</p>",
		"<p\ntitle \t= \"{{title}}\"\n\tlang\n= 'en' >",
		"<br/><br /><input disabled/><input disabled />",
		"<a href=\"/contacts/{{title}}\"></a>",
		"<a href=\"/contacts/{{count}}#{{title}}\"></a>",
		"<a href=\"{{count}}\"></a><a href=\"{{count}}{{title}}\"></a>",
		"<a href=\"?after={{title}}\"></a><a href=\"#{{title}}\"></a>",
		"<a href=\"https://{{title}}/\"></a>",
		"<a href=\"/{{#active}}a/{{title}}{{/active}}\"></a>",
		"<a title=\"{{#title}}{{title}}{{/title}}{{^title}}none{{/title}}\"></a>",
		"<a{{#active}} class=\"on\"{{/active}}{{^active}} class=\"off\"{{/active}}></a>",
		"<a href=\"/\"{{#active}} aria-current=\"page\"{{/active}}></a>",
		"<a {{#active}}hidden {{/active}}title=\"{{title}}\"></a>",
		"<input value=\"1\"{{#active}} checked{{/active}}>",
		"<input value=\"1\"{{#active}} title=\"{{title}}\"{{/active}}>",
		"<input {{#active}}checked{{/active}}>",
		"<input name {{#active}}checked{{/active}}>",
		"<ul>{{#rows}}<li>{{name}}</li>{{/rows}}</ul>",
		"{{#active}}<a href=\"/\">{{/active}}a{{#active}}</a>{{/active}}",
		"{{#active}}<!-- {{! a }} -->{{/active}}",
		"<script src=\"/console.js\"></script><SCRIPT SRC='/a.js'> \n</Script>",
		"<script src=\"/a.js\"{{#active}} defer{{/active}}></script>",
		"<form method=\"get\" action=\"/\"></form>",
		"<form action=\"/contacts/{{count}}\" method=\"post\">{{>csrf}}</form>",
		"<form method=\"POST\"\n>{{#active}}{{title}}{{/active}}{{>csrf}}</form>",
		"{{#active}}<form method=\"post\">{{>csrf}}</form>{{/active}}",
		"<form method=\"post\">{{>csrf}}</form><form></form>",
		"<input o=\"2\" on=\"3\" styles=\"a\" data-action=\"{{title}}\">",
		"<a_very_long_element_name with_a_very_long_attribute_name=\"{{title}}\">",
		"<form methodical=\"post\"></form>",
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		if (str_starts(try_strict(texts[i]), S("page.mustache:")))
			fail_msg("%s: refused", texts[i]);
}

/* Each of these stands in the second line of a template. */
static void
check_refused(const char *const *texts, size_t n, str what)
{
	for (size_t i = 0; i < n; i++) {
		char text[200];
		str shown;

		snprintf(text, sizeof text, "\n%s", texts[i]);
		shown = try_strict(text);
		if (!str_starts(shown, S("page.mustache:2: ")) || str_find(shown, what) == shown.n)
			fail_msg("%s: %.*s", texts[i], STR(shown));
		if (str_starts(try_loose(text), S("page.mustache:")))
			fail_msg("%s: refused though not strict", texts[i]);
	}
}

#define CHECK_REFUSED(what, ...)                            \
	check_refused((const char *const[]){ __VA_ARGS__ }, \
	    sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *), S(what))

static void
test_attributes(void **state)
{
	(void)state;
	CHECK_REFUSED("a text may not begin an address", "<a href=\"{{title}}\">",
	    "<a href='{{title}}'>", "<A HREF=\"{{title}}\">", "<a href=\" {{title}}\">",
	    "<a href=\"/{{title}}\">", "<a href=\"//{{title}}\">", "<a href=\"/\\{{title}}\">",
	    "<img src=\"{{title}}\">", "<form action=\"{{title}}\"></form>",
	    "<button formaction=\"{{title}}\">", "<video poster=\"{{title}}\">",
	    "<img srcset=\"{{title}}\">", "<use xlink:href=\"{{title}}\">",
	    "<a href=\"{{#title}}{{title}}{{/title}}\">",
	    "<a href=\"{{#active}}/x{{/active}}{{title}}\">", "<a href=\"{{never}}{{title}}\">",
	    "<a href=\"{{#words}}{{.}}{{/words}}\">");
	CHECK_REFUSED("an attribute's value without quotes", "<p title={{title}}>",
	    "<p title= {{title}}>", "<p title=a>", "<p title=>", "<p title=a title=\"b\">");
	CHECK_REFUSED("a name in a tag", "<p {{title}}>", "<p{{title}}>", "<{{title}}>",
	    "<p {{title}}=\"a\">", "</{{title}}>", "<p title {{title}}>",
	    "<p title=\"a\"{{title}}>", "<p {{#title}}{{title}}{{/title}}>",
	    "<!doctype {{title}}>");
	CHECK_REFUSED("'style' is not allowed", "<p style=\"color:red\">", "<p STYLE>",
	    "<p{{#active}} style{{/active}}>");
	CHECK_REFUSED("'srcdoc' is not allowed", "<iframe srcdoc=\"a\">");
	CHECK_REFUSED("'formmethod' is not allowed", "<button formmethod=\"post\">");
	CHECK_REFUSED("an on... attribute", "<p onclick=\"a()\">", "<p OnLoad='a'>",
	    "<p onpointerrawupdate=\"a\">");
}

static void
test_tags(void **state)
{
	(void)state;
	CHECK_REFUSED("a '<' that begins no tag", "1 < 2", "<<p>", "</>", "<//p>", "<1>", "</!-->");
	CHECK_REFUSED("no blank before an attribute", "<p title=\"a\"lang=\"en\">",
	    "<p{{#active}}hidden{{/active}}>", "<p title=\"a\"{{#active}}hidden{{/active}}>",
	    "<p{{#active}} hidden{{/active}}title>", "<p tit{{#active}} hidden{{/active}}le>");
	CHECK_REFUSED("where an attribute's name or > is expected", "<p =\"a\">", "<p \"a\">",
	    "<p 'a'>", "<p <b>", "<p{{#active}} title{{/active}}=\"a\">",
	    "<p title{{#active}}{{/active}}=\"a\">");
	CHECK_REFUSED(
	    "ends within a tag", "<p", "<p title=\"a", "<!-- a", "<!doctype", "<script src=\"a\">");
}

static void
test_scripts_and_styles(void **state)
{
	(void)state;
	CHECK_REFUSED("files of their own", "<script>alert(1)</script>", "<style>p{}</style>",
	    "<STYLE> a</STYLE>", "<script src=\"a\"> a </script>", "<script></b></script>",
	    "<script></style></script>");
	CHECK_REFUSED("files of their own", "<script>{{title}}</script>",
	    "<script type=\"application/json\">{{title}}</script>");
	CHECK_REFUSED("a '<' that begins no tag", "<script><!-- a</script>", "<script><b></script>",
	    "<script></ script></script>");
}

static void
test_forms(void **state)
{
	(void)state;
	CHECK_REFUSED("needs {{>csrf}}", "<form method=\"post\"></form>",
	    "<form method=\"post\">\n\n</form>", "<FORM METHOD='Post' class=\"a\"></FORM>",
	    "<form method=\"post\"><!-- {{>csrf}} --></form>",
	    "<form method=\"post\">{{#active}}{{>csrf}}{{/active}}</form>",
	    "<form{{#active}} method=\"post\"{{/active}}></form>",
	    "<form method=\"post\"></form >");
	CHECK_REFUSED("a form within the form of line 2", "<form><form></form></form>");
	CHECK_REFUSED("a form that does not end", "<form>", "<form method=\"post\">{{>csrf}}",
	    "<form>{{title}}");
	CHECK_REFUSED("a form's method is written out", "<form method=\"{{title}}\"></form>",
	    "<form method=\"{{#active}}post{{/active}}\"></form>",
	    "<form method=\"po{{#active}}st{{/active}}\"></form>");
}

static void
test_the_token_belongs_to_its_form(void **state)
{
	(void)state;
	CHECK_STR(
	    try_strict("{{>csrf}}<form method=\"post\">{{>csrf}}</form>\n<form method=\"post\">\n"
		       "</form>{{>csrf}}"),
	    "page.mustache:2: a form with method=\"post\" needs {{>csrf}}");
}

static void
test_sections(void **state)
{
	(void)state;
	CHECK_REFUSED("a section in the middle of", "<{{#active}}p{{/active}}>",
	    "</{{#active}}p{{/active}}>", "<p title={{#active}}\"a\"{{/active}}>",
	    "<p title={{#active}}a{{/active}}>", "<!{{#active}}doctype{{/active}}>",
	    "{{#active}}<{{/active}}p>", "<p {{#active}}title={{/active}}\"a\">");
	CHECK_REFUSED("a comment holds literal text only", "<!-- {{title}}> -->",
	    "<!-- -{{#active}}-{{/active}}> -->", "<!-- {{#active}}--><!-- {{/active}} -->",
	    "{{#active}}<!-- {{/active}} -->");
	CHECK_REFUSED("a section ends where it began", "{{#active}}<p {{/active}}>",
	    "<p {{#active}}>{{/active}}", "<p title=\"{{#active}}\"{{/active}}>",
	    "<p title=\"{{#active}}\" lang=\"{{/active}}\">", "<p {{#active}}><p {{/active}}>",

	    "{{#active}}<form>{{/active}}</form>", "<form>{{#active}}</form>{{/active}}",
	    "<form>{{#active}}</form><form method=\"post\">{{/active}}</form>",
	    "{{#active}}<script>{{/active}}</script>");
}

static void
test_a_section_is_refused_at_its_end(void **state)
{
	(void)state;
	CHECK_STR(try_strict("{{#active}}\n<p \n\n{{/active}}>"),
	    "page.mustache:4: a section ends where it began: in the same tag, attribute and form");
}

/* Not strict, it only looks where a time stands. */
static void
test_times_where_html_is_odd(void **state)
{
	static const struct try_case cases[] = {
		{ "<p title=a{{made_at}}>", "<p title=a2026-11-20T14:03:09Z>" },
		{ "<p title=a>{{never}}", "<p title=a>" },
		{ "<p title=a b=\"{{made_at}}\">", "<p title=a b=\"2026-11-20T14:03:09Z\">" },
		{ "<script>1<2</script><p title=\"{{made_at}}\">",
		    "<script>1<2</script><p title=\"2026-11-20T14:03:09Z\">" },
	};

	(void)state;
	CHECK_CASES(try_loose, cases);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_safe_templates_are_linked),
		cmocka_unit_test(test_attributes),
		cmocka_unit_test(test_tags),
		cmocka_unit_test(test_scripts_and_styles),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_the_token_belongs_to_its_form),
		cmocka_unit_test(test_sections),
		cmocka_unit_test(test_a_section_is_refused_at_its_end),
		cmocka_unit_test(test_times_where_html_is_odd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
