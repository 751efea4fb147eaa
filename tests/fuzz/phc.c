/* phc.c - fuzzes the PHC texts of app/crypto/argon2.c: what is read is written the same, within bounds. */
#include "fuzz.h"

#include "crypto/argon2.c"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	str text = fuzz_copy(data, n);
	struct arena *a = fuzz_arena();
	struct keyring none = { 0 };
	struct phc phc;

	if (phc_read(text, &phc)) {
		must(str_eq(phc_write(a, &phc), text));
		must(phc.profile.memory_kib <= ARGON2_MEMORY_MAX_KIB);
		must(phc.profile.passes >= 1 && phc.profile.passes <= ARGON2_PASSES_MAX);
		must(phc.profile.lanes >= 1 && phc.profile.lanes <= ARGON2_LANES_MAX);
		must(phc.profile.memory_kib >= 8 * phc.profile.lanes); /* RFC 9106 section 3.1 */
		must(argon2_keyid(text) == phc.keyid && keyring_letter(phc.keyid) != '\0');
		must(argon2_current(text, &phc.profile, phc.keyid));
	} else {
		must(argon2_keyid(text) == -1);
	}
	must(!argon2_check(a, text, &none, S("any"))); /* no key: at once, whatever it asks */
	fuzz_free(text);
	return 0;
}
