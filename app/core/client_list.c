/* client_list.c - clients in the order of a list. */
#include "core/client_list.h"

#include "base/buf.h"
#include "sql.h"

#include <stdlib.h>

enum { WALK_PIECE = 200, PATTERN_BYTES = 1 << 12 };

/* A place in the list: the client, and what it is ordered by. */
struct place {
	int64_t client, created_at;
	str name_key;
};

/* What was read of a piece of the list, in the order of the walk. */
struct piece {
	struct place *at;
	bool *fits;
	size_t n;
};

/* One walk. driver is the term whose clients are looked at, pattern what the others ask of them. */
struct walk {
	struct request *rq;
	const struct client_query *query;
	str driver, pattern;
	bool several;        /* terms */
	int64_t from, until; /* created_at */
	int64_t
	    drivers; /* how many the driver holds for, at most CLIENT_COUNT_MAX + 1; 0: not counted */
	bool back;
	struct place at; /* the last one looked at */
	int64_t *found;
	size_t n, most, looked, look;
	int64_t counted; /* of those found, how many are among the first CLIENT_COUNT_MAX + 1 */
	bool ended;      /* there is nothing behind `at` */
};

static int
by_text(const void *a, const void *b)
{
	return str_cmp(*(const str *)a, *(const str *)b);
}

str
client_list_pattern(struct arena *a, struct strs terms)
{
	str *sorted = NEW(a, str, terms.n);
	struct buf out = buf_new(a, PATTERN_BYTES);

	for (size_t i = 0; i < terms.n; i++)
		sorted[i] = terms.at[i];
	qsort(sorted, terms.n, sizeof *sorted, by_text);
	for (size_t i = 0; i < terms.n; i++)
		if (i == 0 || !str_eq(sorted[i], sorted[i - 1]))
			buf_fmt(&out, "%% %.*s ", STR(sorted[i]));
	buf_add_char(&out, '%');
	return buf_str(&out);
}

static bool
by_name_of_a_time(const struct walk *w)
{
	return w->query->order == BY_NAME && (w->query->made_from || w->query->made_until);
}

static int64_t
count_term(const struct walk *w, str term, int64_t most)
{
	return sql_client_term_count(w->rq->db, .org = w->rq->org,
	    .integration = w->query->integration, .term = term, .made_from = w->from,
	    .made_until = w->until, .most = most)
	    ->n;
}

/* The term with the fewest clients drives; of those with too many to count the first one does. None is counted further
 * than the best so far, and once a piece of the walk holds all of one, the others need not be known. */
static void
pick_driver(struct walk *w)
{
	w->driver = w->query->terms.at[0];
	if (!w->several && !by_name_of_a_time(w))
		return;
	w->drivers = count_term(w, w->driver, CLIENT_COUNT_MAX + 1);
	for (size_t i = 1; i < w->query->terms.n && w->drivers > WALK_PIECE; i++) {
		int64_t n = count_term(w, w->query->terms.at[i], w->drivers);

		if (n < w->drivers) {
			w->drivers = n;
			w->driver = w->query->terms.at[i];
		}
	}
}

/* Before the first one of either order. */
static struct place
outside(const struct walk *w)
{
	return (struct place){ .created_at = w->until };
}

/* ---- the four ways, and that of a few by name */

static struct piece
piece_new(struct arena *a, size_t n)
{
	return (struct piece){ NEW(a, struct place, n), NEW(a, bool, n), n };
}

static struct piece
walk_newest(const struct walk *w, int64_t count)
{
	struct client_walk_newest_rows rows = sql_client_walk_newest(w->rq->db, .org = w->rq->org,
	    .integration = w->query->integration, .term = w->driver, .made_from = w->from,
	    .made_until = w->until, .pattern = w->pattern, .several = w->several,
	    .at = w->at.created_at, .client = w->at.client, .count = count);
	struct piece piece = piece_new(w->rq->arena, rows.n);

	for (size_t i = 0; i < rows.n; i++) {
		piece.at[i] =
		    (struct place){ rows.at[i].client, rows.at[i].created_at, rows.at[i].name_key };
		piece.fits[i] = rows.at[i].fits;
	}
	return piece;
}

static struct piece
walk_oldest(const struct walk *w, int64_t count)
{
	struct client_walk_oldest_rows rows = sql_client_walk_oldest(w->rq->db, .org = w->rq->org,
	    .integration = w->query->integration, .term = w->driver, .made_from = w->from,
	    .made_until = w->until, .pattern = w->pattern, .several = w->several,
	    .at = w->at.created_at, .client = w->at.client, .count = count);
	struct piece piece = piece_new(w->rq->arena, rows.n);

	for (size_t i = 0; i < rows.n; i++) {
		piece.at[i] =
		    (struct place){ rows.at[i].client, rows.at[i].created_at, rows.at[i].name_key };
		piece.fits[i] = rows.at[i].fits;
	}
	return piece;
}

static struct piece
walk_names(const struct walk *w, int64_t count)
{
	struct client_walk_names_rows rows = sql_client_walk_names(w->rq->db, .org = w->rq->org,
	    .integration = w->query->integration, .term = w->driver, .made_from = w->from,
	    .made_until = w->until, .pattern = w->pattern, .several = w->several,
	    .name_key = w->at.name_key, .client = w->at.client, .count = count);
	struct piece piece = piece_new(w->rq->arena, rows.n);

	for (size_t i = 0; i < rows.n; i++) {
		piece.at[i] =
		    (struct place){ rows.at[i].client, rows.at[i].created_at, rows.at[i].name_key };
		piece.fits[i] = rows.at[i].fits;
	}
	return piece;
}

static struct piece
walk_names_back(const struct walk *w, int64_t count)
{
	struct client_walk_names_back_rows rows =
	    sql_client_walk_names_back(w->rq->db, .org = w->rq->org,
		.integration = w->query->integration, .term = w->driver, .made_from = w->from,
		.made_until = w->until, .pattern = w->pattern, .several = w->several,
		.name_key = w->at.name_key, .client = w->at.client, .count = count);
	struct piece piece = piece_new(w->rq->arena, rows.n);

	for (size_t i = 0; i < rows.n; i++) {
		piece.at[i] =
		    (struct place){ rows.at[i].client, rows.at[i].created_at, rows.at[i].name_key };
		piece.fits[i] = rows.at[i].fits;
	}
	return piece;
}

static bool
is_behind(const struct walk *w, int64_t client, str name_key)
{
	int order = str_cmp(name_key, w->at.name_key);

	if (order == 0)
		order = client < w->at.client ? -1 : client > w->at.client;
	return w->back ? order < 0 : order > 0;
}

/* All that are behind where the walk is. */
static struct piece
walk_few(const struct walk *w)
{
	struct client_walk_few_rows rows =
	    sql_client_walk_few(w->rq->db, .org = w->rq->org, .integration = w->query->integration,
		.term = w->driver, .made_from = w->from, .made_until = w->until,
		.pattern = w->pattern, .several = w->several, .most = CLIENT_COUNT_MAX);
	struct piece piece = piece_new(w->rq->arena, rows.n);

	piece.n = 0;
	for (size_t i = 0; i < rows.n; i++) {
		size_t at = w->back ? rows.n - 1 - i : i;

		if (!is_behind(w, rows.at[at].client, rows.at[at].name_key))
			continue;
		piece.at[piece.n] = (struct place){ rows.at[at].client, rows.at[at].created_at,
			rows.at[at].name_key };
		piece.fits[piece.n++] = rows.at[at].fits;
	}
	return piece;
}

/* Of a time that few are of, the names of all are put in order; else their index is walked. */
static bool
of_a_few(const struct walk *w)
{
	return by_name_of_a_time(w) && w->drivers <= CLIENT_COUNT_MAX;
}

static struct piece
next_piece(const struct walk *w, int64_t count)
{
	if (of_a_few(w))
		return walk_few(w);
	if (w->query->order == BY_NAME)
		return w->back ? walk_names_back(w, count) : walk_names(w, count);
	return w->back ? walk_oldest(w, count) : walk_newest(w, count);
}

/* ---- walking */

/* Looks at one client; false when the page is full: then there is at least this one behind it. */
static bool
look_at(struct walk *w, const struct place *place, bool fits)
{
	if (fits && w->n == w->most)
		return false;
	w->at = *place;
	w->looked++;
	if (fits && w->looked <= CLIENT_COUNT_MAX + 1)
		w->counted++;
	if (fits)
		w->found[w->n++] = place->client;
	return true;
}

/* One piece of the list; false when the walk is over. One more than a page is read, to know what is behind. */
static bool
step(struct walk *w)
{
	size_t count = w->several || w->query->order == BY_NAME ? WALK_PIECE : w->most + 1;
	struct piece piece;

	if (count > w->look - w->looked)
		count = w->look - w->looked;
	piece = next_piece(w, (int64_t)count);
	for (size_t i = 0; i < piece.n; i++)
		if (!look_at(w, &piece.at[i], piece.fits[i]))
			return false;
	w->ended = of_a_few(w) || piece.n < count;
	return !w->ended && w->looked < w->look;
}

static void
turn_round(struct walk *w)
{
	for (size_t i = 0; i < w->n / 2; i++) {
		int64_t other = w->found[i];

		w->found[i] = w->found[w->n - 1 - i];
		w->found[w->n - 1 - i] = other;
	}
}

/* ---- the page */

static str
id_of(const struct walk *w, int64_t client)
{
	const struct client_list_id_row *row =
	    sql_client_list_id(w->rq->db, .org = w->rq->org, .client = client);

	return row ? row->id : (str){ 0 };
}

/* What is on the side that was walked to, and on the side that it came from. A page that is full goes on behind
 * its last client; one that has stopped, behind the last one that was looked at. */
static void
ends(const struct walk *w, struct client_page *page)
{
	str further = w->ended ? (str){ 0 } : id_of(w, w->at.client), came = { 0 };

	if (w->query->from.n && w->n)
		came = id_of(w, w->found[w->back ? w->n - 1 : 0]);
	else if (w->query->from.n && w->looked)
		came = id_of(w, w->at.client);
	page->next = w->back ? came : further;
	page->previous = w->back ? further : came;
	page->stopped = !w->ended && w->n < w->most;
}

/* How many of the first drivers fit. What the walk has seen need not be read again: all of them, or more than are
 * counted. */
static void
count_all(struct walk *w, struct client_page *page)
{
	bool from_first = w->query->from.n == 0;
	const struct client_list_count_row *counted;

	if (from_first && w->ended) {
		page->count = (int64_t)w->n;
		return;
	}
	if (!w->several) {
		if (!w->drivers)
			w->drivers = count_term(w, w->driver, CLIENT_COUNT_MAX + 1);
		page->more = w->drivers > CLIENT_COUNT_MAX;
		page->count = page->more ? CLIENT_COUNT_MAX : w->drivers;
		return;
	}
	if (from_first && w->query->order == BY_CREATED && w->looked > CLIENT_COUNT_MAX) {
		page->more = true;
		page->count = w->counted;
		return;
	}
	counted = sql_client_list_count(w->rq->db, .org = w->rq->org,
	    .integration = w->query->integration, .term = w->driver, .made_from = w->from,
	    .made_until = w->until, .pattern = w->pattern, .most = CLIENT_COUNT_MAX + 1);
	page->more = counted->looked > CLIENT_COUNT_MAX;
	page->count = counted->fits > CLIENT_COUNT_MAX ? CLIENT_COUNT_MAX : counted->fits;
}

static struct walk
walk_begin(struct request *rq, const struct client_query *query)
{
	static const int64_t never = 250000000000 * SECOND; /* in the year 9892 */
	size_t most = query->rows ? query->rows : CLIENT_LIST_ROWS;
	struct walk w = { .rq = rq,
		.query = query,
		.pattern = client_list_pattern(rq->arena, query->terms),
		.several = query->terms.n > 1,
		.from = query->made_from ? query->made_from : SECOND,
		.until = query->made_until ? query->made_until : never,
		.found = NEW(rq->arena, int64_t, most),
		.most = most,
		.look = query->look ? query->look : CLIENT_LIST_LOOK };

	pick_driver(&w);
	return w;
}

/* False when there is no client of that short id. */
static bool
go_to(struct walk *w)
{
	const struct client_list_place_row *place;

	w->at = outside(w);
	if (w->query->from.n == 0)
		return true;
	place = sql_client_list_place(w->rq->db, .org = w->rq->org, .id = w->query->from);
	if (place)
		w->at = (struct place){ place->client, place->created_at, place->name_key };
	return place != NULL;
}

struct client_page
client_list(struct request *rq, const struct client_query *query)
{
	struct client_query first = *query;
	struct client_page page = { 0 };
	struct walk w;
	bool there;

	if (query->terms.n == 0)
		return page;
	w = walk_begin(rq, query);
	w.back = query->backwards;
	there = go_to(&w);
	while (there && step(&w))
		continue;
	if (!there || (w.back && w.ended && w.n == 0)) {
		first.from = (str){ 0 };
		first.backwards = false;
		return client_list(rq, &first);
	}
	if (w.back)
		turn_round(&w);
	page.clients = w.found;
	page.n = w.n;
	ends(&w, &page);
	count_all(&w, &page);
	return page;
}
