/* page.c - a page: a template, linked to the shape of its view, inside the layout. */
#include "site/page.h"

#include "core/actor.h"
#include "core/file.h"
#include "site/late.h"
#include "site/notice.h"
#include "site/proof.h"
#include "site/route.h"

enum {
	PAGE_MAX_BYTES = 1 << 20,
	TEMPLATES_MAX = 400,
	SHELF_BYTES = 16 << 20,
};

/* What stands in the main menu, and what of it the page belongs to: templates/part_menu.mustache. */
SHAPE(menus, flag(overview), flag(credentials), flag(secrets), flag(data_api), flag(team),
    flag(accounts), flag(apis), flag(audit), flag(organizations), flag(settings), flag(profile));
SHAPE(frame, text(title), text(organization), text(person), text(email), text(role),
    flag(signed_in), flag(alone), flag(integration), text(environment), text(csrf), text(number),
    part(nav, menus), part(at, menus), flag(nav_credentials), text(elsewhere), flag(factor_first),
    flag(in_credentials), flag(in_secrets), flag(in_data_api), text(next), text(notice),
    flag(wrong), list(errors, wrong), part(proof, proof_asked));

struct moment
moment_of(const struct request *rq, int64_t time)
{
	if (time == 0)
		return (struct moment){ 0 };
	return (struct moment){ clock_ago(rq->arena, time, rq->now),
		clock_for_people(rq->arena, time), clock_iso(rq->arena, time) };
}

/* The texts of templates while pages are linked: the layout and its parts stand in all of them. */
struct shelf {
	const struct desk *desk;
	struct arena arena;
	size_t n;
	struct {
		str name, text;
	} at[TEMPLATES_MAX];
};

static str
read_template(void *arg, struct arena *a, str name)
{
	struct shelf *shelf = arg;
	str folder = shelf->desk->settings->templates, text;

	(void)a;
	for (size_t i = 0; i < shelf->n; i++)
		if (str_eq(name, shelf->at[i].name))
			return shelf->at[i].text;
	text = file_read(
	    &shelf->arena, fmt(&shelf->arena, "%.*s/%.*s.mustache", STR(folder), STR(name)));
	proof_check(&shelf->arena, shelf->desk, name, text);
	if (shelf->n == TEMPLATES_MAX)
		fault(shelf->arena.fault, "more than %d templates", TEMPLATES_MAX);
	shelf->at[shelf->n].name = str_copy(&shelf->arena, name);
	shelf->at[shelf->n++].text = text;
	return text;
}

void
page_link(struct desk *desk, const struct page *const *pages, size_t n)
{
	struct linked_page *linked = NEW(desk->start, struct linked_page, n);
	struct shelf shelf = { .desk = desk };
	struct mustache_source source = { read_template, &shelf };
	str layout;

	arena_open(&shelf.arena, desk->start->fault, SHELF_BYTES);
	layout = read_template(&shelf, &shelf.arena, S("layout"));
	if (str_find(layout, late_mark) == layout.n)
		fault(desk->start->fault, "layout.mustache: there is no %.*s", STR(late_mark));
	for (size_t i = 0; i < n; i++) {
		struct mustache_link link = { .source = &source,
			.name = S("layout"),
			.shape = &frame_shape,
			.body = pages[i]->name,
			.body_shape = pages[i]->view,
			.strict = true };

		linked[i].page = pages[i];
		linked[i].template = mustache_link(desk->start, &link);
	}
	arena_close(&shelf.arena);
	desk->pages = linked;
	desk->pages_n = n;
}

static const struct mustache *
template_of(const struct request *rq, const struct page *page)
{
	for (size_t i = 0; i < rq->desk->pages_n; i++)
		if (rq->desk->pages[i].page == page)
			return rq->desk->pages[i].template;
	fault(rq->arena->fault, "page %.*s is not in the list of pages", STR(page->name));
}

static bool
is_input(const struct shape_member *m)
{
	return m->kind == SHAPE_PART && str_eq(m->of->name, input_shape.name);
}

/* The fields of a view that have an error, in the order of its members. With NULL they are only counted. */
static size_t
collect(const struct shape *shape, const void *view, struct wrong *into)
{
	size_t n = 0;

	for (size_t i = 0; i < shape->n; i++) {
		const struct shape_member *m = &shape->members[i];
		const struct input *input = (const void *)((const char *)view + m->offset);

		if (!is_input(m) || input->error.n == 0)
			continue;
		if (into)
			into[n] = (struct wrong){ m->name, input->label, input->error };
		n++;
	}
	return n;
}

static void
frame_person(const struct request *rq, struct frame *frame)
{
	const struct actor *actor = rq->actor;

	if (!actor)
		return;
	frame->signed_in = true;
	frame->organization = actor->organization;
	frame->person = actor->name;
	frame->email = actor->email;
	frame->role = role_words(actor->role);
	frame->factor_first = actor->factor_missing;
	frame->nav_credentials = !frame->factor_first && access_may(actor, CREDENTIALS_SEE);
}

/* What one may not open is not there, nor what answers nothing before a second factor is on. */
static struct menus
menu_of(const struct request *rq)
{
	const struct actor *actor = rq->actor;

	if (actor && actor->factor_missing)
		return (struct menus){ 0 };
	return (struct menus){ .overview = access_may(actor, SIGNED_IN),
		.credentials = access_may(actor, CREDENTIALS_SEE),
		.secrets = access_may(actor, USER),
		.data_api = access_may(actor, DATA_API),
		.team = access_may(actor, CREDENTIALS_SEE),
		.accounts = access_may(actor, CREDENTIALS_SEE),
		.apis = access_may(actor, CATALOGUE_SEE),
		.audit = access_may(actor, SIGNED_IN) &&
		         route_is_page(rq->desk->routes, rq->desk->routes_n, S("/audit")),
		.organizations = access_may(actor, OPERATOR),
		.settings = access_may(actor, CREDENTIALS_SEE) };
}

static struct menus
menu_at(enum menu menu)
{
	return (struct menus){ .overview = menu == MENU_OVERVIEW,
		.credentials = menu == MENU_CREDENTIALS,
		.secrets = menu == MENU_SECRETS,
		.data_api = menu == MENU_DATA_API,
		.team = menu == MENU_TEAM,
		.accounts = menu == MENU_ACCOUNTS,
		.apis = menu == MENU_APIS,
		.audit = menu == MENU_AUDIT,
		.organizations = menu == MENU_ORGANIZATIONS,
		.settings = menu == MENU_SETTINGS,
		.profile = menu == MENU_PROFILE };
}

static str
own_text(const struct page *page, const void *view, str name)
{
	const struct shape_member *m = shape_find(page->view, name);

	return m && m->kind == SHAPE_TEXT ? SHAPE_TEXT_OF(view, m) : (str){ 0 };
}

/* The list that the route's key hangs on; MENU_NONE where it is about none. */
static enum menu
list_of(const struct request *rq)
{
	switch (rq->route ? rq->route->object : NO_OBJECT) {
	case CLIENT:
	case SCOPED:
	case PLACE:
	case REPLACEMENT_ITEM:
		return MENU_CREDENTIALS;
	case SECRET:
		return MENU_SECRETS;
	case DATA:
		return MENU_DATA_API;
	case NO_OBJECT:
	case SESSION:
	case ACCOUNT:
	case WORKSPACE:
	case PERSON:
	case API:
	case ORGANIZATION:
	case DECISION:
		break;
	}
	return MENU_NONE;
}

/* A page about one thing says which: its view has a name, or is a message with a heading. */
static str
title_of(const struct request *rq, const struct page *page, const void *view)
{
	str heading = own_text(page, view, S("heading")), name = own_text(page, view, S("name"));

	if (heading.n)
		return heading;
	if (list_of(rq) == MENU_DATA_API)
		return page->data_title.n ? page->data_title : page->title;
	return name.n ? fmt(rq->arena, "%.*s “%.*s”", STR(page->title), STR(name)) : page->title;
}

/* A key is of one environment: whoever switches goes to the list of the other one. */
static str
next_of(const struct request *rq)
{
	static const str lists[] = {
		[MENU_CREDENTIALS] = STR_INIT("/credentials"),
		[MENU_SECRETS] = STR_INIT("/secrets"),
		[MENU_DATA_API] = STR_INIT("/data-api"),
	};
	enum menu list = list_of(rq);

	if (list != MENU_NONE)
		return lists[list];
	return route_is_page(rq->desk->routes, rq->desk->routes_n, rq->path) ? rq->path : S("/");
}

static struct frame
frame_of(struct request *rq, const struct page *page, const void *view)
{
	enum menu list = list_of(rq), menu = list == MENU_NONE ? page->menu : list;
	int64_t age = rq->desk->settings->verify_max_age_ms;
	struct frame frame = { .title = title_of(rq, page, view),
		.alone = page->alone,
		.environment =
		    str_eq(rq->environment, S("integration")) ? S("Integration") : S("Production"),
		.csrf = rq->csrf,
		.number = rq->number,
		.nav = menu_of(rq),
		.at = menu_at(menu),
		.in_credentials = menu == MENU_CREDENTIALS,
		.in_secrets = menu == MENU_SECRETS,
		.in_data_api = menu == MENU_DATA_API,
		.next = next_of(rq),
		.notice = notice_of(rq),
		.proof = proof_of(rq) };

	frame.integration = str_eq(rq->environment, S("integration"));
	if (age) /* other machines hear of nothing: core/shared_recent.h */
		frame.elsewhere = fmt(rq->arena, "%d ms", (int)age);
	frame_person(rq, &frame);
	return frame;
}

/* The summary on top of a form that is shown again. */
static void
sum_up(struct request *rq, const struct page *page, const void *view, struct frame *frame)
{
	size_t n = collect(page->view, view, NULL);
	struct wrong *errors = NEW(rq->arena, struct wrong, n + 1);

	collect(page->view, view, errors);
	if (frame->proof.error.n)
		errors[n++] = (struct wrong){ S("proof"), frame->proof.label, frame->proof.error };
	frame->errors = (struct wrongs){ errors, n };
	frame->wrong = n > 0;
}

struct reply
show(struct request *rq, int status, const struct page *page, const void *view)
{
	struct frame frame = frame_of(rq, page, view);
	struct buf out = buf_new(rq->arena, PAGE_MAX_BYTES);

	if (status == 422)
		sum_up(rq, page, view, &frame);
	mustache_show(template_of(rq, page), &out, &frame, view);
	return (struct reply){
		.status = status, .type = S("text/html; charset=utf-8"), .body = buf_str(&out)
	};
}
