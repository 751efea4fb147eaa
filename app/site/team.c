/* team.c - a person of the organization, as pages show them. */
#include "site/team.h"

#include "site/route.h"

struct team_status
team_status_of(str status)
{
	if (str_eq(status, S("active")))
		return (struct team_status){ S("Active"), S("works") };
	if (str_eq(status, S("invited")))
		return (struct team_status){ S("Invited"), S("needs") };
	return (struct team_status){ S("Deactivated"), S("neutral") };
}

struct team_who
team_who_of(struct request *rq, const struct team_person_row *person)
{
	return (struct team_who){ .id = person->id,
		.email = person->email,
		.role = role_words(role_of(person->role)),
		.status = team_status_of(person->status),
		.active = str_eq(person->status, S("active")),
		.invited = str_eq(person->status, S("invited")),
		.deactivated = str_eq(person->status, S("deactivated")),
		.self = person->user == rq->me,
		.factor = moment_of(rq, person->factor_at),
		.may_change = access_may(rq->actor, ADMIN) };
}

static int64_t
owns(struct request *rq, int64_t user, str kind)
{
	return (int64_t)sql_team_owns(rq->db, .org = rq->org, .user = user, .kind = kind).n;
}

struct team_holds
team_holds_of(struct request *rq, const struct team_person_row *person)
{
	const struct settings *settings = rq->desk->settings;
	const struct team_sessions_row *sessions = sql_team_sessions(rq->db, .user = person->user,
	    .created_after = rq->now - settings->session_hours * HOUR,
	    .seen_after = rq->now - settings->session_idle_minutes * MINUTE);
	const struct team_seen_row *seen =
	    sql_team_seen(rq->db, .org = rq->org, .user = person->user, .now = rq->now);

	return (struct team_holds){ .secrets = owns(rq, person->user, S("additional")),
		.scoped = owns(rq, person->user, S("scoped")),
		.sessions = sessions->n,
		.seen_last = moment_of(rq, sessions->seen_at),
		.listed = person->data_at != 0,
		.seen = seen->seen,
		.works = seen->works,
		.shared = seen->shared,
		.operates = person->operator_here,
		.operates_last =
		    person->operator_here && !sql_operator_other(rq->db, .person = person->person),
		.operates_on = person->operator_else };
}

const struct team_person_row *
team_person_of(struct request *rq)
{
	return sql_team_person(rq->db, .org = rq->org, .id = rq->id);
}

str
team_reach_of(enum role role)
{
	switch (role) {
	case ROLE_ADMIN:
		return S("Everything here: keys, credentials, the Data API, people and settings. "
			 "Of other people’s secrets never a text.");
	case ROLE_COMPLIANCE_ADMIN:
		return S("Makes and changes API credentials. Sees keys, secrets, people, settings "
			 "and the audit log; ends additional secrets.");
	case ROLE_MEMBER:
		return S("Their own additional secrets, and what they themselves did.");
	case ROLE_NONE:
		break;
	}
	return (str){ 0 };
}

str
team_last_admin(struct request *rq, const struct team_person_row *person)
{
	if (person->user == rq->me)
		return S("You are the last active admin. Make somebody else an admin first.");
	return fmt(rq->arena, "%.*s is the last active admin. Make somebody else an admin first.",
	    STR(person->name));
}

struct reply
team_undone(struct reply reply)
{
	reply.undo = true;
	return reply;
}

struct reply
team_home(struct request *rq, const char *did)
{
	return see_other(rq, "/team/%.*s%s%s", STR(rq->id), did ? "?did=" : "", did ? did : "");
}
