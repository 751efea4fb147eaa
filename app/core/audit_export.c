/* audit_export.c - an organization's audit log as a file that can be kept: lines of JSON, or CSV. */
#include "core/audit_export.h"

#include "core/audit_verify.h"
#include "core/desk.h"
#include "http/json.h"

#include <errno.h>
#include <string.h>

enum { PAGE = 200, TIMES = 5000, LINE_MAX_BYTES = 4 << 20 };

struct exporting {
	struct request *rq;
	const struct audit_export *wish;
	FILE *out;
	struct audit_seal seal;
	int64_t entries;
};

/* The entries of a chain that are wanted. */
struct run {
	struct audit_chain chain;
	int64_t first, last, end; /* end: the last that there was when the export began */
};

static void
put(struct exporting *e, str text, str end)
{
	if (fwrite(text.at, 1, text.n, e->out) != text.n ||
	    fwrite(end.at, 1, end.n, e->out) != end.n)
		fault(e->rq->arena->fault, "the export cannot be written: %s", strerror(errno));
}

/* ---- the two formats */

static bool
is_formula(char c)
{
	return c != '\0' && strchr("=+-@\t\r", c) != NULL;
}

/* Where cells are parted by ; or a tab, a quoted one of ours may be taken apart: so a formula is looked
 * for behind those as well, and behind quotes and blanks that follow them. */
void
audit_csv_cell(struct buf *b, str text)
{
	bool quoted = false, at_start = true;

	for (size_t i = 0; i < text.n; i++)
		quoted |= text.at[i] == '\0' || strchr(",;\"\r\n\t", text.at[i]) != NULL ||
		          (i == 0 && is_formula(text.at[i]));
	if (quoted)
		buf_add_char(b, '"');
	for (size_t i = 0; i < text.n; i++) {
		char c = text.at[i];

		if (at_start && is_formula(c))
			buf_add_char(b, '\'');
		if (c == '"')
			buf_add_char(b, '"');
		buf_add_char(b, c);
		at_start = c == ';' || c == '\t' || c == '\r' || c == '\n' ||
		           (at_start && (c == '"' || c == ' '));
	}
	if (quoted)
		buf_add_char(b, '"');
}

static void
write_csv(struct exporting *e, const struct audit_line *line)
{
	struct arena *a = e->rq->arena;
	struct buf b = buf_new(a, LINE_MAX_BYTES);

	for (size_t i = 0; i < audit_line_shape.n; i++) {
		const struct shape_member *m = &audit_line_shape.members[i];

		if (i)
			buf_add_char(&b, ',');
		audit_csv_cell(&b, line ? shape_text(a, m, line) : m->name);
	}
	put(e, buf_str(&b), S("\r\n"));
}

static void
write_json(struct exporting *e, const struct shape *shape, const void *data)
{
	struct buf b = buf_new(e->rq->arena, LINE_MAX_BYTES);

	json_write(&b, shape, data);
	audit_seal_add(&e->seal, buf_str(&b));
	put(e, buf_str(&b), S("\n"));
}

static void
write_head(struct exporting *e)
{
	struct arena *a = e->rq->arena;
	const struct audit_organization_row *row =
	    sql_audit_organization(e->rq->db, .org = e->wish->org);
	struct audit_line_head head = { .keydesk_audit = AUDIT_LINE_VERSION,
		.chain = e->wish->org,
		.exported_at = audit_time(a, e->rq->now),
		.from = audit_time(a, e->wish->from),
		.to = audit_time(a, e->wish->to),
		.key = e->rq->desk->keyring->active };

	if (row) {
		head.organization = row->id;
		head.name = row->name;
	}
	if (e->wish->format == AUDIT_CSV)
		write_csv(e, NULL);
	else
		write_json(e, &audit_line_head_shape, &head);
}

static void
write_entry(struct exporting *e, const struct audit_chain *chain, const struct audit_walk_row *row)
{
	size_t mark = arena_mark(e->rq->arena);
	struct audit_line line = audit_line_of(e->rq->arena, chain, row);

	if (e->wish->format == AUDIT_CSV)
		write_csv(e, &line);
	else
		write_json(e, &audit_line_shape, &line);
	e->entries++;
	arena_wipe(e->rq->arena, mark);
}

/* ---- what is in it */

/* Times do not quite go up along a chain: a request that came first may be written second. */
static void
look_at_time(const struct exporting *e, struct run *run, const struct audit_times_row *row)
{
	bool in_time = row->seq <= run->end && row->at >= e->wish->from &&
	               (!e->wish->to || row->at < e->wish->to);

	if (!in_time)
		return;
	if (row->seq < run->first)
		run->first = row->seq;
	run->last = row->seq;
}

static bool
narrow_on(const struct exporting *e, struct run *run, struct audit_numbers *numbers)
{
	struct audit_times_rows page;

	if (!audit_numbers(e->rq, &run->chain, numbers))
		return false;
	page = sql_audit_times(e->rq->db, .org = run->chain.org, .machine = run->chain.machine,
	    .from = numbers->from, .to = numbers->to, .count = TIMES);
	for (size_t i = 0; i < page.n; i++)
		look_at_time(e, run, &page.at[i]);
	return true;
}

/* The run between the first and the last entry of the wished time; false when there is none. */
static bool
narrow(const struct exporting *e, struct run *run)
{
	struct audit_numbers numbers = { .next = INT64_MIN, .many = TIMES };
	size_t mark = arena_mark(e->rq->arena);

	if (!e->wish->from && !e->wish->to)
		return true;
	run->first = INT64_MAX;
	run->last = INT64_MIN;
	while (narrow_on(e, run, &numbers) && numbers.to < run->end)
		arena_wipe(e->rq->arena, mark);
	return run->first <= run->last;
}

static bool
write_on(struct exporting *e, const struct run *run, struct audit_numbers *numbers)
{
	struct audit_walk_rows page;

	if (!audit_numbers(e->rq, &run->chain, numbers))
		return false;
	page = sql_audit_walk(e->rq->db, .org = run->chain.org, .machine = run->chain.machine,
	    .from = numbers->from, .to = numbers->to, .count = PAGE);
	for (size_t i = 0; i < page.n && page.at[i].seq <= run->last; i++)
		write_entry(e, &run->chain, &page.at[i]);
	return numbers->to < run->last;
}

static void
write_run(struct exporting *e, const struct run *run)
{
	struct audit_numbers numbers = { .next = run->first, .many = PAGE };
	size_t mark = arena_mark(e->rq->arena);

	while (write_on(e, run, &numbers))
		arena_wipe(e->rq->arena, mark);
	arena_wipe(e->rq->arena, mark);
}

/* The last number of a chain when the export began; INT64_MIN for one that has begun since. One that has
 * lost its head is exported too. */
static int64_t
end_of(struct request *rq, struct audit_ends_rows ends, const struct audit_chain *chain)
{
	const struct audit_last_row *last;

	for (size_t i = 0; i < ends.n; i++)
		if (ends.at[i].machine == chain->machine)
			return ends.at[i].last;
	if (sql_audit_head_get(rq->db, .org = chain->org, .machine = chain->machine))
		return INT64_MIN;
	last = sql_audit_last(rq->db, .org = chain->org, .machine = chain->machine);
	return last ? last->seq : INT64_MIN;
}

int64_t
audit_export(struct request *rq, const struct audit_export *wish, FILE *out)
{
	const struct keyring *ring = rq->desk->keyring;
	struct exporting e = { .rq = rq, .wish = wish, .out = out };
	struct audit_ends_rows ends = sql_audit_ends(rq->db, .org = wish->org);
	struct audit_chain chain = { wish->org, INT64_MIN };

	e.seal.key = &ring->keys[ring->active].audit;
	write_head(&e);
	while (audit_chain_next(rq, &chain) && chain.org == wish->org) {
		int64_t end = end_of(rq, ends, &chain);
		struct run run = { chain, INT64_MIN, end, end };

		if (end > INT64_MIN && narrow(&e, &run))
			write_run(&e, &run);
	}
	if (wish->format == AUDIT_JSONL)
		put(&e, audit_seal_line(rq->arena, &e.seal), S("\n"));
	if (fflush(out) != 0)
		fault(rq->arena->fault, "the export cannot be written: %s", strerror(errno));
	return e.entries;
}
