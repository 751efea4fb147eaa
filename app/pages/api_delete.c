/* api_delete.c - take an API out of the catalogue: only while nobody holds it.
 *
 *      GET  /apis/:id/delete    what goes with it, or who holds it
 *      POST /apis/:id/delete    do it
 */
#include "core/catalogue_change.h"
#include "pages/pages.h"
#include "site/api.h"

SHAPE(api_delete_view, text(id), text(name), text(word), int(calls), part(holding, api_holding),
    part(confirm, input));
PAGE(api_delete, "Remove the API", .menu = MENU_APIS);

static const struct form_rule rules[] = {
	{ .name = STR_INIT("confirm"),
	    .label = STR_INIT("Short id"),
	    .required = STR_INIT("Type the short id to confirm."),
	    .max = 100 },
};

static struct api_delete_view
view_of(struct request *rq, const struct api_about *about)
{
	return (struct api_delete_view){ .id = about->id,
		.name = about->api->name,
		.word = about->api->word,
		.calls = (int64_t)about->api->endpoints.n,
		.holding = api_holding(rq, about->api->word) };
}

/* The catalogue without it. */
static struct catalogue
without(struct request *rq, const struct api_about *about)
{
	const struct apis *all = &about->catalogue.apis;
	struct api *at = NEW(rq->arena, struct api, all->n);
	size_t n = 0;

	for (size_t i = 0; i < all->n; i++)
		if (&all->at[i] != about->api)
			at[n++] = all->at[i];
	return (struct catalogue){ .apis = { at, n } };
}

struct reply
api_delete(struct request *rq)
{
	const struct api_about *about = api_about(rq);
	struct api_delete_view view;

	if (!about)
		return not_found(rq);
	view = view_of(rq, about);
	return show(rq, 200, &api_delete_page, &view);
}

struct reply
api_delete_save(struct request *rq)
{
	const struct api_about *about;
	struct api_delete_view view;
	struct catalogue after;
	bool good;

	if (!rq->unproven)
		catalogue_hold(rq);
	about = api_about(rq);
	if (!about)
		return not_found(rq);
	view = view_of(rq, about);
	good = form_read(rq, api_delete_view, rules, &view);
	if (good && !str_eq(view.confirm.value, about->id)) {
		view.confirm.error = S("This is not the short id. Nothing was removed.");
		good = false;
	}
	if (!good || view.holding.held)
		return show(rq, 422, &api_delete_page, &view);
	after = without(rq, about);
	catalogue_change(rq, &after);
	return see_other(rq, "/apis?did=api-removed");
}
