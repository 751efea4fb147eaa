/* additional.c - make, change and reset an additional secret. */
#include "core/additional_parts.h"

#include "base/random.h"
#include "core/actor.h"
#include "core/audit.h"
#include "core/client_index.h"
#include "core/client_parts.h"
#include "core/pending.h"
#include "core/policy.h"
#include "core/secret.h"
#include "http/json.h"

/* What the audit log says of one: compared member by member, one entry for each of the three. */
SHAPE(additional_facts, text(name), text(comment), time(expires_at), flag(only_reads));
SHAPE(additional_from, text(networks));
SHAPE(additional_may, text(may));
SHAPE(additional_birth, text(kind), text(key), text(environment), text(owner), text(secret),
    time(pending_until), text(networks), time(expires_at), flag(only_reads), text(may));

enum { BIRTH_MAX_BYTES = 1 << 20 };

/* ---- what it may do, written */

static int64_t
add_as_admin(struct request *rq, int64_t client, int64_t row)
{
	return sql_grants_add(
	    rq->db, .org = rq->org, .client = client, .permission = row, .members = false);
}

static int64_t
add_as_member(struct request *rq, int64_t client, int64_t row)
{
	return sql_grants_add(
	    rq->db, .org = rq->org, .client = client, .permission = row, .members = true);
}

static int64_t
take_away(struct request *rq, int64_t client, int64_t row)
{
	return sql_grants_remove(rq->db, .org = rq->org, .client = client, .permission = row);
}

/* False when something was taken from the organization, or from its members, since it was read. */
static bool
write_grants(struct request *rq, int64_t client, const struct scoped_grants_rows *held,
    const struct grants_picks *picks)
{
	struct rows_writer writer = { additional_admin(rq) ? add_as_admin : add_as_member,
		take_away };
	struct rows_change change = { grants_held(rq->arena, held),
		grants_picked(rq->arena, picks) };

	return rows_write(rq, client, &change, &writer);
}

static str
words_held(struct request *rq, int64_t client)
{
	struct scoped_grants_rows held =
	    sql_scoped_grants(rq->db, .org = rq->org, .client = client);

	return grants_words(rq->arena, &held);
}

/* ---- make */

/* One that is pending when there is no text. */
static void
add_secret(struct request *rq, int64_t client, const struct fresh_secret *fresh)
{
	if (fresh->text.n)
		client_add_primary(rq, client, fresh);
	else
		pending_add(rq, client, fresh->sid);
}

/* What audit says of it; 0 when it is not pending. */
static int64_t
pending_until(const struct request *rq, const struct fresh_secret *fresh)
{
	return fresh->text.n ? 0 : rq->now + PENDING_DAYS * DAY;
}

static void
audit_birth(struct request *rq, str id, const struct additional_birth *birth)
{
	struct buf b = buf_new(rq->arena, BIRTH_MAX_BYTES);

	json_write(&b, &additional_birth_shape, birth);
	audit(rq, S("client.create"), id, buf_str(&b));
	if (!birth->pending_until)
		audit(rq, S("secret.reveal"), birth->secret, (str){ 0 });
}

/* A secret with its text for oneself; for another only its id: there is no text until it is opened. */
static struct fresh_secret
secret_for(struct request *rq, str environment, int64_t owner)
{
	if (owner == rq->me)
		return secret_fresh(rq, environment);
	return (struct fresh_secret){ .sid = secret_id_make(rq->arena) };
}

/* A permission was taken from the organization, or from its members, between its being read and the grant. */
static enum additional
not_offered(struct additional_wrong *wrong)
{
	wrong->may = MAY_UNKNOWN;
	return ADDITIONAL_WRONG;
}

/* Everything of a new one that comes after its checks; its client.id, 0 when the limit is reached. */
static int64_t
add(struct request *rq, const struct additional_wish *wish,
    const struct additional_settled *settled, str id)
{
	struct client_claim claim = { .kind = S("additional"),
		.environment = wish->environment,
		.id = id,
		.client_id = id,
		.name = wish->name,
		.description = wish->comment,
		.networks = wish->networks,
		.expires_at = wish->expires_at,
		.only_reads = wish->only_reads,
		.owner = settled->owner,
		.parent = settled->key,
		.limit = policy_of(rq).additional_secrets };
	int64_t client = client_claim(rq, &claim);

	if (client == 0 && additional_end_dead(rq, wish->environment))
		client = client_claim(rq, &claim);
	return client;
}

static struct additional_birth
birth_of(struct request *rq, const struct additional_wish *wish,
    const struct additional_settled *settled, const struct fresh_secret *fresh)
{
	return (struct additional_birth){ .kind = S("additional"),
		.key = settled->key_client_id,
		.environment = wish->environment,
		.owner = settled->owner_id,
		.secret = fresh->sid,
		.pending_until = pending_until(rq, fresh),
		.networks = wish->networks,
		.expires_at = wish->expires_at,
		.only_reads = wish->only_reads };
}

enum additional
additional_make(struct request *rq, const struct additional_wish *wish, struct client_made *made,
    struct additional_wrong *wrong)
{
	struct additional_ask ask = { .wish = wish };
	struct additional_settled settled = { .owner = additional_owner_of(rq, wish) };
	struct additional_birth birth;
	struct fresh_secret fresh;
	int64_t client;

	*wrong = (struct additional_wrong){ 0 };
	*made = (struct client_made){ .id = random_base62(rq->arena, PUBLIC_ID_CHARS),
		.name = wish->name,
		.made_at = rq->now };
	if (!additional_may_change(rq, rq->me))
		return ADDITIONAL_NOTHING;
	fresh = secret_for(rq, wish->environment, settled.owner); /* before a row is locked */
	if (!client_once(rq, wish->once, made->id, made))
		return ADDITIONAL_BEFORE;
	if (!additional_settle(rq, &ask, &settled, wrong))
		return ADDITIONAL_WRONG;
	client = add(rq, wish, &settled, made->id);
	if (client == 0)
		return ADDITIONAL_FULL;
	if (!write_grants(rq, client, &ask.held, &settled.picks))
		return not_offered(wrong);
	add_secret(rq, client, &fresh);
	client_index(rq, client);
	birth = birth_of(rq, wish, &settled, &fresh);
	birth.may = words_held(rq, client);
	audit_birth(rq, made->id, &birth);
	made->client_id = settled.key_client_id;
	made->secret = fresh.text;
	return ADDITIONAL_DONE;
}

/* ---- change */

struct state {
	struct additional_facts facts;
	struct additional_from from;
	struct additional_may may;
};

static struct state
state_of(struct request *rq, const struct additional_get_row *row)
{
	return (struct state){
		.facts = { row->name, row->comment, row->expires_at, row->only_reads },
		.from = { row->networks },
		.may = { words_held(rq, row->client) },
	};
}

/* Saving the same again has changed the version, so it has an entry too. */
static void
audit_edit(struct request *rq, str id, const struct state *before, const struct state *after)
{
	bool said =
	    audit_change(rq, S("client.edit"), id, additional_facts, &before->facts, &after->facts);

	said |= audit_change(
	    rq, S("client.networks"), id, additional_from, &before->from, &after->from);
	said |= audit_change(rq, S("client.grant"), id, additional_may, &before->may, &after->may);
	if (!said)
		audit(rq, S("client.save"), id, (str){ 0 });
}

/* The one of that id, its row locked, if rq's actor may change it and it is not past its end. */
static const struct additional_get_row *
to_change(struct request *rq, str id)
{
	const struct additional_get_row *was = NULL;

	if (sql_client_lock(rq->db, .org = rq->org, .id = id))
		was = sql_additional_get(rq->db, .org = rq->org, .id = id);
	if (!was || !additional_may_change(rq, was->owner) ||
	    !str_eq(was->owner_status, S("active")))
		return NULL;
	if (sql_client_late(rq->db, .client = was->client, .now = rq->now))
		return NULL;
	return was->expires_at && was->expires_at <= rq->now ? NULL : was;
}

enum additional
additional_change(struct request *rq, const struct additional_at *at,
    const struct additional_wish *wish, struct additional_wrong *wrong)
{
	const struct additional_get_row *was = to_change(rq, at->id);
	struct additional_ask ask = { .wish = wish, .was = was };
	struct additional_settled settled = { 0 };
	struct state before, after;

	*wrong = (struct additional_wrong){ 0 };
	if (!was)
		return ADDITIONAL_NOTHING;
	if (was->version != at->version)
		return ADDITIONAL_CHANGED;
	ask.held = sql_scoped_grants(rq->db, .org = rq->org, .client = was->client);
	if (!additional_settle(rq, &ask, &settled, wrong))
		return ADDITIONAL_WRONG;
	before = state_of(rq, was);
	sql_additional_save(rq->db, .client = was->client, .version = was->version,
	    .name = wish->name, .comment = wish->comment, .networks = wish->networks,
	    .expires_at = wish->expires_at, .only_reads = wish->only_reads);
	if (!write_grants(rq, was->client, &ask.held, &settled.picks))
		return not_offered(wrong);
	client_index(rq, was->client);
	after = state_of(rq, sql_additional_get(rq->db, .org = rq->org, .id = at->id));
	audit_edit(rq, at->id, &before, &after);
	return ADDITIONAL_DONE;
}

/* ---- reset */

enum made
additional_reset(struct request *rq, const struct client_next *next, struct client_made *made)
{
	const struct additional_get_row *there =
	    sql_additional_get(rq->db, .org = rq->org, .id = next->id);
	const struct additional_get_row *was;
	str sid = secret_id_make(rq->arena);

	if (there && there->owner == rq->me)
		return client_reset_to(rq, next, made);
	*made = (struct client_made){ .id = next->id, .made_at = rq->now };
	was = to_change(rq, next->id);
	if (!was)
		return MADE_NOTHING;
	if (!client_once(rq, next->once, was->id, made))
		return MADE_BEFORE;
	if (!client_as_seen(rq, was->client, next->seen))
		return MADE_CHANGED;
	sql_secret_end_current(rq->db, .client = was->client, .reason = S("reset"), .now = rq->now);
	sql_secret_end_retiring(
	    rq->db, .client = was->client, .reason = S("reset"), .now = rq->now);
	pending_add(rq, was->client, sid);
	audit(rq, S("client.reset"), was->id,
	    fmt(rq->arena, "{\"secret\":\"%.*s\",\"pending_until\":\"%.*s\"}", STR(sid),
		STR(clock_iso(rq->arena, rq->now + PENDING_DAYS * DAY))));
	made->client_id = was->key_client_id;
	made->name = was->name;
	return MADE_NEW;
}
