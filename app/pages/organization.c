/* organization.c - one organization, as its operator sees it: what it has, never what is in it.
 *
 *      GET  /organizations/:id             its APIs, its first admin's way in, its first keys
 *      POST /organizations/:id/decline     it may not use one that it has asked for
 *      POST /organizations/:id/uninvite    its first admin's link ends
 */
#include "site/organization.h"
#include "core/invitation.h"
#include "core/wish.h"
#include "pages/pages.h"

SHAPE(entitled_row, text(word), text(name), text(level), part(since, moment), text(given_by));
SHAPE(pending_row, text(environment), text(name), part(until, moment));
SHAPE(organization_view, text(id), text(name), flag(closed), part(made, moment), int(admins),
    int(production), int(integration), list(apis, entitled_row), int(apis_n), int(entitled_n),
    list(others, entitled_row), int(others_n), list(pending, pending_row), int(pending_n),
    list(wishes, wish_row), int(wishes_n), text(invited), text(way_in), text(tone), flag(open),
    part(open_until, moment), flag(inviting));
PAGE(organization, "Organization", .menu = MENU_ORGANIZATIONS);

static void
fill_apis(struct request *rq, int64_t org, struct organization_view *view)
{
	struct organization_apis_rows all = sql_organization_apis(rq->db, .org = org);
	struct entitled_row *in = NEW(rq->arena, struct entitled_row, all.n),
			    *out = NEW(rq->arena, struct entitled_row, all.n);
	size_t in_n = 0, out_n = 0;

	for (size_t i = 0; i < all.n; i++) {
		const struct organization_apis_row *api = &all.at[i];
		struct entitled_row row = { api->word, api->name, api->level,
			moment_of(rq, api->entitled_at), api->given_by };

		if (api->entitled_at)
			in[in_n++] = row;
		else
			out[out_n++] = row;
	}
	view->apis = (struct entitled_rows){ in, in_n };
	view->others = (struct entitled_rows){ out, out_n };
	view->apis_n = (int64_t)all.n;
	view->entitled_n = (int64_t)in_n;
	view->others_n = (int64_t)out_n;
}

static void
fill_pending(struct request *rq, int64_t org, struct organization_view *view)
{
	struct organization_pending_rows found = sql_organization_pending(rq->db, .org = org);
	struct pending_row *rows = NEW(rq->arena, struct pending_row, found.n);

	for (size_t i = 0; i < found.n; i++)
		rows[i] = (struct pending_row){ found.at[i].environment, found.at[i].name,
			moment_of(rq, found.at[i].expires_at) };
	view->pending = (struct pending_rows){ rows, found.n };
	view->pending_n = (int64_t)found.n;
}

/* How far the first admin has come. */
static void
fill_invited(struct request *rq, int64_t org, struct organization_view *view)
{
	const struct invitation_last_row *last = sql_invitation_last(rq->db, .org = org);

	view->inviting = view->admins == 0 && !view->closed;
	if (!last)
		return;
	view->invited = last->email;
	view->tone = S("needs");
	if (last->used_at) {
		view->way_in = S("Came in");
		view->tone = S("works");
	} else if (last->withdrawn_at) {
		view->way_in = S("Link withdrawn");
	} else if (last->expires_at <= rq->now) {
		view->way_in = S("Link expired");
	} else if (!last->live) {
		view->way_in = S("Link ended");
	} else {
		view->way_in = S("Invited");
		view->open = true;
		view->open_until = moment_of(rq, last->expires_at);
	}
}

struct reply
organization(struct request *rq)
{
	const struct organization_card_row *card = organization_card(rq);
	struct organization_view view;

	if (!card)
		return not_found(rq);
	view = (struct organization_view){ .id = card->id,
		.name = card->name,
		.closed = str_eq(card->status, S("closed")),
		.made = moment_of(rq, card->created_at),
		.admins = card->admins,
		.production = card->production,
		.integration = card->integration };
	fill_apis(rq, card->org, &view);
	fill_pending(rq, card->org, &view);
	fill_invited(rq, card->org, &view);
	view.wishes = wishes_waiting(rq, card->org);
	view.wishes_n = (int64_t)view.wishes.n;
	return show(rq, 200, &organization_page, &view);
}

static struct reply
back(struct request *rq, const char *did)
{
	return see_other(rq, "/organizations/%.*s?did=%s", STR(rq->id), did);
}

struct reply
organization_decline(struct request *rq)
{
	const struct organization_card_row *card = organization_card(rq);

	if (!card)
		return not_found(rq);
	wish_decline(rq, card->org, form_field(rq, S("api")));
	return back(rq, "declined");
}

struct reply
organization_uninvite(struct request *rq)
{
	const struct organization_card_row *card = organization_card(rq);

	if (!card)
		return not_found(rq);
	if (!invitation_withdraw(rq, card->org))
		return conflict(
		    rq, S("There is no link any more: it was used, has ended, or the organization "
			  "has an admin, who invites its people."));
	return back(rq, "uninvited");
}
