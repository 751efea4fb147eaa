/* token_words.h - the words of all permissions ("profile:read") that an organization may use, for the claim scope of tokens.
 *
 * Each thread has its own, and makes them anew when the row that decides says another catalogue.version: whatever changes the
 * catalogue, or who is entitled to what, raises it in the same transaction. Who writes into the tables by hand and does not is
 * heard within TOKEN_WORDS_AGE. Whether a call is let through is asked of the rows each time, whatever a token says.
 */
#ifndef CORE_TOKEN_WORDS_H
#define CORE_TOKEN_WORDS_H

#include "base/clock.h"
#include "http/request.h"

#define TOKEN_WORDS_AGE (2 * SECOND)

/* A thread's own, empty; it lives until the process ends. */
struct token_words;
struct token_words *token_words_open(struct arena *start);

/* All of the APIs that the organization is entitled to, in the catalogue of that version, which a row has just said; or in a
 * newer one, when it has changed since. They are good until the next call. */
struct strs token_words_of(struct request *, int64_t version, int64_t org);

#endif
