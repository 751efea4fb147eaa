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
