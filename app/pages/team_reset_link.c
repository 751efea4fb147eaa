/* team_reset_link.c - an admin makes a link by which a person of the organization chooses a new password.
 *
 *      GET  /team/:id/reset-link    for whom, and what follows
 *      POST /team/:id/reset-link    a link: mailed, or shown once
 */
#include "core/mail.h"
#include "pages/pages.h"
#include "site/handed.h"
#include "sql.h"

SHAPE(team_reset_link_view, text(id), text(person_name), text(person_email), flag(mailed),
    int(minutes));
PAGE(team_reset_link, "A new password", .menu = MENU_TEAM);

static struct reply
refused(struct request *rq, enum reset_made why)
{
	switch (why) {
	case RESET_INACTIVE:
		return conflict(rq,
		    S("Only who is active has a password to forget. Somebody invited is sent the "
		      "invitation again; somebody deactivated is reactivated."));
	case RESET_SELF:
		return conflict(rq, S("This is you. Change your password on your profile."));
	case RESET_OPERATOR:
		return conflict(rq,
		    S("This person is an operator of this Keydesk, and no admin chooses their "
		      "password. Whoever runs Keydesk makes the link: keydesk user reset-link."));
	case RESET_ELSEWHERE:
		return conflict(rq,
		    S("This person belongs to another organization too, and has one password for "
		      "both. Whoever runs Keydesk makes the link: keydesk user reset-link."));
	case RESET_NOBODY:
	case RESET_MADE:
		break;
	}
	return not_found(rq);
}

static struct reply
form(struct request *rq, int status)
{
	const struct reset_user_row *user = sql_reset_user(rq->db, .org = rq->org, .id = rq->id);
	enum reset_made may = reset_may(rq, rq->id);
	struct team_reset_link_view view;

	if (!user || may != RESET_MADE)
		return refused(rq, may);
	view = (struct team_reset_link_view){ .id = user->id,
		.person_name = user->name,
		.person_email = user->email,
		.mailed = mail_possible(rq->desk->settings),
		.minutes = RESET_MINUTES };
	return show(rq, status, &team_reset_link_page, &view);
}

struct reply
team_reset_link(struct request *rq)
{
	return form(rq, 200);
}

struct reply
team_reset_link_save(struct request *rq)
{
	struct reset_link made;
	enum reset_made done;
	str spent;

	if (rq->unproven)
		return form(rq, 422);
	done = reset_make(rq, rq->id, &made);
	if (done != RESET_MADE)
		return refused(rq, done);
	spent = handed_refused(rq, made.email);
	return spent.n ? conflict(rq, spent) : handed_reset(rq, rq->id, &made);
}
