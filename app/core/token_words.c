/* token_words.c - the words of all permissions, as a thread has them. */
#include "core/token_words.h"

#include "core/desk.h"
#include "sql.h"

enum {
	WORDS_BYTES = 1 << 20
}; /* PERMISSIONS_MAX of the longest take a third; only what is used costs memory */

struct token_words {
	struct arena arena;
	int64_t version; /* of the catalogue; 0 before the first */
	size_t n;
	int64_t *apis; /* of each word the one that it is of; in this order */
	str *words;
};

struct token_words *
token_words_open(struct arena *start)
{
	struct token_words *words = NEW(start, struct token_words, 1);

	arena_open(&words->arena, start->fault, WORDS_BYTES);
	return words;
}

static void
load(struct request *rq, struct token_words *words)
{
	struct token_words_all_rows rows = sql_token_words_all(rq->db);

	words->version = 0; /* in case that it does not come to its end */
	words->n = 0;
	arena_wipe(&words->arena, 0);
	words->apis = NEW(&words->arena, int64_t, rows.n);
	words->words = NEW(&words->arena, str, rows.n);
	for (size_t i = 0; i < rows.n; i++) {
		words->apis[i] = rows.at[i].api;
		words->words[i] = str_copy(&words->arena, rows.at[i].word);
	}
	words->n = rows.n;
	words->version = rows.n ? rows.at[0].version : 0;
}

/* Both are in the order of the APIs. */
struct strs
token_words_of(struct request *rq, int64_t version, const struct token_apis_rows *apis)
{
	struct token_words *words = rq->desk->words;
	struct strs of = { 0 };
	str *at;

	if (!version || words->version != version)
		load(rq, words);
	at = NEW(rq->arena, str, words->n);
	for (size_t i = 0, k = 0; i < words->n; i++) {
		while (k < apis->n && apis->at[k].api < words->apis[i])
			k++;
		if (k < apis->n && apis->at[k].api == words->apis[i])
			at[of.n++] = words->words[i];
	}
	of.at = at;
	return of;
}
