/* jwt.h - JSON Web Tokens (RFC 7519), signed ES256 or EdDSA (RFC 7518, 8037), and their public keys as a
 * JWK Set (RFC 7517) with RFC 7638 thumbprints as key ids.
 */
#ifndef CRYPTO_JWT_H
#define CRYPTO_JWT_H

#include "base/buf.h"
#include "base/str.h"

enum jwt_algorithm { JWT_NONE, JWT_ES256, JWT_EDDSA };

/* "ES256" or "EdDSA", and back: JWT_NONE for any other word. */
const char *jwt_algorithm_name(enum jwt_algorithm);
enum jwt_algorithm jwt_algorithm_of(str name);

/* A key pair ready for use. Holds an OpenSSL key until jwt_key_close(); safe to share between threads
 * that only sign and verify. */
struct jwt_key {
	enum jwt_algorithm algorithm;
	str kid;      /* 43 characters */
	void *pkey;   /* EVP_PKEY */
	void *signer; /* EVP_PKEY_CTX of ES256, begun; NULL for EdDSA */
};

/* A new private key as PKCS#8 DER, in the arena; to be kept sealed. Its kid is no option of a command line: no '-' is first. */
str jwt_key_make(struct arena *, enum jwt_algorithm);

/* From PKCS#8 DER. Faults when it is none, or of another algorithm. kid is in the arena. */
struct jwt_key jwt_key_open(struct arena *, enum jwt_algorithm, str der);
void jwt_key_close(struct jwt_key *);

/* The public half as a JWK: {"crv":...,"kty":...,"x":...,"use":"sig","alg":"ES256","kid":...}. */
void jwt_key_jwk(struct buf *, const struct jwt_key *);

/* HEADER.CLAIMS.SIGNATURE with header {"alg":..,"typ":typ,"kid":..}; claims is a JSON object. */
str jwt_sign(struct arena *, const struct jwt_key *, str typ, str claims);

/* The three parts, split and decoded but not believed: false when it is no JWT of one of our
 * algorithms, over 8,000 bytes, or its header holds "crit" or another member than alg, typ, kid.
 * The header must be exactly of the form jwt_sign() writes. */
struct jwt_parts {
	enum jwt_algorithm algorithm;
	str typ, kid;
	str claims;    /* JSON, decoded */
	str signed_;   /* HEADER.CLAIMS as it stands */
	str signature; /* decoded */
};
bool jwt_split(struct arena *, str token, struct jwt_parts *);

/* Whether the key signed it: algorithm and kid are the key's own and the signature is good. */
bool jwt_verify(const struct jwt_key *, const struct jwt_parts *);

#endif
