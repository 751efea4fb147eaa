/* signing_change.c - the keys that sign tokens: made, followed by others, taken away. */
#include "core/signing_change.h"

#include "base/random.h"
#include "core/audit.h"
#include "core/desk.h"
#include "core/signing_parts.h"
#include "sql.h"

enum { NUMBER_CHARS = 16 }; /* of a request: what is done is audited under it */

/* A library of good manners has the next key after this: Cache-Control, and this program's own delay. */
static const int64_t published_at_least = SIGNING_JWKS_SECONDS * SECOND + 10 * SECOND;

_Static_assert(SIGNING_LEAD_HOURS * 3600 > 2 * SIGNING_JWKS_SECONDS, "caches have the next key");

static void
note(struct request *rq, str by, const struct audit_act *act)
{
	struct audit_who who = { .name = by.n ? by : S("command line") };

	audit_by(rq, &who, act);
}

/* The row of that id; NULL when it is gone or never was. */
static const struct signing_list_row *
row_of(const struct signing_list_rows *rows, str kid)
{
	for (size_t i = 0; i < rows->n; i++)
		if (str_eq(rows->at[i].kid, kid))
			return &rows->at[i];
	return NULL;
}

static const struct signing_list_row *
next_of(const struct signing_list_rows *rows, str environment)
{
	for (size_t i = 0; i < rows->n; i++)
		if (str_eq(rows->at[i].next_for, environment))
			return &rows->at[i];
	return NULL;
}

static const struct signing_list_row *
active_of(const struct signing_list_rows *rows, str environment)
{
	for (size_t i = 0; i < rows->n; i++)
		if (str_eq(rows->at[i].active_for, environment))
			return &rows->at[i];
	return NULL;
}

static size_t
count_of(const struct signing_list_rows *rows, str environment)
{
	size_t n = 0;

	for (size_t i = 0; i < rows->n; i++)
		n += str_eq(rows->at[i].environment, environment);
	return n;
}

static struct signing_key
key_of(const struct signing_list_row *row)
{
	return (struct signing_key){ row->kid, row->environment, row->algorithm, row->signs_at };
}

/* ---- one key */

/* False when the environment has such a one already: somebody was faster. */
static bool
add(struct request *rq, const struct signing_wish *wish, bool next, struct signing_key *made)
{
	const struct keyring *ring = rq->desk->keyring;
	str name = wish->algorithm.n ? wish->algorithm : rq->desk->settings->token_algorithm;
	enum jwt_algorithm algorithm = jwt_algorithm_of(name);
	str der = jwt_key_make(rq->arena, algorithm), none = { 0 };
	struct jwt_key key = jwt_key_open(rq->arena, algorithm, der);

	*made = (struct signing_key){ key.kid, wish->environment, name,
		next ? rq->now + SIGNING_LEAD_HOURS * HOUR : rq->now };
	jwt_key_close(&key);
	if (!sql_signing_add(rq->db, .environment = wish->environment,
		.active_for = next ? none : wish->environment,
		.next_for = next ? wish->environment : none, .algorithm = name, .kid = made->kid,
		.key_number = ring->active,
		.sealed = signing_seal(rq, &ring->keys[ring->active], made->kid, der),
		.signs_at = made->signs_at, .now = rq->now))
		return false;
	note(rq, wish->by,
	    &(struct audit_act){ S("signing-key.create"), made->kid,
		fmt(rq->arena,
		    "{\"environment\":\"%.*s\",\"algorithm\":\"%.*s\",\"signs_at\":\"%.*s\"}",
		    STR(wish->environment), STR(name),
		    STR(clock_iso(rq->arena, made->signs_at))) });
	return true;
}

/* The one that signed is kept for as long as what it has signed. */
static void
follow(struct request *rq, const struct signing_list_row *next,
    const struct signing_list_row *before, int64_t signs_at)
{
	if (before)
		sql_signing_set_aside(rq->db, .kid = before->kid,
		    .ends_at = signs_at + SIGNING_KEPT_SECONDS * SECOND);
	sql_signing_activate(rq->db, .kid = next->kid, .signs_at = signs_at);
}

static void
take_away(struct request *rq, const struct signing_list_row *row, str by, const char *reason)
{
	sql_signing_retire(rq->db, .kid = row->kid, .now = rq->now);
	note(rq, by,
	    &(struct audit_act){ S("signing-key.retire"), row->kid,
		fmt(rq->arena, "{\"environment\":\"%.*s\",\"reason\":\"%s\"}",
		    STR(row->environment), reason) });
}

/* ---- by command */

bool
signing_begin(struct request *rq, str environment)
{
	struct signing_wish wish = { .environment = environment };
	struct signing_key made;

	if (sql_signing_has(rq->db, .environment = environment) || !add(rq, &wish, false, &made))
		return false;
	sql_signing_raise(rq->db);
	return true;
}

enum signing_changed
signing_rotate(struct request *rq, const struct signing_wish *wish, struct signing_key *made)
{
	const struct signing_list_row *next;
	struct signing_list_rows rows;

	sql_signing_raise(rq->db);
	rows = sql_signing_list(rq->db);
	if (!active_of(&rows, wish->environment))
		return SIGNING_NOTHING;
	next = next_of(&rows, wish->environment);
	if (next) {
		*made = key_of(next);
		return SIGNING_WAITS;
	}
	if (count_of(&rows, wish->environment) >= SIGNING_KEYS_MAX)
		return SIGNING_FULL;
	return add(rq, wish, true, made) ? SIGNING_CHANGED : SIGNING_WAITS;
}

struct signing_key
signing_replace(struct request *rq, const struct signing_wish *wish)
{
	struct signing_key made;
	struct signing_list_rows rows;

	sql_signing_raise(rq->db);
	rows = sql_signing_list(rq->db);
	for (size_t i = 0; i < rows.n; i++)
		if (str_eq(rows.at[i].environment, wish->environment))
			take_away(rq, &rows.at[i], wish->by, "replaced at once");
	if (!add(rq, wish, false, &made)) /* not tested: the row of the version is held */
		fault_as(rq->arena->fault, FAULT_CONFLICT, "another signing key was made");
	return made;
}

enum signing_changed
signing_activate(
    struct request *rq, const struct signing_wish *wish, bool must, struct signing_key *activated)
{
	const struct signing_list_row *next;
	struct signing_list_rows rows;

	sql_signing_raise(rq->db);
	rows = sql_signing_list(rq->db);
	next = next_of(&rows, wish->environment);
	if (!next)
		return SIGNING_NOTHING;
	*activated = key_of(next);
	if (!must && rq->now < next->created_at + published_at_least)
		return SIGNING_SOON;
	if (rq->now < next->signs_at)
		activated->signs_at = rq->now;
	follow(rq, next, active_of(&rows, wish->environment), activated->signs_at);
	note(rq, wish->by, &(struct audit_act){ S("signing-key.activate"), next->kid, { 0 } });
	return SIGNING_CHANGED;
}

enum signing_changed
signing_retire(struct request *rq, str kid, bool must, struct signing_key *gone)
{
	const struct signing_list_row *row;
	struct signing_list_rows rows;
	struct signing_at at;

	sql_signing_raise(rq->db);
	rows = sql_signing_list(rq->db);
	row = row_of(&rows, kid);
	if (!row)
		return SIGNING_NOTHING;
	*gone = key_of(row);
	at = (struct signing_at){ .active = row->active_for.n > 0,
		.next = row->next_for.n > 0,
		.signs_at = row->signs_at,
		.ends_at = row->ends_at,
		.follows = row->follows };
	if (str_eq(signing_state(&at, rq->now), S("active")) || at.active)
		return SIGNING_SIGNS;
	if (!must && !at.next)
		return SIGNING_SOON;
	take_away(rq, row, (str){ 0 }, "by hand");
	return SIGNING_CHANGED;
}

int64_t
signing_reseal(struct request *rq, int number)
{
	const struct ring_key *ring = &rq->desk->keyring->keys[number];
	struct signing_list_rows rows = sql_signing_list(rq->db);
	int64_t resealed = 0;

	for (size_t i = 0; i < rows.n; i++) {
		const struct signing_list_row *row = &rows.at[i];

		if (row->key_number == number)
			continue;
		resealed += sql_signing_reseal(rq->db, .kid = row->kid, .before = row->key_number,
		    .key_number = number,
		    .sealed = signing_seal(rq, ring, row->kid, signing_unsealed(rq, row)));
	}
	return resealed;
}

/* ---- by itself */

static bool
is_old_enough(const struct request *rq, const struct signing_list_row *active)
{
	int64_t days = rq->desk->settings->signing_days;

	return days && active->signs_at + days * DAY <= rq->now + SIGNING_LEAD_HOURS * HOUR;
}

/* What is due of one environment, done unless it is only looked at. Whether anything was. */
static bool
settle_environment(
    struct request *rq, const struct signing_list_rows *rows, str environment, bool look)
{
	const struct signing_list_row *active = active_of(rows, environment);
	const struct signing_list_row *next = next_of(rows, environment);
	struct signing_wish wish = { .environment = environment, .by = S("housekeeper") };
	struct signing_key made;
	bool follows = next && next->signs_at <= rq->now;
	bool grows = active && !next && is_old_enough(rq, active) &&
	             count_of(rows, environment) < SIGNING_KEYS_MAX;

	if (!look && follows) {
		follow(rq, next, active, next->signs_at);
		note(rq, wish.by,
		    &(struct audit_act){ S("signing-key.activate"), next->kid, { 0 } });
	}
	if (!look && grows)
		add(rq, &wish, true, &made);
	return follows || grows;
}

static bool
settle(struct request *rq, bool look)
{
	struct signing_list_rows rows = sql_signing_list(rq->db);
	bool due = settle_environment(rq, &rows, S("production"), look);

	due = settle_environment(rq, &rows, S("integration"), look) || due;
	for (size_t i = 0; i < rows.n; i++) {
		if (!rows.at[i].ends_at || rows.at[i].ends_at > rq->now)
			continue;
		due = true;
		if (!look)
			take_away(rq, &rows.at[i], S("housekeeper"), "expired");
	}
	return due;
}

void
signing_settle_due(struct desk *desk, struct arena *arena)
{
	struct request rq = { .arena = arena, .db = desk->db, .desk = desk, .now = clock_now() };

	if (!settle(&rq, true))
		return;
	rq.number = random_base62(arena, NUMBER_CHARS);
	db_begin(rq.db, DB_WRITE);
	sql_signing_raise(rq.db);
	if (!settle(&rq, false)) {
		db_rollback(rq.db);
		return;
	}
	audit_write(&rq);
	db_commit(rq.db);
}
