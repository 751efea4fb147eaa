/* rotation.c - a secret replaced with an overlap: start, finish, cancel, and the end by itself. */
#include "core/rotation.h"

#include "core/audit.h"
#include "core/client_parts.h"
#include "core/duty.h"
#include "core/leaver.h"
#include "core/public_key.h"
#include "sql.h"

/* clang-format off */
const struct rotation_overlap rotation_overlaps[ROTATION_OVERLAPS] = {
	{ STR_INIT("15m"), STR_INIT("15 minutes"), 15 * MINUTE },
	{ STR_INIT("1h"),  STR_INIT("1 hour"),     HOUR },
	{ STR_INIT("6h"),  STR_INIT("6 hours"),    6 * HOUR },
	{ STR_INIT("24h"), STR_INIT("24 hours"),   DAY },
	{ STR_INIT("7d"),  STR_INIT("7 days"),     7 * DAY },
};
/* clang-format on */

static const str rotated = STR_INIT("rotated");
static const str cancelled = STR_INIT("cancelled");
static const str expired = STR_INIT("expired");
static const str unopened = STR_INIT("unopened");

const struct rotation_overlap *
rotation_overlap(str word)
{
	for (size_t i = 0; i < ROTATION_OVERLAPS; i++)
		if (str_eq(word, rotation_overlaps[i].word))
			return &rotation_overlaps[i];
	return NULL;
}

const struct rotation_overlap *
rotation_overlap_near(int64_t span)
{
	size_t i = ROTATION_OVERLAPS - 1;

	while (i > 0 && rotation_overlaps[i].span > span)
		i--;
	return &rotation_overlaps[i];
}

/* The earlier of an end and an expiry, of which 0 is none. */
static int64_t
earlier(int64_t end, int64_t expiry)
{
	return expiry && expiry < end ? expiry : end;
}

int64_t
rotation_latest_end(
    struct request *rq, int64_t expires_at, int64_t client_expires_at, int64_t leaver_at)
{
	int64_t ends[] = { expires_at, client_expires_at, leaver_ends_at(rq, leaver_at) };
	int64_t end = 0;

	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
		end = end ? earlier(end, ends[i]) : ends[i];
	return end;
}

static int64_t
primary_end(struct request *rq, const struct rotation_state_row *state)
{
	return rotation_latest_end(
	    rq, state->n_expires_at, state->client_expires_at, state->n_leaver_at);
}

static bool
primary_works(struct request *rq, const struct rotation_state_row *state)
{
	int64_t end = primary_end(rq, state);

	return str_eq(state->n_status, S("active")) &&
	       keyring_key(rq->desk->keyring, (int)state->n_key) && (!end || end > rq->now);
}

static bool
old_works(const struct request *rq, const struct rotation_state_row *state)
{
	return state->o_ends_at && earlier(state->o_ends_at, state->o_expires_at) > rq->now;
}

static void
audit_end(struct request *rq, str sid, str reason)
{
	audit(rq, S("secret.end"), sid, fmt(rq->arena, "{\"reason\":\"%.*s\"}", STR(reason)));
}

/* Where the client's rotation stands, its row locked; NULL when there is no such client for who asks. */
static const struct rotation_state_row *
state_for(
    struct request *rq, str id, bool (*may)(const struct request *, const struct client_lock_row *))
{
	const struct client_lock_row *client = sql_client_lock(rq->db, .org = rq->org, .id = id);

	return client && may(rq, client) ? sql_rotation_state(rq->db, .client = client->client)
	                                 : NULL;
}

/* ---- start */

static enum rotated
may_start(
    struct request *rq, const struct rotation_wish *wish, const struct rotation_state_row *state)
{
	if (wish->seen.n ? !str_eq(wish->seen, state->n_sid) : old_works(rq, state))
		return ROTATED_CHANGED;
	return primary_works(rq, state) ? ROTATED : ROTATED_ENDED;
}

/* Ends a predecessor of before, and makes the primary secret the predecessor. */
static bool
step_down(struct request *rq, const struct rotation_state_row *state, int64_t ends_at)
{
	if (sql_secret_end_retiring(
		rq->db, .client = state->client, .reason = rotated, .now = rq->now))
		audit_end(rq, state->o_sid, rotated);
	return sql_rotation_retire(rq->db, .client = state->client, .ends_at = ends_at) != 0;
}

/* Everything of a start that comes after its checks. */
static enum rotated
start(struct request *rq, const struct rotation_state_row *state, int64_t overlap,
    const struct fresh_secret *fresh)
{
	int64_t ends_at = earlier(rq->now + overlap, primary_end(rq, state));

	if (!step_down(rq, state, ends_at))
		return ROTATED_CHANGED;
	client_add_primary(rq, state->client, fresh);
	audit(rq, S("client.rotate"), state->id,
	    fmt(rq->arena, "{\"old\":\"%.*s\",\"secret\":\"%.*s\",\"ends_at\":\"%.*s\"}",
		STR(state->n_sid), STR(fresh->sid), STR(clock_iso(rq->arena, ends_at))));
	client_audit_primary(rq, fresh);
	return ROTATED;
}

enum rotated
rotation_start(struct request *rq, const struct rotation_wish *wish, struct client_made *made)
{
	const struct client_card_row *card =
	    sql_client_card(rq->db, .org = rq->org, .id = wish->id);
	const struct rotation_state_row *state;
	struct fresh_secret fresh;
	enum rotated may;

	*made = (struct client_made){ .id = wish->id, .made_at = rq->now };
	if (!card)
		return ROTATED_NOTHING;
	fresh = public_key_fresh(rq, card->environment, card->client_id, wish->key);
	state = state_for(rq, wish->id, client_shows);
	if (!state)
		return ROTATED_NOTHING;
	if (!client_once(rq, wish->once, state->id, made))
		return ROTATED_BEFORE;
	may = may_start(rq, wish, state);
	if (may == ROTATED)
		may = start(rq, state, wish->overlap, &fresh);
	if (may == ROTATED)
		*made = (struct client_made){ .id = state->id,
			.client_id = state->client_id,
			.name = state->name,
			.secret = fresh.text,
			.made_at = rq->now };
	return may;
}

/* ---- finish and cancel */

enum rotated
rotation_finish(struct request *rq, str id, str seen)
{
	const struct rotation_state_row *state = state_for(rq, id, client_changes);

	if (!state)
		return ROTATED_NOTHING;
	if (seen.n && !str_eq(seen, state->n_sid))
		return ROTATED_CHANGED;
	if (!sql_secret_end_retiring(
		rq->db, .client = state->client, .reason = rotated, .now = rq->now))
		return seen.n ? ROTATED : ROTATED_ENDED;
	audit(rq, S("client.rotate-finish"), state->id,
	    fmt(rq->arena, "{\"old\":\"%.*s\"}", STR(state->o_sid)));
	return ROTATED;
}

/* Whether the secret that the asker saw was the new one of a rotation that has been cancelled. */
static bool
cancelled_before(struct request *rq, const struct rotation_state_row *state, str seen)
{
	const struct rotation_ended_row *ended =
	    sql_rotation_ended(rq->db, .client = state->client, .sid = seen);

	return ended && str_eq(ended->reason, cancelled);
}

enum rotated
rotation_cancel(struct request *rq, str id, str seen)
{
	const struct rotation_state_row *state = state_for(rq, id, client_changes);

	if (!state)
		return ROTATED_NOTHING;
	if (seen.n && !str_eq(seen, state->n_sid))
		return cancelled_before(rq, state, seen) ? ROTATED : ROTATED_CHANGED;
	if (!old_works(rq, state))
		return ROTATED_ENDED;
	sql_secret_end_current(
	    rq->db, .client = state->client, .reason = cancelled, .now = rq->now);
	if (!sql_rotation_restore(rq->db, .client = state->client)) /* the housekeeper was faster */
		return ROTATED_ENDED;
	audit(rq, S("client.rotate-cancel"), state->id,
	    fmt(rq->arena, "{\"secret\":\"%.*s\",\"old\":\"%.*s\"}", STR(state->n_sid),
		STR(state->o_sid)));
	return ROTATED;
}

/* ---- the end by itself */

/* Ends one that is due, unless it is not any more. */
static void
end_one(struct request *rq, int64_t secret)
{
	const struct rotation_due_lock_row *due = sql_rotation_due_lock(rq->db, .secret = secret);
	bool by_expiry;
	int64_t end;
	str reason;

	if (!due || str_eq(due->status, S("revoked")))
		return;
	by_expiry = due->expires_at && (!due->ends_at || due->expires_at <= due->ends_at);
	end = by_expiry ? due->expires_at : due->ends_at;
	reason = !by_expiry ? rotated : str_eq(due->status, S("pending")) ? unopened : expired;
	if (!end || end > rq->now)
		return;
	rq->org = due->org;
	sql_rotation_end(rq->db, .secret = secret, .reason = reason, .at = end);
	duty_note(rq, S("secret.end"), due->sid,
	    fmt(rq->arena, "{\"reason\":\"%.*s\",\"ended_at\":\"%.*s\"}", STR(reason),
		STR(clock_iso(rq->arena, end))));
}

void
rotation_end_due(struct desk *desk, struct arena *arena)
{
	struct request rq = duty_begin(desk, arena);
	struct rotation_due_rows due =
	    sql_rotation_due(rq.db, .now = rq.now, .count = ROTATION_DUE_MAX);

	for (size_t i = 0; i < due.n; i++) {
		db_begin(rq.db, DB_WRITE);
		end_one(&rq, due.at[i].secret);
		duty_commit(&rq);
	}
}
