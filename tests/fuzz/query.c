/* query.c - fuzzes app/http/url.c: what is decoded is never longer, what is encoded comes back. */
#include "fuzz.h"

#include "http/request.c"
#include "http/url.c"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	str query = fuzz_copy(data, n), rest = query, name, value, decoded;
	struct request rq = { .arena = fuzz_arena(), .query = query };
	bool broken = false;

	must(url_decode(rq.arena, url_encode(rq.arena, query), false, &decoded));
	must(str_eq(decoded, query));
	while (url_next_pair(rq.arena, &rest, &name, &value, &broken)) {
		must(name.n + value.n <= query.n);
		must(rest.n < query.n);
		query_int(&rq, name, 0);
		must(utf8_ok(query_text(&rq, name), false));
	}
	must(rest.n == 0);
	fuzz_free(query);
	return 0;
}
