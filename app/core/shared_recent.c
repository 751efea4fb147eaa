/* shared_recent.c - rows that were read a moment ago, for whom so recent is recent enough. */
#include "core/shared_recent.h"

#include "core/desk.h"
#include "core/shared_parts.h"
#include "crypto/siphash.h"

#include <string.h>

enum {
	OWN_WAYS = 4, /* of the ways of a set; the others are for what there may be many of */
	HEAD_WORDS = 5,
	BODY_BYTES = (RECENT_WORDS - HEAD_WORDS) * 8,
	LENGTH_BYTES = 2,
};

/* The words of an entry; its body follows. The seal is over all the others that are used. */
enum { SEAL, NAME, COMMITS, AT, BYTES };

_Static_assert((int)RECENT_KEY_BYTES < (int)BODY_BYTES, "a key has room in its entry");

_Atomic uint64_t *
shared_commits(struct shared *shared)
{
	return &shared->recent.commits;
}

void
shared_recent_pause(struct shared *shared, bool paused)
{
	atomic_store(&shared->recent.paused, paused);
}

/* ---- a row as bytes, and back */

struct bytes {
	char *at;
	size_t n, room;
	bool full;
};

static void
put(struct bytes *to, const void *from, size_t n)
{
	if (n > to->room - to->n)
		to->full = true;
	if (to->full)
		return;
	memcpy(to->at + to->n, from, n);
	to->n += n;
}

static void
put_text(struct bytes *to, str text)
{
	uint16_t n = (uint16_t)text.n;

	to->full |= text.n > UINT16_MAX;
	put(to, &n, LENGTH_BYTES);
	if (text.n)
		put(to, text.at, text.n);
}

static void
put_row(struct bytes *to, const struct shape *shape, const void *row)
{
	for (size_t i = 0; i < shape->n; i++) {
		const struct shape_member *m = &shape->members[i];

		if (m->kind == SHAPE_TEXT)
			put_text(to, SHAPE_TEXT_OF(row, m));
		else if (m->kind == SHAPE_FLAG)
			put(to, &SHAPE_FLAG_OF(row, m), sizeof(bool));
		else
			put(to, &SHAPE_INT_OF(row, m), sizeof(int64_t));
	}
}

/* The bytes are those that put_row() made of this shape: they carry the seal, and the shape's name. */
static const void *
take_row(struct arena *a, const struct shape *shape, const char *from)
{
	char *row = arena_new(a, shape->size, alignof(max_align_t), 1);

	for (size_t i = 0; i < shape->n; i++) {
		const struct shape_member *m = &shape->members[i];
		size_t n = m->kind == SHAPE_FLAG ? sizeof(bool) : sizeof(int64_t);
		uint16_t length;

		if (m->kind == SHAPE_TEXT) {
			memcpy(&length, from, LENGTH_BYTES);
			from += LENGTH_BYTES;
			memcpy(row + m->offset, &(str){ from, length }, sizeof(str));
			n = length;
		} else {
			memcpy(row + m->offset, from, n);
		}
		from += n;
	}
	return row;
}

/* ---- entries */

static uint64_t
keyed(const struct shared *shared, const void *at, size_t n)
{
	return siphash(shared->head.recent_key, (str){ at, n });
}

static size_t
words_of(size_t bytes)
{
	return HEAD_WORDS + (bytes + 7) / 8;
}

static uint64_t
seal_of(const struct shared *shared, const uint64_t *words)
{
	return keyed(shared, words + 1, (words_of(words[BYTES]) - 1) * sizeof *words);
}

static struct recent_set *
set_of(const struct recent *r)
{
	return &r->shared->recent.sets[r->name % RECENT_SETS];
}

static uint64_t
word(struct recent_entry *entry, int which)
{
	return atomic_load_explicit(&entry->words[which], memory_order_relaxed);
}

static bool
is_recent(const struct recent *r, uint64_t commits, uint64_t at)
{
	return commits == r->commits && (uint64_t)r->at - at < (uint64_t)r->max_age;
}

/* The words as they are now, in the arena; NULL when they are not whole. */
static const uint64_t *
copy_of(const struct recent *r, struct recent_entry *entry)
{
	uint64_t n = word(entry, BYTES), *words;

	if (n > BODY_BYTES)
		return NULL;
	words = NEW(r->arena, uint64_t, RECENT_WORDS);
	for (size_t i = 0; i < words_of(n); i++)
		words[i] = word(entry, (int)i);
	return words[BYTES] == n && words[SEAL] == seal_of(r->shared, words) ? words : NULL;
}

static const void *
row_of(const struct recent *r, struct recent_entry *entry)
{
	const uint64_t *words;
	const char *body;

	if (word(entry, NAME) != r->name)
		return NULL;
	words = copy_of(r, entry);
	if (!words || !is_recent(r, words[COMMITS], words[AT]))
		return NULL;
	body = (const char *)(words + HEAD_WORDS);
	if (words[BYTES] < r->key_n || memcmp(body, r->key, r->key_n) != 0)
		return NULL;
	return take_row(r->arena, r->question->row, body + r->key_n);
}

/* The entry of the same name; else one that is of no use any more; else whose turn it is. */
static struct recent_entry *
entry_for(const struct recent *r)
{
	struct recent_entry *ways = set_of(r)->ways, *found = NULL;
	uint32_t first = r->question->many ? OWN_WAYS : 0;
	uint32_t n = r->question->many ? RECENT_WAYS - OWN_WAYS : OWN_WAYS;

	for (uint32_t i = first; i < first + n; i++) {
		if (word(&ways[i], NAME) == r->name)
			return &ways[i];
		if (!found && !is_recent(r, word(&ways[i], COMMITS), word(&ways[i], AT)))
			found = &ways[i];
	}
	return found ? found : &ways[first + atomic_fetch_add(&r->shared->turn, 1) % n];
}

/* ---- a question */

static void
make_key(struct recent *r, const struct recent_question *q)
{
	struct bytes key = { r->key, 0, sizeof r->key, false };

	put_text(&key, q->row->name);
	for (size_t i = 0; i < sizeof q->texts / sizeof q->texts[0]; i++)
		put_text(&key, q->texts[i]);
	put(&key, q->numbers, sizeof q->numbers);
	r->key_n = key.n;
	r->name = keyed(r->shared, r->key, r->key_n);
	if (key.full)
		r->shared = NULL;
}

struct recent
recent_begin(struct request *rq, int64_t max_age, const struct recent_question *question)
{
	struct shared *shared = rq->desk->shared;
	struct recent r = { .arena = rq->arena, .question = question, .max_age = max_age };

	if (!max_age || atomic_load(&shared->recent.paused))
		return r;
	r.shared = shared;
	r.commits = atomic_load(&shared->recent.commits);
	r.at = clock_monotonic();
	make_key(&r, question);
	return r;
}

const void *
recent_row(const struct recent *r)
{
	struct recent_entry *ways;
	const void *row = NULL;

	if (!r->shared)
		return NULL;
	ways = set_of(r)->ways;
	for (int i = 0; i < RECENT_WAYS && !row; i++)
		row = row_of(r, &ways[i]);
	if (row)
		shared_count(r->shared, COUNT_REUSED);
	return row;
}

void
recent_keep(const struct recent *r, const void *row)
{
	uint64_t words[RECENT_WORDS] = { 0 };
	struct bytes body = { (char *)(words + HEAD_WORDS), 0, BODY_BYTES, false };
	struct recent_entry *entry;

	if (!r->shared)
		return;
	put(&body, r->key, r->key_n);
	put_row(&body, r->question->row, row);
	if (body.full)
		return;
	words[NAME] = r->name;
	words[COMMITS] = r->commits;
	words[AT] = (uint64_t)r->at;
	words[BYTES] = body.n;
	words[SEAL] = seal_of(r->shared, words);
	entry = entry_for(r);
	for (size_t i = 0; i < words_of(body.n); i++)
		atomic_store_explicit(&entry->words[i], words[i], memory_order_relaxed);
}
