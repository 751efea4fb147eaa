/* grants.c - what a client may do: permissions that are wished, held against what may be given, and written. */
#include "core/grants.h"

#include "base/buf.h"

enum { WORDS_MAX_BYTES = 1 << 20 };

/* ---- rows */

static bool
among(int64_t row, const struct rows_list *rows)
{
	for (size_t i = 0; i < rows->n; i++)
		if (rows->at[i] == row)
			return true;
	return false;
}

void
rows_add(struct rows_list *rows, int64_t row)
{
	if (!among(row, rows))
		rows->at[rows->n++] = row;
}

bool
rows_write(struct request *rq, int64_t client, const struct rows_change *change,
    const struct rows_writer *writer)
{
	bool good = true;

	for (size_t i = 0; i < change->from.n; i++)
		if (!among(change->from.at[i], &change->to))
			writer->remove(rq, client, change->from.at[i]);
	for (size_t i = 0; i < change->to.n; i++)
		if (!among(change->to.at[i], &change->from))
			good &= writer->add(rq, client, change->to.at[i]) == 1;
	return good;
}

/* ---- permissions */

static bool
find_pick(const struct grants_ask *ask, str may, struct grants_pick *pick)
{
	for (size_t i = 0; i < ask->offers.n; i++) {
		const struct scoped_offers_row *o = &ask->offers.at[i];

		*pick = (struct grants_pick){ o->permission, o->api, o->api_name,
			str_eq(o->choice, S("one")), str_eq(o->level, S("workspace")),
			o->only_reads, true };
		if (str_eq(o->may, may))
			return true;
	}
	for (size_t i = 0; i < ask->held.n; i++) {
		const struct scoped_grants_row *g = &ask->held.at[i];

		*pick = (struct grants_pick){ g->permission, g->api, g->api_name,
			str_eq(g->choice, S("one")), str_eq(g->level, S("workspace")),
			g->only_reads, false };
		if (str_eq(g->may, may))
			return true;
	}
	return false;
}

/* Once each; a second one of an API that gives one is wrong. */
static enum may_wrong
add_pick(struct grants_picks *picks, const struct grants_pick *pick, str *which)
{
	enum may_wrong wrong = MAY_RIGHT;

	for (size_t i = 0; i < picks->n; i++) {
		if (picks->at[i].permission == pick->permission)
			return MAY_RIGHT;
		if (picks->at[i].api == pick->api && pick->one) {
			wrong = MAY_TWO_OF_ONE;
			*which = pick->api_name;
		}
	}
	picks->at[picks->n++] = *pick;
	return wrong;
}

enum may_wrong
grants_pick(struct arena *a, const struct grants_ask *ask, struct grants_picks *picks, str *which)
{
	enum may_wrong wrong = MAY_RIGHT, here;
	struct grants_pick pick;

	*picks = (struct grants_picks){ NEW(a, struct grants_pick, ask->may->n), 0 };
	for (size_t i = 0; i < ask->may->n; i++) {
		here = MAY_UNKNOWN;
		if (find_pick(ask, ask->may->at[i], &pick))
			here = add_pick(picks, &pick, which);
		if (here)
			wrong = here;
	}
	if (wrong == MAY_RIGHT && picks->n == 0)
		wrong = MAY_NOTHING;
	return picks->n > GRANTS_MAX ? MAY_MANY : wrong;
}

struct rows_list
grants_picked(struct arena *a, const struct grants_picks *picks)
{
	struct rows_list rows = { NEW(a, int64_t, picks->n), 0 };

	for (size_t i = 0; i < picks->n; i++)
		rows_add(&rows, picks->at[i].permission);
	return rows;
}

struct rows_list
grants_held(struct arena *a, const struct scoped_grants_rows *held)
{
	struct rows_list rows = { NEW(a, int64_t, held->n), 0 };

	for (size_t i = 0; i < held->n; i++)
		rows_add(&rows, held->at[i].permission);
	return rows;
}

str
grants_words(struct arena *a, const struct scoped_grants_rows *held)
{
	struct buf words = buf_new(a, WORDS_MAX_BYTES);

	for (size_t i = 0; i < held->n; i++) {
		if (i)
			buf_add_char(&words, ' ');
		buf_add(&words, held->at[i].may);
	}
	return buf_str(&words);
}
