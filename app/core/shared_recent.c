/* shared_recent.c - rows that were read a moment ago, for whom so recent is recent enough. */
#include "core/shared_recent.h"

#include "core/desk.h"
#include "core/packed.h"
#include "core/shared_parts.h"
#include "crypto/siphash.h"

#include <string.h>

enum {
	OWN_WAYS = 4, /* of the ways of a set; the others are for what there may be many of */
	HEAD_WORDS = 5,
	BODY_BYTES = (RECENT_WORDS - HEAD_WORDS) * 8,
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
	/* They carry the seal, and the name of the shape. */
	return packed_take(r->arena, r->question->row, body + r->key_n);
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
	struct packed key = { r->key, 0, sizeof r->key, false };

	packed_text(&key, q->row->name);
	for (size_t i = 0; i < sizeof q->texts / sizeof q->texts[0]; i++)
		packed_text(&key, q->texts[i]);
	packed_put(&key, q->numbers, sizeof q->numbers);
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
	struct packed body = { (char *)(words + HEAD_WORDS), 0, BODY_BYTES, false };
	struct recent_entry *entry;

	if (!r->shared)
		return;
	packed_put(&body, r->key, r->key_n);
	packed_row(&body, r->question->row, row);
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
