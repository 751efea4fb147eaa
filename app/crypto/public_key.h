/* public_key.h - public keys of others: P-256, Ed25519 and RSA, and whether one fits a signature (RFC 7518, 8037).
 *
 * A key has one form here: the SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7) that this file writes from its numbers.
 * What was handed in is read, never kept.
 */
#ifndef CRYPTO_PUBLIC_KEY_H
#define CRYPTO_PUBLIC_KEY_H

#include "base/str.h"

enum public_key_kind { PUBLIC_KEY_NONE, PUBLIC_KEY_P256, PUBLIC_KEY_ED25519, PUBLIC_KEY_RSA };

/* RSA below 2,048 bits is too weak (RFC 7518 section 3.3); above 4,096, or with a large exponent, whoever signs would
 * choose how long we compute. A small exponent has a record of mistakes around it (NIST SP 800-56B section 6.2 wants
 * 65,537 or more). */
enum {
	RSA_LEAST_BITS = 2048,
	RSA_MOST_BITS = 4096,
	RSA_LEAST_EXPONENT = 65537,
	PUBLIC_KEY_MAX_BYTES = 600, /* in DER: 550 with RSA's most bits */
	THUMBPRINT_CHARS = 43,
};

/* der and thumbprint are in the arena; bits are RSA's, 256 for the others. */
struct public_key {
	enum public_key_kind kind;
	int bits;
	str der;
	str thumbprint; /* RFC 7638, SHA-256, base64url */
};

enum public_key_wrong {
	PUBLIC_KEY_RIGHT,
	PUBLIC_KEY_UNREADABLE,
	PUBLIC_KEY_OTHER, /* another algorithm or curve */
	PUBLIC_KEY_WEAK,  /* RSA below its least bits */
	PUBLIC_KEY_LARGE, /* above its most */
	PUBLIC_KEY_EXPONENT,
};

/* From SubjectPublicKeyInfo DER, nothing behind it. */
enum public_key_wrong public_key_read(struct arena *, str der, struct public_key *);

/* From its numbers, big-endian: x and y of P-256 (32 bytes each), x of Ed25519 (32), n and e of RSA. */
struct public_key_numbers {
	enum public_key_kind kind;
	str x, y, n, e;
};
enum public_key_wrong
public_key_make(struct arena *, const struct public_key_numbers *, struct public_key *);

/* Whether the key has signed the text by that algorithm: ES256 for P-256, EdDSA for Ed25519, RS256 or PS256 for RSA, and no
 * other. der is a public_key's. */
bool public_key_signed(str der, str algorithm, str text, str signature);

/* A key that nobody can sign with, as DER in the arena, for that algorithm; empty for an unknown one. A signature is held
 * against it where there is no key to ask, so that it takes as long. bits are of an RSA key: 2,048 to 4,096. */
str public_key_nobody(struct arena *, str algorithm, int bits);

/* The algorithms that public_key_signed() knows. */
enum { PUBLIC_KEY_ALGORITHMS = 4 };
extern const str public_key_algorithms[PUBLIC_KEY_ALGORITHMS];

#endif
