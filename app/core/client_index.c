/* client_index.c - what a client is found by. */
#include "core/client_index.h"

#include "core/words.h"
#include "sql.h"

#include <stdlib.h>

enum { DUE_PIECE = 50, DUE_PIECES = 10, TERM_BYTES = 4 * WORD_CHARS + 1 };

static const str client_id_start = STR_INIT("kdc_live_");

/* The terms of one client: sorted, each once, when they are done. */
struct terms {
	struct arena *arena;
	str *at;
	size_t n;
};

static void
add(struct terms *terms, str term)
{
	if (terms->n == INDEX_TERMS_MAX)
		fault(terms->arena->fault, "a client has more than %d terms", INDEX_TERMS_MAX);
	terms->at[terms->n++] = term;
}

static void
add_value(struct terms *terms, const char *name, int64_t value)
{
	add(terms, fmt(terms->arena, "%s=%lld", name, (long long)value));
}

/* Its first characters, from least on. */
static void
add_beginnings(struct terms *terms, str word, size_t least, size_t most)
{
	str before = words_first(word, least - 1);

	for (size_t n = least; n <= most; n++) {
		str next = words_first(word, n);

		if (next.n == before.n)
			return;
		add(terms, next);
		before = next;
	}
}

static void
add_words(struct terms *terms, str text)
{
	struct strs words = words_of(terms->arena, text);

	for (size_t i = 0; i < words.n; i++)
		add_beginnings(terms, words.at[i], 1, WORD_CHARS);
}

static int
by_text(const void *a, const void *b)
{
	return str_cmp(*(const str *)a, *(const str *)b);
}

static void
sort(struct terms *terms)
{
	size_t n = 0;

	qsort(terms->at, terms->n, sizeof terms->at[0], by_text);
	for (size_t i = 0; i < terms->n; i++)
		if (n == 0 || !str_eq(terms->at[i], terms->at[n - 1]))
			terms->at[n++] = terms->at[i];
	terms->n = n;
}

/* An additional secret has no client ID of its own: that of its key finds the key. */
static void
add_client_id(struct terms *terms, const struct client_facts_row *facts)
{
	str random = str_part(facts->client_id, client_id_start.n, facts->client_id.n);

	if (str_eq(facts->kind, S("additional")))
		return;
	random = words_fold(terms->arena, random);
	add(terms, random);
	add_beginnings(terms, random, INDEX_ID_LEAST, INDEX_ID_MOST);
}

/* What it is to be found by: nothing once it is deleted. */
static struct terms
wanted(struct request *rq, int64_t client, const struct client_facts_row *facts)
{
	struct terms terms = { rq->arena, NEW(rq->arena, str, INDEX_TERMS_MAX), 0 };
	struct client_facts_apis_rows apis;

	if (str_eq(facts->status, S("deleted")))
		return terms;
	apis = sql_client_facts_apis(rq->db, .client = client);
	add(&terms, fmt(rq->arena, "kind=%.*s", STR(facts->kind)));
	add(&terms, fmt(rq->arena, "status=%.*s", STR(facts->status)));
	if (facts->owner)
		add_value(&terms, "owner", facts->owner);
	for (size_t i = 0; i < apis.n; i++)
		add_value(&terms, "api", apis.at[i].api);
	add_client_id(&terms, facts);
	add(&terms, words_fold(rq->arena, facts->public_id));
	add_words(&terms, facts->name);
	add_words(&terms, facts->tags);
	add_words(&terms, facts->description);
	sort(&terms);
	return terms;
}

/* As the row client_indexed keeps them: with a blank between two. */
static str
joined(const struct terms *terms)
{
	struct buf out = buf_new(terms->arena, INDEX_TERMS_MAX * TERM_BYTES);

	for (size_t i = 0; i < terms->n; i++) {
		if (i)
			buf_add_char(&out, ' ');
		buf_add(&out, terms->at[i]);
	}
	return buf_str(&out);
}

static struct terms
parted(struct arena *a, str text)
{
	struct terms terms = { a, NEW(a, str, INDEX_TERMS_MAX), 0 };

	while (text.n)
		add(&terms, str_cut(text, ' ', &text));
	return terms;
}

/* What both sides of a comparison have in common. */
struct side {
	struct request *rq;
	int64_t client;
	const struct client_facts_row *facts;
	str name_key;
};

static void
put(const struct side *side, str term)
{
	sql_client_term_add(side->rq->db, .org = side->facts->org,
	    .integration = side->facts->integration, .term = term,
	    .created_at = side->facts->created_at, .client = side->client,
	    .name_key = side->name_key);
}

static void
drop(const struct side *side, str term, int64_t created_at)
{
	sql_client_term_drop(side->rq->db, .org = side->facts->org,
	    .integration = side->facts->integration, .term = term, .created_at = created_at,
	    .client = side->client);
}

/* Two sorted lists side by side: drops what is only in the old one, puts what is only in the new one. */
static void
change(const struct side *side, const struct terms *old, const struct terms *new)
{
	size_t i = 0, k = 0;

	while (i < old->n || k < new->n) {
		int order = i == old->n ? 1 : k == new->n ? -1 : str_cmp(old->at[i], new->at[k]);

		if (order < 0)
			drop(side, old->at[i], side->facts->created_at);
		if (order > 0)
			put(side, new->at[k]);
		i += order <= 0;
		k += order >= 0;
	}
}

/* The place in both orders has changed: no row of the old terms stays. */
static struct terms
cleared(const struct side *side, const struct client_indexed_get_row *before)
{
	struct terms old = parted(side->rq->arena, before->terms), none = { 0 };

	if (str_eq(before->name_key, side->name_key) &&
	    before->created_at == side->facts->created_at)
		return old;
	for (size_t i = 0; i < old.n; i++)
		drop(side, old.at[i], before->created_at);
	return none;
}

/* What it leaves in the arena is given back by the caller. */
static void
index_one(struct request *rq, int64_t client)
{
	const struct client_facts_row *facts = sql_client_facts(rq->db, .client = client);
	const struct client_indexed_get_row *before;
	struct terms old = { 0 }, new;
	struct side side;

	if (!facts)
		fault(rq->arena->fault, "there is no client %lld to index", (long long)client);
	side = (struct side){ rq, client, facts, words_fold(rq->arena, facts->name) };
	before = sql_client_indexed_get(rq->db, .client = client);
	new = wanted(rq, client, facts);
	if (before)
		old = cleared(&side, before);
	change(&side, &old, &new);
	sql_client_indexed_set(rq->db, .client = client, .name_key = side.name_key,
	    .created_at = facts->created_at, .terms = joined(&new));
	sql_client_indexed_mark(rq->db, .client = client, .format = INDEX_FORMAT);
}

void
client_index(struct request *rq, int64_t client)
{
	size_t mark = arena_mark(rq->arena);

	index_one(rq, client);
	arena_wipe(rq->arena, mark);
}

/* One transaction; false when nothing is left to do. */
static bool
index_piece(struct request *rq)
{
	struct client_index_due_rows due;

	db_begin(rq->db, DB_WRITE);
	due = sql_client_index_due(rq->db, .format = INDEX_FORMAT, .count = DUE_PIECE);
	for (size_t i = 0; i < due.n; i++)
		client_index(rq, due.at[i].client);
	db_commit(rq->db);
	return due.n == DUE_PIECE;
}

void
client_index_due(struct desk *desk, struct arena *arena)
{
	struct request rq = { .arena = arena, .db = desk->db, .desk = desk, .now = clock_now() };
	size_t mark = arena_mark(arena);

	for (int i = 0; i < DUE_PIECES && index_piece(&rq); i++)
		arena_wipe(arena, mark);
}
