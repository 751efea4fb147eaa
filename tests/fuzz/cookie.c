/* cookie.c - fuzzes app/http/request.c: cookies, and a request made of any parameters. */
#include "fuzz.h"

#include "http/request.c"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	str copy = fuzz_copy(data, n), type, rest = copy;
	str uri = str_cut(copy, '\n', &rest), value;
	struct pair params[] = {
		{ S("REQUEST_URI"), uri },
		{ S("CONTENT_TYPE"), type = str_cut(rest, '\n', &rest) },
		{ S("HTTP_COOKIE"), rest },
	};
	struct request rq = { .arena = fuzz_arena(), .params = params, .params_n = 3 };

	if (request_parse(&rq)) {
		must(rq.path.n > 0 && rq.path.at[0] == '/');
		must(str_find_char(uri, '\r') == uri.n && str_find_char(uri, ' ') == uri.n);
		must(rq.path.n + rq.query.n <= uri.n);
	}
	must(rq.type.n <= type.n && str_find_char(rq.type, ';') == rq.type.n);
	value = request_cookie(&rq, S("sid"));
	must(value.n <= rest.n && str_find_char(value, ';') == value.n);
	must(value.n == 0 || (value.at >= rest.at && value.at + value.n <= rest.at + rest.n));
	fuzz_free(copy);
	return 0;
}
