/* base64.c - fuzzes app/crypto/base64.c and the hex of digest.c: one text for each bytes, and back. */
#include "fuzz.h"

#include "crypto/base64.h"
#include "crypto/digest.h"

static void
check_alphabet(enum base64_alphabet alphabet, str input)
{
	struct arena *a = fuzz_arena();
	size_t room = BASE64_CHARS(input.n), n = 0;
	char *text = NEW(a, char, room), *bytes = NEW(a, char, BASE64_BYTES(room) + input.n);

	must(base64_write(alphabet, input, text) == room);
	must(base64_read(alphabet, (str){ text, room }, bytes, &n));
	must(str_eq((str){ bytes, n }, input));

	if (!base64_read(alphabet, input, bytes, &n))
		return;
	must(n == BASE64_BYTES(input.n));
	text = NEW(a, char, BASE64_CHARS(n));
	must(base64_write(alphabet, (str){ bytes, n }, text) == input.n);
	must(str_eq((str){ text, input.n }, input));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	str input = fuzz_copy(data, n), bytes;
	struct arena *a;

	check_alphabet(BASE64_PLAIN, input);
	check_alphabet(BASE64_URL, input);
	a = fuzz_arena();
	must(digest_unhex(a, digest_hex(a, input), &bytes) && str_eq(bytes, input));
	if (digest_unhex(a, input, &bytes))
		must(str_eq(digest_hex(a, bytes), input));
	fuzz_free(input);
	return 0;
}
