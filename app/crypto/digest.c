/* digest.c - hashes, keyed hashes, derived keys, sealed texts and checksums. */
#define _GNU_SOURCE
/* SHA256_Init() and its sisters are marked deprecated since OpenSSL 3.0. They are used here all the same,
 * and nowhere else: they allocate nothing and cannot fail, and an HMAC of 80 bytes took 0.4 us with
 * them, 1.3 with EVP_MD_CTX, 1.9 with EVP_Q_mac() and 2.4 with HMAC(), which look up the algorithm each
 * time (OpenSSL 3.0.22, November 2026). */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "crypto/digest.h"

#include "base/random.h"
#include "crypto/base64.h"

#include <limits.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/sha.h>

enum { NONCE_BYTES = 12, TAG_BYTES = 16, BLOCK_BYTES = 64 };

static void
add(SHA256_CTX *sha, str s)
{
	if (s.n)
		SHA256_Update(sha, s.at, s.n);
}

struct digest
digest_sha256(str s)
{
	struct digest d;
	SHA256_CTX sha;

	SHA256_Init(&sha);
	add(&sha, s);
	SHA256_Final(d.at, &sha);
	explicit_bzero(&sha, sizeof sha);
	return d;
}

struct digest
digest_hmac(str key, str a, str b)
{
	unsigned char inner[BLOCK_BYTES], outer[BLOCK_BYTES];
	struct digest hashed, d;
	SHA256_CTX sha;

	if (key.n > BLOCK_BYTES) {
		hashed = digest_sha256(key);
		key = DIGEST_STR(hashed);
	}
	memset(inner, 0x36, sizeof inner);
	memset(outer, 0x5c, sizeof outer);
	for (size_t i = 0; i < key.n; i++) {
		inner[i] ^= (unsigned char)key.at[i];
		outer[i] ^= (unsigned char)key.at[i];
	}
	SHA256_Init(&sha);
	SHA256_Update(&sha, inner, sizeof inner);
	add(&sha, a);
	add(&sha, b);
	SHA256_Final(d.at, &sha);
	SHA256_Init(&sha);
	SHA256_Update(&sha, outer, sizeof outer);
	SHA256_Update(&sha, d.at, sizeof d.at);
	SHA256_Final(d.at, &sha);
	explicit_bzero(inner, sizeof inner);
	explicit_bzero(outer, sizeof outer);
	explicit_bzero(&hashed, sizeof hashed);
	explicit_bzero(&sha, sizeof sha);
	return d;
}

/* RFC 5869 with the salt left out (which is an HMAC key of zeros) and one block of output: two HMACs. */
struct digest
digest_subkey(str key, str purpose)
{
	struct digest extracted = digest_hmac((str){ 0 }, key, (str){ 0 });
	struct digest d = digest_hmac(DIGEST_STR(extracted), purpose, S("\x01"));

	explicit_bzero(&extracted, sizeof extracted);
	return d;
}

str
digest_hex(struct arena *a, str bytes)
{
	static const char digits[] = "0123456789abcdef";
	char *at = NEW(a, char, bytes.n * 2);

	for (size_t i = 0; i < bytes.n; i++) {
		at[2 * i] = digits[(unsigned char)bytes.at[i] >> 4];
		at[2 * i + 1] = digits[bytes.at[i] & 15];
	}
	return (str){ at, bytes.n * 2 };
}

static int
hex_value(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
digest_unhex(struct arena *a, str hex, str *bytes)
{
	char *at = NEW(a, char, hex.n / 2);

	if (hex.n % 2)
		return false;
	for (size_t i = 0; i < hex.n / 2; i++) {
		int high = hex_value(hex.at[2 * i]), low = hex_value(hex.at[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		at[i] = (char)(high * 16 + low);
	}
	*bytes = (str){ at, hex.n / 2 };
	return true;
}

str
digest_base64url(struct arena *a, str bytes)
{
	char *at = NEW(a, char, BASE64_CHARS(bytes.n));

	return (str){ at, base64_write(BASE64_URL, bytes, at) };
}

bool
digest_unbase64url(struct arena *a, str text, str *bytes)
{
	char *at = NEW(a, char, BASE64_BYTES(text.n));
	size_t n;

	if (!base64_read(BASE64_URL, text, at, &n))
		return false;
	*bytes = (str){ at, n };
	return true;
}

static unsigned char *
bytes_of(str s)
{
	return (unsigned char *)(uintptr_t)(s.n ? s.at : "");
}

/* One GCM computation in either direction, on buffers that are there already. */
struct gcm {
	const struct digest *key;
	str context, in;
	unsigned char *nonce, *out, *tag;
};

static bool
gcm_seal(EVP_CIPHER_CTX *cipher, const struct gcm *g)
{
	int n;

	return EVP_EncryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, g->key->at, g->nonce) == 1 &&
	       EVP_EncryptUpdate(cipher, NULL, &n, bytes_of(g->context), (int)g->context.n) == 1 &&
	       EVP_EncryptUpdate(cipher, g->out, &n, bytes_of(g->in), (int)g->in.n) == 1 &&
	       EVP_EncryptFinal_ex(cipher, g->out + n, &n) == 1 &&
	       EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, TAG_BYTES, g->tag) == 1;
}

static bool
gcm_unseal(EVP_CIPHER_CTX *cipher, const struct gcm *g)
{
	int n;

	return EVP_DecryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, g->key->at, g->nonce) == 1 &&
	       EVP_DecryptUpdate(cipher, NULL, &n, bytes_of(g->context), (int)g->context.n) == 1 &&
	       EVP_DecryptUpdate(cipher, g->out, &n, bytes_of(g->in), (int)g->in.n) == 1 &&
	       EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_SET_TAG, TAG_BYTES, g->tag) == 1 &&
	       EVP_DecryptFinal_ex(cipher, g->out + n, &n) == 1;
}

static bool
gcm_run(const struct gcm *g, bool (*direction)(EVP_CIPHER_CTX *, const struct gcm *))
{
	EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
	bool good = cipher && direction(cipher, g);

	EVP_CIPHER_CTX_free(cipher);
	return good;
}

str
digest_seal(struct arena *a, const struct digest *key, str context, str plain)
{
	unsigned char *at;
	struct gcm g = { .key = key, .context = context, .in = plain };

	if (plain.n > INT_MAX - SEAL_EXTRA_BYTES || context.n > INT_MAX)
		fault(a->fault, "a text too long to seal");
	at = NEW(a, unsigned char, plain.n + SEAL_EXTRA_BYTES);
	random_bytes(at, NONCE_BYTES);
	g.nonce = at;
	g.out = at + NONCE_BYTES;
	g.tag = g.out + plain.n;
	if (!gcm_run(&g, gcm_seal)) /* not tested: only without memory */
		fault(a->fault, "OpenSSL cannot seal a text");
	return (str){ (char *)at, plain.n + SEAL_EXTRA_BYTES };
}

bool
digest_unseal(struct arena *a, const struct digest *key, str context, str *text)
{
	size_t n = text->n - SEAL_EXTRA_BYTES;
	struct gcm g = { .key = key, .context = context };

	if (text->n < SEAL_EXTRA_BYTES || text->n > INT_MAX || context.n > INT_MAX)
		return false;
	g.nonce = bytes_of(*text);
	g.in = (str){ text->at + NONCE_BYTES, n };
	g.tag = g.nonce + NONCE_BYTES + n;
	g.out = NEW(a, unsigned char, n + 1);
	if (!gcm_run(&g, gcm_unseal))
		return false;
	*text = (str){ (char *)g.out, n };
	return true;
}

uint32_t
digest_crc32(str s)
{
	/* For the reflected polynomial 0xedb88320 the remainders of a byte that has only its lower half, or its upper one:
	 * that of any byte is the sum of two, which need not wait for each other. */
	static const uint32_t lower[] = { 0x00000000, 0x77073096, 0xee0e612c, 0x990951ba,
		0x076dc419, 0x706af48f, 0xe963a535, 0x9e6495a3, 0x0edb8832, 0x79dcb8a4, 0xe0d5e91e,
		0x97d2d988, 0x09b64c2b, 0x7eb17cbd, 0xe7b82d07, 0x90bf1d91 };
	static const uint32_t upper[] = { 0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
		0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8,
		0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c };
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < s.n; i++) {
		crc ^= (unsigned char)s.at[i];
		crc = crc >> 8 ^ lower[crc & 15] ^ upper[crc >> 4 & 15];
	}
	return ~crc;
}
