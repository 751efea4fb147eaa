/* public_key.c - a public key in place of a secret, as it is kept. */
#include "core/public_key.h"

#include "core/desk.h"
#include "core/secret.h"

/* Of this row, this client and this purpose: moved to another one it is nobody's. */
static str
context_of(struct arena *a, enum key_kept kept, str client_id, str sid)
{
	const char *purpose = kept == KEY_IN_USE ? "public key" : "registered key";

	return fmt(a, "%s %.*s %.*s", purpose, STR(client_id), STR(sid));
}

struct fresh_secret
public_key_fresh(struct request *rq, str environment, str client_id, const struct public_key *key)
{
	const struct keyring *ring = rq->desk->keyring;
	struct fresh_secret fresh = { 0 };

	if (!key)
		return secret_fresh(rq, environment);
	fresh.sid = secret_id_make(rq->arena);
	fresh.hint = str_part(key->thumbprint, THUMBPRINT_CHARS - HINT_CHARS, HINT_CHARS);
	fresh.key_number = ring->active;
	fresh.thumbprint = key->thumbprint;
	fresh.key_kind = key_text_kind(rq->arena, key);
	fresh.public_key = digest_seal(rq->arena, &ring->keys[ring->active].seal,
	    context_of(rq->arena, KEY_IN_USE, client_id, fresh.sid), key->der);
	fresh.registered = digest_seal(rq->arena, &ring->keys[ring->active].seal,
	    context_of(rq->arena, KEY_ENDED, client_id, fresh.sid), key->der);
	return fresh;
}

bool
public_key_known(struct request *rq, const struct public_key *key)
{
	return sql_public_key_known(rq->db, .org = rq->org, .thumbprint = key->thumbprint) != NULL;
}

static str
unsealed(struct request *rq, str context, int64_t number, str sealed)
{
	const struct ring_key *key = keyring_key(rq->desk->keyring, (int)number);

	if (!key || !digest_unseal(rq->arena, &key->seal, context, &sealed))
		return (str){ 0 };
	return sealed;
}

str
public_key_open(
    struct request *rq, str client_id, const struct public_keys_of_row *row, enum key_kept kept)
{
	return unsealed(
	    rq, context_of(rq->arena, kept, client_id, row->sid), row->key_number, row->public_key);
}

struct public_keys_of_rows
public_keys_ended(struct request *rq, str client_id)
{
	struct public_keys_ended_rows ended =
	    sql_public_keys_ended(rq->db, .client_id = client_id, .count = PUBLIC_KEYS_ENDED);
	struct public_keys_of_row *at = NEW(rq->arena, struct public_keys_of_row, ended.n);

	for (size_t i = 0; i < ended.n; i++)
		at[i] = (struct public_keys_of_row){ ended.at[i].sid, ended.at[i].key_number,
			ended.at[i].public_key, ended.at[i].thumbprint, ended.at[i].key_kind };
	return (struct public_keys_of_rows){ at, ended.n };
}

/* ---- sealed anew */

/* Empty when it cannot be opened: then it stays as it is. */
static str
sealed_anew(
    struct request *rq, const struct public_keys_sealed_row *row, enum key_kept kept, int number)
{
	const struct digest *seal = &rq->desk->keyring->keys[number].seal;
	str context = context_of(rq->arena, kept, row->client_id, row->sid);
	str der = unsealed(rq, context, row->key_number, row->public_key);

	return der.n ? digest_seal(rq->arena, seal, context, der) : der;
}

static int64_t
reseal_one(struct request *rq, const struct public_keys_sealed_row *row, int number)
{
	str sealed = sealed_anew(rq, row, KEY_IN_USE, number);

	if (!sealed.n)
		return 0;
	return sql_public_key_reseal(rq->db, .secret = row->secret, .before = row->key_number,
	    .key_number = number, .public_key = sealed);
}

static void
reseal_registered(struct request *rq, const struct registered_keys_sealed_row *row, int number)
{
	struct public_keys_sealed_row same = { row->secret, row->sid, row->client_id,
		row->key_number, row->public_key };
	str sealed = sealed_anew(rq, &same, KEY_ENDED, number);

	if (sealed.n)
		sql_registered_key_reseal(rq->db, .secret = row->secret, .before = row->key_number,
		    .key_number = number, .public_key = sealed);
}

int64_t
public_key_reseal(struct request *rq, int number)
{
	size_t mark = arena_mark(rq->arena);
	struct public_keys_sealed_rows rows;
	struct registered_keys_sealed_rows registered;
	int64_t resealed = 0, after = 0;

	do { /* there may be any number of them: a page at a time is in memory */
		arena_wipe(rq->arena, mark);
		rows = sql_public_keys_sealed(rq->db, .number = number, .after = after);
		for (size_t i = 0; i < rows.n; i++)
			resealed += reseal_one(rq, &rows.at[i], number);
		after = rows.n ? rows.at[rows.n - 1].secret : 0;
	} while (rows.n);
	do {
		arena_wipe(rq->arena, mark);
		registered = sql_registered_keys_sealed(rq->db, .number = number, .after = after);
		for (size_t i = 0; i < registered.n; i++)
			reseal_registered(rq, &registered.at[i], number);
		after = registered.n ? registered.at[registered.n - 1].secret : 0;
	} while (registered.n);
	return resealed;
}

int64_t
public_keys_lost(struct request *rq)
{
	size_t mark = arena_mark(rq->arena);
	struct public_keys_sealed_rows rows;
	int64_t lost = 0, after = 0;

	do {
		arena_wipe(rq->arena, mark);
		rows = sql_public_keys_sealed(rq->db, .number = 0, .after = after);
		for (size_t i = 0; i < rows.n; i++) {
			const struct public_keys_sealed_row *row = &rows.at[i];
			str context = context_of(rq->arena, KEY_IN_USE, row->client_id, row->sid);

			lost += !unsealed(rq, context, row->key_number, row->public_key).n;
		}
		after = rows.n ? rows.at[rows.n - 1].secret : 0;
	} while (rows.n);
	return lost;
}
