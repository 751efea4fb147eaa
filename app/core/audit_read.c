/* audit_read.c - an export held against the key ring, and against checkpoints, without a database. */
#include "core/audit_read.h"

#include <stdlib.h>
#include <string.h>

/* Half of an HMAC is enough to tell one from another: 128 bits. */
enum { MARK_CHARS = AUDIT_MAC_CHARS / 2 };

struct audit_read_checkpoint {
	int64_t machine, seq, at;
	char mark[MARK_CHARS];
};

/* Where the file has come to. */
struct reading {
	struct audit_read *read;
	struct lines *lines;
	struct audit_seal seal;
	struct audit_check check;
	int64_t until; /* what was there before this must be in the file */
	bool in_chain, over;
	size_t next; /* of the checkpoints */
};

static void
note(struct audit_read *r, int64_t line, str what)
{
	if (r->wrong < AUDIT_READ_WRONGS)
		r->wrongs[r->wrong] = (struct audit_read_wrong){ line, what };
	r->wrong++;
}

static const struct digest *
key_of(const struct keyring *ring, int64_t number)
{
	return number > 0 && number <= KEYRING_MAX ? keyring_audit(ring, (int)number) : NULL;
}

bool
audit_read_begin(
    struct audit_read *r, struct arena *a, const struct keyring *ring, struct lines *lines)
{
	str line = { 0 }, wrong;

	*r = (struct audit_read){ .arena = a, .ring = ring };
	if (!lines_next(lines, &line)) {
		note(r, 1, S("is not there: the file is empty"));
		return false;
	}
	wrong = audit_line_read_head(a, line, &r->head);
	if (wrong.n == 0 && !key_of(ring, r->head.key))
		wrong = S("it is sealed with a key that the ring does not have");
	if (wrong.n) {
		note(r, 1, fmt(a, "is not the beginning of an export: %.*s", STR(wrong)));
		return false;
	}
	r->first_line = str_copy(a, line);
	return true;
}

/* ---- checkpoints */

void
audit_read_checkpoint(struct audit_read *r, const struct checkpoint *past)
{
	if (!r->known)
		r->known = NEW(r->arena, struct audit_read_checkpoint, AUDIT_READ_CHECKPOINTS);
	for (size_t i = 0; i < past->n; i++) {
		const struct checkpoint_head *head = &past->heads[i];
		struct audit_read_checkpoint *known;

		if (head->org != r->head.chain)
			continue;
		if (r->known_n == AUDIT_READ_CHECKPOINTS)
			fault(r->arena->fault, "more than %d checkpoints of one organization",
			    AUDIT_READ_CHECKPOINTS);
		known = &r->known[r->known_n++];
		*known =
		    (struct audit_read_checkpoint){ past->machine, head->seq, past->at, { 0 } };
		if (head->mac.n >= MARK_CHARS)
			memcpy(known->mark, head->mac.at, MARK_CHARS);
	}
}

static int
by_place(const void *a, const void *b)
{
	const struct audit_read_checkpoint *x = a, *y = b;

	if (x->machine != y->machine)
		return x->machine < y->machine ? -1 : 1;
	return (x->seq > y->seq) - (x->seq < y->seq);
}

/* Those of entries of this machine that are missing are passed by: the walk finds those. */
static void
pass_missing(struct reading *g, int64_t seq)
{
	const struct audit_read *r = g->read;

	while (g->next < r->known_n && r->known[g->next].machine == g->check.chain.machine &&
	       r->known[g->next].seq < seq)
		g->next++;
}

/* The checkpoints of one machine from the next on, which has no more entries in the file: the last of
 * them that speaks of the time of the file tells how many there should be. */
static void
end_machine(struct reading *g)
{
	struct audit_read *r = g->read;
	int64_t machine = r->known[g->next].machine;
	bool current = g->in_chain && g->check.chain.machine == machine;
	struct audit_finding gone = { .what = AUDIT_PAST_GONE,
		.chain = { r->head.chain, machine },
		.first = current ? g->check.seq + 1 : 1 };

	for (; g->next < r->known_n && r->known[g->next].machine == machine; g->next++) {
		if (r->known[g->next].at > g->until)
			continue;
		gone.last = r->known[g->next].seq;
		gone.at = r->known[g->next].at;
	}
	/* A machine may have been still since the time that the file begins with. */
	if (gone.last >= gone.first && (current || r->head.from.n == 0))
		audit_found(&r->report, &gone);
}

static void
end_machines_before(struct reading *g, int64_t machine)
{
	audit_check_end(&g->check);
	while (g->next < g->read->known_n && g->read->known[g->next].machine < machine)
		end_machine(g);
}

/* Those that are of this entry. */
static void
meet(struct reading *g, const struct audit_walk_row *row)
{
	struct audit_read *r = g->read;
	int64_t machine = g->check.chain.machine;

	for (; g->next < r->known_n && r->known[g->next].machine == machine &&
	       r->known[g->next].seq == row->seq;
	     g->next++) {
		const struct audit_read_checkpoint *k = &r->known[g->next];
		struct audit_finding changed = { .what = AUDIT_PAST_CHANGED,
			.chain = g->check.chain,
			.first = row->seq,
			.last = row->seq,
			.at = k->at };

		if (row->mac.n < MARK_CHARS || memcmp(k->mark, row->mac.at, MARK_CHARS) != 0)
			audit_found(&r->report, &changed);
	}
}

/* ---- entries */

static void
begin_chain(struct reading *g, const struct audit_chain *chain, int64_t seq)
{
	end_machines_before(g, chain->machine);
	g->check = audit_check_begin(g->read->ring, g->read->arena, &g->read->report, chain);
	if (g->read->head.from.n && seq > 1)
		audit_check_from(&g->check, seq - 1);
	g->in_chain = true;
}

static void
read_entry(struct reading *g, str line)
{
	struct audit_read *r = g->read;
	struct audit_chain chain;
	struct audit_walk_row row;
	str wrong = audit_line_read(r->arena, line, &chain, &row);

	if (wrong.n) {
		note(r, g->lines->number, fmt(r->arena, "is no entry: %.*s", STR(wrong)));
	} else if (chain.org != r->head.chain) {
		note(r, g->lines->number, S("is an entry of another organization"));
	} else if (g->in_chain && chain.machine < g->check.chain.machine) {
		note(r, g->lines->number, S("is an entry of a machine that stands before"));
	} else {
		if (!g->in_chain || chain.machine != g->check.chain.machine)
			begin_chain(g, &chain, row.seq);
		pass_missing(g, row.seq);
		audit_check_entry(&g->check, &row);
		meet(g, &row);
	}
}

static void
read_end(struct reading *g, str line)
{
	struct audit_read *r = g->read;
	str rest;

	g->over = true;
	if (!str_eq(line, audit_seal_line(r->arena, &g->seal)))
		note(r, g->lines->number, S("is not the seal of what stands before it"));
	else if (!g->lines->ended)
		note(r, g->lines->number, S("has no end"));
	if (lines_next(g->lines, &rest))
		note(r, g->lines->number, S("stands behind the end"));
}

/* What was committed before the export, and before the time that it ends with, must be in it; the clocks of
 * two machines may differ by less than a minute. */
static int64_t
until(const struct audit_line_head *head)
{
	int64_t to = 0, exported_at = 0;

	audit_time_read(head->exported_at, &exported_at);
	if (head->to.n && audit_time_read(head->to, &to) && to < exported_at)
		return to - MINUTE;
	return exported_at - MINUTE;
}

/* What a line takes of the arena is given back, but for a text that is kept with what is wrong. */
static void
read_line(struct reading *g, str line)
{
	struct arena *a = g->read->arena;
	size_t mark = arena_mark(a);
	int64_t before = g->read->wrong;

	if (str_starts(line, S("{\"entries\":"))) {
		read_end(g, line);
	} else {
		audit_seal_add(&g->seal, line);
		read_entry(g, line);
	}
	if (g->read->wrong == before || before >= AUDIT_READ_WRONGS)
		arena_wipe(a, mark);
}

void
audit_read_rest(struct audit_read *r, struct lines *lines)
{
	struct reading g = { .read = r, .lines = lines, .until = until(&r->head) };
	str line;

	g.seal.key = key_of(r->ring, r->head.key);
	audit_seal_add(&g.seal, r->first_line);
	if (r->known_n)
		qsort(r->known, r->known_n, sizeof r->known[0], by_place);
	while (!g.over && lines_next(lines, &line))
		read_line(&g, line);
	end_machines_before(&g, INT64_MAX);
	if (!g.over)
		note(r, lines->number, S("is the last one, and no seal follows: the file was cut"));
}
