/* person_receipt.c - the receipt of somebody's departure, with its live check: as a page, and as JSON.
 *
 *      GET /team/:id/receipt         ?departure=2 is the second of several
 *      GET /team/:id/receipt.json    the same for programs
 */
#include "site/receipt.h"

#include "core/actor.h"
#include "http/json.h"
#include "pages/pages.h"
#include "site/browser.h"
#include "site/key.h"

#include <inttypes.h>

enum { TILES = 5, LINKS_MAX = 50, JSON_MAX_BYTES = 1 << 20 };

/* One line of any of the lists. about: the kind and environment, or a browser. tone: that of a badge. */
SHAPE(receipt_row, text(id), flag(in_credentials), flag(in_secrets), flag(in_data_api), text(name),
    text(about), text(hint), part(at, moment), text(state), text(tone), text(more),
    part(ends, moment), flag(rotate), flag(finish));
/* cut: so many are shown of more. */
SHAPE(receipt_list, list(rows, receipt_row), flag(some), int(count), int(cut));
/* One answer of the check: "0" "working secrets" "All 10 are refused." */
SHAPE(receipt_tile, text(figure), text(label), text(says), text(tone));
SHAPE(receipt_link, int(number), flag(here));
SHAPE(receipt_facts, part(began, moment), part(ended, moment), text(by), text(door),
    part(finished, moment), part(checked, moment), text(url), text(request), flag(operated),
    part(operated_until, moment), flag(operates));
SHAPE(person_receipt_view, text(id), text(heading), text(name), text(email), text(role),
    text(whose), int(number), int(of), list(links, receipt_link), flag(several), flag(alarm),
    flag(unfinished), flag(returned), part(back, moment), part(checked, moment),
    list(tiles, receipt_tile), part(facts, receipt_facts), part(sessions, receipt_list),
    part(secrets, receipt_list), part(data, receipt_list), part(known, receipt_list), int(working),
    part(owned, receipt_list));
PAGE(person_receipt, "Receipt of a departure", .menu = MENU_TEAM);

/* ---- words */

/* To the second: "20 Nov 2026, 14:03:09 UTC". */
static struct moment
exactly(const struct request *rq, int64_t time)
{
	struct moment moment = moment_of(rq, time);
	size_t minutes = moment.exact.n;

	if (!time)
		return moment;
	minutes -= S(" UTC").n;
	moment.exact = fmt(rq->arena, "%.*s:%02d UTC", STR(str_part(moment.exact, 0, minutes)),
	    clock_split(time).second);
	return moment;
}

static str
answer_words(str answer)
{
	static const struct {
		str answer, words;
	} all[] = {
		{ STR_INIT("good"), STR_INIT("Accepted") },
		{ STR_INIT("revoked"), STR_INIT("Refused: revoked") },
		{ STR_INIT("expired"), STR_INIT("Refused: expired") },
		{ STR_INIT("client_expired"), STR_INIT("Refused: expired") },
		{ STR_INIT("pending"), STR_INIT("Refused: never opened") },
		{ STR_INIT("owner_off"), STR_INIT("Refused: its owner has left") },
		{ STR_INIT("client_off"), STR_INIT("Refused: deactivated") },
		{ STR_INIT("organization_off"), STR_INIT("Refused: organization closed") },
		{ STR_INIT("unknown"), STR_INIT("Refused: there is none") },
		{ STR_INIT("not_listed"), STR_INIT("Refused: not on the list") },
		{ STR_INIT("given_again"), STR_INIT("Given anew since") },
	};

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (str_eq(all[i].answer, answer))
			return all[i].words;
	return S("Refused");
}

static str
kind_words(str kind)
{
	if (key_additional(kind))
		return S("Additional secret");
	if (str_eq(kind, S("data_api")))
		return S("API key");
	return key_scoped(kind) ? S("API credential") : S("Account API key");
}

static str
door_words(str door)
{
	if (str_eq(door, S("console")))
		return S("The console");
	if (str_eq(door, S("command")))
		return S("The command line");
	return str_eq(door, S("sql")) ? S("Plain SQL; the time is when it was noticed")
	                              : S("Not noted yet");
}

/* Behind the last two doors there is nobody whose name Keydesk knows. */
static str
by_words(struct request *rq, const struct receipt_departure *d)
{
	if (d->by_name.n)
		return fmt(rq->arena, "%.*s, %.*s", STR(d->by_name), STR(d->by_email));
	if (str_eq(d->door, S("command")))
		return S("Whoever has the command line");
	return S("Whoever has the database");
}

/* ---- the lists */

static void
judge(struct receipt_row *row, str answer, bool accepted)
{
	row->state = answer_words(answer);
	row->tone = accepted ? S("broken") : S("works");
}

static struct receipt_list
rows_of(const struct receipt_row *at, size_t n, int64_t count)
{
	return (struct receipt_list){ .rows = { at, n },
		.some = n > 0,
		.count = count,
		.cut = count > (int64_t)n ? (int64_t)n : 0 };
}

static struct receipt_list
sessions_of(struct request *rq, const struct receipt *r)
{
	struct receipt_row *at = NEW(rq->arena, struct receipt_row, r->sessions.n);

	for (size_t i = 0; i < r->sessions.n; i++) {
		const struct receipt_session *s = &r->sessions.at[i];

		at[i] = (struct receipt_row){ .name = s->address,
			.about = browser_words(rq->arena, s->program),
			.at = exactly(rq, s->ended_at) };
		judge(&at[i], s->answer, s->accepted);
	}
	return rows_of(at, r->sessions.n, r->check.sessions.count);
}

static struct receipt_list
secrets_of(struct request *rq, const struct receipt *r)
{
	struct receipt_row *at = NEW(rq->arena, struct receipt_row, r->secrets.n);

	for (size_t i = 0; i < r->secrets.n; i++) {
		const struct receipt_secret *s = &r->secrets.at[i];

		at[i] = (struct receipt_row){ .id = s->id,
			.in_secrets = true,
			.name = s->name,
			.about = s->environment,
			.hint = s->hint,
			.at = exactly(rq, s->ended_at) };
		judge(&at[i], s->answer, s->accepted);
	}
	return rows_of(at, r->secrets.n, r->check.secrets.count);
}

static struct receipt_list
data_of(struct request *rq, const struct receipt *r)
{
	struct receipt_row *at = NEW(rq->arena, struct receipt_row, r->data_access.n);

	for (size_t i = 0; i < r->data_access.n; i++) {
		const struct receipt_data *d = &r->data_access.at[i];

		at[i] = (struct receipt_row){ .name = d->name, .at = exactly(rq, d->ended_at) };
		judge(&at[i], d->answer, d->accepted);
	}
	return rows_of(at, r->data_access.n, (int64_t)r->data_access.n);
}

/* What has become of one that others use; while it works, which act replaces it. */
static void
say_known(struct request *rq, const struct receipt_known *known, struct receipt_row *row)
{
	bool over = known->ended_at || (!known->works && !str_eq(known->answer, S("client_off")));

	row->tone = over ? S("works") : S("needs");
	row->ends = exactly(rq, known->ends_at);
	if (known->ended_at) {
		row->state = key_ended_words(known->ended_reason);
		row->at = exactly(rq, known->ended_at);
	} else if (over) {
		row->state = answer_words(known->answer);
		row->at = exactly(rq, known->ends_at);
	} else {
		row->state = known->works ? S("Still works") : S("Paused");
		row->more = known->works ? (str){ 0 } : S("works again once it is activated");
		row->rotate = known->newest && key_may_change(rq, known->kind);
		row->finish = !known->newest && key_may_change(rq, known->kind);
	}
}

static struct receipt_list
known_of(struct request *rq, const struct receipt *r)
{
	struct receipt_row *at = NEW(rq->arena, struct receipt_row, r->known.n);

	for (size_t i = 0; i < r->known.n; i++) {
		const struct receipt_known *known = &r->known.at[i];
		struct receipt_row *row = &at[i];

		*row = (struct receipt_row){ .id = known->credential,
			.in_secrets = key_additional(known->kind),
			.in_data_api = str_eq(known->kind, S("data_api")),
			.name = known->name,
			.about = fmt(rq->arena, "%.*s · %.*s", STR(kind_words(known->kind)),
			    STR(known->environment)),
			.hint = known->hint };
		row->in_credentials = !row->in_secrets && !row->in_data_api;
		say_known(rq, known, row);
	}
	return rows_of(at, r->known.n, r->check.known.count);
}

static struct receipt_list
owned_of(struct request *rq, const struct receipt *r)
{
	struct receipt_row *at = NEW(rq->arena, struct receipt_row, r->owned.n);

	for (size_t i = 0; i < r->owned.n; i++)
		at[i] = (struct receipt_row){ .id = r->owned.at[i].id,
			.name = r->owned.at[i].name,
			.about = r->owned.at[i].environment };
	return rows_of(at, r->owned.n, r->owned_count);
}

/* ---- the check */

static struct receipt_tile
tile_of(struct request *rq, const struct receipt_tally *tally, str label)
{
	struct receipt_tile tile = { .figure = fmt(rq->arena, "%" PRId64, tally->accepted),
		.label = label,
		.tone = tally->accepted ? S("broken") : S("works") };

	if (!tally->count)
		tile.says = S("There were none.");
	else if (tally->accepted)
		tile.says = fmt(rq->arena, "%" PRId64 " of %" PRId64 " asked about accepted.",
		    tally->accepted, tally->checked);
	else if (tally->checked < tally->count)
		tile.says = fmt(rq->arena,
		    "The first %" PRId64 " of %" PRId64 " were asked about: all refused.",
		    tally->checked, tally->count);
	else
		tile.says = fmt(
		    rq->arena, "%" PRId64 " of %" PRId64 " refused.", tally->checked, tally->count);
	return tile;
}

static struct receipt_tile
answer_tile(const struct receipt_answer *answer, str label, bool alarm)
{
	return (struct receipt_tile){ .figure = answer->accepted ? S("Yes") : S("No"),
		.label = label,
		.says = answer_words(answer->answer),
		.tone = alarm              ? S("broken")
		        : answer->accepted ? S("neutral")
		                           : S("works") };
}

static struct receipt_tiles
tiles_of(struct request *rq, const struct receipt *r)
{
	const struct receipt_checks *check = &r->check;
	struct receipt_tile *at = NEW(rq->arena, struct receipt_tile, TILES);
	bool back = check->sign_in.accepted && r->returned;

	at[0] = tile_of(rq, &check->secrets, S("working secrets"));
	at[1] = tile_of(rq, &check->tokens, S("tokens"));
	if (check->tokens.count && !check->tokens.accepted)
		at[1].says = S("A token is refused with its secret.");
	at[2] = tile_of(rq, &check->sessions, S("sessions"));
	at[3] = answer_tile(&check->data_access, S("Data API access"), check->data_access.accepted);
	at[4] = answer_tile(&check->sign_in, S("sign-in"), check->sign_in.accepted && !back);
	at[4].says = back                      ? S("They are active again.")
	             : check->sign_in.accepted ? S("Accepted")
	                                       : S("Refused: not active here");
	return (struct receipt_tiles){ at, TILES };
}

/* ---- the page */

static struct receipt_links
links_of(struct request *rq, const struct receipt_departure *d)
{
	int64_t n = d->of < LINKS_MAX ? d->of : LINKS_MAX;
	struct receipt_link *at = NEW(rq->arena, struct receipt_link, (size_t)n);

	for (int64_t i = 0; i < n; i++)
		at[i] = (struct receipt_link){ d->of - i, d->of - i == d->number };
	return (struct receipt_links){ at, (size_t)n };
}

static struct receipt_facts
facts_of(struct request *rq, const struct receipt *r)
{
	const struct receipt_departure *d = &r->departure;

	return (struct receipt_facts){ .began = exactly(rq, d->began_at),
		.ended = exactly(rq, d->ended_at),
		.by = by_words(rq, d),
		.door = door_words(d->door),
		.finished = exactly(rq, d->finished_at),
		.checked = exactly(rq, r->checked_at),
		.url = r->url,
		.request = r->request,
		.operated = r->operator.ended,
		.operated_until = exactly(rq, r->operator.ended_at),
		.operates = r->operator.still };
}

static bool
receipt_asked(struct request *rq, struct receipt *receipt)
{
	return receipt_of(rq, rq->id, query_int(rq, S("departure"), 0), receipt);
}

struct reply
person_receipt(struct request *rq)
{
	struct receipt r;
	struct person_receipt_view view;

	if (!receipt_asked(rq, &r))
		return not_found(rq);
	view = (struct person_receipt_view){ .id = r.person.id,
		.heading = fmt(rq->arena, "Departure of %.*s", STR(r.person.name)),
		.name = r.person.name,
		.email = r.person.email,
		.role = role_words(role_of(r.person.role)),
		.whose = r.organization.name,
		.number = r.departure.number,
		.of = r.departure.of,
		.links = links_of(rq, &r.departure),
		.several = r.departure.of > 1,
		.alarm = r.check.alarm,
		.unfinished = !r.departure.finished,
		.returned = r.returned,
		.back = exactly(rq, r.returned_at),
		.checked = exactly(rq, r.checked_at),
		.tiles = tiles_of(rq, &r),
		.facts = facts_of(rq, &r),
		.sessions = sessions_of(rq, &r),
		.secrets = secrets_of(rq, &r),
		.data = data_of(rq, &r),
		.known = known_of(rq, &r),
		.working = r.check.known.accepted,
		.owned = owned_of(rq, &r) };
	return show(rq, 200, &person_receipt_page, &view);
}

struct reply
person_receipt_json(struct request *rq)
{
	struct receipt receipt;
	struct buf b;
	struct reply reply;

	if (!receipt_asked(rq, &receipt))
		return not_found(rq);
	b = buf_new(rq->arena, JSON_MAX_BYTES);
	json_write(&b, &receipt_shape, &receipt);
	buf_add(&b, S("\n"));
	reply = reply_json(200, buf_str(&b));
	reply_header(rq, &reply, S("Content-Disposition"),
	    fmt(rq->arena, "attachment; filename=\"departure-%.*s-%" PRId64 ".json\"",
		STR(receipt.person.id), receipt.departure.number));
	return reply;
}
