/* replacement.c - after a compromised secret: what must be updated, and how far that is.
 *
 *      GET  /credentials/:id/replacement    what is left, what is done, who still tries the old secret
 *      POST /credentials/:id/replacement    close it, whatever is left
 */
#include "site/replacement.h"
#include "pages/pages.h"
#include "site/key.h"
#include "site/place.h"
#include "site/use.h"

/* Rows of each of the two lists. */
enum { ITEMS_SHOWN = 20 };

SHAPE(item_row, text(id), text(name), text(owner), text(note), text(networks), text(program),
    flag(place), flag(others), flag(unknown), flag(recognised), flag(stale), part(last, moment),
    text(how), text(says), flag(byhand), part(ticked, moment));
SHAPE(trying_row, text(address), text(program), text(hint), text(calls), flag(many),
    part(last, moment));
SHAPE(replacement_view, text(id), text(name), text(hint), text(older_hint), text(new_hint),
    part(started, moment), text(started_by), int(n), int(done), int(left), flag(open),
    flag(complete), flag(works), part(closed, moment), text(closed_by), text(why), flag(may_change),
    list(todo, item_row), text(after), list(ready, item_row), text(ready_after), int(trying_n),
    list(trying, trying_row), part(note, input));
PAGE(replacement, "Replacement of the secret of", .menu = MENU_CREDENTIALS);

static const struct form_rule rules[] = {
	{ .name = STR_INIT("note"),
	    .label = STR_INIT("Why"),
	    .required = STR_INIT("Say why it can be closed."),
	    .max = 500,
	    .lines = true },
};

/* How it was ticked off, in words. */
static void
say_tick(struct request *rq, const struct replacement_state *state, struct item_row *row)
{
	if (state->tick == TICK_SEEN) {
		row->how = S("Seen with the new secret");
		row->says = fmt(rq->arena, "%.*s%s%.*s", STR(state->address),
		    state->program.n ? " · " : "", STR(use_program(rq, state->program)));
	} else if (state->tick == TICK_HAND) {
		row->how = fmt(rq->arena, "By %.*s", STR(state->item->ticked_by));
		row->says = state->item->tick_note;
		row->byhand = true;
	}
}

static struct item_row
row_of(struct request *rq, const struct replacement_state *state)
{
	const struct replacement_items_row *item = state->item;
	struct item_name name = { item->kind, item->name, item->address,
		use_program(rq, item->program) };
	struct item_row row = { .id = item->id,
		.name = replacement_item_name(rq, &name),
		.owner = item->owner,
		.note = place_note(rq, item->note),
		.networks = item->networks,
		.program = item->program,
		.place = str_eq(item->kind, S("place")),
		.others = str_eq(item->kind, S("others")),
		.unknown = str_eq(item->kind, S("caller")) && !item->known,
		.recognised = item->networks.n || item->program.n,
		.stale = state->tick == TICK_STALE,
		.last = moment_of(rq, item->last_at),
		.ticked = moment_of(rq, state->at) };

	say_tick(rq, state, &row);
	return row;
}

/* Those that are ticked off, or are not, behind the one of that id; after is set when there are more. */
static struct item_rows
rows_of(struct request *rq, const struct replacement *r, bool ticked, str *after)
{
	struct item_row *rows = NEW(rq->arena, struct item_row, ITEMS_SHOWN);
	str behind = query_text(rq, ticked ? S("ready") : S("after"));
	size_t i = 0, n = 0;

	for (size_t k = 0; k < r->n && behind.n; k++)
		if (str_eq(r->items[k].item->id, behind))
			i = k + 1;
	for (; i < r->n; i++) {
		const struct replacement_state *state = &r->items[i];

		if ((state->tick == TICK_SEEN || state->tick == TICK_HAND) != ticked)
			continue;
		if (n == ITEMS_SHOWN) {
			*after = rows[n - 1].id;
			break;
		}
		rows[n++] = row_of(rq, state);
	}
	return (struct item_rows){ rows, n };
}

static struct trying_rows
trying_of(struct request *rq, const struct replacement *r)
{
	struct replacement_trying_rows found = replacement_trying(rq, r);
	struct trying_row *rows = NEW(rq->arena, struct trying_row, found.n);

	for (size_t i = 0; i < found.n; i++)
		rows[i] = (struct trying_row){ .address = found.at[i].address,
			.program = use_program(rq, found.at[i].program),
			.hint = found.at[i].hint,
			.calls = chart_number(rq->arena, found.at[i].calls),
			.many = found.at[i].calls != 1,
			.last = moment_of(rq, found.at[i].last_at) };
	return (struct trying_rows){ rows, found.n };
}

static str
why_over(const struct replacement *r)
{
	if (str_eq(r->row->outcome, S("done")))
		return S("All of it was updated.");
	return r->row->note;
}

static bool
view_of(struct request *rq, struct replacement_view *view)
{
	const struct client_card_row *key = key_card(rq);
	const struct replacement *r = key ? replacement_of(rq, rq->id) : NULL;

	if (!r)
		return false;
	*view = (struct replacement_view){ .id = key->id,
		.name = key->name,
		.hint = r->row->hint,
		.older_hint = r->row->older_hint,
		.new_hint = key->hint,
		.started = moment_of(rq, r->row->started_at),
		.started_by = r->row->started_by,
		.n = (int64_t)r->n,
		.done = (int64_t)r->ticked,
		.left = (int64_t)(r->n - r->ticked),
		.open = r->open,
		.complete = r->complete,
		.works = r->works,
		.closed = moment_of(rq, r->row->closed_at),
		.closed_by = r->row->closed_by,
		.why = why_over(r),
		.may_change = key_may_change(rq, key->kind),
		.trying = trying_of(rq, r) };
	view->trying_n = (int64_t)view->trying.n;
	view->todo = rows_of(rq, r, false, &view->after);
	view->ready = rows_of(rq, r, true, &view->ready_after);
	return true;
}

struct reply
replacement(struct request *rq)
{
	struct replacement_view view;

	return view_of(rq, &view) ? show(rq, 200, &replacement_page, &view) : not_found(rq);
}

struct reply
replacement_save(struct request *rq)
{
	struct replacement_view view;
	struct reply refusal;
	bool good;

	if (!key_to_change(rq, &refusal))
		return refusal;
	if (!view_of(rq, &view))
		return not_found(rq);
	good = form_read(rq, replacement_view, rules, &view);
	if (place_input_is_secret(&view.note) || !good)
		return show(rq, 422, &replacement_page, &view);
	if (!replacement_close(rq, rq->id, view.note.value))
		return key_conflict(rq, S("This replacement is over already."));
	return see_other(rq, "/credentials/%.*s/replacement?did=closed", STR(rq->id));
}
