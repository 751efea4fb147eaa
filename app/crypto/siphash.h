/* siphash.h - a short keyed hash for tables in which strangers choose the keys. Not for anything else. */
#ifndef CRYPTO_SIPHASH_H
#define CRYPTO_SIPHASH_H

#include "base/str.h"

enum { SIPHASH_KEY_BYTES = 16 };

/* SipHash-2-4 (Aumasson, Bernstein, 2012): who does not know the key finds no two texts that collide. The
 * key is of SIPHASH_KEY_BYTES. */
uint64_t siphash(const unsigned char *key, str);

#endif
