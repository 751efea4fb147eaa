/* audit_past.c - checkpoints held against the database: what was there once is there still. */
#include "core/audit_past.h"

struct audit_past_chain {
	struct audit_chain chain;
	int64_t gone, gone_at; /* the last entry that is not there, 0 for none, and who knew it */
	int64_t changed, changed_at; /* the first one that is another */
};

/* A head, and when it was. */
struct known_head {
	const struct checkpoint_head *head;
	int64_t at;
};

struct audit_past
audit_past_begin(struct arena *a)
{
	return (struct audit_past){ .chains = NEW(a, struct audit_past_chain, AUDIT_PAST_CHAINS) };
}

/* The chain's place; a new one if there is room, else NULL. */
static struct audit_past_chain *
place_of(struct audit_past *p, const struct audit_chain *chain)
{
	for (size_t i = 0; i < p->chains_n; i++)
		if (p->chains[i].chain.org == chain->org &&
		    p->chains[i].chain.machine == chain->machine)
			return &p->chains[i];
	if (p->chains_n == AUDIT_PAST_CHAINS)
		return NULL;
	p->chains[p->chains_n].chain = *chain;
	return &p->chains[p->chains_n++];
}

static void
look(struct request *rq, struct audit_past *p, const struct audit_chain *chain,
    const struct known_head *known)
{
	const struct checkpoint_head *head = known->head;
	int64_t at = known->at;
	const struct audit_entry_mac_row *row = sql_audit_entry_mac(
	    rq->db, .org = chain->org, .machine = chain->machine, .seq = head->seq);
	struct audit_past_chain *place;

	if (row && str_eq(row->mac, head->mac))
		return;
	place = place_of(p, chain);
	if (!place) {
		p->others++;
	} else if (row && (!place->changed || head->seq < place->changed)) {
		place->changed = head->seq;
		place->changed_at = at;
	} else if (!row && head->seq > place->gone) {
		place->gone = head->seq;
		place->gone_at = at;
	}
}

void
audit_past_look(
    struct request *rq, struct audit_past *p, const struct checkpoint *past, const int64_t *org)
{
	size_t mark = arena_mark(rq->arena);

	p->lines++;
	if (past->at > p->last_at)
		p->last_at = past->at;
	for (size_t i = 0; i < past->n; i++) {
		struct audit_chain chain = { past->heads[i].org, past->machine };

		if (org && chain.org != *org)
			continue;
		p->heads++;
		look(rq, p, &chain, &(struct known_head){ &past->heads[i], past->at });
		arena_wipe(rq->arena, mark);
	}
}

static void
tell(struct request *rq, const struct audit_past_chain *c, struct audit_report *report)
{
	const struct audit_last_row *row =
	    sql_audit_last(rq->db, .org = c->chain.org, .machine = c->chain.machine);
	int64_t last = row && row->seq > 0 ? row->seq : 0;
	struct audit_finding changed = { .what = AUDIT_PAST_CHANGED,
		.chain = c->chain,
		.first = c->changed,
		.last = c->changed,
		.at = c->changed_at };
	struct audit_finding gone = { .what = AUDIT_PAST_GONE,
		.chain = c->chain,
		.first = last + 1,
		.last = c->gone,
		.at = c->gone_at };

	if (c->changed)
		audit_found(report, &changed);
	if (c->gone > last) /* one that is missing before the last is found by the walk */
		audit_found(report, &gone);
}

void
audit_past_end(struct request *rq, struct audit_past *p, struct audit_report *report)
{
	for (size_t i = 0; i < p->chains_n; i++)
		tell(rq, &p->chains[i], report);
	report->wrong += p->others;
}
