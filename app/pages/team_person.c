/* team_person.c - one person of the organization: what they own, may reach and have seen, and how they left.
 *
 *      GET /team/:id
 */
#include "core/actor.h"
#include "core/data_api.h"
#include "pages/pages.h"
#include "site/route.h"
#include "site/rows.h"
#include "site/team.h"

enum { OWNED_SHOWN = 50 };

SHAPE(team_owned, part(row, credential_row), text(environment));
SHAPE(team_owns, list(rows, team_owned), int(n), flag(more));
/* number: of several, the first is 1. */
SHAPE(team_departure, part(began, moment), part(ended, moment), text(by), text(door), flag(swept),
    text(what), int(known), int(number));
SHAPE(team_person_view, text(id), text(name), part(who, team_who), part(holds, team_holds),
    part(made, moment), part(since, moment), part(signed_in, moment), flag(link), text(invited_by),
    part(invited_at, moment), text(invited_words), text(reach), flag(data_role),
    part(data_at, moment), text(data_by), part(data_opened, moment), flag(data_entitled),
    part(secrets, team_owns), part(scoped, team_owns), list(departures, team_departure),
    int(departures_n), text(left_words));
PAGE(team_person, "Person", .menu = MENU_TEAM);

/* ---- what they own */

static const struct team_owns_row *
row_named(const struct team_owns_rows *found, str id)
{
	for (size_t i = 0; i < found->n; i++)
		if (str_eq(found->at[i].id, id))
			return &found->at[i];
	return NULL;
}

static struct team_owns
owns_of(struct request *rq, int64_t user, str kind)
{
	struct team_owns_rows found =
	    sql_team_owns(rq->db, .org = rq->org, .user = user, .kind = kind);
	struct client_page page = { .n = found.n < OWNED_SHOWN ? found.n : OWNED_SHOWN };
	int64_t *clients = NEW(rq->arena, int64_t, OWNED_SHOWN);
	struct credential_rows shown;
	struct team_owned *rows;

	for (size_t i = 0; i < page.n; i++)
		clients[i] = found.at[i].client;
	page.clients = clients;
	shown = credential_rows_of(rq, &page);
	rows = NEW(rq->arena, struct team_owned, shown.n);
	for (size_t i = 0; i < shown.n; i++)
		rows[i] = (struct team_owned){ shown.at[i],
			row_named(&found, shown.at[i].id)->environment };
	return (struct team_owns){
		.rows = { rows, shown.n }, .n = (int64_t)shown.n, .more = found.n > OWNED_SHOWN
	};
}

/* ---- how they came, and how they left */

static void
fill_invited(struct request *rq, int64_t user, struct team_person_view *view)
{
	const struct team_invited_row *link =
	    sql_team_invited(rq->db, .org = rq->org, .user = user);

	if (!link)
		return;
	view->link = true;
	view->invited_by = link->by_name;
	view->invited_at = moment_of(rq, link->at);
	if (!view->who.invited)
		return;
	if (link->withdrawn_at)
		view->invited_words = S("The link was withdrawn.");
	else if (link->expires_at <= rq->now)
		view->invited_words = S("The link has expired.");
	else if (!link->live)
		view->invited_words = S("The link has ended, as their status has been changed.");
	else if (!link->used_at)
		view->invited_words = fmt(rq->arena, "The link works once, until %.*s.",
		    STR(clock_for_people(rq->arena, link->expires_at)));
}

static str
door_words(str door)
{
	if (str_eq(door, S("console")))
		return S("in the console");
	if (str_eq(door, S("command")))
		return S("at the command line");
	return str_eq(door, S("sql")) ? S("in the database") : (str){ 0 };
}

/* "3 sessions, 1 additional secret, access to the Data API". */
static str
what_ended(struct arena *a, const struct team_departures_row *row)
{
	return fmt(a, "%lld session%s, %lld additional secret%s%s", (long long)row->sessions,
	    row->sessions == 1 ? "" : "s", (long long)row->secrets, row->secrets == 1 ? "" : "s",
	    row->data_access ? ", access to the Data API" : "");
}

static void
fill_departures(struct request *rq, int64_t user, struct team_person_view *view)
{
	struct team_departures_rows found =
	    sql_team_departures(rq->db, .org = rq->org, .user = user);
	struct team_departure *rows = NEW(rq->arena, struct team_departure, found.n);

	for (size_t i = 0; i < found.n; i++)
		rows[i] = (struct team_departure){ .began = moment_of(rq, found.at[i].began_at),
			.ended = moment_of(rq, found.at[i].ended_at),
			.by = found.at[i].by_name,
			.door = door_words(found.at[i].door),
			.swept = found.at[i].swept_at != 0,
			.what = what_ended(rq->arena, &found.at[i]),
			.known = found.at[i].known,
			.number = found.at[i].number };
	view->departures = (struct team_departures){ rows, found.n };
	view->departures_n = (int64_t)found.n;
}

/* Of somebody who has left without a receipt: who had never come in had nothing that could end, and until departures were written
 * down only the time was. */
static str
left_words(struct request *rq, const struct team_person_row *person)
{
	if (sql_leaving_never_came(rq->db, .user = person->user))
		return S(
		    "They were let go before they had come in: they had nothing that could end.");
	if (!person->left_at)
		return S(
		    "They left before Keydesk kept receipts: what ended then is not written down.");
	return fmt(rq->arena,
	    "They left before Keydesk kept receipts (noticed %.*s): what ended then is not written "
	    "down.",
	    STR(clock_for_people(rq->arena, person->left_at)));
}

struct reply
team_person(struct request *rq)
{
	const struct team_person_row *person = team_person_of(rq);
	struct team_person_view view;

	if (!person)
		return not_found(rq);
	view = (struct team_person_view){ .id = person->id,
		.name = person->name,
		.who = team_who_of(rq, person),
		.holds = team_holds_of(rq, person),
		.made = moment_of(rq, person->created_at),
		.since = moment_of(rq, person->began_at),
		.signed_in = moment_of(rq, person->signed_in_at),
		.reach = team_reach_of(role_of(person->role)),
		.data_role = role_of(person->role) == ROLE_ADMIN,
		.data_at = moment_of(rq, person->data_at),
		.data_by = person->data_by,
		.data_opened = moment_of(rq, person->data_opened_at),
		.data_entitled = data_entitled(rq),
		.secrets = owns_of(rq, person->user, S("additional")),
		.scoped = owns_of(rq, person->user, S("scoped")) };
	fill_invited(rq, person->user, &view);
	fill_departures(rq, person->user, &view);
	if (view.who.deactivated && !view.departures_n)
		view.left_words = left_words(rq, person);
	return show(rq, 200, &team_person_page, &view);
}
