/* token_words.h - the words of all permissions ("profile:read"), for the claim scope of tokens.
 *
 * Each thread has its own, and makes them anew when the row that decides says another catalogue.version. They say what a
 * permission is called, never who has it: that is asked of the rows.
 */
#ifndef CORE_TOKEN_WORDS_H
#define CORE_TOKEN_WORDS_H

#include "http/request.h"

/* A thread's own, empty; it lives until the process ends. */
struct token_words;
struct token_words *token_words_open(struct arena *start);

/* All that are of these APIs, in the catalogue of that version, which a row has just said; or in a newer one, when it has
 * changed since. Their texts are good until the next call. */
struct token_apis_rows;
struct strs token_words_of(struct request *, int64_t version, const struct token_apis_rows *);

#endif
