/* totp.h - one-time codes of the time (RFC 6238), and base32 (RFC 4648 section 6); the only file that knows liboath. */
#ifndef CRYPTO_TOTP_H
#define CRYPTO_TOTP_H

#include "base/str.h"

/* What every authenticator app understands: HMAC-SHA-1, a code of 6 digits for 30 seconds. A clock that is
 * one step off is no mistake. */
enum { TOTP_SEED_BYTES = 20, TOTP_DIGITS = 6, TOTP_SECONDS = 30, TOTP_WINDOW = 1 };

/* The step (30 s since 1970) that the code is of: now's, the one before or the one after, the latest of those that
 * fit; 0 when it is of none, and when it is not TOTP_DIGITS long. now in microseconds since 1970. Takes as long
 * for each code of that length. */
int64_t totp_step(str seed, int64_t now, str code);

/* The code of that moment, in the arena: what an app shows. */
str totp_code(struct arena *, str seed, int64_t now);

/* Without padding, in the arena: how people and apps are given a seed. */
str totp_base32(struct arena *, str bytes);

#endif
