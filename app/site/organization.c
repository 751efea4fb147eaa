/* organization.c - what the operator's pages about organizations share. */
#include "site/organization.h"

#include "core/invitation.h"

enum { WISHES_SHOWN = 50 };

PAGE(invitation_link, "Shown once: the invitation", .menu = MENU_ORGANIZATIONS, .alone = true);

/* The rows of both statements have the same columns. */
#define WISH_ROW(rq, row)                                                             \
	((struct wish_row){ (row)->org, (row)->organization, (row)->api, (row)->name, \
	    (row)->asked_by, moment_of(rq, (row)->asked_at), (row)->note })

struct wish_rows
wishes_waiting(struct request *rq, int64_t org)
{
	struct wish_waiting_rows all = { 0 };
	struct wish_of_rows own = { 0 };
	struct wish_row *rows;

	if (org)
		own = sql_wish_of(rq->db, .org = org);
	else
		all = sql_wish_waiting(rq->db, .count = WISHES_SHOWN);
	rows = NEW(rq->arena, struct wish_row, own.n + all.n);
	for (size_t i = 0; i < own.n; i++)
		rows[i] = WISH_ROW(rq, &own.at[i]);
	for (size_t i = 0; i < all.n; i++)
		rows[i] = WISH_ROW(rq, &all.at[i]);
	return (struct wish_rows){ rows, own.n + all.n };
}

const struct organization_card_row *
organization_card(struct request *rq)
{
	return sql_organization_card(rq->db, .id = rq->id);
}

struct reply
invitation_reveal(struct request *rq, str organization, str token)
{
	const struct invitation_open_row *open = invitation_open(rq, token);
	struct invitation_link_view view = { .id = organization };
	struct reply reply;

	if (!open)
		fault_as(rq->arena->fault, FAULT_CONFLICT,
		    "who made a link is no operator any more, or an admin has come meanwhile");
	view.name = open->organization;
	view.email = open->email;
	view.until = moment_of(rq, open->expires_at);
	view.link = fmt(rq->arena, "%.*s/invite/%.*s", STR(rq->desk->settings->url), STR(token));
	reply = show(rq, 200, &invitation_link_page, &view);
	reply.reveals = true;
	return reply;
}
