/* client_search.c - what a search asks of a list of clients. */
#include "base/buf.h"
#include "core/client_index.h"
#include "core/client_list.h"
#include "core/words.h"
#include "sql.h"

enum { SEARCH_WORDS_MAX = 8, START_CHARS = 9, IDS_BYTES = 1 << 15 };

/* The random characters of a client ID, as they are indexed: all 16, or the first 8 at most. */
static bool
random_of(str word, str *random)
{
	if (!str_starts(word, S("kdc_live_")) && !str_starts(word, S("kdc_test_")))
		return false;
	*random = str_part(word, START_CHARS, WORD_CHARS);
	if (random->n < WORD_CHARS)
		*random = words_first(*random, INDEX_ID_MOST);
	return random->n > 0;
}

struct strs
client_search_terms(struct arena *a, str text)
{
	str *terms = NEW(a, str, SEARCH_WORDS_MAX);
	size_t n = 0;

	while (text.n && n < SEARCH_WORDS_MAX) {
		str word = str_cut(text, ' ', &text), random;
		struct strs words;

		if (random_of(word, &random))
			word = random;
		words = words_of(a, word);
		for (size_t i = 0; i < words.n && n < SEARCH_WORDS_MAX; i++)
			terms[n++] = words.at[i];
	}
	return (struct strs){ terms, n };
}

str
client_rows_ids(struct arena *a, const int64_t *clients, size_t n)
{
	struct buf out = buf_new(a, IDS_BYTES);

	buf_add_char(&out, '[');
	for (size_t i = 0; i < n; i++)
		buf_fmt(&out, "%s%lld", i ? "," : "", (long long)clients[i]);
	buf_add_char(&out, ']');
	return buf_str(&out);
}

const struct client_rows_row *
client_row_of(const struct client_rows_rows *rows, int64_t client)
{
	for (size_t i = 0; i < rows->n; i++)
		if (rows->at[i].client == client)
			return &rows->at[i];
	return NULL;
}
