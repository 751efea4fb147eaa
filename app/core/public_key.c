/* public_key.c - a public key in place of a secret, as it is kept. */
#include "core/public_key.h"

#include "core/desk.h"
#include "core/secret.h"

/* Of this row and this client: moved to another one it is nobody's. */
static str
context_of(struct arena *a, str client_id, str sid)
{
	return fmt(a, "public key %.*s %.*s", STR(client_id), STR(sid));
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
	    context_of(rq->arena, client_id, fresh.sid), key->der);
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
public_key_open(struct request *rq, str client_id, const struct public_keys_of_row *row)
{
	return unsealed(
	    rq, context_of(rq->arena, client_id, row->sid), row->key_number, row->public_key);
}

static int64_t
reseal_one(struct request *rq, const struct public_keys_sealed_row *row, int number)
{
	const struct digest *seal = &rq->desk->keyring->keys[number].seal;
	str context = context_of(rq->arena, row->client_id, row->sid);
	str der = unsealed(rq, context, row->key_number, row->public_key);

	if (!der.n)
		return 0;
	return sql_public_key_reseal(rq->db, .secret = row->secret, .before = row->key_number,
	    .key_number = number, .public_key = digest_seal(rq->arena, seal, context, der));
}

int64_t
public_key_reseal(struct request *rq, int number)
{
	size_t mark = arena_mark(rq->arena);
	struct public_keys_sealed_rows rows;
	int64_t resealed = 0, after = 0;

	do { /* there may be any number of them: a page at a time is in memory */
		arena_wipe(rq->arena, mark);
		rows = sql_public_keys_sealed(rq->db, .number = number, .after = after);
		for (size_t i = 0; i < rows.n; i++)
			resealed += reseal_one(rq, &rows.at[i], number);
		after = rows.n ? rows.at[rows.n - 1].secret : after;
	} while (rows.n);
	return resealed;
}
