/* secret.c - fuzzes app/core/secret.c: nothing but what was made is good, however near it comes.
 *
 * The input is a text as it stands; and it is laid over a made secret, byte by byte, with the CRC put
 * right or left alone: so that the fuzzer works on the tag, which it could not reach by guessing.
 */
#include "fuzz.h"

#include "core/secret.c"

static const struct keyring *
fuzz_ring(void)
{
	static struct keyring ring = { .active = 1,
		.keys = { [1] = { .status = KEY_ACTIVE, .tag = { "one key of the ring" } },
		    [2] = { .status = KEY_READING, .tag = { "another key of it" } },
		    [3] = { .status = KEY_RETIRED } } };

	return &ring;
}

/* A secret of key 1 whose id and random characters are not random. */
static void
write_secret(char at[SECRET_CHARS])
{
	put(at, S("kds_live_1AbCdEfGhIj_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg"));
	write_tag(at + TAG_AT, &fuzz_ring()->keys[1], (str){ at, TAG_AT });
	base62_write(at + CRC_AT, CRC_CHARS, digest_crc32((str){ at, CRC_AT }));
}

static void
check_text(str text, str made)
{
	struct secret_parts parts;
	enum secret_proof proof = secret_read(fuzz_ring(), text, &parts);

	must((proof == SECRET_GOOD) == str_eq(text, made));
	if (proof == SECRET_MALFORMED) {
		must(parts.sid.n == 0 && parts.key == 0 && !parts.production);
		return;
	}
	must(text.n == SECRET_CHARS && parts.sid.n == PUBLIC_ID_CHARS);
	must(parts.production == str_starts(text, S("kds_live_")));
	must(is_base62(str_part(text, SID_AT, PUBLIC_ID_CHARS)));
	must(proof != SECRET_UNKNOWN_KEY || !keyring_key(fuzz_ring(), parts.key));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	str input = fuzz_copy(data, n);
	char made[SECRET_CHARS], laid[SECRET_CHARS];

	write_secret(made);
	check_text(input, (str){ made, SECRET_CHARS });
	must(!client_id_ok(input) || (input.n == CLIENT_ID_CHARS && input.at[3] == '_'));

	memcpy(laid, made, sizeof laid);
	fuzz_lay_over(laid, sizeof laid, str_part(input, 1, n));
	if (n && input.at[0] & 1)
		base62_write(laid + CRC_AT, CRC_CHARS, digest_crc32((str){ laid, CRC_AT }));
	check_text((str){ laid, SECRET_CHARS }, (str){ made, SECRET_CHARS });
	fuzz_free(input);
	return 0;
}
