/* public_key_parts.h - a public key's numbers as DER, inside crypto/. */
#ifndef CRYPTO_PUBLIC_KEY_PARTS_H
#define CRYPTO_PUBLIC_KEY_PARTS_H

#include "crypto/public_key.h"

enum { PUBLIC_KEY_NUMBER_BYTES = 32 }; /* a coordinate of P-256, a key of Ed25519 */

/* SubjectPublicKeyInfo (RFC 5280, RFC 5480, RFC 8410, RFC 8017), in the arena. The empty text when a number has not the length
 * that it must have; whether it is a key is not asked. */
str public_key_der(struct arena *, const struct public_key_numbers *);

/* The number without zeros before it. */
str public_key_number(str);

#endif
