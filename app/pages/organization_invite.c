/* organization_invite.c - a link for the first admin of an organization: the operator's.
 *
 *      GET  /organizations/:id/invite    whom
 *      POST /organizations/:id/invite    make it, and show it once; the one before ends
 */
#include "core/invitation.h"
#include "pages/pages.h"
#include "site/organization.h"

SHAPE(organization_invite_view, text(id), text(organization_name), part(name, input),
    part(email, input), flag(open), int(days));
PAGE(organization_invite, "Invite the first admin", .menu = MENU_ORGANIZATIONS);

static const struct form_rule rules[] = {
	{ .name = STR_INIT("name"),
	    .label = STR_INIT("Name"),
	    .required = STR_INIT("Give the name of its first admin."),
	    .max = 100 },
	{ .name = STR_INIT("email"),
	    .label = STR_INIT("E-mail address"),
	    .required = STR_INIT("Give the e-mail address of its first admin."),
	    .max = 254,
	    .check = is_email,
	    .refused = STR_INIT("This is not an e-mail address.") },
};

static struct reply
has_admin(struct request *rq)
{
	return conflict(rq,
	    S("This organization has an admin, who invites its people. An operator brings in the "
	      "first one only."));
}

static struct organization_invite_view
view_of(struct request *rq, const struct organization_card_row *card)
{
	const struct invitation_last_row *last = sql_invitation_last(rq->db, .org = card->org);
	struct organization_invite_view view = {
		.id = card->id, .organization_name = card->name, .days = INVITATION_DAYS
	};

	if (last && str_eq(last->user_status, S("invited"))) {
		view.name.value = last->name;
		view.email.value = last->email;
		view.open = last->live && !last->used_at && !last->withdrawn_at &&
		            last->expires_at > rq->now;
	}
	return view;
}

struct reply
organization_invite_form(struct request *rq)
{
	const struct organization_card_row *card = organization_card(rq);
	struct organization_invite_view view;

	if (!card)
		return not_found(rq);
	if (card->admins)
		return has_admin(rq);
	view = view_of(rq, card);
	return show(rq, 200, &organization_invite_page, &view);
}

struct reply
organization_invite_save(struct request *rq)
{
	const struct organization_card_row *card = organization_card(rq);
	struct organization_invite_view view;
	struct founding wish;
	str token;

	if (!card)
		return not_found(rq);
	view = view_of(rq, card);
	if (!form_read(rq, organization_invite_view, rules, &view))
		return show(rq, 422, &organization_invite_page, &view);
	wish = (struct founding){ .admin_name = view.name.value, .admin_email = view.email.value };
	switch (organization_invite(rq, rq->id, &wish, &token)) {
	case INVITED:
		return invitation_reveal(rq, rq->id, token);
	case INVITED_HAS_ADMIN:
		return has_admin(rq);
	case INVITED_NOTHING:
		break;
	}
	return conflict(rq,
	    S("Nobody can be invited: the organization is closed, or that person was deactivated "
	      "in it."));
}
