/* siphash.c - tests of the keyed hash, against the vectors of its reference implementation. */
#include "check.h"

#include "crypto/siphash.h"

#include <stdio.h>

/* The key 00 01 .. 0f; the text of n bytes 00 01 02 ... */
static void
is_the_reference(void **state)
{
	static const struct {
		size_t n;
		uint64_t hash;
	} vectors[] = {
		{ 0, 0x726fdb47dd0e0e31 },
		{ 1, 0x74f839c593dc67fd },
		{ 7, 0xab0200f58b01d137 },
		{ 8, 0x93f5f5799a932462 },
		{ 15, 0xa129ca6149be45e5 },
		{ 63, 0x958a324ceb064572 },
	};
	unsigned char bytes[64];

	(void)state;
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (unsigned char)i;
	for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++)
		assert_int_equal(
		    siphash(bytes, (str){ (const char *)bytes, vectors[i].n }), vectors[i].hash);
}

static void
depends_on_the_key(void **state)
{
	unsigned char key[SIPHASH_KEY_BYTES] = { 0 };
	uint64_t before = siphash(key, S("curl/8.5.0"));

	(void)state;
	key[15] = 1;
	assert_int_not_equal(siphash(key, S("curl/8.5.0")), before);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_the_reference),
		cmocka_unit_test(depends_on_the_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
