/* api_ask.c - ask the operator for an API that the organization may not use yet.
 *
 *      GET  /apis/:id/ask    the form; who has asked already, and what became of it
 *      POST /apis/:id/ask    the wish, which the operator sees
 */
#include "core/wish.h"
#include "pages/pages.h"
#include "sql.h"

SHAPE(api_ask_view, text(id), text(name), text(description), part(note, input), text(asked_by),
    part(asked, moment), flag(entitled), flag(waits), flag(declined), flag(open));
PAGE(api_ask, "Ask for", .menu = MENU_APIS);

static const struct form_rule rules[] = {
	{ .name = STR_INIT("note"),
	    .label = STR_INIT("Note"),
	    .max = WISH_NOTE_MAX_CHARS,
	    .lines = true },
};

static struct api_ask_view
view_of(struct request *rq, const struct wish_api_row *api)
{
	struct api_ask_view view = { .id = rq->id,
		.name = api->name,
		.description = api->description,
		.asked_by = api->asked_by,
		.asked = moment_of(rq, api->asked_at),
		.entitled = api->entitled_at > 0,
		.declined = api->declined_at > 0 };

	view.waits = api->asked_at && !view.declined && !view.entitled;
	view.open = !view.entitled && !view.waits;
	return view;
}

struct reply
api_ask(struct request *rq)
{
	const struct wish_api_row *api = sql_wish_api(rq->db, .org = rq->org, .id = rq->id);
	struct api_ask_view view;

	if (!api)
		return not_found(rq);
	view = view_of(rq, api);
	return show(rq, 200, &api_ask_page, &view);
}

struct reply
api_ask_save(struct request *rq)
{
	const struct wish_api_row *api = sql_wish_api(rq->db, .org = rq->org, .id = rq->id);
	struct api_ask_view view;

	if (!api)
		return not_found(rq);
	view = view_of(rq, api);
	if (!form_read(rq, api_ask_view, rules, &view))
		return show(rq, 422, &api_ask_page, &view);
	/* Asked is asked, by whomever; and there is nothing to ask for when it was given meanwhile. */
	if (wish_ask(rq, rq->id, view.note.value) == WISHED)
		return see_other(rq, "/apis/%.*s/ask?did=asked", STR(rq->id));
	return see_other(rq, "/apis/%.*s/ask", STR(rq->id));
}
