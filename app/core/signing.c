/* signing.c - the keys that sign tokens, as a thread has them. */
#include "core/signing_parts.h"

#include "core/desk.h"
#include "sql.h"

#include <string.h>

enum {
	SLOTS = 2 * SIGNING_KEYS_MAX, /* of both environments; as many as signing_list() gives */
	KID_CHARS = 43,
};

/* How old the keys of a thread may be when it meets an id that it does not know, or is asked for all of them; and when it
 * does not: rows say when they have changed, unless that was done by hand. */
static const int64_t reload_after = SECOND, reload_at_least = MINUTE;

struct signing_slot {
	struct jwt_key key; /* its kid is the one below */
	char kid[KID_CHARS];
	bool production, active, next;
	int64_t signs_at, ends_at;
};

struct signing {
	size_t n;
	int64_t loaded_at, version;
	struct signing_slot slots[SLOTS];
};

struct signing *
signing_open(struct arena *start)
{
	return NEW(start, struct signing, 1);
}

/* ---- sealed */

/* The seal covers the key's id, so that two rows cannot be exchanged. */
static str
seal_context(struct arena *a, str kid)
{
	return fmt(a, "signing key %.*s", STR(kid));
}

str
signing_seal(struct request *rq, const struct ring_key *ring, str kid, str der)
{
	return digest_seal(rq->arena, &ring->seal, seal_context(rq->arena, kid), der);
}

/* False when the ring does not hold its key. */
static bool
unseal(struct request *rq, const struct signing_list_row *row, str *der)
{
	const struct ring_key *ring = keyring_key(rq->desk->keyring, (int)row->key_number);

	*der = row->sealed;
	return ring &&
	       digest_unseal(rq->arena, &ring->seal, seal_context(rq->arena, row->kid), der);
}

bool
signing_opens(struct request *rq, const struct signing_list_row *row)
{
	str der;

	return unseal(rq, row, &der);
}

str
signing_unsealed(struct request *rq, const struct signing_list_row *row)
{
	str der;

	if (!unseal(rq, row, &der))
		fault(rq->arena->fault, "signing key %.*s cannot be opened with this key ring",
		    STR(row->kid));
	return der;
}

/* ---- a thread's slots */

static struct signing_slot *
slot_of(struct signing *signing, str kid)
{
	for (size_t i = 0; i < signing->n; i++)
		if (str_eq(signing->slots[i].key.kid, kid))
			return &signing->slots[i];
	return NULL;
}

static struct signing_slot *
open_key(struct request *rq, const struct signing_list_row *row)
{
	struct signing *signing = rq->desk->signing;
	struct signing_slot *slot = &signing->slots[signing->n];
	str der = signing_unsealed(rq, row);

	if (signing->n == SLOTS)
		fault(rq->arena->fault, "more than %d signing keys", SLOTS);
	slot->key = jwt_key_open(rq->arena, jwt_algorithm_of(row->algorithm), der);
	memcpy(slot->kid, slot->key.kid.at, sizeof slot->kid);
	slot->key.kid.at = slot->kid;
	signing->n++;
	return slot;
}

/* The last one takes its place. */
static void
close_key(struct signing *signing, struct signing_slot *slot)
{
	const struct signing_slot *last = &signing->slots[--signing->n];

	jwt_key_close(&slot->key);
	if (slot == last)
		return;
	*slot = *last;
	slot->key.kid.at = slot->kid;
}

static bool
listed(const struct signing_list_rows *rows, str kid)
{
	for (size_t i = 0; i < rows->n; i++)
		if (str_eq(rows->at[i].kid, kid))
			return true;
	return false;
}

/* Closes what is gone, opens what this thread has not seen yet, and learns what each is. */
static void
reload(struct request *rq)
{
	struct signing *signing = rq->desk->signing;
	struct signing_list_rows rows = sql_signing_list(rq->db);

	for (size_t k = signing->n; k-- > 0;)
		if (!listed(&rows, signing->slots[k].key.kid))
			close_key(signing, &signing->slots[k]);
	for (size_t i = 0; i < rows.n; i++) {
		const struct signing_list_row *row = &rows.at[i];
		struct signing_slot *slot = slot_of(signing, row->kid);

		if (!slot)
			slot = open_key(rq, row);
		slot->production = str_eq(row->environment, S("production"));
		slot->active = row->active_for.n > 0;
		slot->next = row->next_for.n > 0;
		slot->signs_at = row->signs_at;
		slot->ends_at = row->ends_at;
	}
	signing->version = rows.n ? rows.at[0].version : 0;
	shared_signing_note(rq->desk->shared, signing->version);
	signing->loaded_at = clock_monotonic();
}

static bool
older_than(const struct signing *signing, int64_t age)
{
	return !signing->loaded_at || clock_monotonic() >= signing->loaded_at + age;
}

bool
signing_loaded(const struct request *rq, int64_t version)
{
	return rq->desk->signing->version == version;
}

bool
signing_stands(struct request *rq, int64_t version)
{
	if (signing_loaded(rq, version))
		return true;
	reload(rq);
	return false;
}

/* ---- which one */

/* From its moment on the next one signs, and the active one of the table does no more. */
static const struct signing_slot *
signs_now(const struct signing *signing, bool production, int64_t now)
{
	const struct signing_slot *active = NULL;

	for (size_t i = 0; i < signing->n; i++) {
		const struct signing_slot *slot = &signing->slots[i];

		if (slot->production != production)
			continue;
		if (slot->next && slot->signs_at <= now)
			return slot;
		if (slot->active)
			active = slot;
	}
	return active;
}

const struct jwt_key *
signing_active(struct request *rq, str environment, int64_t version)
{
	bool production = str_eq(environment, S("production"));
	struct signing *signing = rq->desk->signing;
	const struct signing_slot *slot;

	if (version)
		signing_stands(rq, version);
	if (older_than(signing, reload_at_least) || !signs_now(signing, production, rq->now))
		reload(rq);
	slot = signs_now(signing, production, rq->now);
	if (!slot)
		fault(rq->arena->fault, "no signing key for %.*s: run keydesk init",
		    STR(environment));
	return &slot->key;
}

static bool
ended(const struct request *rq, const struct signing_slot *slot)
{
	return slot->ends_at && slot->ends_at <= rq->now;
}

/* Another thread has met keys that this one does not know, and may have signed with one. */
static bool
behind(const struct request *rq)
{
	return rq->desk->signing->version < shared_signing(rq->desk->shared);
}

const struct jwt_key *
signing_find(struct request *rq, str kid, str *environment)
{
	struct signing *signing = rq->desk->signing;
	bool known = slot_of(signing, kid) != NULL;
	const struct signing_slot *slot;

	if (older_than(signing, known ? reload_at_least : reload_after) || (!known && behind(rq)))
		reload(rq);
	slot = slot_of(signing, kid);
	*environment = slot && slot->production ? S("production") : S("integration");
	return slot && !ended(rq, slot) ? &slot->key : NULL;
}

struct signing_keys
signing_published(struct request *rq, str environment)
{
	bool production = str_eq(environment, S("production"));
	const struct signing *signing = rq->desk->signing;
	const struct jwt_key **keys = NEW(rq->arena, const struct jwt_key *, SLOTS);
	const struct signing_slot *first;
	size_t n = 0;

	if (older_than(signing, reload_after) || behind(rq))
		reload(rq);
	first = signs_now(signing, production, rq->now);
	if (first)
		keys[n++] = &first->key;
	for (size_t i = 0; i < signing->n; i++) {
		const struct signing_slot *slot = &signing->slots[i];

		if (slot != first && slot->production == production && !ended(rq, slot))
			keys[n++] = &slot->key;
	}
	return (struct signing_keys){ keys, n };
}

str
signing_state(const struct signing_at *at, int64_t now)
{
	bool follows = at->follows && at->follows <= now;

	if (at->retired_at || (at->ends_at && at->ends_at <= now))
		return S("gone");
	if (at->next)
		return at->signs_at <= now ? S("active") : S("next");
	return at->active && !follows ? S("active") : S("old");
}
