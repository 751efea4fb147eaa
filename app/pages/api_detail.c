/* api_detail.c - an API of the catalogue: its permissions, its endpoints, and who holds it.
 *
 *      GET /apis/:id
 */
#include "pages/pages.h"
#include "site/api.h"
#include "site/route.h"
#include "sql.h"

#include <inttypes.h>

enum { ENDPOINTS_A_PAGE = 100 };

SHAPE(detail_permission, text(name), text(word), text(includes), flag(only_reads));
SHAPE(detail_endpoint, text(method), text(path), text(permission), flag(key));
SHAPE(api_detail_view, text(id), text(name), text(word), text(description), text(level),
    text(means), flag(many), list(permissions, detail_permission), list(endpoints, detail_endpoint),
    int(calls), text(next), flag(further), flag(operates), flag(belongs), flag(entitled),
    part(holding, api_holding), text(asked_by), part(asked, moment), flag(declined));
PAGE(api_detail, "API", .menu = MENU_APIS);

static struct detail_permissions
permissions_of(struct arena *a, const struct api *api)
{
	struct detail_permission *at = NEW(a, struct detail_permission, api->permissions.n);

	for (size_t i = 0; i < api->permissions.n; i++) {
		const struct api_permission *p = &api->permissions.at[i];

		at[i] = (struct detail_permission){ .name = p->name,
			.word = p->word,
			.includes = p->includes,
			.only_reads = p->only_reads };
	}
	return (struct detail_permissions){ at, api->permissions.n };
}

/* A part of them: an API has up to 500. */
static void
add_endpoints(struct request *rq, const struct api *api, struct api_detail_view *view)
{
	int64_t from = query_int(rq, S("from"), 0);
	size_t first = from > 0 && (size_t)from < api->endpoints.n ? (size_t)from : 0;
	size_t n = api->endpoints.n - first;
	struct detail_endpoint *at;

	if (n > ENDPOINTS_A_PAGE) {
		n = ENDPOINTS_A_PAGE;
		view->next = fmt(rq->arena, "%zu", first + n);
	}
	view->further = first > 0;
	view->calls = (int64_t)api->endpoints.n;
	at = NEW(rq->arena, struct detail_endpoint, n);
	for (size_t i = 0; i < n; i++) {
		const struct api_endpoint *e = &api->endpoints.at[first + i];

		at[i] = (struct detail_endpoint){ .method = e->method,
			.path = e->path,
			.permission = e->permission,
			.key = str_eq(e->needs, S("key")) };
	}
	view->endpoints = (struct detail_endpoints){ at, n };
}

/* Whether somebody has asked the operator for it. */
static void
add_wish(struct request *rq, struct api_detail_view *view)
{
	const struct wish_api_row *wish = sql_wish_api(rq->db, .org = rq->org, .id = view->id);

	if (!wish)
		return;
	view->entitled = wish->entitled_at > 0;
	view->asked_by = wish->asked_by;
	view->asked = moment_of(rq, wish->asked_at);
	view->declined = wish->declined_at > 0;
}

struct reply
api_detail(struct request *rq)
{
	const struct api_about *about = api_about(rq);
	struct api_detail_view view;

	if (!about)
		return not_found(rq);
	view = (struct api_detail_view){ .id = about->id,
		.name = about->api->name,
		.word = about->api->word,
		.description = about->api->description,
		.level = api_level_words(about->api->level),
		.means = api_level_means(about->api->level),
		.many = str_eq(about->api->choice, S("many")),
		.permissions = permissions_of(rq->arena, about->api),
		.operates = access_may(rq->actor, OPERATOR),
		.belongs = access_may(rq->actor, CREDENTIALS_SEE) };
	add_endpoints(rq, about->api, &view);
	if (view.belongs)
		add_wish(rq, &view);
	/* Which other organizations there are is for operators only. */
	if (view.operates)
		view.holding = api_holding(rq, view.word);
	return show(rq, 200, &api_detail_page, &view);
}
