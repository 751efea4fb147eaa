/* compromise.c - somebody else may have the secret: it ends at once, and its replacement begins. */
#include "core/compromise.h"

#include "base/random.h"
#include "core/audit.h"
#include "core/client_parts.h"
#include "core/declared_place.h"
#include "core/replacement_parts.h"
#include "sql.h"

static const str compromised = STR_INIT("compromised");

/* The items of a replacement, while they are written. */
struct listing {
	struct request *rq;
	int64_t replacement;
	size_t n;
	bool others; /* there are more than have an item each */
};

static bool
has_room(struct listing *list)
{
	if (list->n < REPLACEMENT_ITEMS_MAX - 1) /* the last one is for the others */
		return true;
	list->others = true;
	return false;
}

static void
add_place(struct listing *list, const struct sighted_place *place)
{
	struct request *rq = list->rq;

	if (!has_room(list))
		return;
	sql_replacement_item_add(rq->db, .public_id = random_base62(rq->arena, 10), .org = rq->org,
	    .replacement = list->replacement, .kind = S("place"), .place_id = place->id,
	    .name = place->name, .owner = place->owner, .note = place->note,
	    .networks = place->networks, .address = (str){ 0 }, .program = place->program,
	    .known = true, .last_at = place->last_at);
	list->n++;
}

static void
add_caller(struct listing *list, const struct sighted_caller *caller)
{
	struct request *rq = list->rq;

	if (!has_room(list))
		return;
	sql_replacement_item_add(rq->db, .public_id = random_base62(rq->arena, 10), .org = rq->org,
	    .replacement = list->replacement, .kind = S("caller"), .place_id = (str){ 0 },
	    .name = (str){ 0 }, .owner = (str){ 0 }, .note = (str){ 0 }, .networks = (str){ 0 },
	    .address = caller->address, .program = caller->program, .known = caller->known,
	    .last_at = caller->last_at);
	list->n++;
}

static void
add_others(struct listing *list)
{
	struct request *rq = list->rq;

	sql_replacement_item_add(rq->db, .public_id = random_base62(rq->arena, 10), .org = rq->org,
	    .replacement = list->replacement, .kind = S("others"), .place_id = (str){ 0 },
	    .name = (str){ 0 }, .owner = (str){ 0 }, .note = (str){ 0 }, .networks = (str){ 0 },
	    .address = (str){ 0 }, .program = (str){ 0 }, .known = false, .last_at = 0);
	list->n++;
}

/* ---- what an earlier replacement has left */

static bool
listed(const struct sightings *seen, const struct replacement_items_row *item)
{
	for (size_t i = 0; i < seen->places_n; i++)
		if (item->place_id.n && str_eq(item->place_id, seen->places[i].id))
			return true;
	for (size_t i = 0; i < seen->callers_n && str_eq(item->kind, S("caller")); i++)
		if (str_eq(item->address, seen->callers[i].address) &&
		    str_eq(item->program, seen->callers[i].program))
			return true;
	return false;
}

/* As it stood in the earlier list. */
static void
take_over(struct listing *list, const struct replacement_items_row *item)
{
	struct sighted_caller caller = { item->address, item->program, item->last_at, item->known };
	struct sighted_place place = { .id = item->place_id,
		.name = item->name,
		.owner = item->owner,
		.note = item->note,
		.networks = item->networks,
		.program = item->program,
		.last_at = item->last_at };

	if (str_eq(item->kind, S("others")))
		list->others = true;
	else if (str_eq(item->kind, S("place")))
		add_place(list, &place);
	else
		add_caller(list, &caller);
}

/* Ends it, and takes over what was neither ticked off nor is on the list anyway. */
static void
follow(struct listing *list, const struct replacement *before, const struct sightings *seen)
{
	for (size_t i = 0; i < before->n; i++) {
		const struct replacement_state *state = &before->items[i];

		if (state->tick != TICK_SEEN && state->tick != TICK_HAND &&
		    !listed(seen, state->item))
			take_over(list, state->item);
	}
}

/* ---- begin */

/* What is known at the moment of the end. */
struct known {
	int64_t client;
	const struct replacement_secrets_row *secrets;
	const struct replacement *before; /* that is open; NULL when none is */
	struct sightings seen;
};

/* Gives how many items the new list has. */
static size_t
begin(struct request *rq, const struct known *known, str id)
{
	const struct sightings *seen = &known->seen;
	struct listing list = { .rq = rq, .others = seen->others };

	sql_replacement_count_anew(
	    rq->db, .old = known->secrets->old, .older = known->secrets->older);
	if (known->before)
		replacement_end(rq, known->before, S("followed"), (str){ 0 });
	sql_replacement_add(rq->db, .public_id = id, .org = rq->org, .client = known->client,
	    .old = known->secrets->old, .older = known->secrets->older, .me = rq->me,
	    .now = rq->now);
	list.replacement = db_insert_id(rq->db);
	for (size_t i = 0; i < seen->places_n; i++)
		add_place(&list, &seen->places[i]);
	for (size_t i = 0; i < seen->callers_n; i++)
		add_caller(&list, &seen->callers[i]);
	if (known->before)
		follow(&list, known->before, seen);
	if (list.others)
		add_others(&list);
	return list.n;
}

/* Both secrets end, and the next one is there. */
static void
replace(struct request *rq, int64_t client, const struct fresh_secret *fresh)
{
	sql_secret_end_current(rq->db, .client = client, .reason = compromised, .now = rq->now);
	sql_secret_end_retiring(rq->db, .client = client, .reason = compromised, .now = rq->now);
	client_add_primary(rq, client, fresh);
}

/* What is known, while the client's row is held; false when the primary secret is not the one that was seen. */
static bool
know(struct request *rq, const struct client_lock_row *client, str sid, struct known *known)
{
	const struct replacement *before;

	*known = (struct known){ .client = client->client,
		.secrets = sql_replacement_secrets(rq->db, .client = client->client) };
	/* One that is pending is in nobody's hands yet. */
	if (!known->secrets || !str_eq(known->secrets->old_status, S("active")) ||
	    !str_eq(known->secrets->old_sid, sid))
		return false;
	before = replacement_of(rq, client->id); /* by the secrets that still work */
	known->before = before && before->open ? before : NULL;
	known->seen = sightings_of(rq, client->client);
	return true;
}

static void
audit_compromise(struct request *rq, str client, const struct known *known, str what)
{
	audit(rq, S("client.compromise"), client,
	    fmt(rq->arena, "{\"old\":\"%.*s\",\"older\":\"%.*s\",%.*s}",
		STR(known->secrets->old_sid), STR(known->secrets->older_sid), STR(what)));
}

enum compromised
secret_compromised(struct request *rq, const struct compromise_wish *wish, struct client_made *made)
{
	const struct client_card_row *card =
	    sql_client_card(rq->db, .org = rq->org, .id = wish->id);
	const struct client_lock_row *client;
	struct fresh_secret fresh;
	struct known known;
	str id = random_base62(rq->arena, 10);
	size_t n;

	*made = (struct client_made){ .id = wish->id, .made_at = rq->now };
	if (!card)
		return COMPROMISED_NOTHING;
	fresh = secret_fresh(rq, card->environment);
	client = sql_client_lock(rq->db, .org = rq->org, .id = wish->id);
	if (!client || !client_shows(rq, client))
		return COMPROMISED_NOTHING;
	if (!client_once(rq, wish->once, client->id, made))
		return COMPROMISED_BEFORE;
	if (!know(rq, client, wish->seen, &known))
		return COMPROMISED_CHANGED;
	replace(rq, client->client, &fresh);
	n = begin(rq, &known, id);
	audit_compromise(rq, client->id, &known,
	    fmt(rq->arena, "\"secret\":\"%.*s\",\"replacement\":\"%.*s\",\"items\":%zu",
		STR(fresh.sid), STR(id), n));
	audit(rq, S("secret.reveal"), fresh.sid, (str){ 0 });
	*made = (struct client_made){ .id = client->id,
		.client_id = client->client_id,
		.name = client->name,
		.secret = fresh.text,
		.made_at = rq->now };
	return COMPROMISED;
}
