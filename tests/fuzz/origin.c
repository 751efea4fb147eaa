/* origin.c - fuzzes app/core/origin.c: what is taken has one spelling and is safe to compare. */
#include "fuzz.h"

#include "core/origin.h"

#include <arpa/inet.h>

/* No address is written in two ways that differ in more than zeros and letters of IPv6. */
static void
check_address(str text)
{
	char plain[INET6_ADDRSTRLEN], again[INET6_ADDRSTRLEN];
	unsigned char bytes[16];

	must(text.n > 0 && text.n < sizeof plain);
	memcpy(plain, text.at, text.n);
	plain[text.n] = '\0';
	if (inet_pton(AF_INET, plain, bytes) == 1)
		must(inet_ntop(AF_INET, bytes, again, sizeof again) && strcmp(plain, again) == 0);
	else
		must(inet_pton(AF_INET6, plain, bytes) == 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	str text = fuzz_copy(data, n);
	struct arena *a = fuzz_arena();
	struct origin origin;
	const char *wrong = origin_parse(text, &origin);

	if (!wrong) {
		must(str_eq(
		    fmt(a, "http%s://%.*s", origin.https ? "s" : "", STR(origin.authority)), text));
		must(origin.https || origin.loopback);
		must(!str_ends(origin.authority, origin.https ? S(":443") : S(":80")) ||
		     str_find_char(origin.authority, ']') < origin.authority.n);
		for (size_t i = 0; i < origin.authority.n; i++)
			must(strchr("abcdefghijklmnopqrstuvwxyzABCDEF0123456789.-:[]",
				 origin.authority.at[i]) &&
			     origin.authority.at[i]);
	}
	if (is_address(text))
		check_address(text);
	fuzz_free(text);
	return 0;
}
