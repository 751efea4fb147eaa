/* leaver.c - what somebody knows who has left. */
#include "core/leaver.h"

#include "core/duty.h"
#include "core/policy.h"
#include "sql.h"

enum { ORGANIZATIONS_AT_ONCE = 1000 };

static const str reason = STR_INIT("leaver");

/* ---- marks */

bool
leaver_mark_some(struct request *rq, struct leaver *leaver, int64_t most)
{
	struct leaver_seen_rows seen =
	    sql_leaver_seen(rq->db, .user = leaver->user, .after = leaver->after, .count = most);

	for (size_t i = 0; i < seen.n; i++) {
		const struct leaver_seen_row *row = &seen.at[i];

		leaver->after = row->exposure;
		sql_leaver_item_add(rq->db, .org = rq->org, .tenure = leaver->tenure,
		    .sid = row->sid, .name = row->name, .secret = row->secret, .now = rq->now);
		if (!sql_leaver_mark(rq->db, .secret = row->secret, .now = rq->now))
			continue;
		leaver->marks++;
		duty_note(rq, S("secret.known-to-leaver"), row->sid,
		    fmt(rq->arena, "{\"user\":\"%.*s\"}", STR(leaver->id)));
	}
	return seen.n > 0;
}

/* ---- the end by itself */

int64_t
leaver_ends_at(struct request *rq, int64_t leaver_at)
{
	int64_t days = leaver_at ? policy_of(rq).leaver_days : 0;

	return days ? leaver_at + days * DAY : 0;
}

/* By the rows of the moment, which are held. */
static void
end_one(struct request *rq, int64_t secret)
{
	const struct leaver_due_lock_row *due = sql_leaver_due_lock(rq->db, .secret = secret);
	int64_t end;

	if (!due)
		return;
	rq->org = due->org;
	rq->policy = NULL;
	end = leaver_ends_at(rq, due->leaver_at);
	if (!end || end > rq->now)
		return;
	sql_rotation_end(rq->db, .secret = secret, .reason = reason, .at = rq->now);
	duty_note(rq, S("secret.end"), due->sid,
	    fmt(rq->arena, "{\"reason\":\"%.*s\",\"leaver_at\":\"%.*s\"}", STR(reason),
		STR(clock_iso(rq->arena, due->leaver_at))));
}

/* How many were due in that organization. */
static size_t
end_in(struct request *rq, const struct leaver_orgs_row *org, size_t most)
{
	struct leaver_due_rows due = sql_leaver_due(
	    rq->db, .org = org->org, .before = rq->now - org->days * DAY, .count = (int64_t)most);

	for (size_t i = 0; i < due.n; i++) {
		db_begin(rq->db, DB_WRITE);
		end_one(rq, due.at[i].secret);
		duty_commit(rq);
	}
	return due.n;
}

void
leaver_end_due(struct desk *desk, struct arena *arena)
{
	struct request rq = duty_begin(desk, arena);
	size_t mark = arena_mark(arena), left = LEAVER_ENDS_MAX;
	struct leaver_orgs_rows orgs;
	int64_t after = 0;

	do {
		orgs = sql_leaver_orgs(rq.db, .days = policy_default(desk->settings).leaver_days,
		    .after = after, .count = ORGANIZATIONS_AT_ONCE);
		for (size_t i = 0; i < orgs.n && left; i++) {
			after = orgs.at[i].org;
			left -= end_in(&rq, &orgs.at[i], left);
		}
		arena_wipe(arena, mark);
	} while (orgs.n == ORGANIZATIONS_AT_ONCE && left);
}
