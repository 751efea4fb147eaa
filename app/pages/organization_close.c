/* organization_close.c - close an organization, and open it again: the operator's.
 *
 *      GET  /organizations/:id/close     what stops, and the short id to type; closed, what works again
 *      POST /organizations/:id/close     close it
 *      POST /organizations/:id/reopen    open it again
 */
#include "pages/pages.h"
#include "site/organization.h"

SHAPE(organization_close_view, text(id), text(name), int(admins), int(production), int(integration),
    flag(closed), part(confirm, input));
PAGE(organization_close, "Close", .menu = MENU_ORGANIZATIONS);

static const struct form_rule rules[] = {
	{ .name = STR_INIT("confirm"),
	    .label = STR_INIT("Short id"),
	    .required = STR_INIT("Type the short id to confirm."),
	    .max = 100 },
};

static struct organization_close_view
view_of(const struct organization_card_row *card)
{
	return (struct organization_close_view){ .id = card->id,
		.name = card->name,
		.admins = card->admins,
		.production = card->production,
		.integration = card->integration,
		.closed = str_eq(card->status, S("closed")) };
}

struct reply
organization_close_form(struct request *rq)
{
	const struct organization_card_row *card = organization_card(rq);
	struct organization_close_view view;

	if (!card)
		return not_found(rq);
	view = view_of(card);
	return show(rq, 200, &organization_close_page, &view);
}

struct reply
organization_close_save(struct request *rq)
{
	const struct organization_card_row *card = organization_card(rq);
	struct organization_close_view view;
	bool good;

	if (!card)
		return not_found(rq);
	view = view_of(card);
	good = form_read(rq, organization_close_view, rules, &view);
	if (good && !str_eq(view.confirm.value, card->id)) {
		view.confirm.error = S("This is not the short id. Nothing was closed.");
		good = false;
	}
	if (!good)
		return show(rq, 422, &organization_close_page, &view);
	if (!organization_close(rq, rq->id))
		return conflict(rq, S("This organization is closed already."));
	return see_other(rq, "/organizations/%.*s?did=organization-closed", STR(rq->id));
}

struct reply
organization_reopen_save(struct request *rq)
{
	const struct organization_card_row *card = organization_card(rq);
	struct organization_close_view view;

	if (!card)
		return not_found(rq);
	if (rq->unproven) {
		view = view_of(card);
		return show(rq, 422, &organization_close_page, &view);
	}
	if (!organization_reopen(rq, rq->id))
		return conflict(rq, S("This organization is open already."));
	return see_other(rq, "/organizations/%.*s?did=reopened", STR(rq->id));
}
