/* audit_list.c - entries of the audit log, the newest first. */
#include "core/audit_list.h"

#include "base/buf.h"
#include "sql.h"

enum { PIECE = 200, ROWS_MAX = 500, ID_CHARS = 21 };

/* Which index is walked. */
enum driver { BY_TIME, BY_OBJECT, BY_PERSON, BY_ACT };

/* One entry of the index, and whether what it is not of holds too. */
struct seen {
	struct audit_mark mark;
	bool fits;
};
struct piece {
	struct seen *at;
	size_t n;
};

struct walk {
	struct request *rq;
	const struct audit_query *query;
	enum driver driver;
	bool by_person, by_act, by_object;
	int64_t person, from;
	struct audit_mark at; /* the last one looked at */
	int64_t *found;
	size_t n, most, looked, look;
	bool full, ended;
};

/* ---- which way */

static int64_t
count_of(const struct walk *w, enum driver driver, int64_t most)
{
	const struct audit_query *q = w->query;
	struct db *db = w->rq->db;

	switch (driver) {
	case BY_OBJECT:
		return sql_audit_list_of_object(db, .org = q->org, .object = q->object,
		    .from = w->from, .at = w->at.at, .most = most)
		    ->n;
	case BY_PERSON:
		return sql_audit_list_of_person(db, .org = q->org, .person = w->person,
		    .from = w->from, .at = w->at.at, .most = most)
		    ->n;
	case BY_ACT:
		return sql_audit_list_of_act(
		    db, .org = q->org, .act = q->act, .from = w->from, .at = w->at.at, .most = most)
		    ->n;
	case BY_TIME:
		break;
	}
	return INT64_MAX;
}

/* That with the fewest entries from here on, of those with too many to count the first one. One alone is not
 * counted. */
static void
pick_driver(struct walk *w)
{
	const bool asked[] = { [BY_TIME] = false, w->by_object, w->by_person, w->by_act };
	bool several = w->by_object + w->by_person + w->by_act > 1;
	int64_t fewest = INT64_MAX;

	for (enum driver d = BY_OBJECT; d <= BY_ACT; d++) {
		int64_t n;

		if (!asked[d])
			continue;
		n = several ? count_of(w, d, AUDIT_LIST_LOOK + 1) : 0;
		if (n < fewest) {
			fewest = n;
			w->driver = d;
		}
	}
}

/* ---- a piece of it, in each way */

/* The four kinds of rows are alike but for their names. */
#define FILL(piece, rows)                                                       \
	for (size_t i = 0; i < (rows).n; i++)                                   \
		(piece).at[i] = (struct seen)                                   \
		{                                                               \
			{ (rows).at[i].at, (rows).at[i].id }, (rows).at[i].fits \
		}

static struct piece
piece_of(const struct walk *w, size_t n)
{
	return (struct piece){ NEW(w->rq->arena, struct seen, n), n };
}

static struct piece
walk_time(const struct walk *w, int64_t count)
{
	struct audit_list_all_rows rows = sql_audit_list_all(w->rq->db, .org = w->query->org,
	    .from = w->from, .at = w->at.at, .id = w->at.id, .count = count);
	struct piece piece = piece_of(w, rows.n);

	FILL(piece, rows);
	return piece;
}

static struct piece
walk_object(const struct walk *w, int64_t count)
{
	struct audit_list_object_rows rows = sql_audit_list_object(w->rq->db, .org = w->query->org,
	    .object = w->query->object, .by_act = w->by_act, .act = w->query->act,
	    .by_person = w->by_person, .person = w->person, .from = w->from, .at = w->at.at,
	    .id = w->at.id, .count = count);
	struct piece piece = piece_of(w, rows.n);

	FILL(piece, rows);
	return piece;
}

static struct piece
walk_person(const struct walk *w, int64_t count)
{
	struct audit_list_person_rows rows = sql_audit_list_person(w->rq->db, .org = w->query->org,
	    .person = w->person, .by_act = w->by_act, .act = w->query->act,
	    .by_object = w->by_object, .object = w->query->object, .from = w->from, .at = w->at.at,
	    .id = w->at.id, .count = count);
	struct piece piece = piece_of(w, rows.n);

	FILL(piece, rows);
	return piece;
}

static struct piece
walk_act(const struct walk *w, int64_t count)
{
	struct audit_list_act_rows rows = sql_audit_list_act(w->rq->db, .org = w->query->org,
	    .act = w->query->act, .by_person = w->by_person, .person = w->person,
	    .by_object = w->by_object, .object = w->query->object, .from = w->from, .at = w->at.at,
	    .id = w->at.id, .count = count);
	struct piece piece = piece_of(w, rows.n);

	FILL(piece, rows);
	return piece;
}

static struct piece
next_piece(const struct walk *w, int64_t count)
{
	switch (w->driver) {
	case BY_OBJECT:
		return walk_object(w, count);
	case BY_PERSON:
		return walk_person(w, count);
	case BY_ACT:
		return walk_act(w, count);
	case BY_TIME:
		break;
	}
	return walk_time(w, count);
}

/* ---- walking */

/* One piece of the list; false when the walk is over. One more than a page is read, to know what is behind. */
static bool
step(struct walk *w)
{
	bool several = w->by_object + w->by_person + w->by_act > 1;
	size_t count = several ? PIECE : w->most + 1;
	struct piece piece;

	if (count > w->look - w->looked)
		count = w->look - w->looked;
	piece = next_piece(w, (int64_t)count);
	for (size_t i = 0; i < piece.n && !w->full; i++) {
		w->full = piece.at[i].fits && w->n == w->most;
		if (w->full)
			break;
		w->at = piece.at[i].mark;
		w->looked++;
		if (piece.at[i].fits)
			w->found[w->n++] = piece.at[i].mark.id;
	}
	w->ended = !w->full && piece.n < count;
	return !w->full && !w->ended && w->looked < w->look;
}

/* ---- the rows */

static const struct audit_list_rows_row *
row_of(const struct audit_list_rows_rows *rows, int64_t id)
{
	for (size_t i = 0; i < rows->n; i++)
		if (rows->at[i].id == id)
			return &rows->at[i];
	return NULL;
}

/* In the order in which they were found. Entries do not go, but for whoever takes them out of the database. */
static void
read_rows(const struct walk *w, struct audit_page *page)
{
	struct buf ids = buf_new(w->rq->arena, ROWS_MAX * ID_CHARS);
	const struct audit_list_rows_row **rows =
	    NEW(w->rq->arena, const struct audit_list_rows_row *, w->n);
	struct audit_list_rows_rows found;

	for (size_t i = 0; i < w->n; i++)
		buf_fmt(&ids, "%c%lld", i ? ',' : '[', (long long)w->found[i]);
	buf_add_char(&ids, ']');
	found = sql_audit_list_rows(w->rq->db, .org = w->query->org, .ids = buf_str(&ids));
	for (size_t i = 0; i < w->n; i++) {
		rows[page->n] = row_of(&found, w->found[i]);
		page->n += rows[page->n] != NULL;
	}
	page->rows = rows;
}

struct audit_page
audit_list(struct request *rq, const struct audit_query *query, struct audit_mark behind)
{
	static const int64_t never = 250000000000 * SECOND; /* in the year 9892 */
	size_t most = query->rows ? query->rows : AUDIT_LIST_ROWS;
	struct audit_mark first = { query->until ? query->until : never, 0 };
	struct walk w = { .rq = rq,
		.query = query,
		.by_person = query->whose != AUDIT_OF_ALL,
		.by_act = query->act.n > 0,
		.by_object = query->object.n > 0,
		.person = query->whose == AUDIT_OF_PERSON ? query->person : 0,
		.from = query->from ? query->from : SECOND,
		.at = behind.id ? behind : first,
		.found = NEW(rq->arena, int64_t, most),
		.most = most < ROWS_MAX ? most : ROWS_MAX,
		.look = query->look ? query->look : AUDIT_LIST_LOOK };
	struct audit_page page = { 0 };

	pick_driver(&w);
	while (step(&w))
		continue;
	if (w.n)
		read_rows(&w, &page);
	page.next = w.at;
	page.more = !w.ended;
	page.stopped = !w.ended && !w.full && w.n < w.most;
	return page;
}

str
audit_list_key(struct request *rq, int64_t org, struct audit_mark mark)
{
	const struct audit_list_key_row *row =
	    sql_audit_list_key(rq->db, .org = org, .id = mark.id);

	return row ? fmt(rq->arena, "%lld-%lld", (long long)row->machine, (long long)row->seq)
	           : (str){ 0 };
}

struct audit_mark
audit_list_mark(struct request *rq, int64_t org, str key)
{
	const struct audit_list_mark_row *row = NULL;
	int64_t machine, seq;
	str number;

	if (str_int(str_cut(key, '-', &number), &machine) && str_int(number, &seq))
		row = sql_audit_list_mark(rq->db, .org = org, .machine = machine, .seq = seq);
	return row ? (struct audit_mark){ row->at, row->id } : (struct audit_mark){ 0 };
}
