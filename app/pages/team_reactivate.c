/* team_reactivate.c - let somebody back in.
 *
 *      GET  /team/:id/reactivate    what comes back with them, and what does not
 *      POST /team/:id/reactivate    do it; the route's `before` sweeps what is left of their departure
 */
#include "core/leaving.h"
#include "pages/pages.h"
#include "site/team.h"

SHAPE(team_reactivate_view, text(id), text(name), part(who, team_who), text(reach));
PAGE(team_reactivate, "Reactivate", .menu = MENU_TEAM);

static struct reply
form(struct request *rq, int status, const struct team_person_row *person)
{
	struct team_reactivate_view view = { .id = person->id,
		.name = person->name,
		.who = team_who_of(rq, person),
		.reach = team_reach_of(role_of(person->role)) };

	return show(rq, status, &team_reactivate_page, &view);
}

struct reply
team_reactivate(struct request *rq)
{
	const struct team_person_row *person = team_person_of(rq);

	if (!person)
		return not_found(rq);
	if (!str_eq(person->status, S("deactivated")))
		return team_home(rq, NULL);
	return form(rq, 200, person);
}

/* Before the transaction: nothing for who has not given the password. */
void
team_reactivate_sweep(struct request *rq)
{
	if (rq->before.proven)
		user_sweep(rq);
}

struct reply
team_reactivate_save(struct request *rq)
{
	const struct team_person_row *person = team_person_of(rq);

	if (!person)
		return not_found(rq);
	if (rq->unproven)
		return form(rq, 422, person);
	switch (user_reactivate(rq, rq->id)) {
	case LEAVING_DONE:
		return team_home(rq, "reactivated");
	case LEAVING_ALREADY: /* the same form again, or somebody was faster */
		return team_home(rq, NULL);
	case LEAVING_NOT_ACTIVE:
	case LEAVING_LAST_ADMIN:
	case LEAVING_NOBODY:
		break;
	}
	return not_found(rq);
}
