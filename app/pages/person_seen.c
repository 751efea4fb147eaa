/* person_seen.c - everything that one person of the organization was shown: what still works first.
 *
 *      GET /team/:id/seen
 */
#include "core/actor.h"
#include "core/leaver.h"
#include "pages/pages.h"
#include "site/key.h"
#include "site/route.h"

enum { PAGE_ROWS = 50 };

/* A secret of the client of that id. rotate and finish: the act that settles it, where it is this person's. */
SHAPE(person_seen_row, text(id), flag(in_credentials), flag(in_secrets), flag(in_data_api),
    flag(deleted), text(name), text(kind), text(environment), text(hint), text(how),
    part(at, moment), text(state), text(tone), part(ended, moment), text(reason),
    part(ends, moment), flag(own), flag(rotate), flag(finish));
/* next: the secret behind which it goes on. */
SHAPE(person_seen_list, list(rows, person_seen_row), flag(shown), flag(further), text(next));
SHAPE(person_seen_view, text(id), text(heading), text(name), text(email), text(role), flag(left),
    part(since, moment), part(works, person_seen_list), part(ended, person_seen_list));
PAGE(person_seen, "What a person has seen", .menu = MENU_TEAM);

/* ---- a row */

static str
kind_words(str kind)
{
	if (key_additional(kind))
		return S("Additional secret");
	if (str_eq(kind, S("data_api")))
		return S("API key");
	return key_scoped(kind) ? S("API credential") : S("Account API key");
}

static void
say(struct person_seen_row *row, str state, str tone)
{
	row->state = state;
	row->tone = tone;
}

/* One that works, and which act would end it. What is somebody's own ends with them. */
static void
say_works(struct request *rq, const struct exposure_of_user_row *found, struct person_seen_row *row)
{
	if (found->ends_at)
		say(row,
		    fmt(rq->arena, "Ends %.*s", STR(clock_ago(rq->arena, found->ends_at, rq->now))),
		    S("needs"));
	else if (str_eq(found->client_status, S("deactivated")))
		say(row, S("Deactivated"), S("neutral"));
	else
		say(row, S("Working"), S("works"));
	row->ends = moment_of(rq, leaver_ends_at(rq, found->leaver_at));
	row->rotate = found->current && !row->in_secrets;
	row->finish = !found->current && !row->in_secrets;
}

/* The earlier of two times, of which 0 is none. */
static int64_t
earlier(int64_t a, int64_t b)
{
	return a && b ? (a < b ? a : b) : a + b;
}

/* By its rows, whether or not the housekeeper has written it down. */
static void
say_ended(
    const struct request *rq, const struct exposure_of_user_row *found, struct person_seen_row *row)
{
	int64_t expiry = earlier(found->expires_at, found->client_expires_at);
	int64_t ended = earlier(expiry, found->ends_at);
	str reason = ended == expiry ? S("expired") : S("rotated");

	if (found->ended_at) {
		ended = found->ended_at;
		reason = found->ended_reason;
	} else if (!ended || ended > rq->now) {
		ended = 0;
		reason = S("owner_deactivated");
	}
	say(row, S("Ended"), S("ended"));
	row->ended = moment_of(rq, ended);
	row->reason = key_ended_words(reason);
}

static struct person_seen_row
row_of(struct request *rq, const struct exposure_of_user_row *found, bool works)
{
	struct person_seen_row row = { .id = found->id,
		.in_secrets = key_additional(found->kind),
		.in_data_api = str_eq(found->kind, S("data_api")),
		.deleted = str_eq(found->client_status, S("deleted")),
		.name = found->name,
		.kind = kind_words(found->kind),
		.environment = found->environment,
		.hint = found->hint,
		.how = str_eq(found->how, S("made")) ? S("made") : found->how,
		.at = moment_of(rq, found->at),
		.own = found->own };

	row.in_credentials = !row.in_secrets && !row.in_data_api;
	if (works)
		say_works(rq, found, &row);
	else
		say_ended(rq, found, &row);
	return row;
}

/* ---- a list, and the page */

/* after is the secret behind which it goes on, empty for the newest. */
static struct person_seen_list
list_of(struct request *rq, int64_t user, bool works, str after)
{
	const struct exposure_from_row *from =
	    after.n ? sql_exposure_from(rq->db, .org = rq->org, .user = user, .sid = after) : NULL;
	int64_t before = from && from->exposure ? from->exposure : INT64_MAX;
	struct exposure_of_user_rows found = sql_exposure_of_user(
	    rq->db, .org = rq->org, .user = user, .before = before, .works = works, .now = rq->now);
	size_t n = found.n < PAGE_ROWS ? found.n : PAGE_ROWS;
	struct person_seen_row *rows = NEW(rq->arena, struct person_seen_row, n);
	struct person_seen_list list = {
		.rows = { rows, n }, .shown = n > 0, .further = before != INT64_MAX
	};
	const struct exposure_walk_end_row *end;

	for (size_t i = 0; i < n; i++)
		rows[i] = row_of(rq, &found.at[i], works);
	if (found.n > n) {
		list.next = found.at[n - 1].sid;
	} else {
		end = sql_exposure_walk_end(rq->db, .org = rq->org, .user = user, .before = before);
		list.next = end ? end->sid : (str){ 0 };
	}
	return list;
}

struct reply
person_seen(struct request *rq)
{
	const struct exposure_person_row *person =
	    sql_exposure_person(rq->db, .org = rq->org, .id = rq->id);
	struct person_seen_view view;

	if (!person)
		return not_found(rq);
	view = (struct person_seen_view){ .id = person->id,
		.heading = fmt(rq->arena, "What %.*s has seen", STR(person->name)),
		.name = person->name,
		.email = person->email,
		.role = role_words(role_of(person->role)),
		.left = str_eq(person->status, S("deactivated")),
		.works = list_of(rq, person->user, true, query_text(rq, S("works"))),
		.ended = list_of(rq, person->user, false, query_text(rq, S("ended"))) };
	view.since = moment_of(rq, view.left ? person->left_at : 0);
	return show(rq, 200, &person_seen_page, &view);
}
