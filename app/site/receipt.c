/* receipt.c - the receipt of a departure: what ended with it and when, and whether any of it is accepted now. */
#include "site/receipt.h"

#include "core/leaver.h"
#include "core/verify.h"
#include "site/session.h"
#include "sql.h"

#include <inttypes.h>
#include <string.h>

enum { OBJECT_MAX_BYTES = 40 };

/* The departure that is asked about, and whose it was. */
struct departed {
	const struct receipt_person_row *person;
	const struct receipt_departures_row *row;
	int64_t tenure;
};

/* ---- what is asked */

/* Of an additional secret all texts that it ever had: good if one is, else what is said of the newest. */
static enum verdict
secret_state(struct request *rq, str id)
{
	struct receipt_texts_rows texts = sql_receipt_texts(rq->db, .org = rq->org, .id = id);
	enum verdict newest = VERDICT_UNKNOWN;

	for (size_t i = 0; i < texts.n; i++) {
		enum verdict verdict = verify_state(rq, texts.at[i].sid);

		if (verdict == VERDICT_GOOD)
			return VERDICT_GOOD;
		if (i == 0)
			newest = verdict;
	}
	return newest;
}

static str
session_word(enum session_state state)
{
	switch (state) {
	case SESSION_UNKNOWN:
		return S("unknown");
	case SESSION_REFUSED:
		return S("refused");
	case SESSION_GOOD:
		break;
	}
	return S("good");
}

static bool
item_accepted(struct request *rq, str kind, const struct receipt_items_row *item)
{
	if (str_eq(kind, S("session")))
		return session_state(rq, item->token_hash) == SESSION_GOOD;
	if (str_eq(kind, S("secret")))
		return secret_state(rq, item->object) == VERDICT_GOOD;
	return verify_state(rq, item->object) == VERDICT_GOOD;
}

/* Asks about all items of a kind, shown or not, when there are more than are shown. */
static void
ask_all(struct request *rq, int64_t tenure, str kind, struct receipt_tally *check)
{
	char last[OBJECT_MAX_BYTES] = { 0 };
	str after = { last, 0 };
	struct receipt_items_rows items;

	if (check->count <= RECEIPT_SHOWN)
		return;
	check->checked = check->accepted = 0;
	do {
		size_t mark = arena_mark(rq->arena);

		items = sql_receipt_items(rq->db, .tenure = tenure, .kind = kind, .after = after);
		for (size_t i = 0; i < items.n; i++)
			check->accepted += item_accepted(rq, kind, &items.at[i]);
		check->checked += (int64_t)items.n;
		if (items.n) {
			after.n = items.at[items.n - 1].object.n;
			memcpy(last, items.at[items.n - 1].object.at, after.n);
		}
		arena_wipe(rq->arena, mark);
	} while (items.n == RECEIPT_SHOWN && check->checked < RECEIPT_CHECKED_MAX);
}

/* ---- the items, each with its answer */

static void
list_sessions(struct request *rq, const struct departed *d, struct receipt *receipt)
{
	struct receipt_sessions_rows found = sql_receipt_sessions(rq->db, .tenure = d->tenure);
	struct receipt_session *at = NEW(rq->arena, struct receipt_session, found.n);
	struct receipt_tally *check = &receipt->check.sessions;

	for (size_t i = 0; i < found.n; i++) {
		const struct receipt_sessions_row *row = &found.at[i];
		enum session_state state = session_state(rq, row->token_hash);

		at[i] = (struct receipt_session){ .id = row->id,
			.ended_at = row->at,
			.answer = session_word(state),
			.accepted = state == SESSION_GOOD };
		at[i].address = str_cut(row->name, ' ', &at[i].program);
		check->accepted += at[i].accepted;
	}
	check->checked = (int64_t)found.n;
	receipt->sessions = (struct receipt_sessions){ at, found.n };
	ask_all(rq, d->tenure, S("session"), check);
}

/* A token is as good as the secret that it was traded for: what is said of the one is said of the other. */
static void
list_secrets(struct request *rq, const struct departed *d, struct receipt *receipt)
{
	struct receipt_secrets_rows found = sql_receipt_secrets(rq->db, .tenure = d->tenure);
	struct receipt_secret *at = NEW(rq->arena, struct receipt_secret, found.n);
	struct receipt_tally *check = &receipt->check.secrets;

	for (size_t i = 0; i < found.n; i++) {
		const struct receipt_secrets_row *row = &found.at[i];
		enum verdict verdict = secret_state(rq, row->id);

		at[i] = (struct receipt_secret){ .id = row->id,
			.name = row->name,
			.environment = row->environment,
			.hint = row->hint,
			.ended_at = row->at,
			.answer = verdict_word(verdict),
			.accepted = verdict == VERDICT_GOOD };
		check->accepted += at[i].accepted;
	}
	check->checked = (int64_t)found.n;
	receipt->secrets = (struct receipt_secrets){ at, found.n };
	ask_all(rq, d->tenure, S("secret"), check);
	receipt->check.tokens = *check;
}

/* Access that was given after they came back is another one. */
static struct receipt_answer
data_answer(struct request *rq, const struct departed *d)
{
	const struct data_listed_row *listed =
	    sql_data_listed(rq->db, .org = rq->org, .me = d->person->user);

	if (!listed)
		return (struct receipt_answer){ S("not_listed"), false };
	if (d->person->back_at && listed->granted_at >= d->person->back_at)
		return (struct receipt_answer){ S("given_again"), false };
	return (struct receipt_answer){ S("good"), true };
}

static void
list_data(struct request *rq, const struct departed *d, struct receipt *receipt)
{
	struct receipt_data_rows found =
	    sql_receipt_data(rq->db, .user = d->person->user, .tenure = d->tenure);
	struct receipt_data *at = NEW(rq->arena, struct receipt_data, found.n);
	struct receipt_answer answer = data_answer(rq, d);

	for (size_t i = 0; i < found.n; i++)
		at[i] = (struct receipt_data){ S("Data API"), found.at[i].at, answer.answer,
			answer.accepted };
	receipt->check.data_access = answer;
	receipt->data_access = (struct receipt_datas){ at, found.n };
}

static int64_t
earlier(int64_t a, int64_t b)
{
	return a && b ? (a < b ? a : b) : a + b;
}

static void
list_known(struct request *rq, const struct departed *d, struct receipt *receipt)
{
	struct receipt_known_rows found = sql_receipt_known(rq->db, .tenure = d->tenure);
	struct receipt_known *at = NEW(rq->arena, struct receipt_known, found.n);
	struct receipt_tally *check = &receipt->check.known;

	for (size_t i = 0; i < found.n; i++) {
		const struct receipt_known_row *row = &found.at[i];
		enum verdict verdict = verify_state(rq, row->sid);

		at[i] = (struct receipt_known){ .secret = row->sid,
			.credential = row->id,
			.kind = row->kind,
			.name = row->name,
			.environment = row->environment,
			.hint = row->hint,
			.noted_at = row->at,
			.answer = verdict_word(verdict),
			.works = verdict == VERDICT_GOOD,
			.newest = row->current,
			.ended_at = row->ended_at,
			.ended_reason = row->ended_reason };
		if (!row->ended_at)
			at[i].ends_at = earlier(row->ends_at, leaver_ends_at(rq, row->leaver_at));
		check->accepted += at[i].works;
	}
	check->checked = (int64_t)found.n;
	receipt->known = (struct receipt_knowns){ at, found.n };
	ask_all(rq, d->tenure, S("known"), check);
}

/* What stays: it works for the organization, and wants another name to answer for it. */
static void
list_owned(struct request *rq, const struct departed *d, struct receipt *receipt)
{
	struct receipt_owned_rows found =
	    sql_receipt_owned(rq->db, .org = rq->org, .user = d->person->user);
	struct receipt_owned *at = NEW(rq->arena, struct receipt_owned, found.n);

	for (size_t i = 0; i < found.n; i++)
		at[i] = (struct receipt_owned){ found.at[i].id, found.at[i].name,
			found.at[i].environment };
	receipt->owned = (struct receipt_owneds){ at, found.n };
}

/* By both ways in: the password, and a session that they have in another organization. */
static struct receipt_answer
sign_in_answer(struct request *rq, const struct receipt_person_row *person)
{
	const struct person_home_row *home = sql_person_home(rq->db, .person = person->person);
	bool enters =
	    (home && home->user == person->user) ||
	    sql_profile_home(rq->db, .person = person->person, .id = person->organization);

	return (struct receipt_answer){ enters ? S("good") : S("refused"), enters };
}

static struct receipt_operator
operator_of(struct request *rq, const struct departed *d)
{
	const struct receipt_operator_row *row = sql_receipt_operator(rq->db, .tenure = d->tenure);

	return (struct receipt_operator){
		.ended = row != NULL, .ended_at = row ? row->at : 0, .still = d->person->operates
	};
}

/* ---- all of it */

static void
count_all(struct request *rq, const struct departed *d, struct receipt *receipt)
{
	const struct receipt_counts_row *n = sql_receipt_counts(
	    rq->db, .org = rq->org, .user = d->person->user, .tenure = d->tenure);

	receipt->check.sessions.count = n->sessions;
	receipt->check.secrets.count = n->secrets;
	receipt->check.known.count = n->known;
	receipt->owned_count = n->owned;
}

static void
fill(struct request *rq, const struct departed *d, struct receipt *receipt)
{
	struct receipt_checks *check = &receipt->check;

	count_all(rq, d, receipt);
	list_sessions(rq, d, receipt);
	list_secrets(rq, d, receipt);
	list_data(rq, d, receipt);
	list_known(rq, d, receipt);
	list_owned(rq, d, receipt);
	receipt->operator= operator_of(rq, d);
	check->sign_in = sign_in_answer(rq, d->person);
	check->alarm = check->secrets.accepted || check->sessions.accepted ||
	               check->data_access.accepted ||
	               (check->sign_in.accepted && !receipt->returned);
}

static struct receipt
receipt_about(struct request *rq, const struct departed *d, int64_t number, int64_t of)
{
	const struct receipt_person_row *p = d->person;
	const struct receipt_departures_row *row = d->row;
	struct receipt receipt = { .version = RECEIPT_VERSION,
		.request = rq->number,
		.checked_at = rq->now,
		.verify_max_age_ms = rq->desk->settings->verify_max_age_ms,
		.organization = { p->organization, p->organization_name },
		.person = { p->id, p->name, p->email, p->role, p->status },
		.departure = { .number = number,
		    .of = of,
		    .began_at = row->began_at,
		    .ended_at = row->ended_at,
		    .door = row->door,
		    .by_name = row->by_name,
		    .by_email = row->by_email,
		    .finished = row->swept_at != 0,
		    .finished_at = row->swept_at } };

	receipt.url = fmt(rq->arena, "%.*s/team/%.*s/receipt?departure=%" PRId64,
	    STR(rq->desk->settings->url), STR(p->id), number);
	receipt.returned = str_eq(p->status, S("active"));
	receipt.returned_at = receipt.returned ? p->back_at : 0;
	return receipt;
}

bool
receipt_of(struct request *rq, str id, int64_t number, struct receipt *receipt)
{
	struct departed d = { .person = sql_receipt_person(rq->db, .org = rq->org, .id = id) };
	struct receipt_departures_rows rows = { 0 };
	int64_t of = 0;
	size_t at = 0;

	if (d.person) {
		rows = sql_receipt_departures(rq->db, .org = rq->org, .user = d.person->user);
		of = sql_receipt_departures_n(rq->db, .org = rq->org, .user = d.person->user)->n;
	}
	if (!rows.n)
		return false;
	if (number > 0 && number <= of && of - number < (int64_t)rows.n)
		at = (size_t)(of - number);
	d.row = &rows.at[at];
	d.tenure = d.row->tenure;
	*receipt = receipt_about(rq, &d, of - (int64_t)at, of);
	fill(rq, &d, receipt);
	return true;
}
