/* team_withdraw.c - an invitation is withdrawn: whoever was invited is gone from the team.
 *
 *      GET  /team/:id/withdraw    what ends
 *      POST /team/:id/withdraw    do it
 */
#include "core/invitation.h"
#include "pages/pages.h"
#include "sql.h"

SHAPE(team_withdraw_view, text(id), text(person_name), text(person_email), text(role),
    part(until, moment), flag(works));
PAGE(team_withdraw, "Withdraw the invitation", .menu = MENU_TEAM);

static struct reply
form(struct request *rq, int status)
{
	const struct invitation_of_row *there =
	    sql_invitation_of(rq->db, .org = rq->org, .id = rq->id, .now = rq->now);
	struct team_withdraw_view view;

	if (!there)
		return not_found(rq);
	view = (struct team_withdraw_view){ .id = there->id,
		.person_name = there->name,
		.person_email = there->email,
		.role = role_words(role_of(there->role)),
		.until = moment_of(rq, there->expires_at),
		.works = there->works };
	return show(rq, status, &team_withdraw_page, &view);
}

struct reply
team_withdraw(struct request *rq)
{
	return form(rq, 200);
}

struct reply
team_withdraw_save(struct request *rq)
{
	if (rq->unproven)
		return form(rq, 422);
	if (!invitation_forget(rq, rq->id))
		return not_found(rq);
	return see_other(rq, "/team?did=uninvited");
}
