/* page.c - a page in its layout: who is signed in, where, what is wrong, and what an act has said. */
#define _GNU_SOURCE
#include "site/visit.h"

#include "site/page.h"
#include "site/route.h"

SHAPE(trial_view, part(first, input), part(second, input), part(since, moment), text(words));
static PAGE(trial, "A trial", .menu = MENU_CREDENTIALS);
SHAPE(unlisted_view, text(words));
static PAGE(unlisted, "Not in the list", .menu = MENU_NONE);

static struct reply
answer(struct request *rq)
{
	return (struct reply){ .status = rq->me ? 200 : 403 };
}

static const struct route map[] = {
	{ .method = GET, .pattern = "/credentials", .page = answer, .may = ADMIN },
	{ .method = POST, .pattern = "/only-posted", .page = answer, .may = ADMIN },
	{ .method = GET, .pattern = "/verify", .page = answer, .may = PROGRAM },
};

/* A layout that shows each member of the frame by name. */
static const char layout[] =
    "<main id=\"main\" "
    "tabindex=\"-1\"></"
    "main>title={{title}}\norganization={{organization}}\nperson={{person}}\nemail={{email}}\n"
    "role={{role}}\n{{#signed_in}}signed in\n{{/signed_in}}{{#alone}}alone\n{{/alone}}"
    "{{#integration}}integration\n{{/integration}}environment={{environment}}\ncsrf={{csrf}}\n"
    "number={{number}}\n{{#nav_credentials}}menu: credentials\n{{/nav_credentials}}"
    "{{#at}}{{#credentials}}at: credentials\n{{/credentials}}{{#settings}}at: settings\n"
    "{{/settings}}{{/at}}next={{next}}\nnotice={{notice}}\n{{#wrong}}wrong\n{{/wrong}}"
    "{{#errors}}{{field}}: {{#label}}[{{label}}] {{/label}}{{message}}\n{{/errors}}body={{>body}}";

static char folder[64];

static void
write_file(const char *name, const char *text)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static int
open_pages(void **state)
{
	static const struct page *const pages[] = { &trial_page };

	world_open(state);
	snprintf(folder, sizeof folder, "/tmp/keydesk-page.XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	write_file("layout.mustache", layout);
	write_file("trial.mustache", "{{words}}{{#since}}{{ago}}{{/since}}");
	world.settings.templates = str_of(folder);
	page_link(&world.hand.desk, pages, 1);
	world.hand.desk.routes = map;
	world.hand.desk.routes_n = sizeof map / sizeof map[0];
	world_test();
	return 0;
}

static int
close_pages(void **state)
{
	static const char *const names[] = { "layout", "trial" };

	for (size_t i = 0; i < 2; i++) {
		char path[128];

		snprintf(path, sizeof path, "%s/%s.mustache", folder, names[i]);
		unlink(path);
	}
	rmdir(folder);
	return world_close(state);
}

static str
shown(struct request *rq, int status, const struct trial_view *view)
{
	struct reply reply = show(rq, status, &trial_page, view);

	assert_int_equal(reply.status, status);
	CHECK_STR(reply.type, "text/html; charset=utf-8");
	assert_false(reply.undo);
	return reply.body;
}

static bool
lacks(str text, const char *words)
{
	return str_find(text, str_of(words)) == text.n;
}

static void
the_frame_of_a_visitor(void **state)
{
	struct request *rq = visit(S(""));
	str text = shown(rq, 200, &(struct trial_view){ .words = S("<hello>") });

	(void)state;
	CHECK_HOLDS(
	    text, "title=A trial\norganization=\nperson=\nemail=\nrole=\nenvironment=Production\n");
	CHECK_HOLDS(text, "number=0123456789abcdef\n");
	CHECK_HOLDS(text, "body=&lt;hello&gt;");
	CHECK_HOLDS(text, "notice=\n");
	CHECK_STR_EQ(str_part(text, str_find(text, S("csrf=")) + 5, 43), rq->csrf);
	assert_true(lacks(text, "signed in"));
	assert_true(lacks(text, "menu: credentials"));
	assert_true(lacks(text, "wrong"));
}

static void
the_frame_of_an_admin(void **state)
{
	struct people ann = world_people();
	str cookie = sign_in(&ann), text;
	struct request *rq = visit(cookie);

	(void)state;
	text = shown(rq, 200, &(struct trial_view){ 0 });
	CHECK_HOLDS(text, "organization=Northwind Trading\nperson=Ann Marsh\n");
	CHECK_HOLDS(text, "role=Admin\nsigned in\n");
	CHECK_HOLDS(text, "menu: credentials\nat: credentials\n");
	assert_true(lacks(text, "at: settings"));
	rq->environment = S("integration");
	CHECK_HOLDS(
	    shown(rq, 200, &(struct trial_view){ 0 }), "integration\nenvironment=Integration\n");
	sql_run("UPDATE user SET role = 'member' WHERE id = %d", (int)ann.user);
	text = shown(visit(cookie), 200, &(struct trial_view){ 0 });
	CHECK_HOLDS(text, "role=Member\nsigned in\n");
	assert_true(lacks(text, "menu: credentials"));
}

/* Where the environment switch leads back to: a page that a GET answers, never a program's address. */
static void
next_is_a_page(void **state)
{
	static const struct {
		const char *path, *next;
		enum method method;
	} rows[] = {
		{ "/credentials", "next=/credentials\n", GET },
		{ "/credentials", "next=/credentials\n", POST },
		{ "/only-posted", "next=/\n", GET },
		{ "/verify", "next=/\n", GET },
		{ "//evil.test", "next=/\n", GET },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct request *rq = visit(S(""));
		str text;

		rq->path = str_of(rows[i].path);
		rq->method = rows[i].method;
		text = shown(rq, 200, &(struct trial_view){ 0 });
		assert_false(lacks(text, rows[i].next));
	}
}

static str
noticed(const char *query)
{
	struct request *rq = visit(S(""));
	str text, rest;

	rq->query = str_of(query);
	text = shown(rq, 200, &(struct trial_view){ 0 });
	text = str_part(text, str_find(text, S("notice=")) + 7, text.n);
	return str_cut(text, '\n', &rest);
}

static void
notices_for_known_words_only(void **state)
{
	static const char *const unknown[] = { "", "did", "did=", "did=Saved.", "did=saved.",
		"did=SAVED", "did=deleted%20", "did=<b>", "did=%00saved", "saved", "do=saved",
		"did=unknown&did=saved" };

	(void)state;
	CHECK_STR(noticed("did=saved"), "Saved.");
	CHECK_STR(noticed("did=stored"), "Noted: the secret is stored.");
	CHECK_STR(noticed("did=deleted"), "The key is deleted. Its secrets have stopped working.");
	CHECK_STR(noticed("did=signed-out"), "You are signed out.");
	CHECK_STR(noticed("a=b&did=s%61ved"), "Saved.");
	for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++)
		assert_int_equal(noticed(unknown[i]).n, 0);
}

static void
errors_are_collected_in_order(void **state)
{
	struct trial_view view = { .first = { .value = S("x"), .error = S("Too <short>.") },
		.second = { .error = S("Give one."), .label = S("The second") } };
	str text = shown(visit(S("")), 422, &view);

	(void)state;
	CHECK_HOLDS(
	    text, "wrong\nfirst: Too &lt;short&gt;.\nsecond: [The second] Give one.\nbody=");
	view.first.error = (str){ 0 };
	text = shown(visit(S("")), 422, &view);
	CHECK_HOLDS(text, "wrong\nsecond: [The second] Give one.\nbody=");
	/* Only a form that is shown again is summed up. */
	assert_true(lacks(shown(visit(S("")), 200, &view), "second: "));
	view.second.error = (str){ 0 };
	assert_true(lacks(shown(visit(S("")), 422, &view), "wrong\n"));
}

static void
show_unlisted(void *rq)
{
	show(rq, 200, &unlisted_page, &(struct unlisted_view){ 0 });
}

static void
a_page_missing_from_the_list_is_a_fault(void **state)
{
	struct request *rq = visit(S(""));

	(void)state;
	CHECK_FAULT(rq->arena, show_unlisted, rq, "page unlisted is not in the list of pages");
	assert_int_equal(rq->arena->fault->kind, FAULT_PROGRAM);
}

static void
link_unlisted(void *desk)
{
	static const struct page *const pages[] = { &unlisted_page };

	page_link(desk, pages, 1);
}

static void
a_template_that_is_missing_does_not_start(void **state)
{
	struct desk desk = world.hand.desk;

	(void)state;
	world.settings.templates = str_of(folder);
	CHECK_FAULT(desk.start, link_unlisted, &desk, "unlisted");
	write_file("unlisted.mustache", "{{wordz}}");
	CHECK_FAULT(
	    desk.start, link_unlisted, &desk, "unlisted.mustache:1: unlisted_view has no 'wordz'");
	write_file("unlisted.mustache", "{{{words}}}");
	CHECK_FAULT(desk.start, link_unlisted, &desk, "unlisted.mustache:1: ");
	unlink(str_c(desk.start, fmt(desk.start, "%s/unlisted.mustache", folder)));
	world_test();
}

static void
a_moment_is_said_three_times(void **state)
{
	struct request rq = { .arena = test_arena(), .now = 1000 * DAY };
	struct moment moment = moment_of(&rq, 997 * DAY);

	(void)state;
	CHECK_STR(moment.ago, "3 days ago");
	CHECK_STR(moment.exact, "24 Sep 1972, 00:00 UTC");
	CHECK_STR(moment.iso, "1972-09-24T00:00:00Z");
	moment = moment_of(&rq, 0);
	assert_int_equal(moment.ago.n + moment.exact.n + moment.iso.n, 0);
}

static void
headers_that_each_page_carries(void **state)
{
	struct request *rq = visit(S(""));
	struct reply reply = { 0 };
	str policy;

	(void)state;
	page_headers(rq, &reply);
	policy = header_of(&reply, "Content-Security-Policy", "");
	CHECK_HOLDS(policy, "default-src 'none';");
	CHECK_HOLDS(policy, "form-action 'self';");
	CHECK_HOLDS(policy, "base-uri 'none';");
	CHECK_HOLDS(policy, "frame-ancestors 'none'");
	assert_true(lacks(policy, "unsafe"));
	CHECK_STR(header_of(&reply, "X-Content-Type-Options", ""), "nosniff");
	CHECK_STR(header_of(&reply, "X-Frame-Options", ""), "DENY");
	CHECK_STR(header_of(&reply, "Referrer-Policy", ""), "same-origin");
	CHECK_STR(header_of(&reply, "Cache-Control", ""), "no-store");
	CHECK_STR(header_of(&reply, "Cross-Origin-Opener-Policy", ""), "same-origin");
	assert_int_equal(header_of(&reply, "Strict-Transport-Security", "").n, 0);
	world.settings.https = true;
	reply = (struct reply){ 0 };
	page_headers(rq, &reply);
	CHECK_STR(header_of(&reply, "Strict-Transport-Security", ""), "max-age=31536000");
	world_test();
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_frame_of_a_visitor),
		cmocka_unit_test(the_frame_of_an_admin),
		cmocka_unit_test(next_is_a_page),
		cmocka_unit_test(notices_for_known_words_only),
		cmocka_unit_test(errors_are_collected_in_order),
		cmocka_unit_test(a_page_missing_from_the_list_is_a_fault),
		cmocka_unit_test(a_template_that_is_missing_does_not_start),
		cmocka_unit_test(a_moment_is_said_three_times),
		cmocka_unit_test(headers_that_each_page_carries),
	};

	return cmocka_run_group_tests(tests, open_pages, close_pages);
}
