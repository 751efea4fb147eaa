/* catalogue_lines.c - fuzzes app/core/catalogue_lines.c: each line is refused, or written so that it is read as the same. */
#include "fuzz.h"

#include "base/utf8.h"
#include "core/catalogue_lines.c"

static void
try_permissions(struct arena *a, str text)
{
	struct catalogue_lines read;
	struct api api = { .word = S("a"), .permissions = permission_lines_read(a, text, &read) };
	str written = permission_lines_write(a, &api);
	size_t n = read.n;

	must(n <= API_PERMISSIONS_MAX);
	for (size_t i = 0; i < n; i++)
		must(read.line[i] > 0 && (i == 0 || read.line[i] > read.line[i - 1]));
	api.permissions = permission_lines_read(a, written, &read);
	must(read.n == n && read.wrongs.n == 0);
	must(str_eq(permission_lines_write(a, &api), written));
}

static void
try_endpoints(struct arena *a, str text)
{
	struct catalogue_lines read;
	struct api api = { .word = S("a") };
	str written;
	size_t n;

	api.endpoints = endpoint_lines_read(a, api.word, text, &read);
	written = endpoint_lines_write(a, &api);
	n = read.n;
	must(n <= API_ENDPOINTS_MAX);
	api.endpoints = endpoint_lines_read(a, api.word, written, &read);
	must(read.n == n && read.wrongs.n == 0);
	must(str_eq(endpoint_lines_write(a, &api), written));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	str text = fuzz_copy(data, n);
	struct arena *a = fuzz_arena();

	if (utf8_ok(text, true)) { /* a form refuses what is not */
		try_permissions(a, text);
		try_endpoints(a, text);
	}
	fuzz_free(text);
	return 0;
}
