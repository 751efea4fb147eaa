/* team.c - the people of the organization.
 *
 *      GET /team    the newest first, 50 at a time; q=WORDS role=ROLE status=STATUS after=ID
 */
#include "site/team.h"
#include "core/actor.h"
#include "core/client_list.h"
#include "core/words.h"
#include "pages/pages.h"
#include "site/count.h"
#include "site/filters.h"
#include "site/route.h"

/* LOOK: how many people a search by words looks at before it says that there may be more. */
enum { SHOWN = 50, LOOK = 10000, WORDS_MAX = 4 };

SHAPE(team_row, text(id), text(name), text(email), text(role), part(status, team_status),
    part(until, moment), flag(expired), part(signed_in, moment), int(secrets), flag(by_role),
    flag(listed));
/* address: what a link asks for that goes there. */
SHAPE(team_half, text(words), text(n), text(address), flag(here));
SHAPE(team_view, text(q), text(status), list(halves, team_half), list(roles, choice),
    list(active, chosen), flag(filtered), list(rows, team_row), int(n), flag(alone), flag(stopped),
    int(look), text(which), flag(further), text(next), flag(may_change));
PAGE(team, "Team", .menu = MENU_TEAM);

/* The parts of the query in the order in which they are written. */
enum part { P_Q, P_ROLE, P_STATUS, PARTS };
static const str part_names[PARTS] = { STR_INIT("q"), STR_INIT("role"), STR_INIT("status") };

static const struct {
	str value, words, said;
} statuses[] = {
	{ STR_INIT("active"), STR_INIT("Active"), STR_INIT("active") },
	{ STR_INIT("invited"), STR_INIT("Invited"), STR_INIT("invited") },
	{ STR_INIT("deactivated"), STR_INIT("Deactivated"), STR_INIT("deactivated") },
};
enum { STATUSES = sizeof statuses / sizeof statuses[0] };

/* What is asked for: empty parts ask for nothing. patterns are of the words of q. */
struct asked {
	struct query parts;
	str patterns[WORDS_MAX];
	bool nobody; /* q has no word in it */
	int64_t before;
};

/* ---- the query */

/* Words have letters and digits only: nothing in them that LIKE would understand. More words than there are patterns are
 * looked for in their order. */
static void
read_words(struct request *rq, struct asked *asked)
{
	str q = filters_words(query_text(rq, S("q")));
	struct strs words = words_of(rq->arena, q);

	if (q.n == 0)
		return;
	asked->parts.values[P_Q] = q;
	asked->parts.words[P_Q] = fmt(rq->arena, "“%.*s”", STR(q));
	asked->nobody = words.n == 0;
	for (size_t i = 0; i < words.n; i++) {
		str *pattern = &asked->patterns[i < WORDS_MAX ? i : WORDS_MAX - 1];

		*pattern = fmt(rq->arena, "%.*s%%%.*s%%", STR(*pattern), STR(words.at[i]));
	}
}

static struct choices
read_role(struct request *rq, struct asked *asked)
{
	str wanted = query_text(rq, S("role"));
	struct choice *choices = NEW(rq->arena, struct choice, 3);
	size_t n = 0;

	for (enum role role = ROLE_ADMIN; role >= ROLE_MEMBER; role--) {
		bool chosen = str_eq(wanted, role_text(role));

		choices[n++] = (struct choice){ role_text(role), role_words(role), chosen };
		if (!chosen)
			continue;
		asked->parts.values[P_ROLE] = wanted;
		asked->parts.words[P_ROLE] = words_fold(rq->arena, role_words(role));
	}
	return (struct choices){ choices, n };
}

static void
read_status(struct request *rq, struct asked *asked)
{
	str wanted = query_text(rq, S("status"));

	for (size_t i = 0; i < STATUSES; i++) {
		if (!str_eq(wanted, statuses[i].value))
			continue;
		asked->parts.values[P_STATUS] = wanted;
		asked->parts.words[P_STATUS] = statuses[i].said;
	}
}

static void
read_after(struct request *rq, struct asked *asked)
{
	str after = query_text(rq, S("after"));
	const struct team_place_row *place =
	    after.n ? sql_team_place(rq->db, .org = rq->org, .id = after) : NULL;

	asked->before = place ? place->user : INT64_MAX;
}

/* ---- what it finds */

/* The users of a page; *stopped is where a search by words has stopped looking, or 0. */
static struct team_found_rows
by_words(struct request *rq, const struct asked *asked, int64_t *stopped)
{
	const struct team_walk_row *walk =
	    sql_team_walk(rq->db, .org = rq->org, .before = asked->before, .most = LOOK);
	bool more = walk->n == LOOK;

	*stopped = more ? walk->user : 0;
	return sql_team_found(rq->db, .org = rq->org, .role = asked->parts.values[P_ROLE],
	    .status = asked->parts.values[P_STATUS], .before = asked->before,
	    .after = more ? walk->user - 1 : 0, .one = asked->patterns[0],
	    .two = asked->patterns[1], .three = asked->patterns[2], .four = asked->patterns[3],
	    .count = SHOWN + 1);
}

struct found {
	int64_t users[SHOWN + 1];
	size_t n;
	int64_t stopped;
};

static void
find(struct request *rq, const struct asked *asked, struct found *found)
{
	if (asked->nobody)
		return;
	if (asked->parts.values[P_Q].n) {
		struct team_found_rows rows = by_words(rq, asked, &found->stopped);

		for (size_t i = 0; i < rows.n; i++)
			found->users[found->n++] = rows.at[i].user;
	} else {
		struct team_list_rows rows = sql_team_list(rq->db, .org = rq->org,
		    .role = asked->parts.values[P_ROLE], .status = asked->parts.values[P_STATUS],
		    .before = asked->before, .count = SHOWN + 1);

		for (size_t i = 0; i < rows.n; i++)
			found->users[found->n++] = rows.at[i].user;
	}
}

static struct team_rows
rows_of(struct request *rq, const int64_t *users, size_t n)
{
	struct team_shown_rows people =
	    sql_team_shown(rq->db, .org = rq->org, .ids = client_rows_ids(rq->arena, users, n));
	struct team_row *rows = NEW(rq->arena, struct team_row, people.n);

	for (size_t i = 0; i < people.n; i++) {
		const struct team_shown_row *person = &people.at[i];
		enum role role = role_of(person->role);
		bool active = str_eq(person->status, S("active"));

		rows[i] = (struct team_row){ .id = person->id,
			.name = person->name,
			.email = person->email,
			.role = role_words(role),
			.status = team_status_of(person->status),
			.until = moment_of(rq, person->open_until),
			.expired = person->open_until <= rq->now,
			.signed_in = moment_of(rq, person->signed_in_at),
			.secrets = person->secrets,
			.by_role = active && role == ROLE_ADMIN,
			.listed = active && role != ROLE_ADMIN && person->listed };
	}
	return (struct team_rows){ rows, people.n };
}

/* ---- the page */

static struct team_halfs
halves_of(struct request *rq, const struct asked *asked, const struct team_count_row *count)
{
	const int64_t counts[] = { count->active, count->invited, count->deactivated };
	struct team_half *halves = NEW(rq->arena, struct team_half, STATUSES + 1);
	struct asked with = *asked;

	halves[0] = (struct team_half){ .words = S("Everybody"),
		.address = query_without(rq->arena, &with.parts, P_STATUS),
		.here = asked->parts.values[P_STATUS].n == 0 };
	for (size_t i = 0; i < STATUSES; i++) {
		with.parts.values[P_STATUS] = statuses[i].value;
		halves[i + 1] = (struct team_half){ .words = statuses[i].words,
			.n = count_words(rq->arena, counts[i]),
			.address = query_of(rq->arena, &with.parts),
			.here = str_eq(asked->parts.values[P_STATUS], statuses[i].value) };
	}
	return (struct team_halfs){ halves, STATUSES + 1 };
}

static str
next_of(struct request *rq, const struct found *found, bool more)
{
	int64_t last = more ? found->users[SHOWN - 1] : found->stopped;
	const struct team_place_id_row *place =
	    last ? sql_team_place_id(rq->db, .org = rq->org, .user = last) : NULL;

	return place ? place->id : (str){ 0 };
}

struct reply
team(struct request *rq)
{
	struct asked asked = { .parts = { .names = part_names, .n = PARTS } };
	struct found found = { 0 };
	const struct team_count_row *count = sql_team_count(rq->db, .org = rq->org);
	struct team_view view = { .roles = read_role(rq, &asked), .look = LOOK };
	bool more;

	read_words(rq, &asked);
	read_status(rq, &asked);
	read_after(rq, &asked);
	find(rq, &asked, &found);
	more = found.n > SHOWN;
	view.q = asked.parts.values[P_Q];
	view.status = asked.parts.values[P_STATUS];
	view.halves = halves_of(rq, &asked, count);
	view.active = query_active(rq->arena, &asked.parts);
	view.filtered = view.active.n > 0;
	view.rows = rows_of(rq, found.users, more ? SHOWN : found.n);
	view.n = (int64_t)view.rows.n;
	view.alone = count->active + count->invited + count->deactivated == 1;
	view.stopped = !more && found.stopped;
	view.which = query_of(rq->arena, &asked.parts);
	view.further = asked.before != INT64_MAX;
	view.next = next_of(rq, &found, more);
	view.may_change = access_may(rq->actor, ADMIN);
	return show(rq, 200, &team_page, &view);
}
