/* jwt_signature.c - ES256 and EdDSA by OpenSSL. */
#include "crypto/jwt_signature.h"

#include "crypto/digest.h"

#include <openssl/ec.h>

enum {
	NUMBER_BYTES = JWT_SIGNATURE_BYTES / 2,
	DER_SIGNATURE_BYTES = 72, /* two integers of at most 33 bytes, and the frames */
};

/* ECDSA's DER as JOSE wants it: r and s, each padded to 32 bytes (RFC 7518 section 3.4). */
static bool
der_to_raw(const unsigned char *der, size_t n, unsigned char *raw)
{
	ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &der, (long)n);
	bool good =
	    pair && BN_bn2binpad(ECDSA_SIG_get0_r(pair), raw, NUMBER_BYTES) == NUMBER_BYTES &&
	    BN_bn2binpad(ECDSA_SIG_get0_s(pair), raw + NUMBER_BYTES, NUMBER_BYTES) == NUMBER_BYTES;

	ECDSA_SIG_free(pair);
	return good;
}

/* And back. How many bytes of der were written, 0 when OpenSSL fails. */
static size_t
raw_to_der(const unsigned char *raw, unsigned char *der)
{
	ECDSA_SIG *pair = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(raw, NUMBER_BYTES, NULL);
	BIGNUM *s = BN_bin2bn(raw + NUMBER_BYTES, NUMBER_BYTES, NULL);
	int n = 0;

	if (pair && r && s && ECDSA_SIG_set0(pair, r, s) == 1) {
		n = i2d_ECDSA_SIG(pair, &der);
	} else { /* not tested: only without memory */
		BN_free(r);
		BN_free(s);
	}
	ECDSA_SIG_free(pair);
	return n > 0 ? (size_t)n : 0;
}

/* ES256 signs a hash that is made before, which spares OpenSSL a look-up of SHA-256. */
bool
jwt_es256_sign(const EVP_PKEY_CTX *begun, str text, unsigned char *raw)
{
	unsigned char der[DER_SIGNATURE_BYTES];
	size_t n = sizeof der;
	struct digest hash = digest_sha256(text);
	EVP_PKEY_CTX *signer = begun ? EVP_PKEY_CTX_dup(begun) : NULL;
	bool good = signer && EVP_PKEY_sign(signer, der, &n, hash.at, sizeof hash.at) == 1 &&
	            der_to_raw(der, n, raw);

	EVP_PKEY_CTX_free(signer);
	return good;
}

bool
jwt_eddsa_sign(EVP_PKEY *pkey, str text, unsigned char *raw)
{
	size_t n = JWT_SIGNATURE_BYTES;
	EVP_MD_CTX *signer = EVP_MD_CTX_new();
	bool good = signer &&
	            EVP_DigestSignInit_ex(signer, NULL, NULL, NULL, NULL, pkey, NULL) == 1 &&
	            EVP_DigestSign(signer, raw, &n, (const unsigned char *)text.at, text.n) == 1 &&
	            n == JWT_SIGNATURE_BYTES;

	EVP_MD_CTX_free(signer);
	return good;
}

bool
jwt_es256_good(EVP_PKEY *pkey, str text, const unsigned char *raw)
{
	unsigned char der[DER_SIGNATURE_BYTES];
	size_t n = raw_to_der(raw, der);
	struct digest hash = digest_sha256(text);
	EVP_PKEY_CTX *verifier = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
	bool good = verifier && n && EVP_PKEY_verify_init(verifier) == 1 &&
	            EVP_PKEY_verify(verifier, der, n, hash.at, sizeof hash.at) == 1;

	EVP_PKEY_CTX_free(verifier);
	return good;
}

bool
jwt_eddsa_good(EVP_PKEY *pkey, str text, const unsigned char *raw)
{
	EVP_MD_CTX *verifier = EVP_MD_CTX_new();
	bool good = verifier &&
	            EVP_DigestVerifyInit_ex(verifier, NULL, NULL, NULL, NULL, pkey, NULL) == 1 &&
	            EVP_DigestVerify(verifier, raw, JWT_SIGNATURE_BYTES,
			(const unsigned char *)text.at, text.n) == 1;

	EVP_MD_CTX_free(verifier);
	return good;
}
