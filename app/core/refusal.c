/* refusal.c - refused sign-ins in the audit log: each by itself, and past a rate in a sum. */
#include "core/refusal.h"

#include "core/duty.h"
#include "core/measure.h"
#include "core/throttle.h"
#include "http/json.h"
#include "sql.h"

enum { DETAIL_MAX_BYTES = 200 };

static const str act = STR_INIT("sign-in.refused");

SHAPE(refusal_detail, text(why));
SHAPE(refusal_sum_detail, text(why), int(times));

static str
detail_of(struct arena *a, const struct shape *shape, const void *data)
{
	struct buf json = buf_new(a, DETAIL_MAX_BYTES);

	json_write(&json, shape, data);
	return buf_str(&json);
}

/* Counts this one. True when it is to be an entry of its own. */
static bool
count(struct request *rq, str why)
{
	int64_t machine = rq->desk->settings->machine, minute = rq->now / MINUTE;
	str network = throttle_network(rq);
	const struct refusal_get_row *row;

	if (!sql_refusal_more(rq->db, .machine = machine, .why = why, .network = network,
		.minute = minute, .most = REFUSAL_ENTRIES)) {
		if (sql_refusal_networks(rq->db, .machine = machine, .why = why)->networks >=
		    REFUSAL_NETWORKS)
			network = (str){ 0 };
		sql_refusal_first(rq->db, .machine = machine, .why = why, .network = network,
		    .minute = minute, .most = REFUSAL_ENTRIES);
	}
	row = sql_refusal_get(rq->db, .machine = machine, .why = why, .network = network);
	return row && row->in_minute <= REFUSAL_ENTRIES;
}

void
refusal_note(struct request *rq, const struct audit_who *who, str why)
{
	struct refusal_detail detail = { why };

	if (count(rq, why))
		audit_by(rq, who,
		    &(struct audit_act){
			act, (str){ 0 }, detail_of(rq->arena, &refusal_detail_shape, &detail) });
}

/* The row behind that one: its sum becomes an entry, and it goes when its minute is over. NULL: there is
 * none. */
static const struct refusal_take_row *
sum_up(struct request *rq, str why, str network)
{
	int64_t machine = rq->desk->settings->machine;
	const struct refusal_take_row *row =
	    sql_refusal_take(rq->db, .machine = machine, .why = why, .network = network);
	struct refusal_sum_detail sum;

	if (!row)
		return NULL;
	if (row->times) {
		sum = (struct refusal_sum_detail){ row->why, row->times };
		rq->remote = row->network;
		sql_refusal_summed(
		    rq->db, .machine = machine, .why = row->why, .network = row->network);
		audit_by(rq, &(struct audit_who){ 0 },
		    &(struct audit_act){
			act, (str){ 0 }, detail_of(rq->arena, &refusal_sum_detail_shape, &sum) });
	}
	if (row->minute < rq->now / MINUTE)
		sql_refusal_over(
		    rq->db, .machine = machine, .why = row->why, .network = row->network);
	return row;
}

void
refusal_sum_up(struct desk *desk, struct arena *arena)
{
	const struct refusal_take_row *row;
	str why = { 0 }, network = { 0 };

	do {
		struct request rq = duty_begin(desk, arena);

		db_begin(rq.db, DB_WRITE);
		row = sum_up(&rq, why, network);
		duty_commit(&rq);
		if (row) {
			why = row->why;
			network = row->network;
		}
	} while (row);
	measure_done(shared_measures(desk->shared), WORK_REFUSALS);
}
