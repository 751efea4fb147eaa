/* client.c - make an account API key; reset, pause and delete any client. */
#include "core/client.h"

#include "base/random.h"
#include "core/additional_parts.h"
#include "core/audit.h"
#include "core/client_index.h"
#include "core/client_parts.h"
#include "core/desk.h"
#include "core/exposure.h"
#include "core/hashing.h"
#include "core/limit.h"
#include "core/policy.h"
#include "core/public_key.h"
#include "core/scoped.h"
#include "core/secret.h"
#include "http/json.h"
#include "sql.h"

enum { CREATE_SECONDS = 3, ONCE_CHARS = 22, CLIENT_WAS_MAX_BYTES = 1 << 20 };

struct fresh_secret
secret_fresh(struct request *rq, str environment)
{
	return secret_fresh_as(rq, environment, secret_id_make(rq->arena));
}

struct fresh_secret
secret_fresh_as(struct request *rq, str environment, str sid)
{
	const struct desk *desk = rq->desk;
	bool production = str_eq(environment, S("production"));
	struct made_secret made = secret_make_as(rq->arena, desk->keyring, production, sid);
	struct fresh_secret fresh = { .text = made.text,
		.sid = made.sid,
		.hint = made.hint,
		.key_number = desk->keyring->active };

	fresh.hash = hash_make(rq, PERMIT_PROGRAMS, &desk->settings->programs, made.text);
	return fresh;
}

str
once_number(struct request *rq)
{
	return random_base62(rq->arena, ONCE_CHARS);
}

bool
once_claimed(struct request *rq, str number)
{
	struct digest hash = digest_sha256(number);

	return sql_once_get(
		   rq->db, .number_hash = DIGEST_STR(hash), .org = rq->org, .me = rq->me) != NULL;
}

bool
client_once(struct request *rq, str number, str object, struct client_made *made)
{
	struct digest hash = digest_sha256(number);
	const struct once_get_row *before;

	if (number.n == 0)
		return true;
	if (sql_once_claim(rq->db, .number_hash = DIGEST_STR(hash), .org = rq->org, .me = rq->me,
		.object = object, .now = rq->now))
		return true;
	before =
	    sql_once_get(rq->db, .number_hash = DIGEST_STR(hash), .org = rq->org, .me = rq->me);
	*made = (struct client_made){ 0 };
	if (before)
		*made = (struct client_made){ .id = before->object, .made_at = before->made_at };
	return false;
}

static int64_t
free_place(struct request *rq, const struct client_claim *claim)
{
	struct client_places_rows rows = sql_client_places(
	    rq->db, .org = rq->org, .environment = claim->environment, .kind = claim->kind);
	int64_t *taken = NEW(rq->arena, int64_t, rows.n);

	for (size_t i = 0; i < rows.n; i++)
		taken[i] = rows.at[i].place;
	return limit_pick(taken, rows.n, claim->limit);
}

int64_t
client_claim(struct request *rq, const struct client_claim *claim)
{
	int64_t until = clock_monotonic() + CREATE_SECONDS * SECOND;

	do {
		int64_t place = free_place(rq, claim);

		if (place == 0)
			return 0;
		if (sql_client_add(rq->db, .public_id = claim->id, .org = rq->org,
			.environment = claim->environment, .kind = claim->kind,
			.client_id = claim->client_id, .name = claim->name,
			.description = claim->description, .place = place, .owner = claim->owner,
			.parent = claim->parent, .networks = claim->networks,
			.expires_at = claim->expires_at, .only_reads = claim->only_reads,
			.me = rq->me, .now = rq->now))
			return db_insert_id(rq->db);
	} while (clock_monotonic() < until);
	fault_as(rq->arena->fault, FAULT_BUSY, "no place could be claimed in time");
}

int64_t
client_claim_account(
    struct request *rq, const struct client_wish *wish, const struct client_made *made)
{
	struct client_claim claim = { .kind = S("account"),
		.environment = wish->environment,
		.id = made->id,
		.client_id = made->client_id,
		.name = wish->name,
		.description = wish->description,
		.limit = policy_of(rq).account_keys };

	return client_claim(rq, &claim);
}

static bool
client_additional(const struct client_lock_row *client)
{
	return str_eq(client->kind, S("additional"));
}

bool
client_shows(const struct request *rq, const struct client_lock_row *client)
{
	if (!client_additional(client))
		return true;
	return rq->me && client->owner == rq->me &&
	       (!client->expires_at || client->expires_at > rq->now) &&
	       !sql_client_late(rq->db, .client = client->client, .now = rq->now);
}

bool
client_changes(const struct request *rq, const struct client_lock_row *client)
{
	return !client_additional(client) || additional_may_change(rq, client->owner);
}

static void
key_add(struct request *rq, int64_t client, const struct fresh_secret *fresh)
{
	int64_t secret;

	if (!sql_public_key_add(rq->db, .sid = fresh->sid, .org = rq->org, .client = client,
		.public_key = fresh->public_key, .thumbprint = fresh->thumbprint,
		.key_kind = fresh->key_kind, .hint = fresh->hint, .key_number = fresh->key_number,
		.me = rq->me, .now = rq->now))
		fault_as(rq->arena->fault, FAULT_CONFLICT, "a public key was registered twice");
	secret = db_insert_id(rq->db);
	sql_registered_key_add(rq->db, .secret = secret, .client = client,
	    .key_number = fresh->key_number, .public_key = fresh->registered);
	/* Whoever registers a key has had its private half in hand, as far as anybody knows. */
	exposure_note(rq, secret, S("registered"));
}

void
client_add_primary(struct request *rq, int64_t client, const struct fresh_secret *fresh)
{
	if (fresh->public_key.n) {
		key_add(rq, client, fresh);
		return;
	}
	sql_secret_add(rq->db, .sid = fresh->sid, .org = rq->org, .client = client,
	    .kind = S("primary"), .hash = fresh->hash, .hint = fresh->hint,
	    .key_number = fresh->key_number, .me = rq->me, .now = rq->now);
	exposure_note(rq, db_insert_id(rq->db), S("made"));
	sql_data_grants_add(rq->db, .client = client);
}

void
client_audit_primary(struct request *rq, const struct fresh_secret *fresh)
{
	if (fresh->public_key.n)
		audit(rq, S("public-key.register"), fresh->sid,
		    fmt(rq->arena, "{\"kind\":\"%.*s\",\"thumbprint\":\"%.*s\"}",
			STR(fresh->key_kind), STR(fresh->thumbprint)));
	else
		audit(rq, S("secret.reveal"), fresh->sid, (str){ 0 });
}

enum made
client_create(struct request *rq, const struct client_wish *wish, struct client_made *made)
{
	str client_id = client_id_make(rq->arena, str_eq(wish->environment, S("production")));
	struct fresh_secret fresh = public_key_fresh(rq, wish->environment, client_id, wish->key);
	int64_t client;

	*made = (struct client_made){ .id = random_base62(rq->arena, 10),
		.client_id = client_id,
		.name = wish->name,
		.secret = fresh.text,
		.made_at = rq->now };
	if (!client_once(rq, wish->once, made->id, made))
		return MADE_BEFORE;
	client = client_claim_account(rq, wish, made);
	if (client == 0)
		return MADE_FULL;
	client_add_primary(rq, client, &fresh);
	client_index(rq, client);
	audit(rq, S("client.create"), made->id,
	    fmt(rq->arena, "{\"client_id\":\"%.*s\",\"environment\":\"%.*s\",\"secret\":\"%.*s\"}",
		STR(made->client_id), STR(wish->environment), STR(fresh.sid)));
	client_audit_primary(rq, &fresh);
	return MADE_NEW;
}

enum made
client_reset(struct request *rq, str id, str once, struct client_made *made)
{
	return client_reset_to(rq, &(struct client_next){ .id = id, .once = once }, made);
}

bool
client_as_seen(struct request *rq, int64_t client, const str *seen)
{
	return !seen || str_eq(*seen, sql_rotation_state(rq->db, .client = client)->n_sid);
}

enum made
client_reset_to(struct request *rq, const struct client_next *next, struct client_made *made)
{
	const struct client_card_row *card =
	    sql_client_card(rq->db, .org = rq->org, .id = next->id);
	const struct client_lock_row *client;
	struct fresh_secret fresh;

	*made = (struct client_made){ .id = next->id, .made_at = rq->now };
	if (!card)
		return MADE_NOTHING;
	fresh = public_key_fresh(rq, card->environment, card->client_id, next->key);
	client = sql_client_lock(rq->db, .org = rq->org, .id = next->id);
	if (!client || !client_shows(rq, client))
		return MADE_NOTHING;
	if (!client_once(rq, next->once, client->id, made))
		return MADE_BEFORE;
	if (!client_as_seen(rq, client->client, next->seen))
		return MADE_CHANGED;
	sql_secret_end_current(
	    rq->db, .client = client->client, .reason = S("reset"), .now = rq->now);
	sql_secret_end_retiring(
	    rq->db, .client = client->client, .reason = S("reset"), .now = rq->now);
	client_add_primary(rq, client->client, &fresh);
	audit(rq, S("client.reset"), client->id,
	    fmt(rq->arena, "{\"secret\":\"%.*s\"}", STR(fresh.sid)));
	client_audit_primary(rq, &fresh);
	*made = (struct client_made){ .id = client->id,
		.client_id = client->client_id,
		.name = client->name,
		.secret = fresh.text,
		.made_at = rq->now };
	return MADE_NEW;
}

/* What a client was, for the entry that outlives it. An account key has no grants: the last three are empty. */
SHAPE(client_was, text(client_id), text(kind), text(name), text(may), text(accounts),
    text(workspaces));

static str
was_json(struct arena *a, const struct client_was *was)
{
	struct buf b = buf_new(a, CLIENT_WAS_MAX_BYTES);

	json_write(&b, &client_was_shape, was);
	return buf_str(&b);
}

bool
client_delete(struct request *rq, str id)
{
	const struct client_lock_row *client = sql_client_lock(rq->db, .org = rq->org, .id = id);
	struct scoped_had had;
	struct client_was was;

	if (!client || str_eq(client->kind, S("data_api")))
		return false;
	if (client_additional(client))
		return additional_revoke(rq, id);
	additional_end_of_key(rq, client->client);
	had = scoped_end(rq, client->client);
	was = (struct client_was){ client->client_id, client->kind, client->name, had.may,
		had.accounts, had.workspaces };
	sql_secret_end_all(
	    rq->db, .client = client->client, .reason = S("client_deleted"), .now = rq->now);
	sql_client_end(rq->db, .client = client->client, .now = rq->now);
	client_index(rq, client->client);
	audit(rq, S("client.delete"), client->id, was_json(rq->arena, &was));
	return true;
}

bool
client_activate(struct request *rq, str id, bool active)
{
	const struct client_lock_row *client = sql_client_lock(rq->db, .org = rq->org, .id = id);
	str status = active ? S("active") : S("deactivated");

	if (!client || client_additional(client))
		return false;
	if (str_eq(client->status, status))
		return true;
	sql_client_status(rq->db, .client = client->client, .status = status);
	client_index(rq, client->client);
	audit(rq, active ? S("client.activate") : S("client.deactivate"), client->id, (str){ 0 });
	return true;
}

str
client_sid_held(struct request *rq, str id)
{
	const struct client_lock_row *client = sql_client_lock(rq->db, .org = rq->org, .id = id);

	return client ? sql_rotation_state(rq->db, .client = client->client)->n_sid : (str){ 0 };
}

bool
client_stored(struct request *rq, str id)
{
	const struct client_lock_row *client = sql_client_lock(rq->db, .org = rq->org, .id = id);

	if (!client || !client_shows(rq, client))
		return false;
	if (sql_secret_stored(rq->db, .client = client->client, .now = rq->now))
		audit(rq, S("secret.stored"), client->id, (str){ 0 });
	return true;
}
