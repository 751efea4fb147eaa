/* leaver.c - what somebody knows who has left. */
#include "core/leaver.h"

#include "base/random.h"
#include "core/audit.h"
#include "core/policy.h"
#include "sql.h"

enum { NUMBER_CHARS = 16 }; /* of a request: what is done is audited under it */

static const str reason = STR_INIT("leaver");

static struct request
begin(struct desk *desk, struct arena *arena)
{
	return (struct request){ .arena = arena,
		.db = desk->db,
		.desk = desk,
		.now = clock_now(),
		.number = random_base62(arena, NUMBER_CHARS) };
}

static void
commit(struct request *rq)
{
	audit_write(rq);
	db_commit(rq->db);
	rq->audit = NULL;
}

static void
note(struct request *rq, const struct audit_act *act)
{
	audit_by(rq, &(struct audit_who){ .org = rq->org, .name = S("housekeeper") }, act);
}

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
		note(rq, &(struct audit_act){ S("secret.known-to-leaver"), row->sid,
			     fmt(rq->arena, "{\"user\":\"%.*s\"}", STR(leaver->id)) });
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
	note(rq, &(struct audit_act){ S("secret.end"), due->sid,
		     fmt(rq->arena, "{\"reason\":\"%.*s\",\"leaver_at\":\"%.*s\"}", STR(reason),
			 STR(clock_iso(rq->arena, due->leaver_at))) });
}

/* The fewest days after which anything ends; 0 when nothing does. */
static int64_t
fewest_days(struct request *rq)
{
	int64_t otherwise = policy_default(rq->desk->settings).leaver_days;
	const struct leaver_fewest_row *fewest = sql_leaver_fewest(rq->db);
	int64_t days = fewest ? fewest->days : 0;

	return !days || (otherwise && otherwise < days) ? otherwise : days;
}

void
leaver_end_due(struct desk *desk, struct arena *arena)
{
	struct request rq = begin(desk, arena);
	int64_t fewest = fewest_days(&rq);
	struct leaver_due_rows due = { 0 };

	if (fewest)
		due = sql_leaver_due(rq.db, .now = rq.now, .before = rq.now - fewest * DAY,
		    .days = policy_default(desk->settings).leaver_days, .count = LEAVER_ENDS_MAX);
	for (size_t i = 0; i < due.n; i++) {
		db_begin(rq.db, DB_WRITE);
		end_one(&rq, due.at[i].secret);
		commit(&rq);
	}
}
