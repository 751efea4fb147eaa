/* usage_callers.c - the callers of each secret: those who have a row go on in it, and whoever is new gets one while there is
 * room; what the others did is one row. */
#include "core/usage_parts.h"

#include "sql.h"

SHAPE(caller_row, int(secret), int(org), text(address), text(program), int(first_at), int(last_at),
    int(calls), int(refused));

struct caller {
	struct caller_row row;
	bool there; /* as a row */
};

struct writing {
	struct db *db;
	struct arena *arena;
	struct caller *callers;
	size_t n;
	struct caller_row *rows; /* of the next statement */
	size_t rows_n;
};

/* A secret's. */
struct room {
	int64_t kept; /* rows of callers */
	struct caller_row other;
};

static struct caller_row
other_of(const struct caller_row *by)
{
	return (struct caller_row){ .secret = by->secret, .org = by->org, .program = S("other") };
}

static void
add_calls(struct caller_row *to, const struct caller_row *more)
{
	if (to->first_at == 0 || more->first_at < to->first_at)
		to->first_at = more->first_at;
	if (more->last_at > to->last_at)
		to->last_at = more->last_at;
	to->calls += more->calls;
	to->refused += more->refused;
}

static void
add_row(struct writing *w, const struct caller_row *row)
{
	w->rows[w->rows_n++] = *row;
}

static void
write_rows(struct writing *w)
{
	if (w->rows_n)
		sql_usage_callers_add(
		    w->db, .rows = usage_rows(w->arena, caller_row, w->rows, w->rows_n));
	w->rows_n = 0;
}

/* ---- those who have a row */

static struct caller_row
row_of(const struct used *used, const struct shared_use *use)
{
	return (struct caller_row){ .secret = used->secret,
		.org = used->org,
		.address = str_of(use->address),
		.program = str_of(use->program),
		.first_at = use->first_at,
		.last_at = use->last_at,
		.calls = usage_calls(use),
		.refused = usage_refused(use) };
}

static bool
is_same(const struct caller_row *a, const struct caller_row *b)
{
	return a->secret == b->secret && str_eq(a->address, b->address) &&
	       str_eq(a->program, b->program);
}

/* One who was accepted and refused comes twice, one behind the other. */
static void
list_callers(struct writing *w, const struct used *used)
{
	for (size_t i = 0; i < used->n; i++) {
		struct caller_row row = row_of(used, used->uses[i]);

		if (w->n && is_same(&w->callers[w->n - 1].row, &row)) {
			add_calls(&w->callers[w->n - 1].row, &row);
			continue;
		}
		w->callers[w->n++] = (struct caller){
			.row = row,
			.there = usage_is_other(used->uses[i]), /* for which there is always room */
		};
	}
}

static void
write_known(struct writing *w)
{
	struct usage_callers_there_rows there;

	for (size_t i = 0; i < w->n; i++)
		add_row(w, &w->callers[i].row);
	there = sql_usage_callers_there(
	    w->db, .rows = usage_rows(w->arena, caller_row, w->rows, w->rows_n));
	for (size_t i = 0; i < there.n; i++)
		w->callers[there.at[i].place - 1].there = true;
	w->rows_n = 0;
	for (size_t i = 0; i < w->n; i++)
		if (w->callers[i].there)
			add_row(w, &w->callers[i].row);
	write_rows(w);
}

/* ---- those who have none */

static bool
has_room(struct writing *w, struct room *room, const struct caller_row *by)
{
	bool good = by->calls > by->refused;
	const struct usage_caller_oldest_row *oldest;
	struct caller_row gone;

	if (room->kept < (good ? USAGE_CALLERS_MAX : USAGE_REFUSED_MAX))
		return true;
	oldest = sql_usage_caller_oldest(
	    w->db, .secret = by->secret, .before = by->last_at - DAY, .good = good);
	if (!oldest)
		return false;
	gone = (struct caller_row){ .first_at = oldest->first_at,
		.last_at = oldest->last_at,
		.calls = oldest->calls,
		.refused = oldest->refused };
	add_calls(&room->other, &gone);
	sql_usage_caller_drop(
	    w->db, .secret = by->secret, .address = oldest->address, .program = oldest->program);
	room->kept--;
	return true;
}

/* The new callers of the secret with which callers begins; how many callers it has here, new or not. */
static size_t
add_new(struct writing *w, const struct caller *callers, size_t n, int64_t kept)
{
	struct room room = { .kept = kept, .other = other_of(&callers->row) };
	size_t i;

	for (i = 0; i < n && callers[i].row.secret == callers->row.secret; i++) {
		if (callers[i].there)
			continue;
		if (has_room(w, &room, &callers[i].row)) {
			add_row(w, &callers[i].row);
			room.kept++;
		} else {
			add_calls(&room.other, &callers[i].row);
		}
	}
	if (room.other.calls)
		add_row(w, &room.other);
	return i;
}

/* How many rows of callers each secret has for whom one is new; those without any are not in it. */
static struct usage_callers_kept_rows
kept_rows(const struct writing *w)
{
	struct secret_row *secrets = NEW(w->arena, struct secret_row, w->n);
	size_t n = 0;

	for (size_t i = 0; i < w->n; i++)
		if (!w->callers[i].there &&
		    (n == 0 || secrets[n - 1].secret != w->callers[i].row.secret))
			secrets[n++].secret = w->callers[i].row.secret;
	if (n == 0)
		return (struct usage_callers_kept_rows){ 0 };
	return sql_usage_callers_kept(
	    w->db, .secrets = usage_rows(w->arena, secret_row, secrets, n));
}

static void
write_new(struct writing *w)
{
	struct usage_callers_kept_rows kept = kept_rows(w);
	size_t k = 0;

	for (size_t i = 0; i < w->n;) {
		const struct caller *callers = &w->callers[i];
		int64_t n = 0;

		while (k < kept.n && kept.at[k].secret < callers->row.secret)
			k++;
		if (k < kept.n && kept.at[k].secret == callers->row.secret)
			n = kept.at[k].n;
		i += add_new(w, callers, w->n - i, n);
	}
	write_rows(w);
}

/* Who is known first: so none of them is gone when room is made. */
void
usage_write_callers(struct db *db, struct arena *a, const struct used_all *all)
{
	struct writing w = { .db = db,
		.arena = a,
		.callers = NEW(a, struct caller, SHARED_USES_MAX),
		.rows = NEW(a, struct caller_row, 2 * SHARED_USES_MAX) };

	for (size_t i = 0; i < all->n; i++)
		list_callers(&w, &all->at[i]);
	write_known(&w);
	write_new(&w);
}
