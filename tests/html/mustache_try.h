/* mustache_try.h - what the tests of the template engine share: a view, and a page made of it. */
#ifndef TESTS_HTML_MUSTACHE_TRY_H
#define TESTS_HTML_MUSTACHE_TRY_H

#include "check.h"

#include "base/clock.h"
#include "html/mustache.h"

SHAPE(try_row, int(id), text(name), many(tags));
SHAPE(try_group, text(name), list(rows, try_row));
SHAPE(try_field, text(value), text(error));
SHAPE(try_form, part(email, try_field), flag(active));
SHAPE(try_view, text(title), text(empty), int(count), int(zero), flag(active), flag(passive),
    time(made_at), time(never), part(form, try_form), list(rows, try_row), list(none, try_row),
    list(groups, try_group), many(words), many(no_words));
SHAPE(try_layout, text(title), text(user));

/* Templates by name: the one called "page" is shown. at NULL ends them. */
struct try_template {
	const char *name, *text;
};

struct try_page {
	const struct try_template *templates;
	const char *body;            /* the template shown by {{>body}}, with a try_view */
	const struct try_view *view; /* instead of try_view_new() */
	bool strict;
	size_t limit; /* of the page */
	struct arena *arena;
	str shown;
};

static inline str
try_read(void *arg, struct arena *a, str name)
{
	const struct try_page *try = arg;

	(void)a;
	for (const struct try_template *t = try->templates; t->name; t++)
		if (str_eq(str_of(t->name), name))
			return str_of(t->text);
	return (str){ 0 };
}

static inline struct try_view
try_view_new(void)
{
	static const str tags[] = { STR_INIT("new"), STR_INIT("<b>") };
	static const struct try_row rows[] = { { 1, STR_INIT("Ann"), { tags, 2 } },
		{ 2, STR_INIT("Bo & Co"), { 0 } }, { 3, STR_INIT(""), { tags, 1 } } };
	static const struct try_group groups[] = { { STR_INIT("first"), { rows, 2 } },
		{ STR_INIT("second"), { 0 } }, { STR_INIT("third"), { rows + 2, 1 } } };

	return (struct try_view){ .title = S("Tom & \"Jerry's\" <cat>"),
		.count = 42,
		.active = true,
		.made_at = clock_join((struct clock_parts){ 2026, 11, 20, 14, 3, 9, 123456 }),
		.form = { .email = { .value = S("ann@example.test") }, .active = true },
		.rows = { rows, 3 },
		.groups = { groups, 3 },
		.words = { tags, 2 } };
}

static inline void
try_work(void *arg)
{
	struct try_page *try = arg;
	struct mustache_source source = { try_read, try };
	struct mustache_link link = { .source = &source,
		.name = S("page"),
		.shape = try->body ? &try_layout_shape : &try_view_shape,
		.body = str_of(try->body),
		.body_shape = &try_view_shape,
		.strict = try->strict };
	const struct try_layout layout = { .title = S("Layout"), .user = S("ann") };
	const struct try_view filled = try_view_new(), *view = try->view ? try->view : &filled;
	struct buf b = buf_new(try->arena, try->limit ? try->limit : 1 << 20);
	const struct mustache *m = mustache_link(try->arena, &link);

	mustache_show(m, &b, try->body ? (const void *)&layout : view, view);
	try->shown = buf_str(&b);
}

/* The page, or what the fault said. */
static inline str
try_show(struct try_page try)
{
	try.arena = test_arena();
	return attempt(try.arena->fault, try_work, &try) ? try.shown
	                                                 : str_of(try.arena->fault->what);
}

/* The same for a single template (and one called csrf): as the console links it, and as the
 * specification does. */
static inline str
try_strict(const char *text)
{
	struct try_template templates[] = { { "page", text }, { "csrf", "(csrf)" }, { 0 } };

	return try_show((struct try_page){ .templates = templates, .strict = true });
}

static inline str
try_loose(const char *text)
{
	struct try_template templates[] = { { "page", text }, { 0 } };

	return try_show((struct try_page){ .templates = templates });
}

/* What a template shows or faults with, for a table of cases. */
struct try_case {
	const char *text, *shown;
};

#define CHECK_CASES(try_it, cases)                                       \
	for (size_t i_ = 0; i_ < sizeof(cases) / sizeof(cases)[0]; i_++) \
	check_str_(try_it((cases)[i_].text), str_of((cases)[i_].shown), __FILE__, __LINE__)

/* Not strict, and with another view. */
static inline str
try_with(const char *text, const struct try_view *view)
{
	return try_show((struct try_page){
	    .templates = (struct try_template[]){ { "page", text }, { 0 } }, .view = view });
}

#endif
