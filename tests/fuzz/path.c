/* path.c - fuzzes app/http/path.c: two patterns that one address matches overlap. */
#include "fuzz.h"

#include "http/path.c"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	str copy = fuzz_copy(data, n), rest, path;
	str one = str_cut(copy, '\n', &rest), other = str_cut(rest, '\n', &path);
	str id = { 0 }, token = { 0 };
	bool overlap = path_overlap(one, other);

	must(overlap == path_overlap(other, one));
	if (path_match(one, path, &id, &token)) {
		must(id.n == 0 || id.n == PATH_ID_CHARS);
		must(token.n == 0 || token.n == PATH_TOKEN_CHARS);
		must(!path_match(other, path, &id, &token) || overlap);
		must(path_match(path, path, &id, &token) || str_find_char(path, ':') < path.n);
	}
	must(!str_eq(one, other) || one.n == 0 || one.at[0] != '/' || overlap);
	fuzz_free(copy);
	return 0;
}
