/* audit_walked.c - how far each chain of the audit log is known to be whole. */
#include "core/audit_walked.h"

#include "core/audit_verify.h"

/* One walk of the chain, from wherever the last call has come. */
struct leg {
	struct audit_on on;
	struct audit_report report;
	bool over; /* the end of the chain was reached */
};

struct walking {
	struct request *rq;
	struct audit_chain chain;
	int64_t left; /* how many entries may still be looked at in this call */
	const struct audit_walked_get_row *was;
	struct leg fresh, pass;
	int64_t pass_began_at, pass_wrongs, passed_at;
};

static void
go_on(struct walking *w, struct leg *leg)
{
	leg->on.most = w->left;
	leg->over = audit_verify_on(w->rq, &w->chain, &leg->on, &leg->report);
	w->left -= leg->report.entries < w->left ? leg->report.entries : w->left;
}

static bool
pass_is_due(const struct walking *w)
{
	int64_t again = w->was && w->was->wrong ? AUDIT_WALK_AGAIN_WRONG : AUDIT_WALK_AGAIN;

	return w->pass_began_at || (w->passed_at && w->passed_at < w->rq->now - again);
}

/* The first walk of a chain begins at its beginning, so it is a whole one. */
static void
walk(struct walking *w)
{
	go_on(w, &w->fresh);
	if (!w->passed_at && !w->pass_began_at && w->fresh.over) {
		w->passed_at = w->rq->now;
		return;
	}
	if (!w->fresh.over || !pass_is_due(w) || w->left == 0)
		return;
	if (!w->pass_began_at)
		w->pass_began_at = w->rq->now;
	go_on(w, &w->pass);
	w->pass_wrongs += w->pass.report.wrong;
}

/* What was found first stays, with its time, until a whole walk finds nothing. */
static void
save_wrong(const struct walking *w, bool passed)
{
	const struct audit_report *report =
	    w->fresh.report.wrong ? &w->fresh.report : &w->pass.report;
	bool wrong = w->was && w->was->wrong;
	struct audit_finding f = { 0 };

	if (report->n)
		f = report->at[0];
	if (report->n ? wrong : !wrong || !passed || w->pass_wrongs)
		return;
	sql_audit_walked_wrong(w->rq->db, .org = w->chain.org, .machine = w->chain.machine,
	    .wrong = f.what, .first = f.first, .last = f.last, .at = f.at, .key = f.key,
	    .found_at = report->n ? w->rq->now : 0);
}

static void
save(struct walking *w)
{
	bool passed = w->pass_began_at && w->pass.over;

	sql_audit_walked_put(w->rq->db, .org = w->chain.org, .machine = w->chain.machine,
	    .seq = w->fresh.on.seq, .mac = audit_on_mac(&w->fresh.on), .now = w->rq->now,
	    .pass_seq = passed ? 0 : w->pass.on.seq,
	    .pass_mac = passed ? (str){ 0 } : audit_on_mac(&w->pass.on),
	    .pass_began_at = passed ? 0 : w->pass_began_at,
	    .pass_wrongs = passed ? 0 : w->pass_wrongs,
	    .passed_at = passed ? w->pass_began_at : w->passed_at);
	save_wrong(w, passed);
}

/* How many entries that took. */
static int64_t
walk_chain(struct request *rq, const struct audit_chain *chain, int64_t most)
{
	struct walking w = { .rq = rq, .chain = *chain, .left = most };

	w.was = sql_audit_walked_get(rq->db, .org = chain->org, .machine = chain->machine);
	if (w.was) {
		w.fresh.on = audit_on_of(w.was->seq, w.was->mac);
		w.pass.on = audit_on_of(w.was->pass_seq, w.was->pass_mac);
		w.pass_began_at = w.was->pass_began_at;
		w.pass_wrongs = w.was->pass_wrongs;
		w.passed_at = w.was->passed_at;
	}
	walk(&w);
	save(&w);
	return most - w.left;
}

void
audit_walk_due(struct desk *desk, struct arena *arena)
{
	struct request rq = { .arena = arena, .db = desk->db, .desk = desk, .now = clock_now() };
	struct audit_walked_due_rows due =
	    sql_audit_walked_due(desk->db, .passed_before = rq.now - AUDIT_WALK_AGAIN,
		.wrong_before = rq.now - AUDIT_WALK_AGAIN_WRONG, .count = AUDIT_WALK_CHAINS);
	int64_t left = AUDIT_WALK_ENTRIES;
	size_t mark = arena_mark(arena);

	for (size_t i = 0; i < due.n && left > 0; i++) {
		struct audit_chain chain = { due.at[i].org, due.at[i].machine };

		left -= walk_chain(&rq, &chain, left);
		arena_wipe(arena, mark);
	}
}

/* ---- what is known */

size_t
audit_walked(struct request *rq, int64_t org, const struct audit_walked **at)
{
	struct audit_walked_of_rows rows =
	    sql_audit_walked_of(rq->db, .org = org, .count = AUDIT_WALKED_MAX);
	struct audit_walked *all = NEW(rq->arena, struct audit_walked, rows.n);

	for (size_t i = 0; i < rows.n; i++) {
		const struct audit_walked_of_row *row = &rows.at[i];
		struct audit_chain chain = { org, row->machine };

		all[i] = (struct audit_walked){ .chain = chain,
			.seq = row->seq,
			.walked_at = row->walked_at,
			.passed_at = row->passed_at,
			.last = row->last,
			.finding = { .what = (enum audit_wrong)row->wrong,
			    .chain = chain,
			    .first = row->wrong_first,
			    .last = row->wrong_last,
			    .at = row->wrong_at,
			    .key = row->wrong_key },
			.found_at = row->found_at };
	}
	*at = all;
	return rows.n;
}
