/* replacement.c - after a compromised secret: what must be updated, one by one. */
#include "core/replacement.h"

#include "core/audit.h"
#include "core/declared_place.h"
#include "core/duty.h"
#include "core/replacement_parts.h"
#include "http/json.h"
#include "sql.h"

enum { DETAIL_MAX_BYTES = 16000 };

/* ---- how far it is */

/* With whom the new secret was seen, and the first working secret that was made since. */
struct sight {
	struct replacement_seen_rows rows;
	const str *programs; /* of the rows, in lower case */
	int64_t made_at;
};

static struct sight
sight_of(struct request *rq, const struct replacement_last_row *row)
{
	struct sight sight = { 0 };
	str *programs;

	sight.rows = sql_replacement_seen(rq->db, .client = row->client, .since = row->started_at,
	    .now = rq->now, .count = DECLARED_CALLERS_MAX);
	programs = NEW(rq->arena, str, sight.rows.n);
	for (size_t i = 0; i < sight.rows.n; i++)
		programs[i] = str_lower(rq->arena, sight.rows.at[i].program);
	sight.programs = programs;
	sight.made_at = sql_replacement_since(
	    rq->db, .client = row->client, .since = row->started_at, .now = rq->now)
	                    ->made_at;
	return sight;
}

static bool
is_kept_apart(const struct replacement_seen_rows *rows, size_t i)
{
	return rows->at[i].address.n || !str_eq(rows->at[i].program, S("other"));
}

/* The first caller at the place; NULL when there was none. */
static const struct replacement_seen_row *
seen_at_place(
    struct request *rq, const struct sight *sight, const struct replacement_items_row *item)
{
	struct place_rule rule = place_rule_of(rq->arena, item->networks, item->program);

	for (size_t i = 0; i < sight->rows.n; i++)
		if (is_kept_apart(&sight->rows, i) &&
		    place_fits(&rule, sight->rows.at[i].address, sight->programs[i]))
			return &sight->rows.at[i];
	return NULL;
}

static const struct replacement_seen_row *
seen_with(const struct sight *sight, const struct replacement_items_row *item)
{
	for (size_t i = 0; i < sight->rows.n; i++)
		if (str_eq(sight->rows.at[i].address, item->address) &&
		    str_eq(sight->rows.at[i].program, item->program))
			return &sight->rows.at[i];
	return NULL;
}

static struct replacement_state
state_now(struct request *rq, const struct sight *sight, const struct replacement_items_row *item)
{
	const struct replacement_seen_row *row = NULL;
	struct replacement_state state = { .item = item };

	if (str_eq(item->kind, S("place")))
		row = seen_at_place(rq, sight, item);
	else if (str_eq(item->kind, S("caller")))
		row = seen_with(sight, item);
	if (row) {
		state.tick = TICK_SEEN;
		state.at = row->first_at;
		state.address = row->address;
		state.program = row->program;
	} else if (item->ticked_at) {
		bool holds = sight->made_at && item->ticked_at >= sight->made_at;

		state.tick = holds ? TICK_HAND : TICK_STALE;
		state.at = item->ticked_at;
	}
	return state;
}

/* Of one that is over. */
static struct replacement_state
state_then(const struct replacement_items_row *item)
{
	struct replacement_state state = { .item = item,
		.at = item->ticked_at,
		.address = item->seen_address,
		.program = item->seen_program };

	if (item->seen_at) {
		state.tick = TICK_SEEN;
		state.at = item->seen_at;
	} else if (item->ticked_at) {
		state.tick = TICK_HAND;
	}
	return state;
}

const struct replacement *
replacement_of(struct request *rq, str client)
{
	const struct replacement_last_row *row =
	    sql_replacement_last(rq->db, .org = rq->org, .id = client);
	struct replacement_items_rows items;
	struct replacement *r;
	struct sight sight;

	if (!row)
		return NULL;
	items = sql_replacement_items(
	    rq->db, .replacement = row->replacement, .count = REPLACEMENT_ITEMS_MAX);
	sight = sight_of(rq, row);
	r = NEW(rq->arena, struct replacement, 1);
	*r = (struct replacement){ .row = row,
		.items = NEW(rq->arena, struct replacement_state, items.n),
		.n = items.n,
		.open = !row->closed_at,
		.works = sight.made_at != 0 };
	for (size_t i = 0; i < items.n; i++) {
		r->items[i] =
		    r->open ? state_now(rq, &sight, &items.at[i]) : state_then(&items.at[i]);
		r->ticked += r->items[i].tick == TICK_SEEN || r->items[i].tick == TICK_HAND;
	}
	r->complete = r->n && r->ticked == r->n;
	return r;
}

struct replacement_trying_rows
replacement_trying(struct request *rq, const struct replacement *r)
{
	return sql_replacement_trying(rq->db, .client = r->row->client, .since = r->row->started_at,
	    .count = REPLACEMENT_TRYING_MAX);
}

/* ---- by hand */

const struct replacement_item_get_row *
replacement_item_of(struct request *rq, str id)
{
	return sql_replacement_item_get(rq->db, .org = rq->org, .id = id);
}

static void
add_member(struct buf *b, const char *name, str value)
{
	buf_fmt(b, "%c\"%s\":", b->n ? ',' : '{', name);
	json_write_text(b, value);
}

/* The item, with its client's row held, while its replacement is open. */
static const struct replacement_item_get_row *
open_item(struct request *rq, str id)
{
	const struct replacement_item_get_row *item = replacement_item_of(rq, id);

	if (!item || !sql_client_lock(rq->db, .org = rq->org, .id = item->client))
		return NULL;
	item = replacement_item_of(rq, id);
	return item && !item->closed_at ? item : NULL;
}

static void
audit_item(struct request *rq, str act, const struct replacement_item_get_row *item, str note)
{
	struct buf b = buf_new(rq->arena, DETAIL_MAX_BYTES);

	add_member(&b, "replacement", item->replacement);
	add_member(&b, "item", item->id);
	add_member(&b, "name", item->name);
	add_member(&b, "address", item->address);
	add_member(&b, "program", item->program);
	add_member(&b, "note", note);
	buf_add_char(&b, '}');
	audit(rq, act, item->client, buf_str(&b));
}

bool
replacement_tick(struct request *rq, str id, str note)
{
	const struct replacement_item_get_row *item = open_item(rq, id);

	if (!item)
		return false;
	sql_replacement_item_tick(
	    rq->db, .org = rq->org, .id = id, .me = rq->me, .now = rq->now, .note = note);
	audit_item(rq, S("replacement.tick"), item, note);
	return true;
}

bool
replacement_untick(struct request *rq, str id)
{
	const struct replacement_item_get_row *item = open_item(rq, id);

	if (!item)
		return false;
	sql_replacement_item_tick(
	    rq->db, .org = rq->org, .id = id, .me = 0, .now = 0, .note = (str){ 0 });
	audit_item(rq, S("replacement.untick"), item, item->tick_note);
	return true;
}

/* ---- the end */

void
replacement_end(struct request *rq, const struct replacement *r, str outcome, str note)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct replacement_state *state = &r->items[i];

		if (state->tick == TICK_SEEN)
			sql_replacement_item_keep(rq->db, .item = state->item->item,
			    .seen_at = state->at, .address = state->address,
			    .program = state->program);
		else if (state->tick == TICK_STALE)
			sql_replacement_item_forget(rq->db, .item = state->item->item);
	}
	sql_replacement_close(rq->db, .client = r->row->client, .me = rq->me, .now = rq->now,
	    .outcome = outcome, .note = note);
}

static str
end_detail(struct request *rq, const struct replacement *r, str note)
{
	struct buf b = buf_new(rq->arena, DETAIL_MAX_BYTES);

	add_member(&b, "replacement", r->row->id);
	add_member(&b, "updated", fmt(rq->arena, "%zu of %zu", r->ticked, r->n));
	if (note.n)
		add_member(&b, "note", note);
	buf_add_char(&b, '}');
	return buf_str(&b);
}

bool
replacement_close(struct request *rq, str client, str note)
{
	const struct replacement *r = NULL;

	if (sql_client_lock(rq->db, .org = rq->org, .id = client))
		r = replacement_of(rq, client);
	if (!r || !r->open)
		return false;
	replacement_end(rq, r, S("closed"), note);
	audit(rq, S("replacement.close"), client, end_detail(rq, r, note));
	return true;
}

/* Ends the open replacement of that client if it is over, in a transaction. */
static void
settle_one(struct request *rq, int64_t client)
{
	const struct replacement_hold_row *held = sql_replacement_hold(rq->db, .client = client);
	const struct replacement *r;

	rq->org = held->org;
	if (held->deleted_at) {
		if (sql_replacement_close(rq->db, .client = client, .me = 0, .now = rq->now,
			.outcome = S("deleted"), .note = (str){ 0 }))
			duty_note(
			    rq, S("replacement.end"), held->id, S("{\"reason\":\"deleted\"}"));
		return;
	}
	r = replacement_of(rq, held->id);
	if (!r || !r->open || !r->complete)
		return;
	replacement_end(rq, r, S("done"), (str){ 0 });
	duty_note(rq, S("replacement.done"), held->id, end_detail(rq, r, (str){ 0 }));
}

/* The next so many that are open, and from the first one again after the last: others wait for the housekeeper too. */
void
replacement_settle(struct desk *desk, struct arena *arena)
{
	struct request rq = duty_begin(desk, arena);
	struct replacement_open_rows open =
	    sql_replacement_open(rq.db, .after = desk->settled, .count = REPLACEMENT_SETTLE_MAX);
	size_t mark = arena_mark(arena);

	for (size_t i = 0; i < open.n; i++) {
		/* First: one that faults keeps none behind it from its turn. */
		desk->settled = open.at[i].replacement;
		db_begin(rq.db, DB_WRITE);
		settle_one(&rq, open.at[i].client);
		duty_commit(&rq);
		arena_wipe(arena, mark);
	}
	if (open.n < REPLACEMENT_SETTLE_MAX)
		desk->settled = 0;
}
