/* hashing.h - Argon2 under a permit, with the pepper of the key ring. */
#ifndef CORE_HASHING_H
#define CORE_HASHING_H

#include "core/shared.h"
#include "crypto/argon2.h"
#include "http/request.h"

/* The stored form of a password or secret. Waits for a permit of its kind, 2 s at most; no permit is
 * FAULT_BUSY. Made with the active key of the ring. */
str hash_make(struct request *, enum permit, const struct argon2_profile *, str secret);

/* Whether phc is a hash that can be checked: one of ours, whose key is in the ring. */
bool hash_readable(const struct request *, str phc);

/* Whether phc was made of this secret. False, at once, when it is not readable. */
bool hash_check(struct request *, enum permit, str phc, str secret);

/* Whether phc was made with the profile and key that hold now, or with a key of a higher number that the
 * ring reads; if not, it is worth making anew. */
bool hash_current(const struct request *, const struct argon2_profile *, str phc);

#endif
