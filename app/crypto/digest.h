/* digest.h - hashes, keyed hashes, derived keys, sealed texts and checksums. */
#ifndef CRYPTO_DIGEST_H
#define CRYPTO_DIGEST_H

#include "base/str.h"

enum { DIGEST_BYTES = 32, SEAL_EXTRA_BYTES = 12 + 16 };

struct digest {
	unsigned char at[DIGEST_BYTES];
};

/* SHA-256 (FIPS 180-4) and HMAC-SHA-256 (RFC 2104). The HMAC takes several texts as one. */
struct digest digest_sha256(str);
struct digest digest_hmac(str key, str a, str b);

/* A subkey of 32 bytes: HKDF-SHA-256 (RFC 5869) without salt, purpose as info. */
struct digest digest_subkey(str key, str purpose);

/* Lower-case hex, and base64url without padding (RFC 4648 section 5), in the arena. unhex and unbase64url
 * are false for anything that these would not have written; *bytes is then untouched. */
str digest_hex(struct arena *, str bytes);
bool digest_unhex(struct arena *, str hex, str *bytes);
str digest_base64url(struct arena *, str bytes);
bool digest_unbase64url(struct arena *, str text, str *bytes);

/* AES-256-GCM: nonce (12 random bytes), ciphertext, tag (16). context is authenticated, not kept.
 * unseal puts the plain text in the sealed one's place; false, and *text untouched, when anything was
 * changed. Both in the arena. */
str digest_seal(struct arena *, const struct digest *key, str context, str plain);
bool digest_unseal(struct arena *, const struct digest *key, str context, str *text);

/* CRC-32 as in zip and Ethernet. */
uint32_t digest_crc32(str);

/* A digest as the str of its 32 bytes: a view. */
#define DIGEST_STR(d) ((str){ (const char *)(d).at, DIGEST_BYTES })

#endif
