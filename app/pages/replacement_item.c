/* replacement_item.c - tick one place off by hand, after a compromised secret.
 *
 *      GET  /replacement-items/:id           what it is, and the form
 *      POST /replacement-items/:id           tick it off, with a note
 *      POST /replacement-items/:id/untick    take that back
 */
#include "pages/pages.h"
#include "site/key.h"
#include "site/place.h"
#include "site/replacement.h"
#include "site/use.h"

SHAPE(replacement_item_view, text(id), text(heading), text(client), text(client_name), text(owner),
    text(about), text(networks), text(program), flag(recognised), flag(unknown), flag(others),
    part(last, moment), part(ticked, moment), text(said), flag(over), part(note, input));
PAGE(replacement_item, "Tick a place off", .menu = MENU_CREDENTIALS);

static const struct form_rule rules[] = {
	{ .name = STR_INIT("note"),
	    .label = STR_INIT("What was done there"),
	    .required = STR_INIT("Say what was done there, or why nothing has to be."),
	    .max = 500,
	    .lines = true },
};

/* False when it is not there or its credential not this person's to change, and then *refusal is the reply. */
static bool
view_of(struct request *rq, struct replacement_item_view *view, struct reply *refusal)
{
	const struct replacement_item_get_row *item = replacement_item_of(rq, rq->id);
	struct item_name name;

	if (item)
		rq->environment = item->environment;
	if (!item || !key_may_change(rq, item->client_kind)) {
		*refusal = item ? forbidden(rq) : not_found(rq);
		return false;
	}
	name = (struct item_name){ item->kind, item->name, item->address,
		use_program(rq, item->program) };
	*view = (struct replacement_item_view){ .id = item->id,
		.heading = replacement_item_name(rq, &name),
		.client = item->client,
		.client_name = item->client_name,
		.owner = item->owner,
		.about = item->note,
		.networks = item->networks,
		.program = item->program,
		.recognised =
		    str_eq(item->kind, S("place")) && (item->networks.n || item->program.n),
		.unknown = str_eq(item->kind, S("caller")) && !item->known,
		.others = str_eq(item->kind, S("others")),
		.last = moment_of(rq, item->last_at),
		.ticked = moment_of(rq, item->ticked_at),
		.said = item->tick_note,
		.over = item->closed_at != 0 };
	return true;
}

struct reply
replacement_item(struct request *rq)
{
	struct replacement_item_view view;
	struct reply refusal;

	return view_of(rq, &view, &refusal) ? show(rq, 200, &replacement_item_page, &view)
	                                    : refusal;
}

static struct reply
over(struct request *rq)
{
	return conflict(rq, S("This replacement is over: nothing of it is ticked off any more."));
}

struct reply
replacement_item_save(struct request *rq)
{
	struct replacement_item_view view;
	struct reply refusal;
	bool good;

	if (!view_of(rq, &view, &refusal))
		return refusal;
	good = form_read(rq, replacement_item_view, rules, &view);
	if (place_input_is_secret(&view.note) || !good)
		return show(rq, 422, &replacement_item_page, &view);
	if (!replacement_tick(rq, rq->id, view.note.value))
		return over(rq);
	return see_other(rq, "/credentials/%.*s/replacement?did=ticked", STR(view.client));
}

struct reply
replacement_item_untick(struct request *rq)
{
	struct replacement_item_view view;
	struct reply refusal;

	if (!view_of(rq, &view, &refusal))
		return refusal;
	if (!replacement_untick(rq, rq->id))
		return over(rq);
	return see_other(rq, "/credentials/%.*s/replacement?did=unticked", STR(view.client));
}
