/* secret.c - the text of a secret and of a client ID: made, and told from what was never made. */
#include "core/secret.h"

#include "base/random.h"
#include "core/base62.h"
#include "crypto/digest.h"

#include <string.h>

enum {
	PREFIX_CHARS = 9,
	SID_AT = PREFIX_CHARS + 1,
	LINE_AT = SID_AT + PUBLIC_ID_CHARS,
	RANDOM_AT = LINE_AT + 1,
	RANDOM_CHARS = 43,
	TAG_AT = RANDOM_AT + RANDOM_CHARS,
	TAG_CHARS = 11,
	CRC_AT = TAG_AT + TAG_CHARS,
	CRC_CHARS = SECRET_CHARS - CRC_AT,
	CLIENT_RANDOM_CHARS = CLIENT_ID_CHARS - PREFIX_CHARS,
	LIKE_CHARS =
	    40, /* a run that may be a secret: a token's signature has 86, 30 random bytes have 40 */
};

static bool
is_base62(str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.at[i] >= '0' && s.at[i] <= '9') || (s.at[i] >= 'A' && s.at[i] <= 'Z') ||
			(s.at[i] >= 'a' && s.at[i] <= 'z')))
			return false;
	return true;
}

static void
write_tag(char *at, const struct ring_key *key, str before)
{
	struct digest mac = digest_hmac(DIGEST_STR(key->tag), before, (str){ 0 });
	uint64_t value = 0;

	for (int i = 0; i < 8; i++)
		value = value << 8 | mac.at[i];
	base62_write(at, TAG_CHARS, value);
}

static void
put(char *at, str s)
{
	memcpy(at, s.at, s.n);
}

struct made_secret
secret_make(struct arena *a, const struct keyring *ring, bool production)
{
	return secret_make_as(a, ring, production, secret_id_make(a));
}

struct made_secret
secret_make_as(struct arena *a, const struct keyring *ring, bool production, str sid)
{
	char *at = NEW(a, char, SECRET_CHARS);

	put(at, production ? S("kds_live_") : S("kds_test_"));
	at[PREFIX_CHARS] = keyring_letter(ring->active);
	put(at + SID_AT, sid);
	at[LINE_AT] = '_';
	put(at + RANDOM_AT, random_base62(a, RANDOM_CHARS));
	write_tag(at + TAG_AT, &ring->keys[ring->active], (str){ at, TAG_AT });
	base62_write(at + CRC_AT, CRC_CHARS, digest_crc32((str){ at, CRC_AT }));
	return (struct made_secret){ .text = { at, SECRET_CHARS },
		.sid = { at + SID_AT, PUBLIC_ID_CHARS },
		.hint = { at + SECRET_CHARS - HINT_CHARS, HINT_CHARS },
		.key = ring->active };
}

static bool
has_form(str text)
{
	return text.n == SECRET_CHARS &&
	       (str_starts(text, S("kds_live_")) || str_starts(text, S("kds_test_"))) &&
	       text.at[LINE_AT] == '_' &&
	       is_base62(str_part(text, PREFIX_CHARS, LINE_AT - PREFIX_CHARS)) &&
	       is_base62(str_part(text, RANDOM_AT, SECRET_CHARS));
}

enum secret_proof
secret_read(const struct keyring *ring, str text, struct secret_parts *parts)
{
	char tag[TAG_CHARS], crc[CRC_CHARS];
	const struct ring_key *key;

	*parts = (struct secret_parts){ 0 };
	if (!has_form(text))
		return SECRET_MALFORMED;
	parts->production = str_starts(text, S("kds_live_"));
	parts->key = keyring_number(text.at[PREFIX_CHARS]);
	parts->sid = str_part(text, SID_AT, PUBLIC_ID_CHARS);

	base62_write(crc, CRC_CHARS, digest_crc32(str_part(text, 0, CRC_AT)));
	if (!str_eq(str_part(text, CRC_AT, CRC_CHARS), (str){ crc, CRC_CHARS }))
		return SECRET_BAD_CRC;
	key = keyring_key(ring, parts->key);
	if (!key)
		return SECRET_UNKNOWN_KEY;
	write_tag(tag, key, str_part(text, 0, TAG_AT));
	if (!str_eq_secret(str_part(text, TAG_AT, TAG_CHARS), (str){ tag, TAG_CHARS }))
		return SECRET_FORGED;
	return SECRET_GOOD;
}

str
client_id_make(struct arena *a, bool production)
{
	return fmt(a, "kdc_%s_%.*s", production ? "live" : "test",
	    STR(random_base62(a, CLIENT_RANDOM_CHARS)));
}

bool
client_id_ok(str id)
{
	return id.n == CLIENT_ID_CHARS &&
	       (str_starts(id, S("kdc_live_")) || str_starts(id, S("kdc_test_"))) &&
	       is_base62(str_part(id, PREFIX_CHARS, CLIENT_RANDOM_CHARS));
}

str
secret_id_make(struct arena *a)
{
	return random_base62(a, PUBLIC_ID_CHARS);
}

static bool
in_run(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '+' || c == '=' || c == '-';
}

static bool
run_is_like(str run)
{
	bool capital = false, small = false, digit = false;

	if (str_find(run, S("kds_live_")) + PREFIX_CHARS < run.n ||
	    str_find(run, S("kds_test_")) + PREFIX_CHARS < run.n)
		return true;
	for (size_t i = 0; i < run.n; i++) {
		capital = capital || (run.at[i] >= 'A' && run.at[i] <= 'Z');
		small = small || (run.at[i] >= 'a' && run.at[i] <= 'z');
		digit = digit || (run.at[i] >= '0' && run.at[i] <= '9');
	}
	return run.n >= LIKE_CHARS && capital && small && digit;
}

bool
secret_like(str text)
{
	while (text.n) {
		size_t n = 0;

		while (n < text.n && in_run(text.at[n]))
			n++;
		if (run_is_like(str_part(text, 0, n)))
			return true;
		text = str_part(text, n + 1, text.n);
	}
	return false;
}
