/* key_text.c - fuzzes what app/core/key_text.c takes from people: a key has one form, and what may be private does not come
 * back. */
#include "fuzz.h"

#include "core/key_text.c"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static bool begun;
	str input = fuzz_copy(data, n);
	struct arena *a = fuzz_arena();
	struct key_text read;
	struct public_key again;

	if (!begun)
		json_library_init();
	begun = true;
	read = key_text_read(a, input);
	must((read.wrong.n == 0) == (read.key.der.n != 0));
	must(!read.clear || !says_private(input));
	if (read.key.der.n) {
		must(public_key_read(a, read.key.der, &again) == PUBLIC_KEY_RIGHT);
		must(str_eq(again.der, read.key.der));
		must(str_eq(again.thumbprint, read.key.thumbprint));
		must(read.key.thumbprint.n == THUMBPRINT_CHARS);
		must(!says_private(input));
	}
	fuzz_free(input);
	return 0;
}
