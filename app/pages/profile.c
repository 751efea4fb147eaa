/* profile.c - what belongs to the person who is signed in: the name, and where they are signed in.
 *
 *      GET  /profile                        both
 *      POST /profile                        save the name
 *      POST /profile/sessions/:id/end       end one session
 *      POST /profile/sign-out-others        end all but this one
 *      POST /profile/sign-out-everywhere    end all
 *      POST /profile/organizations/:id/enter    go on in another organization of theirs
 */
#include "core/actor.h"
#include "core/audit.h"
#include "core/person.h"
#include "core/tenure.h"
#include "pages/pages.h"
#include "site/browser.h"
#include "site/session.h"
#include "sql.h"

#include <inttypes.h>

SHAPE(session_row, text(id), text(browser), text(remote), text(organization), part(since, moment),
    part(seen, moment), flag(here));
SHAPE(profile_home, text(id), text(name), text(role));
SHAPE(profile_view, part(name, input), int(version), list(sessions, session_row), int(others),
    int(idle_minutes), int(session_hours), list(homes, profile_home), int(homes_n));
PAGE(profile, "Profile", .menu = MENU_PROFILE);

static const struct form_rule rules[] = {
	{ .name = STR_INIT("name"),
	    .label = STR_INIT("Name"),
	    .required = STR_INIT("Give your name."),
	    .max = 100 },
	{ .name = STR_INIT("version") },
};

static struct session_row
row_of(const struct request *rq, const struct profile_sessions_row *session)
{
	return (struct session_row){ .id = session->id,
		.browser = browser_words(rq->arena, session->program),
		.remote = session->remote,
		.organization = session->organization,
		.since = moment_of(rq, session->created_at),
		.seen = moment_of(rq, session->seen_at),
		.here = session->session == rq->actor->session };
}

static void
add_homes(struct request *rq, struct profile_view *view)
{
	struct session_homes_rows homes =
	    sql_session_homes(rq->db, .person = rq->actor->person, .me = rq->me);
	struct profile_home *rows = NEW(rq->arena, struct profile_home, homes.n);

	for (size_t i = 0; i < homes.n; i++)
		rows[i] = (struct profile_home){ homes.at[i].id, homes.at[i].name,
			role_words(role_of(homes.at[i].role)) };
	view->homes = (struct profile_homes){ rows, homes.n };
	view->homes_n = (int64_t)homes.n;
}

static struct reply
form(struct request *rq, int status, struct profile_view *view)
{
	const struct settings *settings = rq->desk->settings;
	struct profile_sessions_rows sessions = sql_profile_sessions(rq->db,
	    .person = rq->actor->person, .created_after = rq->now - settings->session_hours * HOUR,
	    .seen_after = rq->now - settings->session_idle_minutes * MINUTE);
	struct session_row *rows = NEW(rq->arena, struct session_row, sessions.n);

	for (size_t i = 0; i < sessions.n; i++) {
		rows[i] = row_of(rq, &sessions.at[i]);
		view->others += !rows[i].here;
	}
	view->sessions = (struct session_rows){ rows, sessions.n };
	add_homes(rq, view);
	view->idle_minutes = settings->session_idle_minutes;
	view->session_hours = settings->session_hours;
	return show(rq, status, &profile_page, view);
}

struct reply
profile(struct request *rq)
{
	const struct profile_get_row *person = sql_profile_get(rq->db, .person = rq->actor->person);
	struct profile_view view = { 0 };

	if (!person)
		return not_found(rq);
	form_fill(rq, profile_view, &view, profile_get_row, person);
	return form(rq, 200, &view);
}

/* What was typed stays, and can be saved over what is saved now. Unless it is saved already, because the form was sent
 * twice. */
static struct reply
meanwhile(struct request *rq, struct profile_view *view)
{
	const struct profile_get_row *now = sql_profile_get(rq->db, .person = rq->actor->person);

	if (!now)
		return not_found(rq);
	if (str_eq(view->name.value, now->name))
		return see_other(rq, "/profile?did=saved");
	view->name.error = fmt(rq->arena,
	    "Your profile was changed meanwhile, in another window: the name is “%.*s” now. Save "
	    "again to replace that.",
	    STR(now->name));
	view->version = now->version;
	return form(rq, 422, view);
}

struct reply
profile_save(struct request *rq)
{
	struct profile_view view = { 0 };
	const struct profile_get_row *before, *after;
	int64_t me = rq->actor->person;

	if (!form_read(rq, profile_view, rules, &view))
		return form(rq, 422, &view);
	before = sql_profile_get(rq->db, .person = me);
	if (!before)
		return not_found(rq);
	if (!sql_profile_save(
		rq->db, .person = me, .name = view.name.value, .version = view.version))
		return meanwhile(rq, &view);
	after = sql_profile_get(rq->db, .person = me);
	if (!audit_change(rq, S("person.edit"), before->id, profile_get_row, before, after))
		audit(rq, S("person.save"), before->id, (str){ 0 });
	return see_other(rq, "/profile?did=saved");
}

struct reply
profile_session_end(struct request *rq)
{
	if (!person_session_end(rq, rq->actor->person, rq->id))
		return not_found(rq);
	audit(rq, S("session.end"), rq->id, (str){ 0 });
	/* Their own: they are signed out, and the next page says so. */
	if (!session_alive(rq))
		return session_stop(rq, "signed-out");
	return see_other(rq, "/profile?did=session-ended");
}

static void
note(struct request *rq, str act, int64_t sessions)
{
	audit(rq, act, (str){ 0 }, fmt(rq->arena, "{\"sessions\":%" PRId64 "}", sessions));
}

struct reply
profile_sign_out_others(struct request *rq)
{
	note(rq, S("session.end-others"),
	    person_sessions_end(rq, rq->actor->person, rq->actor->session));
	return see_other(rq, "/profile?did=others-ended");
}

struct reply
profile_sign_out_everywhere(struct request *rq)
{
	note(rq, S("session.end-all"), person_sessions_end(rq, rq->actor->person, 0));
	return session_stop(rq, "signed-out-everywhere");
}

/* The same session: when the password was last given in it stays as it is. */
struct reply
profile_enter(struct request *rq)
{
	const struct actor *me = rq->actor;
	const struct profile_home_row *home =
	    sql_profile_home(rq->db, .person = me->person, .id = rq->id);
	struct audit_who there = { .person = me->person, .name = me->email };

	if (!home)
		return not_found(rq);
	sql_session_home(rq->db, .user = home->user, .now = rq->now); /* before the tenure */
	tenure_begin(rq, home->user);
	sql_profile_enter(rq->db, .session = me->session, .person = me->person, .user = home->user);
	there.org = home->org;
	audit_by(rq, &there, &(struct audit_act){ S("session.enter"), { 0 }, { 0 } });
	return see_other(rq, "/");
}
