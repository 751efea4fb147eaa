/* team_new.c - an admin invites somebody into the organization.
 *
 *      GET  /team/new    whom, and as what
 *      POST /team        a link: mailed, or shown once
 */
#include "core/mail.h"
#include "pages/pages.h"
#include "site/handed.h"

/* there: the user who has that address here already; gone: they were deactivated. */
SHAPE(team_new_view, part(name, input), part(email, input), part(role, input), flag(as_member),
    flag(as_compliance_admin), flag(as_admin), text(there), flag(gone), flag(mailed), int(days));
PAGE(team_new, "Invite somebody", .menu = MENU_TEAM);

static bool
is_role(str role)
{
	return role_of(role) != ROLE_NONE;
}

static const struct form_rule rules[] = {
	{ .name = STR_INIT("name"),
	    .label = STR_INIT("Name"),
	    .required = STR_INIT("Give their name."),
	    .max = 100 },
	{ .name = STR_INIT("email"),
	    .label = STR_INIT("E-mail address"),
	    .required = STR_INIT("Give their e-mail address."),
	    .max = 254,
	    .check = is_email,
	    .refused = STR_INIT("This is not an e-mail address.") },
	{ .name = STR_INIT("role"),
	    .label = STR_INIT("Role"),
	    .required = STR_INIT("Choose a role."),
	    .max = 20,
	    .check = is_role,
	    .refused = STR_INIT("Choose a role.") },
};

static struct reply
form(struct request *rq, int status, struct team_new_view *view)
{
	enum role role = role_of(view->role.value);

	view->as_member = role == ROLE_MEMBER;
	view->as_compliance_admin = role == ROLE_COMPLIANCE_ADMIN;
	view->as_admin = role == ROLE_ADMIN;
	view->mailed = mail_possible(rq->desk->settings);
	view->days = INVITATION_DAYS;
	return show(rq, status, &team_new_page, view);
}

struct reply
team_new(struct request *rq)
{
	struct team_new_view view = { .role = { .value = S("member") } };

	return form(rq, 200, &view);
}

static struct reply
refused(struct request *rq, struct team_new_view *view, str there, str why)
{
	struct reply reply;

	view->there = there;
	view->email.error = why;
	reply = form(rq, 422, view);
	reply.undo = true;
	return reply;
}

struct reply
team_new_save(struct request *rq)
{
	struct team_new_view view = { 0 };
	struct invitation made;
	struct invited wish;
	str spent;

	if (!form_read(rq, team_new_view, rules, &view))
		return form(rq, 422, &view);
	spent = handed_refused(rq, view.email.value);
	if (spent.n)
		return refused(rq, &view, (str){ 0 }, spent);
	wish = (struct invited){
		.name = view.name.value, .email = view.email.value, .role = role_of(view.role.value)
	};
	switch (invitation_send(rq, &wish, &made)) {
	case INVITE_MADE:
		return handed_invitation(rq, &made, str_lower(rq->arena, wish.email));
	case INVITE_ACTIVE:
		return refused(rq, &view, made.user, S("Belongs to the organization already."));
	case INVITE_INVITED:
		return refused(rq, &view, made.user,
		    S("Is invited already. Send the invitation again from their page."));
	case INVITE_DEACTIVATED:
		break;
	}
	view.gone = true;
	return refused(rq, &view, made.user,
	    S("Was deactivated here. Reactivate them instead of inviting them."));
}
