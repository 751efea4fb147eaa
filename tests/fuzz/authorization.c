/* authorization.c - fuzzes what app/api/verify.c takes from a request: one proof, from one place.
 *
 * The input is lines: Authorization, X-API-Key, X-API-Secret, the query. A line that begins with ! is sent
 * twice, one that is empty not at all.
 */
#include "fuzz.h"

#include "api/authorization.c"
#include "api/verify.c"
#include "base/buf.h"

enum { HEADERS = 3 };

static const str names[HEADERS] = { STR_INIT("HTTP_AUTHORIZATION"), STR_INIT("HTTP_X_API_KEY"),
	STR_INIT("HTTP_X_API_SECRET") };

/* Whether the text is "WORD", blanks, and the rest. */
static bool
begins(struct arena *a, str text, str word)
{
	return str_starts(str_lower(a, text), word) && (text.n == word.n || text.at[word.n] == ' ');
}

static void
check_basic(struct arena *a, str header, const struct presented *presented)
{
	struct buf both = buf_new(a, PAIR_MAX_BYTES + 1);
	str given = str_trim(str_part(header, 5, header.n)), pair;
	char *text = NEW(a, char, BASE64_CHARS(PAIR_MAX_BYTES + 1));

	buf_add(&both, presented->client_id);
	buf_add_char(&both, ':');
	buf_add(&both, presented->secret);
	pair = buf_str(&both);
	while (str_ends(given, S("=")))
		given.n--;
	must(str_find_char(presented->client_id, ':') == presented->client_id.n);
	must(pair.n <= PAIR_MAX_BYTES);
	if (presented->secret.n == 0)
		return; /* with a colon or without */
	must(str_eq(given, (str){ text, base64_write(BASE64_PLAIN, pair, text) }));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	str input = fuzz_copy(data, n), rest = input, values[HEADERS];
	struct arena *a = fuzz_arena();
	struct pair params[2 * HEADERS];
	struct settings settings = { 0 };
	struct desk desk = { .settings = &settings };
	struct request rq = { .arena = a, .params = params, .desk = &desk };
	struct param_found sent[SENT];
	bool twice = false;
	struct shown seen;

	for (int i = 0; i < HEADERS; i++) {
		str line = str_cut(rest, '\n', &rest);
		bool again = str_starts(line, S("!"));

		values[i] = again ? str_part(line, 1, line.n) : line;
		for (int k = 0; k < 1 + again; k++)
			if (line.n)
				params[rq.params_n++] = (struct pair){ names[i], values[i] };
		twice |= again;
	}
	rq.query = rest;
	find_sent(&rq, sent);
	seen = read_shown(&rq, sent);

	if (twice || rest.n || (values[0].n && (values[1].n || values[2].n)))
		must(seen.wrong);
	if (!seen.wrong) {
		must(!seen.presented.token.n ||
		     (!seen.presented.client_id.n && !seen.presented.secret.n));
		must(!seen.presented.token.n || begins(a, values[0], S("bearer")));
		if (values[0].n && begins(a, values[0], S("basic")))
			check_basic(a, values[0], &seen.presented);
		if (!values[0].n)
			must(str_eq(seen.presented.client_id, values[1]) &&
			     str_eq(seen.presented.secret, values[2]));
	}
	fuzz_free(input);
	return 0;
}
