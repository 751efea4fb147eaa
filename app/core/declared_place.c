/* declared_place.c - where a credential is used: what people declare, held against who was seen. */
#include "core/declared_place.h"

#include "base/random.h"
#include "core/audit.h"
#include "core/client_parts.h"
#include "core/limit.h"
#include "core/network.h"
#include "sql.h"

enum { ADD_SECONDS = 3 };

/* ---- declare, change, remove */

static int64_t
free_place(struct request *rq, int64_t client)
{
	struct declared_place_taken_rows rows = sql_declared_place_taken(rq->db, .client = client);
	int64_t *taken = NEW(rq->arena, int64_t, rows.n);

	for (size_t i = 0; i < rows.n; i++)
		taken[i] = rows.at[i].place;
	return limit_pick(taken, rows.n, DECLARED_PLACES_MAX);
}

/* INSERTs it on a free place; false when all are taken. */
static bool
insert(struct request *rq, int64_t client, str id, const struct place_wish *wish)
{
	int64_t until = clock_monotonic() + ADD_SECONDS * SECOND;

	do {
		int64_t place = free_place(rq, client);

		if (place == 0)
			return false;
		if (sql_declared_place_insert(rq->db, .public_id = id, .org = rq->org,
			.client = client, .place = place, .name = wish->name, .owner = wish->owner,
			.note = wish->note, .networks = wish->networks, .program = wish->program,
			.me = rq->me, .now = rq->now))
			return true;
	} while (clock_monotonic() < until);
	fault_as(rq->arena->fault, FAULT_BUSY, "no place could be declared in time");
}

const struct declared_place_get_row *
declared_place_of(struct request *rq, str id)
{
	return sql_declared_place_get(rq->db, .org = rq->org, .id = id);
}

enum placed
declared_place_add(struct request *rq, str client, const struct place_wish *wish)
{
	const struct declared_place_client_row *of =
	    sql_declared_place_client(rq->db, .org = rq->org, .id = client);
	str id = random_base62(rq->arena, 10);
	struct client_made before;
	const struct declared_place_get_row none = { 0 }, *after;

	if (!of)
		return PLACED_NOTHING;
	if (!client_once(rq, wish->once, id, &before))
		return PLACED_BEFORE;
	if (!insert(rq, of->client, id, wish))
		return PLACED_FULL;
	after = declared_place_of(rq, id);
	audit_change(rq, S("place.declare"), id, declared_place_get_row, &none, after);
	return PLACED;
}

enum placed
declared_place_save(struct request *rq, str id, int64_t version, const struct place_wish *wish)
{
	const struct declared_place_get_row *before, *after;

	before = declared_place_of(rq, id);
	if (!before)
		return PLACED_NOTHING;
	if (!sql_declared_place_update(rq->db, .org = rq->org, .id = id, .version = version,
		.name = wish->name, .owner = wish->owner, .note = wish->note,
		.networks = wish->networks, .program = wish->program))
		return PLACED_CHANGED;
	after = declared_place_of(rq, id);
	/* Saving the same again has changed the version, so it has an entry too. */
	if (!audit_change(rq, S("place.edit"), id, declared_place_get_row, before, after))
		audit(rq, S("place.save"), id, (str){ 0 });
	return PLACED;
}

bool
declared_place_remove(struct request *rq, str id)
{
	const struct declared_place_get_row none = { 0 }, *before;

	before = declared_place_of(rq, id);
	if (!before || !sql_declared_place_delete(rq->db, .org = rq->org, .id = id))
		return false;
	audit_change(rq, S("place.remove"), id, declared_place_get_row, before, &none);
	return true;
}

/* ---- who was seen there */

struct place_rule
place_rule_of(struct arena *a, str networks, str program)
{
	return (struct place_rule){ networks, str_lower(a, program) };
}

bool
place_rule_says(const struct place_rule *rule)
{
	return rule->networks.n || rule->program.n;
}

bool
place_fits(const struct place_rule *rule, str address, str program)
{
	return place_rule_says(rule) && str_starts(program, rule->program) &&
	       networks_contain(rule->networks, address);
}

/* The row of those that are not kept apart. */
static bool
is_others(const struct declared_place_callers_row *row)
{
	return row->address.n == 0 && str_eq(row->program, S("other"));
}

static void
read_places(struct request *rq, int64_t client, struct sightings *seen, struct place_rule **rules)
{
	struct declared_place_list_rows rows =
	    sql_declared_place_list(rq->db, .client = client, .count = DECLARED_PLACES_MAX);

	seen->places = NEW(rq->arena, struct sighted_place, rows.n);
	seen->places_n = rows.n;
	*rules = NEW(rq->arena, struct place_rule, rows.n);
	for (size_t i = 0; i < rows.n; i++) {
		const struct declared_place_list_row *row = &rows.at[i];

		(*rules)[i] = place_rule_of(rq->arena, row->networks, row->program);
		seen->places[i] = (struct sighted_place){ .id = row->id,
			.name = row->name,
			.owner = row->owner,
			.note = row->note,
			.networks = row->networks,
			.program = row->program,
			.recognised = place_rule_says(&(*rules)[i]) };
	}
}

/* Whether a place fits the caller; those that do, and have seen none yet, have seen this one. */
static bool
sight(struct request *rq, struct sightings *seen, const struct place_rule *rules,
    const struct declared_place_callers_row *row)
{
	str program = str_lower(rq->arena, row->program);
	bool known = false;

	for (size_t i = 0; i < seen->places_n; i++) {
		struct sighted_place *place = &seen->places[i];

		if (!place_fits(&rules[i], row->address, program))
			continue;
		known = true;
		if (place->last_at)
			continue; /* the latest come first */
		place->last_at = row->last_at;
		place->address = row->address;
		place->by = row->program;
	}
	return known;
}

struct sightings
sightings_of(struct request *rq, int64_t client)
{
	struct sightings seen = { 0 };
	struct place_rule *rules;
	struct declared_place_callers_rows rows =
	    sql_declared_place_callers(rq->db, .client = client, .count = DECLARED_CALLERS_MAX);

	read_places(rq, client, &seen, &rules);
	seen.callers = NEW(rq->arena, struct sighted_caller, rows.n);
	for (size_t i = 0; i < rows.n; i++) {
		const struct declared_place_callers_row *row = &rows.at[i];
		bool lately = row->last_at > rq->now - DECLARED_SEEN_DAYS * DAY, known;

		if (is_others(row)) {
			seen.others = seen.others || lately;
			continue;
		}
		known = sight(rq, &seen, rules, row);
		if (!lately)
			continue;
		seen.unknown += !known;
		seen.callers[seen.callers_n++] =
		    (struct sighted_caller){ row->address, row->program, row->last_at, known };
	}
	for (size_t i = 0; i < seen.places_n; i++)
		seen.unseen += !seen.places[i].last_at;
	return seen;
}
