/* page.h - a page: a template, linked to the shape of its view, inside the layout. */
#ifndef SITE_PAGE_H
#define SITE_PAGE_H

#include "core/desk.h"
#include "html/mustache.h"
#include "http/form.h"
#include "http/reply.h"

/* Which menu entry a page belongs to. */
enum menu {
	MENU_NONE,
	MENU_OVERVIEW,
	MENU_CREDENTIALS,
	MENU_SECRETS,
	MENU_DATA_API,
	MENU_TEAM,
	MENU_ACCOUNTS,
	MENU_APIS,
	MENU_AUDIT,
	MENU_ORGANIZATIONS,
	MENU_SETTINGS,
	MENU_PROFILE
};

struct page {
	str name, title; /* the title goes on with the view's own name: Delete the key “Website” */
	const struct shape *view;
	enum menu menu;
	str data_title; /* the same where it is about the Data API, whose secret is its API key */
	bool alone;     /* nothing else to click: the reveal */
};

/* PAGE(settings, "Settings", .menu = MENU_SETTINGS) defines settings_page with the shape settings_view and
 * the template settings.mustache. A macro because the three names are one. */
#define PAGE(NAME, TITLE, ...)                                     \
	const struct page NAME##_page = { .name = STR_INIT(#NAME), \
		.title = STR_INIT(TITLE),                          \
		.view = &NAME##_view_shape,                        \
		__VA_ARGS__ }

/* A page with its linked template: made once, at start. */
struct linked_page {
	const struct page *page;
	const struct mustache *template;
};

/* A time in words, with the exact one beside it. All empty: never. */
SHAPE(moment, text(ago), text(exact), text(iso));
struct moment moment_of(const struct request *, int64_t time);

/* What is wrong with which field; collected by show() for the summary. */
SHAPE(wrong, text(field), text(label), text(message));

/* Links every page; faults with the first mistake's file and line. */
void page_link(struct desk *, const struct page *const *pages, size_t n);

/* The page, filled in. With 422 the view's fields that have an error are summed up on top. What the request
 * has changed is kept, whatever the status; who wants it undone sets undo in the reply. */
struct reply show(struct request *, int status, const struct page *, const void *view);

/* Pages that say one sentence. All of them undo what the request has changed. */
struct reply not_found(struct request *);
struct reply forbidden(struct request *);
struct reply conflict(struct request *, str sentence);

/* And for a form that is not ours, or not of the organization where the person is (403). */
struct reply not_ours(struct request *);

/* The same for a status by itself: 404, 405, 421, 500, 503. */
struct reply sorry(struct request *, int status);

/* And for who has sent more forms in a second than one person may (429): reloading the page sends the form again. */
struct reply too_many(struct request *);

/* And for a COMMIT that nobody has answered (503): it may have been done. */
struct reply uncertain(struct request *);

/* "Ann Marsh, Ben Okafor": active admins of the organization, five at most. Empty when there is none. */
str admins_named(struct request *);

/* The view of message.mustache, which these pages share. home is the id of an organization to go to. */
SHAPE(message_view, int(status), text(heading), text(sentence), text(who), text(id), text(home));
extern const struct page message_page;

/* The headers that each reply to a browser carries (OWASP Secure Headers; a strict CSP). */
void page_headers(struct request *, struct reply *);

#endif
