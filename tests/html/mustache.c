/* mustache.c - what a template shows: each type, escaping, lists, layouts, limits. */
#include "html/mustache_try.h"

#include <stdio.h>

static void
test_each_type_as_a_name(void **state)
{
	static const struct try_case cases[] = {
		{ "<p>{{count}} {{zero}}</p>", "<p>42 0</p>" },
		{ "[{{title}}]", "[Tom &amp; &quot;Jerry&#39;s&quot; &lt;cat&gt;]" },
		{ "<p title=\"{{title}}\">",
		    "<p title=\"Tom &amp; &quot;Jerry&#39;s&quot; &lt;cat&gt;\">" },
		{ "[{{empty}}]", "[]" },
		{ "[{{form.email.value}}]", "[ann@example.test]" },
		{ "[{{made_at}}]",
		    "[<time datetime=\"2026-11-20T14:03:09Z\">20 Nov 2026, 14:03 UTC</time>]" },
		{ "<p title=\"{{made_at}}\">", "<p title=\"2026-11-20T14:03:09Z\">" },
		{ "[{{never}}]<p title='{{never}}'>", "[]<p title=''>" },
	};

	(void)state;
	CHECK_CASES(try_strict, cases);
	CHECK_STR(try_loose("[{{active}}{{form}}{{rows}}{{words}}{{nothing}}]"), "[]");
	CHECK_STR(try_loose("{{{title}}}{{&count}}{{{empty}}}"), "Tom & \"Jerry's\" <cat>42");
}

static void
test_each_type_as_a_section(void **state)
{
	static const struct try_case cases[] = {
		{ "{{#title}}yes{{/title}}{{^title}}no{{/title}}", "yes" },
		{ "{{#empty}}yes{{/empty}}{{^empty}}no{{/empty}}", "no" },
		{ "{{#count}}yes{{/count}}{{^count}}no{{/count}}", "yes" },
		{ "{{#zero}}yes{{/zero}}{{^zero}}no{{/zero}}", "no" },
		{ "{{#active}}yes{{/active}}{{^active}}no{{/active}}", "yes" },
		{ "{{#passive}}yes{{/passive}}{{^passive}}no{{/passive}}", "no" },
		{ "{{#made_at}}yes{{/made_at}}{{^made_at}}no{{/made_at}}", "yes" },
		{ "{{#never}}yes{{/never}}{{^never}}no{{/never}}", "no" },
		{ "{{#form}}yes{{/form}}{{^form}}no{{/form}}", "yes" },
		{ "{{#form.email.error}}yes{{/form.email.error}}{{^form.email.error}}no"
		  "{{/form.email.error}}",
		    "no" },
		{ "{{#rows}}yes {{/rows}}{{^rows}}no{{/rows}}", "yes yes yes " },
		{ "{{#none}}yes{{/none}}{{^none}}no{{/none}}", "no" },
		{ "{{#words}}yes {{/words}}{{^words}}no{{/words}}", "yes yes " },
		{ "{{#no_words}}yes{{/no_words}}{{^no_words}}no{{/no_words}}", "no" },
	};

	(void)state;
	CHECK_CASES(try_strict, cases);
}

static void
test_lists_and_names_around_them(void **state)
{
	static const struct try_case cases[] = {
		{ "{{#rows}}{{id}}:{{name}} {{/rows}}", "1:Ann 2:Bo &amp; Co 3: " },
		{ "{{#rows}}{{name}}{{^name}}nameless of {{count}}{{/name}},{{/rows}}",
		    "Ann,Bo &amp; Co,nameless of 42," },
		{ "{{#rows}}{{#tags}}{{id}}{{.}} {{/tags}}{{^tags}}none {{/tags}}{{/rows}}",
		    "1new 1&lt;b&gt; none 3new " },
		{ "{{#groups}}{{name}}({{#rows}}{{id}}{{name}}{{#tags}}+{{/tags}} {{/rows}}) "
		  "{{/groups}}",
		    "first(1Ann++ 2Bo &amp; Co ) second() third(3+ ) " },
		{ "{{#form}}{{#email}}{{value}}{{#error}}{{error}}{{/error}}{{title}}{{/email}}"
		  "{{/form}}",
		    "ann@example.testTom &amp; &quot;Jerry&#39;s&quot; &lt;cat&gt;" },
		{ "{{#count}}{{.}} {{count}}{{/count}}", "42 42" },
		{ "{{#none}}a{{#none}}b{{/none}}c{{/none}}", "" },
		{ "{{#active}}a{{^passive}}b{{#passive}}c{{/passive}}d{{/passive}}{{/active}}e",
		    "abde" },
	};

	(void)state;
	CHECK_CASES(try_strict, cases);
}

static void
test_numbers_at_their_ends(void **state)
{
	static const struct {
		int64_t value;
		const char *shown;
	} cases[] = { { 7, "7" }, { -1, "-1" }, { 10, "10" }, { -1234567890, "-1234567890" },
		{ INT64_MAX, "9223372036854775807" }, { INT64_MIN, "-9223372036854775808" } };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct try_view view = { .count = cases[i].value };

		CHECK_STR_EQ(try_with("{{count}}", &view), str_of(cases[i].shown));
	}
}

/* The two forms are written here without printf; they are those of base/clock. */
static void
test_times_as_the_clock_has_them(void **state)
{
	static const struct clock_parts times[] = { { 1970, 1, 1, 0, 0, 1, 0 },
		{ 2026, 2, 9, 7, 5, 0, 999999 }, { 2028, 2, 29, 23, 59, 59, 0 },
		{ 1000, 1, 1, 0, 0, 0, 0 }, { 9999, 12, 31, 23, 59, 59, 999999 } };
	struct fault fault = { 0 };
	struct arena arena;

	(void)state;
	arena_open(&arena, &fault, 4096);
	for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
		struct try_view view = { .made_at = clock_join(times[i]) };
		str iso = clock_iso(&arena, view.made_at);
		str words = clock_for_people(&arena, view.made_at);

		CHECK_STR_EQ(try_with("{{made_at}}", &view),
		    fmt(&arena, "<time datetime=\"%.*s\">%.*s</time>", STR(iso), STR(words)));
	}
	arena_close(&arena);
}

static void
test_a_time_without_a_year_of_four_digits_is_none(void **state)
{
	static const int64_t times[] = { (int64_t)253402300800 * SECOND,
		(int64_t)-30610224001 * SECOND };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct try_view view = { .made_at = times[i] };

		CHECK_STR(try_with("[{{made_at}}]", &view), "[]");
	}
}

/* Around the sizes in which a text is escaped, and around what is copied at once. */
static void
test_long_texts_and_literals(void **state)
{
	static const char *const shown[] = { "a", "&quot;", "b", "&lt;" };
	static char text[2000], literal[2000], expected[8000];

	(void)state;
	for (size_t n = 0; n < 1200; n += n < 40 ? 1 : 97) {
		struct try_view view = { .title = { text, n } };
		str page = { expected, n };

		memset(literal, 'x', n);
		memset(expected, 'x', n);
		snprintf(literal + n, 20, "{{title}}");
		for (size_t i = 0; i < n; i++) {
			text[i] = "a\"b<"[i % 4];
			snprintf(expected + page.n, 10, "%s", shown[i % 4]);
			page.n += strlen(shown[i % 4]);
		}
		CHECK_STR_EQ(try_with(literal, &view), page);
	}
}

/* A page of just as many bytes as its limit is shown, one more is a fault, whatever it ends with. */
static void
test_the_limit_is_exact(void **state)
{
	static const struct try_case cases[] = { { "{{title}}", "&quot;&quot;" },
		{ "{{{title}}}", "\"\"" }, { "{{count}}", "-12345" }, { "just literal text", NULL },
		{ "{{#active}}a literal of more than thirty-two bytes in all{{/active}}", NULL },
		{ "{{made_at}}", NULL } };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct try_view view = {
			.title = S("\"\""), .count = -12345, .active = true, .made_at = HOUR
		};
		struct try_template templates[] = { { "page", cases[i].text }, { 0 } };
		struct try_page page = { .templates = templates, .view = &view };
		size_t n = try_show(page).n;

		page.limit = n;
		assert_int_equal(try_show(page).n, n);
		if (cases[i].shown)
			CHECK_STR_EQ(try_show(page), str_of(cases[i].shown));
		page.limit = n - 1;
		CHECK_HOLDS(try_show(page), "over its limit");
	}
}

static void
test_showing_appends_and_can_be_repeated(void **state)
{
	struct arena *a = test_arena();
	struct try_template templates[] = { { "page", "{{count}}." }, { 0 } };
	struct try_page page = { .templates = templates };
	struct mustache_source source = { try_read, &page };
	const struct mustache *m =
	    mustache_link(a, &(struct mustache_link){
				 .source = &source, .name = S("page"), .shape = &try_view_shape });
	struct try_view view = { .count = 1 };
	struct buf b = buf_new(a, 100);

	(void)state;
	buf_add(&b, S("before "));
	mustache_show(m, &b, &view, NULL);
	view.count = 2;
	mustache_show(m, &b, &view, NULL);
	buf_add(&b, S(" after"));
	CHECK_STR(buf_str(&b), "before 1.2. after");
}

static void
test_an_empty_template_shows_nothing(void **state)
{
	(void)state;
	CHECK_STR(try_strict(""), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_type_as_a_name),
		cmocka_unit_test(test_each_type_as_a_section),
		cmocka_unit_test(test_lists_and_names_around_them),
		cmocka_unit_test(test_numbers_at_their_ends),
		cmocka_unit_test(test_times_as_the_clock_has_them),
		cmocka_unit_test(test_a_time_without_a_year_of_four_digits_is_none),
		cmocka_unit_test(test_long_texts_and_literals),
		cmocka_unit_test(test_the_limit_is_exact),
		cmocka_unit_test(test_showing_appends_and_can_be_repeated),
		cmocka_unit_test(test_an_empty_template_shows_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
