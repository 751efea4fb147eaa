/* query.c - fuzzes app/http/url.c: what is decoded is never longer, what is encoded comes back. */
#include "fuzz.h"

#include "base/utf8.h"
#include "http/request.c"
#include "http/url.c"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	str query = fuzz_copy(data, n), decoded;
	struct request rq = { .arena = fuzz_arena(), .query = query };
	struct url_pairs pairs = { .rest = query };

	must(url_decode(rq.arena, url_encode(rq.arena, query), false, &decoded));
	must(str_eq(decoded, query));
	while (url_next_pair(rq.arena, &pairs)) {
		must(pairs.name.n + pairs.value.n <= query.n);
		must(pairs.rest.n < query.n);
		query_int(&rq, pairs.name, 0);
		must(utf8_ok(query_text(&rq, pairs.name), false));
	}
	must(pairs.rest.n == 0);
	fuzz_free(query);
	return 0;
}
