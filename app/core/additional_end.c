/* additional_end.c - how an additional secret ends: by whoever may, with its account key, or because it is dead. */
#include "core/additional_parts.h"

#include "core/actor.h"
#include "core/audit.h"
#include "core/client_index.h"
#include "core/desk.h"
#include "core/duty.h"
#include "core/policy.h"
#include "core/scoped.h"
#include "http/json.h"

/* What it was, for the entry that outlives it. */
SHAPE(additional_was, text(kind), text(name), text(owner), text(reason), time(ended_at), text(may));

enum { WAS_MAX_BYTES = 1 << 20 };

/* Why one ends, when it did, and by whom. */
struct ending {
	str reason;
	int64_t at;
	struct audit_who who;
};

/* rq's actor, or the command line. */
static struct audit_who
by_actor(const struct request *rq)
{
	if (!rq->actor)
		return (struct audit_who){ .org = rq->org, .name = S("command line") };
	return (struct audit_who){ rq->org, rq->actor->person, rq->actor->email };
}

static struct audit_who
by_housekeeper(int64_t org)
{
	return (struct audit_who){ .org = org, .name = S("housekeeper") };
}

static void
audit_end(
    struct request *rq, const struct additional_lock_row *row, const struct ending *ending, str may)
{
	struct additional_was was = { S("additional"), row->name, row->owner_id, ending->reason,
		ending->at, may };
	struct buf b = buf_new(rq->arena, WAS_MAX_BYTES);

	json_write(&b, &additional_was_shape, &was);
	audit_by(rq, &ending->who, &(struct audit_act){ S("client.end"), row->id, buf_str(&b) });
}

/* Ends the one whose row is held. */
static void
end_locked(struct request *rq, const struct additional_lock_row *row, const struct ending *ending)
{
	struct request there = *rq;
	struct scoped_had had;

	there.org = row->org;
	had = scoped_end(&there, row->client);
	sql_secret_end_all(
	    rq->db, .client = row->client, .reason = ending->reason, .now = ending->at);
	sql_additional_end(
	    rq->db, .client = row->client, .reason = ending->reason, .at = ending->at);
	client_index(rq, row->client);
	audit_end(rq, row, ending, had.may);
}

/* ---- by whoever may */

static bool
may_end(const struct request *rq, int64_t owner)
{
	return !rq->actor || rq->actor->role == ROLE_COMPLIANCE_ADMIN ||
	       additional_may_change(rq, owner);
}

bool
additional_revoke(struct request *rq, str id)
{
	const struct client_lock_row *client = sql_client_lock(rq->db, .org = rq->org, .id = id);
	const struct additional_lock_row *row =
	    client ? sql_additional_lock(rq->db, .client = client->client) : NULL;

	if (!row || !may_end(rq, row->owner))
		return false;
	end_locked(rq, row, &(struct ending){ S("revoked"), rq->now, by_actor(rq) });
	return true;
}

void
additional_end_of_key(struct request *rq, int64_t key)
{
	struct ending ending = { S("key_deleted"), rq->now, by_actor(rq) };
	struct additional_of_key_rows all = sql_additional_of_key(rq->db, .key = key);

	for (size_t i = 0; i < all.n; i++) {
		const struct additional_lock_row *row =
		    sql_additional_lock(rq->db, .client = all.at[i].client);

		if (row)
			end_locked(rq, row, &ending);
	}
}

/* ---- because it is dead */

static bool
over(const struct request *rq, int64_t at)
{
	return at && at <= rq->now;
}

/* Why and since when; no reason when it lives. */
static struct ending
ending_of(const struct request *rq, const struct additional_state_row *state)
{
	struct ending ending = { .at = rq->now, .who = by_housekeeper(state->org) };

	if (state->key_deleted_at)
		ending.reason = S("key_deleted");
	else if (!state->owned)
		ending.reason = S("owner_deactivated");
	else if (over(rq, state->expires_at))
		ending = (struct ending){ S("expired"), state->expires_at, ending.who };
	else if (over(rq, state->open_until))
		ending = (struct ending){ S("unopened"), state->open_until, ending.who };
	return ending;
}

/* Ends one, unless it is not dead any more, or ended already. */
static bool
end_if_dead(struct request *rq, int64_t client)
{
	const struct additional_lock_row *row = sql_additional_lock(rq->db, .client = client);
	struct ending ending;

	if (!row)
		return false;
	ending = ending_of(rq, sql_additional_state(rq->db, .client = client));
	if (!ending.reason.n)
		return false;
	end_locked(rq, row, &ending);
	return true;
}

size_t
additional_end_dead(struct request *rq, str environment)
{
	struct additional_dead_rows dead =
	    sql_additional_dead(rq->db, .org = rq->org, .environment = environment, .now = rq->now);
	size_t n = 0;

	for (size_t i = 0; i < dead.n; i++)
		n += end_if_dead(rq, dead.at[i].client);
	return n;
}

size_t
additional_end_of_tenure(struct request *rq, int64_t tenure, int64_t most)
{
	struct additional_of_tenure_rows all =
	    sql_additional_of_tenure(rq->db, .tenure = tenure, .count = most);

	for (size_t i = 0; i < all.n; i++)
		end_if_dead(rq, all.at[i].client);
	return all.n;
}

void
additional_end_due(struct desk *desk, struct arena *arena)
{
	struct request rq = duty_begin(desk, arena);
	struct additional_due_rows due =
	    sql_additional_due(rq.db, .now = rq.now, .count = ADDITIONAL_DUE_MAX);
	size_t mark = arena_mark(arena);

	for (size_t i = 0; i < due.n; i++) {
		db_begin(rq.db, DB_WRITE);
		end_if_dead(&rq, due.at[i].client);
		duty_commit(&rq);
		arena_wipe(arena, mark);
	}
}

/* ---- how many there are */

struct additional_places
additional_places(struct request *rq, str environment)
{
	const struct additional_used_row *used =
	    sql_additional_used(rq->db, .org = rq->org, .environment = environment, .now = rq->now);

	return (struct additional_places){ used->used, policy_of(rq).additional_secrets };
}
