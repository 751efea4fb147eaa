/* organization_entitle.c - an organization may use an API from now on: the operator's.
 *
 *      GET  /organizations/:id/entitle?api=WORD    what it opens; to the organization where it may use it already
 *      POST /organizations/:id/entitle             do it
 */
#include "core/entitlement.h"
#include "pages/pages.h"
#include "site/organization.h"

SHAPE(organization_entitle_view, text(id), text(organization_name), text(api), text(api_name),
    int(scoped), flag(more), int(account_keys), flag(closed));
PAGE(organization_entitle, "Entitle to an API", .menu = MENU_ORGANIZATIONS);

static struct reply
back(struct request *rq, const char *did)
{
	return see_other(rq, "/organizations/%.*s%s", STR(rq->id), did);
}

static struct reply
form(struct request *rq, int status, str word)
{
	const struct organization_card_row *card = organization_card(rq);
	const struct organization_entitle_api_row *api;
	struct organization_entitle_view view;

	if (!card)
		return not_found(rq);
	api = sql_organization_entitle_api(rq->db, .org = card->org, .api = word);
	if (!api)
		return not_found(rq);
	if (api->entitled && status == 200)
		return back(rq, "");
	view = (struct organization_entitle_view){ .id = card->id,
		.organization_name = card->name,
		.api = api->word,
		.api_name = api->name,
		.account_keys = card->production + card->integration,
		.scoped = sql_entitlement_felt(rq->db, .org = card->org, .api = word)->n,
		.closed = str_eq(card->status, S("closed")) };
	view.more = view.scoped > ENTITLEMENT_FELT_MAX;
	return show(rq, status, &organization_entitle_page, &view);
}

struct reply
organization_entitle_form(struct request *rq)
{
	return form(rq, 200, query_text(rq, S("api")));
}

struct reply
organization_entitle_save(struct request *rq)
{
	const struct organization_card_row *card = organization_card(rq);
	str api = form_field(rq, S("api"));

	if (!card)
		return not_found(rq);
	if (rq->unproven)
		return form(rq, 422, api);
	/* Given already is given: two operators may press it at once. */
	organization_entitle(rq, card->org, api);
	return back(rq, "?did=entitled");
}
