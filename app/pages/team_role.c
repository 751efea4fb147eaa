/* team_role.c - give somebody another role.
 *
 *      GET  /team/:id/role    the three roles, and what each may do
 *      POST /team/:id/role    give it
 */
#include "core/actor.h"
#include "core/leaving.h"
#include "pages/pages.h"
#include "site/team.h"

SHAPE(team_role_choice, text(value), text(words), text(reach), flag(chosen));
SHAPE(team_role_view, text(id), text(name), part(who, team_who), part(role, input),
    list(choices, team_role_choice));
PAGE(team_role, "Change the role of", .menu = MENU_TEAM);

static const struct form_rule rules[] = {
	{ .name = STR_INIT("role"),
	    .label = STR_INIT("Role"),
	    .required = STR_INIT("Pick a role.") },
};

static struct team_role_view
view_of(struct request *rq, const struct team_person_row *person)
{
	return (struct team_role_view){ .id = person->id,
		.name = person->name,
		.who = team_who_of(rq, person),
		.role = { .value = person->role } };
}

static struct reply
form(struct request *rq, int status, struct team_role_view *view)
{
	struct team_role_choice *choices = NEW(rq->arena, struct team_role_choice, 3);
	size_t n = 0;

	for (enum role role = ROLE_ADMIN; role >= ROLE_MEMBER; role--)
		choices[n++] = (struct team_role_choice){ role_text(role), role_words(role),
			team_reach_of(role), str_eq(view->role.value, role_text(role)) };
	view->choices = (struct team_role_choices){ choices, n };
	return show(rq, status, &team_role_page, view);
}

struct reply
team_role(struct request *rq)
{
	const struct team_person_row *person = team_person_of(rq);
	struct team_role_view view;

	if (!person)
		return not_found(rq);
	if (str_eq(person->status, S("deactivated")))
		return team_home(rq, NULL);
	view = view_of(rq, person);
	return form(rq, 200, &view);
}

/* Who has given themselves another one may not see the team any more. */
static struct reply
given(struct request *rq, const struct team_person_row *person, enum role role)
{
	if (person->user == rq->me && role == ROLE_MEMBER)
		return see_other(rq, "/?did=role");
	return team_home(rq, "role");
}

struct reply
team_role_save(struct request *rq)
{
	const struct team_person_row *person = team_person_of(rq);
	struct team_role_view view;
	enum role role;

	if (!person)
		return not_found(rq);
	view = view_of(rq, person);
	if (!form_read(rq, team_role_view, rules, &view))
		return form(rq, 422, &view);
	role = role_of(view.role.value);
	if (role == ROLE_NONE) {
		view.role.error = S("Pick a role.");
		return form(rq, 422, &view);
	}
	switch (user_role(rq, rq->id, role)) {
	case LEAVING_DONE:
		return given(rq, person, role);
	case LEAVING_ALREADY:
		return team_home(rq, NULL);
	case LEAVING_LAST_ADMIN:
		view.role.error = team_last_admin(rq, person);
		return team_undone(form(rq, 422, &view));
	case LEAVING_NOT_ACTIVE:
		return conflict(rq, S("Who is deactivated has no role to change."));
	case LEAVING_NOBODY:
		break;
	}
	return not_found(rq);
}
