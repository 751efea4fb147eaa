/* team_deactivate.c - let somebody go.
 *
 *      GET  /team/:id/deactivate    what ends, what goes on, and the short id to type
 *      POST /team/:id/deactivate    the first step (core/leaving.h); the route's `after` is the second
 */
#include "core/leaver.h"
#include "core/leaving.h"
#include "core/policy.h"
#include "pages/pages.h"
#include "site/team.h"

SHAPE(team_deactivate_view, text(id), text(name), part(who, team_who), part(holds, team_holds),
    int(token_minutes), int(leaver_days), part(confirm, input));
PAGE(team_deactivate, "Deactivate", .menu = MENU_TEAM);

static const struct form_rule rules[] = {
	{ .name = STR_INIT("confirm"),
	    .label = STR_INIT("Short id"),
	    .required = STR_INIT("Type the short id to confirm."),
	    .max = 100 },
};

static struct team_deactivate_view
view_of(struct request *rq, const struct team_person_row *person)
{
	return (struct team_deactivate_view){ .id = person->id,
		.name = person->name,
		.who = team_who_of(rq, person),
		.holds = team_holds_of(rq, person),
		.token_minutes = rq->desk->settings->token_seconds / 60,
		.leaver_days = policy_of(rq).leaver_days };
}

struct reply
team_deactivate(struct request *rq)
{
	const struct team_person_row *person = team_person_of(rq);
	struct team_deactivate_view view;

	if (!person)
		return not_found(rq);
	if (str_eq(person->status, S("deactivated")))
		return team_home(rq, NULL);
	view = view_of(rq, person);
	return show(rq, 200, &team_deactivate_page, &view);
}

/* Who has let themselves go is nobody here from the commit on. */
static struct reply
gone(struct request *rq, const struct team_person_row *person)
{
	if (person->user == rq->me)
		return see_other(rq, "/sign-in?did=left");
	return see_other(rq, "/team/%.*s/receipt", STR(rq->id));
}

struct reply
team_deactivate_save(struct request *rq)
{
	const struct team_person_row *person = team_person_of(rq);
	struct team_deactivate_view view;
	bool good;

	if (!person)
		return not_found(rq);
	view = view_of(rq, person);
	good = form_read(rq, team_deactivate_view, rules, &view);
	if (good && !str_eq(view.confirm.value, person->id)) {
		view.confirm.error = S("This is not the short id. Nothing was changed.");
		good = false;
	}
	if (!good)
		return show(rq, 422, &team_deactivate_page, &view);
	switch (user_deactivate(rq, rq->id)) {
	case LEAVING_DONE:
	case LEAVING_ALREADY: /* the same form again, or somebody was faster */
		return gone(rq, person);
	case LEAVING_LAST_ADMIN:
		view.confirm.error = team_last_admin(rq, person);
		return team_undone(show(rq, 422, &team_deactivate_page, &view));
	case LEAVING_NOT_ACTIVE:
	case LEAVING_NOBODY:
		break;
	}
	return not_found(rq);
}
