/* place.c - declare a place where a credential is used, change it, remove it.
 *
 *      GET  /credentials/:id/places/new    the form, filled in from the query with a caller that was seen
 *      POST /credentials/:id/places        declare it
 *      GET  /places/:id                    the form of one that is declared
 *      POST /places/:id                    save it
 *      POST /places/:id/remove             remove it
 */
#include "site/place.h"
#include "core/network.h"
#include "core/secret.h"
#include "core/shared_use.h"
#include "pages/pages.h"
#include "site/key.h"

SHAPE(place_view, text(heading), text(id), text(client), text(client_name), part(name, input),
    part(owner, input), part(note, input), part(networks, input), part(program, input),
    int(version), text(once), int(most), flag(declared), flag(theirs));
PAGE(place, "Declared place", .menu = MENU_CREDENTIALS);

static const struct form_rule rules[] = {
	{ .name = STR_INIT("name"),
	    .label = STR_INIT("Place"),
	    .required = STR_INIT("Give the place a name."),
	    .max = 100 },
	{ .name = STR_INIT("owner"),
	    .label = STR_INIT("Who answers for it"),
	    .required = STR_INIT("Say who answers for it: a person or a team."),
	    .max = 100 },
	{ .name = STR_INIT("note"), .label = STR_INIT("Note"), .max = 500, .lines = true },
	{ .name = STR_INIT("networks"),
	    .label = STR_INIT("Address or network"),
	    .max = PLACE_NETWORKS_CHARS },
	{ .name = STR_INIT("program"),
	    .label = STR_INIT("Beginning of the program’s name"),
	    .max = 100 },
	{ .name = STR_INIT("version") },
};

static struct reply
form(struct request *rq, int status, struct place_view *view)
{
	view->most = DECLARED_PLACES_MAX;
	view->heading = view->declared ? S("A declared place") : S("Declare a place");
	if (view->once.n == 0)
		view->once = once_number(rq);
	return show(rq, status, &place_page, view);
}

/* The form into the wish; false with a message at each field. What looks like a secret never comes back. */
static bool
read_form(struct request *rq, struct place_view *view, struct place_wish *wish)
{
	bool good = form_read(rq, place_view, rules, view);
	struct input *inputs[] = { &view->name, &view->owner, &view->note, &view->networks,
		&view->program };
	str error, networks = { 0 };

	for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++)
		good = !place_input_is_secret(inputs[i]) && good;
	error = networks_read(rq->arena, view->networks.value, &networks);
	if (error.n && view->networks.error.n == 0)
		view->networks.error = error;
	*wish = (struct place_wish){ .name = view->name.value,
		.owner = view->owner.value,
		.note = view->note.value,
		.networks = networks,
		.program = view->program.value,
		.once = view->once };
	return good && error.n == 0;
}

/* ---- declare */

/* "shop" and "shop/" of "shop/2.1 (Linux)": the next version is the same place. What comes in an address may have
 * been written by anybody: of a secret nothing is shown, of anything else no more than a caller has. */
static void
fill_in(struct request *rq, struct place_view *view)
{
	str address = query_text(rq, S("address")), program = query_text(rq, S("program")), rest;
	str word = str_cut(program, ' ', &rest), name = str_cut(word, '/', &rest);

	if (secret_like(program) || secret_like(address) || program.n > USE_PROGRAM_MAX ||
	    address.n > USE_ADDRESS_MAX)
		return;
	view->program.value = name.n < word.n ? str_part(word, 0, name.n + 1) : word;
	view->networks.value = address;
	view->name.value = name;
}

struct reply
place_new(struct request *rq)
{
	struct reply refusal;
	const struct client_card_row *key = key_to_change(rq, &refusal);
	struct place_view view = { 0 };

	if (!key)
		return refusal;
	view.client = key->id;
	view.client_name = key->name;
	fill_in(rq, &view);
	return form(rq, 200, &view);
}

struct reply
place_add(struct request *rq)
{
	struct reply refusal;
	const struct client_card_row *key = key_to_change(rq, &refusal);
	struct place_view view = { .once = form_field(rq, S("once")) };
	struct place_wish wish;
	bool numbered = view.once.n != 0; /* without its number a form could declare twice */

	if (!key)
		return refusal;
	view.client = key->id;
	view.client_name = key->name;
	if (!read_form(rq, &view, &wish) || !numbered)
		return form(rq, 422, &view);
	switch (declared_place_add(rq, rq->id, &wish)) {
	case PLACED:
	case PLACED_BEFORE:
		return see_other(rq, "/credentials/%.*s/places?did=declared", STR(rq->id));
	case PLACED_FULL:
		return key_conflict(
		    rq, S("100 places are declared for this credential, and that is the most. "
			  "Remove one "
			  "that is gone, or declare a network instead of single addresses."));
	case PLACED_CHANGED:
	case PLACED_NOTHING:
		break;
	}
	return not_found(rq);
}

/* ---- change and remove */

/* The place of rq->id; NULL when it is not there or its credential not this person's to change, and then *refusal
 * is the reply. */
static const struct declared_place_get_row *
place_to_change(struct request *rq, struct reply *refusal)
{
	const struct declared_place_get_row *row = declared_place_of(rq, rq->id);

	if (row)
		rq->environment = row->environment;
	if (row && key_may_change(rq, row->kind))
		return row;
	*refusal = row ? forbidden(rq) : not_found(rq);
	return NULL;
}

static struct place_view
view_of(const struct declared_place_get_row *row)
{
	return (struct place_view){ .id = row->id,
		.client = row->client,
		.client_name = row->client_name,
		.declared = true };
}

struct reply
place(struct request *rq)
{
	struct reply refusal;
	const struct declared_place_get_row *row = place_to_change(rq, &refusal);
	struct place_view view;

	if (!row)
		return refusal;
	view = view_of(row);
	form_fill(rq, place_view, &view, declared_place_get_row, row);
	return form(rq, 200, &view);
}

static bool
same(const struct declared_place_get_row *row, const struct place_wish *wish)
{
	return str_eq(row->name, wish->name) && str_eq(row->owner, wish->owner) &&
	       str_eq(row->note, wish->note) && str_eq(row->networks, wish->networks) &&
	       str_eq(row->program, wish->program);
}

/* Somebody else was faster: what was typed stays, and saving it again is over what they have saved. Unless it is
 * saved already, because the form was sent twice. */
static struct reply
meanwhile(struct request *rq, struct place_view *view, const struct place_wish *wish)
{
	struct reply refusal;
	const struct declared_place_get_row *now = place_to_change(rq, &refusal);

	if (!now)
		return refusal;
	if (same(now, wish))
		return see_other(rq, "/credentials/%.*s/places?did=saved", STR(now->client));
	view->version = now->version;
	view->theirs = true;
	return form(rq, 422, view);
}

struct reply
place_save(struct request *rq)
{
	struct reply refusal;
	const struct declared_place_get_row *row = place_to_change(rq, &refusal);
	struct place_view view;
	struct place_wish wish;

	if (!row)
		return refusal;
	view = view_of(row);
	if (!read_form(rq, &view, &wish))
		return form(rq, 422, &view);
	switch (declared_place_save(rq, rq->id, view.version, &wish)) {
	case PLACED:
		return see_other(rq, "/credentials/%.*s/places?did=saved", STR(row->client));
	case PLACED_CHANGED:
		return meanwhile(rq, &view, &wish);
	case PLACED_BEFORE:
	case PLACED_FULL:
	case PLACED_NOTHING:
		break;
	}
	return not_found(rq);
}

struct reply
place_remove(struct request *rq)
{
	struct reply refusal;
	const struct declared_place_get_row *row = place_to_change(rq, &refusal);

	if (!row)
		return refusal;
	if (!declared_place_remove(rq, rq->id))
		return not_found(rq);
	return see_other(rq, "/credentials/%.*s/places?did=removed", STR(row->client));
}
