/* seen.c - who has seen the secrets of a client, as pages show it. */
#include "site/seen.h"

#include "core/actor.h"
#include "core/leaver.h"
#include "site/route.h"
#include "sql.h"

enum { NAMED_MAX = 3, NAMES_MAX_BYTES = 2000 };

/* Past its end a secret is refused, whether or not the housekeeper has written that down. */
static int64_t
end_of(const struct request *rq, const struct exposure_of_client_row *row)
{
	if (row->ended_at)
		return row->ended_at;
	if (row->ends_at && row->ends_at <= rq->now)
		return row->ends_at;
	return row->expires_at && row->expires_at <= rq->now ? row->expires_at : 0;
}

static struct seen_row
row_of(const struct request *rq, const struct exposure_of_client_row *row)
{
	struct seen_row seen = { .hint = row->hint,
		.ended = moment_of(rq, end_of(rq, row)),
		.user = row->user,
		.name = row->name,
		.at = moment_of(rq, row->at),
		.left = row->at && !row->here,
		.taken = row->at && row->here && row->data_api && !row->reaches };

	if (row->at) {
		seen.how = str_eq(row->how, S("opened"))       ? S("opened it")
		           : str_eq(row->how, S("registered")) ? S("registered the public key")
		                                               : S("made it");
	} else if (row->shown) {
		seen.how = S("made at the command line");
		seen.at = moment_of(rq, row->made_at);
	} else {
		seen.how = seen.ended.ago.n ? S("nobody opened it") : S("not opened yet");
	}
	return seen;
}

/* ---- who has left */

static bool
has_left(const struct request *rq, const struct exposure_of_client_row *row)
{
	return row->current && row->at && !row->here && !row->owns && !end_of(rq, row);
}

/* "Ann Marsh", "Ann Marsh and Ben Okafor", "Ann Marsh, Ben Okafor, Cora Lindqvist and 2 more". */
static str
names_of(struct request *rq, const str *names, size_t n)
{
	struct buf b = buf_new(rq->arena, NAMES_MAX_BYTES);
	size_t named = n < NAMED_MAX ? n : NAMED_MAX;

	for (size_t i = 0; i < named; i++) {
		if (i)
			buf_add(&b, i + 1 == n ? S(" and ") : S(", "));
		buf_add(&b, names[i]);
	}
	if (n > named)
		buf_add(&b, fmt(rq->arena, " and %zu more", n - named));
	return buf_str(&b);
}

static struct seen_leavers
leavers_of(struct request *rq, const struct exposure_of_client_rows *rows)
{
	struct seen_leavers leavers = { 0 };
	str *names = NEW(rq->arena, str, rows->n + 1);
	int64_t since = 0;
	size_t n = 0;

	for (size_t i = 0; i < rows->n; i++) {
		const struct exposure_of_client_row *row = &rows->at[i];

		if (has_left(rq, row))
			names[n++] = row->name;
		if (row->current && row->leaver_at && !end_of(rq, row))
			since = row->leaver_at;
		if (row->current)
			leavers.hint = row->hint;
	}
	leavers.known = n || since;
	leavers.names = names_of(rq, names, n);
	leavers.several = n > 1;
	leavers.since = moment_of(rq, since);
	leavers.ends = moment_of(rq, leaver_ends_at(rq, since));
	return leavers;
}

struct seen_shown
seen_of(struct request *rq, str id)
{
	struct exposure_of_client_rows rows =
	    sql_exposure_of_client(rq->db, .org = rq->org, .id = id);
	size_t n = rows.n < SEEN_SHOWN ? rows.n : SEEN_SHOWN;
	struct seen_row *seen = NEW(rq->arena, struct seen_row, n);

	for (size_t i = 0; i < n; i++)
		seen[i] = row_of(rq, &rows.at[i]);
	return (struct seen_shown){ .rows = { seen, n },
		.more = rows.n > n,
		.may_open = access_may(rq->actor, ADMIN),
		.leavers = leavers_of(rq, &rows) };
}
