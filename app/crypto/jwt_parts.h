/* jwt_parts.h - signatures of JOSE that our own tokens and those of others share, inside crypto/. */
#ifndef CRYPTO_JWT_PARTS_H
#define CRYPTO_JWT_PARTS_H

#include "base/str.h"

#include <openssl/evp.h>

enum { JWT_SIGNATURE_BYTES = 64 };

/* Whether those 64 bytes are the key's signature of the text. pkey is of P-256, or of Ed25519. */
bool jwt_es256_good(EVP_PKEY *pkey, str text, const unsigned char *raw);
bool jwt_eddsa_good(EVP_PKEY *pkey, str text, const unsigned char *raw);

#endif
