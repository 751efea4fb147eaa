/* departure.c - what ends with a tenure: the sweep. */
#include "core/departure.h"

#include "core/additional.h"
#include "core/duty.h"
#include "core/leaver.h"
#include "core/operator.h"
#include "sql.h"

#include <inttypes.h>

/* Whatever ends is written down first: afterwards its row says it no more. */
static void
end_sessions(struct request *rq, const struct leaver *leaver)
{
	int64_t n;

	sql_departure_sessions(rq->db, .tenure = leaver->tenure, .now = rq->now);
	n = sql_departure_sessions_end(rq->db, .tenure = leaver->tenure);
	if (n)
		duty_note(rq, S("session.end-all"), leaver->id,
		    fmt(rq->arena, "{\"reason\":\"left\",\"sessions\":%" PRId64 "}", n));
}

static void
end_data_access(struct request *rq, const struct leaver *leaver)
{
	sql_departure_data(rq->db, .tenure = leaver->tenure, .now = rq->now);
	if (sql_departure_data_end(rq->db, .tenure = leaver->tenure))
		duty_note(rq, S("data-access.take"), leaver->id, S("{\"reason\":\"left\"}"));
}

static bool
end_secrets(struct request *rq, const struct leaver *leaver)
{
	sql_departure_secrets(
	    rq->db, .tenure = leaver->tenure, .count = DEPARTURE_PIECE, .now = rq->now);
	return additional_end_of_tenure(rq, leaver->tenure, DEPARTURE_PIECE) == DEPARTURE_PIECE;
}

/* One transaction. False when that is all. */
static bool
sweep_some(struct request *rq, struct leaver *leaver)
{
	const struct departure_lock_row *row;
	bool more = false;

	db_begin(rq->db, DB_WRITE);
	row = sql_departure_lock(rq->db, .tenure = leaver->tenure);
	if (row) {
		rq->org = row->org;
		leaver->user = row->user;
		leaver->id = row->id;
		sql_departure_noticed(rq->db, .tenure = leaver->tenure, .now = rq->now);
		end_sessions(rq, leaver);
		end_data_access(rq, leaver);
		more = end_secrets(rq, leaver) || leaver_mark_some(rq, leaver, DEPARTURE_PIECE);
	}
	if (row && !more) {
		sql_departure_swept(rq->db, .tenure = leaver->tenure, .now = rq->now);
		sql_departure_left(rq->db, .user = leaver->user, .now = rq->now);
		operator_left(rq, leaver->tenure);
		duty_note(rq, S("user.left"), row->id, (str){ 0 });
	}
	duty_commit(rq);
	return more;
}

/* How many marks that made; at most about so many. */
static size_t
sweep_one(struct request *rq, int64_t tenure, size_t most)
{
	struct leaver leaver = { .tenure = tenure };
	size_t mark = arena_mark(rq->arena);
	bool more;

	do {
		more = sweep_some(rq, &leaver);
		leaver.id = (str){ 0 };
		arena_wipe(rq->arena, mark);
	} while (more && leaver.marks < most);
	return leaver.marks;
}

void
departure_sweep_due(struct desk *desk, struct arena *arena)
{
	struct request rq = duty_begin(desk, arena);
	struct departure_due_rows due = { 0 };
	size_t marks = 0;

	sql_departure_back(rq.db, .count = DEPARTURES_MAX);
	due = sql_departure_due(rq.db, .count = DEPARTURES_MAX);
	for (size_t i = 0; i < due.n && marks < DEPARTURE_MARKS_MAX; i++)
		marks += sweep_one(&rq, due.at[i].tenure, DEPARTURE_MARKS_MAX - marks);
}

void
departure_sweep(struct desk *desk, struct arena *arena, int64_t user)
{
	struct request rq = duty_begin(desk, arena);
	struct departure_of_rows due = sql_departure_of(rq.db, .user = user);

	for (size_t i = 0; i < due.n; i++)
		sweep_one(&rq, due.at[i].tenure, SIZE_MAX);
}
