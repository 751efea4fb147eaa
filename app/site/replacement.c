/* replacement.c - the replacement of a compromised secret, as the pages about its key show it. */
#include "site/replacement.h"

#include "sql.h"

struct replacement_brief
replacement_brief(struct request *rq, str client)
{
	const struct replacement *r = replacement_of(rq, client);

	if (!r)
		return (struct replacement_brief){ 0 };
	return (struct replacement_brief){ .open = r->open,
		.complete = r->complete,
		.n = (int64_t)r->n,
		.ticked = (int64_t)r->ticked,
		.left = (int64_t)(r->n - r->ticked),
		.started = moment_of(rq, r->row->started_at),
		.hint = r->row->hint };
}

static struct replacement_row
row_of(struct request *rq, const struct replacement_open_of_row *open, const struct replacement *r)
{
	struct replacement_row row = { .id = open->client,
		.environment = open->environment,
		.started = moment_of(rq, open->started_at) };

	row.what = fmt(
	    rq->arena, "%.*s: compromised, %zu of %zu updated", STR(open->name), r->ticked, r->n);
	return row;
}

struct replacement_rows
replacements_open(struct request *rq)
{
	struct replacement_open_of_rows open =
	    sql_replacement_open_of(rq->db, .org = rq->org, .count = REPLACEMENTS_SHOWN);
	struct replacement_row *rows = NEW(rq->arena, struct replacement_row, open.n);
	size_t n = 0;

	for (size_t i = 0; i < open.n; i++) {
		const struct replacement *r = replacement_of(rq, open.at[i].client);

		if (r && r->open && !r->complete)
			rows[n++] = row_of(rq, &open.at[i], r);
	}
	return (struct replacement_rows){ rows, n };
}

str
replacement_item_name(struct request *rq, const struct item_name *item)
{
	if (str_eq(item->kind, S("place")))
		return item->name;
	if (str_eq(item->kind, S("others")))
		return S("Callers that are not kept apart");
	if (item->program.n == 0)
		return item->address;
	return fmt(rq->arena, "%.*s · %.*s", STR(item->address), STR(item->program));
}
