/* audit_export.c - an organization's audit log as a file that can be kept: lines of JSON, or CSV. */
#include "core/audit_export.h"

#include "core/audit_verify.h"
#include "core/desk.h"
#include "http/json.h"
#include "http/reply.h"

#include <errno.h>
#include <string.h>

enum { PAGE = 100, TIMES = 5000, LINE_MAX_BYTES = 1 << 20 };

/* The entries of a chain that are wanted. */
struct run {
	struct audit_chain chain;
	int64_t first, last, end; /* end: the last that there was when the export began */
};

struct audit_exporting {
	struct audit_export wish;
	struct audit_ends_rows ends; /* of each chain, when the export began */
	struct audit_seal seal;
	bool begun, runs; /* runs: `run` is gone on with */
	struct run run;
	int64_t next;           /* number of `run` */
	struct audit_mark mark; /* of an excerpt: behind which entry it goes on */
	int64_t entries;
};

/* One call. */
struct exporting {
	struct request *rq;
	struct audit_exporting *at;
	struct buf *out;
};

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
	for (size_t i = 0; i < audit_line_shape.n; i++) {
		const struct shape_member *m = &audit_line_shape.members[i];

		if (i)
			buf_add_char(e->out, ',');
		audit_csv_cell(e->out, line ? shape_text(e->rq->arena, m, line) : m->name);
	}
	buf_add(e->out, S("\r\n"));
}

static void
write_json(struct exporting *e, const struct shape *shape, const void *data)
{
	struct buf b = buf_new(e->rq->arena, LINE_MAX_BYTES);

	json_write(&b, shape, data);
	audit_seal_add(&e->at->seal, buf_str(&b));
	buf_add(e->out, buf_str(&b));
	buf_add_char(e->out, '\n');
}

static void
write_head(struct exporting *e)
{
	const struct audit_export *wish = &e->at->wish;
	struct arena *a = e->rq->arena;
	const struct audit_organization_row *row =
	    sql_audit_organization(e->rq->db, .org = wish->org);
	struct audit_line_head head = { .keydesk_audit = AUDIT_LINE_VERSION,
		.chain = wish->org,
		.exported_at = audit_time(a, e->rq->now),
		.from = audit_time(a, wish->from),
		.to = audit_time(a, wish->to),
		.key = e->rq->desk->keyring->active };

	if (row) {
		head.organization = row->id;
		head.name = row->name;
	}
	if (wish->format == AUDIT_CSV)
		write_csv(e, NULL);
	else if (!wish->only)
		write_json(e, &audit_line_head_shape, &head);
}

static void
write_entry(struct exporting *e, const struct audit_chain *chain, const struct audit_walk_row *row)
{
	struct audit_line line = audit_line_of(e->rq->arena, chain, row);

	if (e->at->wish.format == AUDIT_CSV)
		write_csv(e, &line);
	else
		write_json(e, &audit_line_shape, &line);
	e->at->entries++;
}

/* ---- what is in it */

/* Times do not quite go up along a chain: a request that came first may be written second. */
static void
look_at_time(const struct exporting *e, struct run *run, const struct audit_times_row *row)
{
	const struct audit_export *wish = &e->at->wish;
	bool in_time =
	    row->seq <= run->end && row->at >= wish->from && (!wish->to || row->at < wish->to);

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

	if (!e->at->wish.from && !e->at->wish.to)
		return true;
	run->first = INT64_MAX;
	run->last = INT64_MIN;
	while (narrow_on(e, run, &numbers) && numbers.to < run->end)
		arena_wipe(e->rq->arena, mark);
	arena_wipe(e->rq->arena, mark);
	return run->first <= run->last;
}

/* A piece of the run; false when there is no more of it. */
static bool
write_on(struct exporting *e)
{
	const struct run *run = &e->at->run;
	struct audit_numbers numbers = { .next = e->at->next, .many = PAGE };
	struct audit_walk_rows page;

	if (!audit_numbers(e->rq, &run->chain, &numbers))
		return false;
	page = sql_audit_walk(e->rq->db, .org = run->chain.org, .machine = run->chain.machine,
	    .from = numbers.from, .to = numbers.to, .count = PAGE);
	for (size_t i = 0; i < page.n && page.at[i].seq <= run->last; i++) {
		if (e->out->n > STREAM_PIECE_BYTES) {
			e->at->next = page.at[i].seq;
			return true;
		}
		write_entry(e, &run->chain, &page.at[i]);
	}
	e->at->next = numbers.next;
	return numbers.to < run->last;
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

/* The next chain of which there is something to write. */
static bool
next_run(struct exporting *e)
{
	struct audit_chain chain = e->at->run.chain;

	while (audit_chain_next(e->rq, &chain) && chain.org == e->at->wish.org) {
		int64_t end = end_of(e->rq, e->at->ends, &chain);

		e->at->run = (struct run){ chain, INT64_MIN, end, end };
		if (end > INT64_MIN && narrow(e, &e->at->run)) {
			e->at->next = e->at->run.first;
			return true;
		}
	}
	return false;
}

/* A piece of whole chains; false when that was the last one. */
static bool
more_of_chains(struct exporting *e)
{
	if (!e->at->runs && !next_run(e)) {
		if (e->at->wish.format == AUDIT_JSONL) {
			buf_add(e->out, audit_seal_line(e->rq->arena, &e->at->seal));
			buf_add_char(e->out, '\n');
		}
		return false;
	}
	e->at->runs = write_on(e);
	return true;
}

static bool
more_of_excerpt(struct exporting *e)
{
	struct audit_query query = *e->at->wish.only;
	struct audit_page page;

	query.rows = PAGE;
	page = audit_list(e->rq, &query, e->at->mark);
	for (size_t i = 0; i < page.n; i++) {
		const struct audit_list_rows_row *row = page.rows[i];
		struct audit_chain chain = { query.org, row->machine };

		write_entry(e, &chain,
		    &(struct audit_walk_row){ row->seq, row->at, row->person_id, row->person,
			row->act, row->object, row->detail, row->remote, row->request,
			row->key_number, row->mac });
	}
	e->at->mark = page.next;
	return page.more;
}

struct audit_exporting *
audit_export_begin(struct request *rq, const struct audit_export *wish)
{
	const struct keyring *ring = rq->desk->keyring;
	struct audit_exporting *e = NEW(rq->arena, struct audit_exporting, 1);

	*e = (struct audit_exporting){ .wish = *wish,
		.ends = sql_audit_ends(rq->db, .org = wish->org),
		.seal = { .key = &ring->keys[ring->active].audit },
		.run = { .chain = { wish->org, INT64_MIN } } };
	return e;
}

bool
audit_export_more(struct request *rq, void *exporting, struct buf *out)
{
	struct exporting e = { rq, exporting, out };

	if (!e.at->begun) {
		write_head(&e);
		e.at->begun = true;
		return true;
	}
	return e.at->wish.only ? more_of_excerpt(&e) : more_of_chains(&e);
}

static bool
write_piece(struct request *rq, struct audit_exporting *e, FILE *out)
{
	struct buf piece = buf_new(rq->arena, STREAM_PIECE_MAX_BYTES);
	bool more = audit_export_more(rq, e, &piece);

	if (piece.n && fwrite(piece.at, 1, piece.n, out) != piece.n)
		fault(rq->arena->fault, "the export cannot be written: %s", strerror(errno));
	return more;
}

int64_t
audit_export(struct request *rq, const struct audit_export *wish, FILE *out)
{
	struct audit_exporting *e = audit_export_begin(rq, wish);
	size_t mark = arena_mark(rq->arena);

	while (write_piece(rq, e, out))
		arena_wipe(rq->arena, mark);
	arena_wipe(rq->arena, mark);
	if (fflush(out) != 0)
		fault(rq->arena->fault, "the export cannot be written: %s", strerror(errno));
	return e->entries;
}
