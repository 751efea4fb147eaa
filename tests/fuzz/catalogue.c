/* catalogue.c - fuzzes app/core/catalogue_file.c: a file is refused, or written so that it is read as the same. */
#include "fuzz.h"

#include "core/catalogue_file.c"

#include "base/utf8.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	str text = fuzz_copy(data, n), written;
	struct arena *a = fuzz_arena();
	struct json_wrongs wrongs = { 0 }, none = { 0 };
	struct catalogue read;

	json_library_init();
	read = catalogue_file_read(a, text, &wrongs);
	for (size_t i = 0; i < wrongs.n; i++)
		must(wrongs.at[i].words.n > 0 && utf8_ok(wrongs.at[i].words, false) &&
		     utf8_ok(wrongs.at[i].path, false));
	if (wrongs.n == 0) {
		written = catalogue_file_write(a, &read);
		read = catalogue_file_read(a, written, &none);
		must(none.n == 0);
		must(str_eq(catalogue_file_write(a, &read), written));
	}
	fuzz_free(text);
	return 0;
}
