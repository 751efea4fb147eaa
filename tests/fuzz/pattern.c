/* pattern.c - fuzzes app/core/pattern.c and address.c: one spelling, and no pattern reaches past its own. */
#include "fuzz.h"

#include "core/address.h"
#include "core/pattern.c"

/* What holds of a canonical path, whoever reads it. */
static void
check_path(struct arena *a, str path)
{
	str loose = address_loose(a, path), again;

	must(str_find(path, S("//")) == path.n && str_find_char(path, ';') == path.n);
	must(str_find_char(loose, '%') == loose.n && str_find_char(loose, '\\') == loose.n);
	must(str_find_char(loose, ';') == loose.n && str_find_char(loose, '\0') == loose.n);
	must(str_find(loose, S("/../")) == loose.n && !str_ends(loose, S("/..")));
	must(str_find(loose, S("/./")) == loose.n && !str_ends(loose, S("/.")));
	again = address_loose(a, loose);
	must(str_eq(loose, again));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	str copy = fuzz_copy(data, n), rest, raw, path = { 0 };
	str one = str_cut(copy, '\n', &rest), other = str_cut(rest, '\n', &raw);
	struct arena *a = fuzz_arena();
	struct pattern_ids ids = { 0 }, other_ids = { 0 };

	if (address_canonical(a, raw, &path)) {
		check_path(a, path);
		must(str_starts(raw, path));
		must(pattern_wrong(a, path).n != 0 || pattern_match(path, path, &ids) ||
		     str_find_char(path, '*') < path.n);
	}
	if (pattern_wrong(a, one).n == 0 && pattern_wrong(a, other).n == 0) {
		must(pattern_same(a, one, one));
		must(pattern_same(a, one, other) == pattern_same(a, other, one));
		must((pattern_order(one, other) < 0) == (pattern_order(other, one) > 0));
		must(path.n == 0 || !pattern_match(one, path, &ids) ||
		     !pattern_match(other, path, &other_ids) || pattern_order(one, other) != 0 ||
		     pattern_same(a, one, other));
	}
	fuzz_free(copy);
	return 0;
}
