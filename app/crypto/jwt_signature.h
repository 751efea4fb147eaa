/* jwt_signature.h - signatures of JOSE that our own tokens and those of others share, inside crypto/. */
#ifndef CRYPTO_JWT_SIGNATURE_H
#define CRYPTO_JWT_SIGNATURE_H

#include "base/str.h"

#include <openssl/evp.h>

enum { JWT_SIGNATURE_BYTES = 64 };

/* A key's signature of the text, into so many bytes. begun is of P-256, after EVP_PKEY_sign_init(), or NULL; pkey is of Ed25519.
 * False when OpenSSL fails. */
bool jwt_es256_sign(const EVP_PKEY_CTX *begun, str text, unsigned char *raw);
bool jwt_eddsa_sign(EVP_PKEY *pkey, str text, unsigned char *raw);

/* Whether those 64 bytes are the key's signature of the text. pkey is of P-256, or of Ed25519. */
bool jwt_es256_good(EVP_PKEY *pkey, str text, const unsigned char *raw);
bool jwt_eddsa_good(EVP_PKEY *pkey, str text, const unsigned char *raw);

#endif
