/* organization_withdraw.c - an organization may no longer use an API: the operator's.
 *
 *      GET  /organizations/:id/withdraw?api=WORD    who loses it, and when
 *      POST /organizations/:id/withdraw             do it
 */
#include "core/entitlement.h"
#include "pages/pages.h"
#include "site/organization.h"

SHAPE(organization_withdraw_view, text(id), text(organization_name), text(api), text(api_name),
    int(scoped), flag(more), int(account_keys), part(since, moment));
PAGE(organization_withdraw, "Withdraw an API", .menu = MENU_ORGANIZATIONS);

static struct reply
form(struct request *rq, int status, str word)
{
	const struct organization_card_row *card = organization_card(rq);
	const struct organization_withdraw_api_row *api;
	struct organization_withdraw_view view;

	if (!card)
		return not_found(rq);
	api = sql_organization_withdraw_api(rq->db, .org = card->org, .api = word);
	if (!api)
		return not_found(rq);
	view = (struct organization_withdraw_view){ .id = card->id,
		.organization_name = card->name,
		.api = api->word,
		.api_name = api->name,
		.account_keys = card->production + card->integration,
		.since = moment_of(rq, api->entitled_at) };
	view.scoped = sql_entitlement_felt(rq->db, .org = card->org, .api = word)->n;
	view.more = view.scoped > ENTITLEMENT_FELT_MAX;
	return show(rq, status, &organization_withdraw_page, &view);
}

struct reply
organization_withdraw_form(struct request *rq)
{
	return form(rq, 200, query_text(rq, S("api")));
}

struct reply
organization_withdraw_save(struct request *rq)
{
	const struct organization_card_row *card = organization_card(rq);
	str api = form_field(rq, S("api"));

	if (!card)
		return not_found(rq);
	if (rq->unproven)
		return form(rq, 422, api);
	if (!organization_withdraw(rq, card->org, api))
		return conflict(rq, S("It may not use this API any more already."));
	return see_other(rq, "/organizations/%.*s?did=withdrawn", STR(rq->id));
}
