/* team_resend.c - an invitation is sent again: a new link, the old one ends.
 *
 *      GET  /team/:id/resend    to whom, and what becomes of the old link
 *      POST /team/:id/resend    a link: mailed, or shown once
 */
#include "core/mail.h"
#include "pages/pages.h"
#include "site/handed.h"
#include "sql.h"

SHAPE(team_resend_view, text(id), text(person_name), text(person_email), text(role),
    part(made, moment), text(made_by), part(until, moment), flag(works), flag(mailed), int(days));
PAGE(team_resend, "Send the invitation again", .menu = MENU_TEAM);

static struct reply
form(struct request *rq, int status)
{
	const struct invitation_of_row *there =
	    sql_invitation_of(rq->db, .org = rq->org, .id = rq->id, .now = rq->now);
	struct team_resend_view view;

	if (!there)
		return not_found(rq);
	view = (struct team_resend_view){ .id = there->id,
		.person_name = there->name,
		.person_email = there->email,
		.role = role_words(role_of(there->role)),
		.made = moment_of(rq, there->created_at),
		.made_by = there->invited_by,
		.until = moment_of(rq, there->expires_at),
		.works = there->works,
		.mailed = mail_possible(rq->desk->settings),
		.days = INVITATION_DAYS };
	return show(rq, status, &team_resend_page, &view);
}

struct reply
team_resend(struct request *rq)
{
	return form(rq, 200);
}

struct reply
team_resend_save(struct request *rq)
{
	const struct invitation_of_row *there =
	    sql_invitation_of(rq->db, .org = rq->org, .id = rq->id, .now = rq->now);
	struct invitation made;
	str spent;

	if (!there)
		return not_found(rq);
	if (rq->unproven)
		return form(rq, 422);
	spent = handed_refused(rq, there->email);
	if (spent.n)
		return conflict(rq, spent);
	if (!invitation_again(rq, rq->id, &made))
		return conflict(
		    rq, S("They have come in meanwhile, or the invitation was withdrawn."));
	return handed_invitation(rq, &made, there->email);
}
