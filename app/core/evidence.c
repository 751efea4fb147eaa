/* evidence.c - who still uses the old secret of a rotation, and whether it may end. */
#include "core/evidence.h"

#include "base/arena.h"
#include "sql.h"

static bool
is_others(const struct evidence_callers_row *row)
{
	return row->address.n == 0 && str_eq(row->program, S("other"));
}

static struct evidence_caller
caller_of(const struct request *rq, const struct evidence_callers_row *row)
{
	struct evidence_caller caller = {
		.address = row->address, .program = row->program, .new_at = row->new_at
	};

	if (row->old_at > rq->now - EVIDENCE_DAYS * DAY)
		caller.old_at = row->old_at;
	caller.still =
	    caller.old_at && (!caller.new_at || caller.old_at > rq->now - EVIDENCE_SILENCE);
	return caller;
}

/* Adds the callers of one kind, in the order of the rows. */
static void
add_callers(const struct request *rq, struct evidence *evidence,
    const struct evidence_callers_rows *rows, bool still)
{
	for (size_t i = 0; i < rows->n; i++) {
		struct evidence_caller caller = caller_of(rq, &rows->at[i]);

		if (!is_others(&rows->at[i]) && caller.still == still &&
		    (caller.old_at || caller.new_at))
			evidence->callers[evidence->n++] = caller;
	}
}

static void
read_callers(struct request *rq, struct evidence *evidence, const struct evidence_sides_row *sides)
{
	struct evidence_callers_rows rows = sql_evidence_callers(
	    rq->db, .old = sides->old, .fresh = sides->fresh, .count = EVIDENCE_CALLERS_MAX);

	for (size_t i = 0; i < rows.n; i++) {
		const struct evidence_callers_row *row = &rows.at[i];

		if (row->first_at &&
		    (!evidence->first_used_at || row->first_at < evidence->first_used_at))
			evidence->first_used_at = row->first_at;
		if (is_others(row) && row->old_at > rq->now - EVIDENCE_DAYS * DAY)
			evidence->others = true;
	}
	evidence->callers = NEW(rq->arena, struct evidence_caller, rows.n);
	add_callers(rq, evidence, &rows, true);
	evidence->still = evidence->n;
	add_callers(rq, evidence, &rows, false);
}

static enum evidence_verdict
verdict_of(const struct request *rq, const struct evidence *evidence)
{
	int64_t silence = rq->now - EVIDENCE_SILENCE;

	if (!evidence->fresh.last_used_at || !evidence->first_used_at)
		return EVIDENCE_UNKNOWN;
	if (evidence->old.last_used_at > silence || evidence->first_used_at > silence ||
	    evidence->still)
		return EVIDENCE_NOT_YET;
	return evidence->others ? EVIDENCE_UNKNOWN : EVIDENCE_SAFE;
}

const struct evidence *
evidence_of(struct request *rq, str id)
{
	const struct evidence_sides_row *sides =
	    sql_evidence_sides(rq->db, .org = rq->org, .id = id, .now = rq->now);
	struct evidence *evidence;

	if (!sides)
		return NULL;
	evidence = NEW(rq->arena, struct evidence, 1);
	*evidence = (struct evidence){ .sid = sides->sid, .ends_at = sides->ends_at };
	evidence->old = (struct evidence_side){ .hint = sides->old_hint,
		.last_used_from = sides->old_used_from,
		.last_used_by = sides->old_used_by,
		.made_at = sides->old_made_at,
		.last_used_at = sides->old_used_at,
		.calls = sides->old_calls };
	evidence->fresh = (struct evidence_side){ .hint = sides->hint,
		.last_used_from = sides->used_from,
		.last_used_by = sides->used_by,
		.made_at = sides->made_at,
		.last_used_at = sides->used_at,
		.calls = sides->calls };
	read_callers(rq, evidence, sides);
	evidence->verdict = verdict_of(rq, evidence);
	return evidence;
}
