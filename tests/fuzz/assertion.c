/* assertion.c - fuzzes what app/core/assertion.c reads of a client's assertion, which is done before its signature is looked
 * at: as a whole, and its claims by themselves. */
#include "fuzz.h"

#include "core/assertion.c"

enum { NOW_SECONDS = 1800000000 };

static void
check_claims(const struct assertion_claims *claims)
{
	int64_t last = last_second(claims, NOW_SECONDS);

	must(str_eq(claims->iss, claims->sub) && client_id_ok(claims->iss));
	must(claims->jti.n > 0 && claims->jti.n <= ASSERTION_JTI_BYTES);
	must(claims->aud.n > 0 && claims->aud.n <= JSON_MANY_MAX);
	must(last == 0 ||
	     (last > NOW_SECONDS - ASSERTION_SKEW_SECONDS && last <= claims->exp &&
		 last <= NOW_SECONDS + ASSERTION_MINUTES * 60 + ASSERTION_SKEW_SECONDS));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static bool begun;
	str input = fuzz_copy(data, n);
	struct arena *a = fuzz_arena();
	struct request rq = { .arena = a };
	struct assertion_claims claims = { 0 };
	struct parts parts;

	if (!begun)
		json_library_init();
	begun = true;
	if (n <= 8000 && assertion_read(&rq, input, &parts)) {
		must(algorithm_ok(parts.header.alg) && parts.header.crit.n == 0);
		must(str_starts(input, parts.text));
		check_claims(&parts.claims);
	}
	if (claims_read(&rq, input, &claims))
		check_claims(&claims);
	fuzz_free(input);
	return 0;
}
