/* token_words.c - the words of permissions, as a thread has them: of all, and picked for each organization. */
#include "core/token_words.h"

#include "core/desk.h"
#include "sql.h"

#include <string.h>

enum {
	/* PERMISSIONS_MAX of the longest take a third; only what is used costs memory. */
	WORDS_BYTES = 1 << 20,
	PICKED = 64,
	/* From here on all that was picked is forgotten; twice as much at most. */
	PICKED_BYTES = 1 << 15,
};

/* Those of one organization, as they were at that time. */
struct picked {
	int64_t org, at;
	struct strs words;
};

struct token_words {
	struct arena arena;
	int64_t version; /* of the catalogue; 0 before the first */
	size_t n;
	int64_t *apis; /* of each word the one that it is of; in this order */
	str *words;
	size_t mark;                  /* in the arena: what was picked comes after it */
	struct picked picked[PICKED]; /* each where its organization's number says */
};

struct token_words *
token_words_open(struct arena *start)
{
	struct token_words *words = NEW(start, struct token_words, 1);

	arena_open(&words->arena, start->fault, WORDS_BYTES);
	return words;
}

static void
forget(struct token_words *words, size_t mark)
{
	memset(words->picked, 0, sizeof words->picked);
	arena_wipe(&words->arena, mark);
}

static void
load(struct request *rq, struct token_words *words)
{
	struct token_words_all_rows rows = sql_token_words_all(rq->db);

	words->version = 0; /* in case that it does not come to its end */
	words->n = 0;
	forget(words, 0);
	words->apis = NEW(&words->arena, int64_t, rows.n);
	words->words = NEW(&words->arena, str, rows.n);
	for (size_t i = 0; i < rows.n; i++) {
		words->apis[i] = rows.at[i].api;
		words->words[i] = str_copy(&words->arena, rows.at[i].word);
	}
	words->n = rows.n;
	words->mark = arena_mark(&words->arena);
	words->version = rows.n ? rows.at[0].version : 0;
}

/* Those of these APIs; both are in the order of the APIs. */
static struct strs
pick(struct token_words *words, const struct token_apis_rows *apis)
{
	str *at = NEW(&words->arena, str, words->n);
	size_t n = 0;

	for (size_t i = 0, k = 0; i < words->n; i++) {
		while (k < apis->n && apis->at[k].api < words->apis[i])
			k++;
		if (k < apis->n && apis->at[k].api == words->apis[i])
			at[n++] = words->words[i];
	}
	return (struct strs){ at, n };
}

static bool
is_of(const struct picked *picked, int64_t org, int64_t now)
{
	return picked->org == org && picked->at <= now && now - picked->at < TOKEN_WORDS_AGE;
}

struct strs
token_words_of(struct request *rq, int64_t version, int64_t org)
{
	struct token_words *words = rq->desk->words;
	struct picked *picked = &words->picked[(uint64_t)org % PICKED];
	struct token_apis_rows apis;

	if (!version || words->version != version)
		load(rq, words);
	else if (is_of(picked, org, rq->now))
		return picked->words;
	apis = sql_token_apis(rq->db, .org = org);
	if (words->arena.used - words->mark > PICKED_BYTES)
		forget(words, words->mark);
	*picked = (struct picked){ org, rq->now, pick(words, &apis) };
	return picked->words;
}
