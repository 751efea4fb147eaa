/* base64.h - RFC 4648 base64 without padding, in either alphabet, between buffers of the caller. */
#ifndef CRYPTO_BASE64_H
#define CRYPTO_BASE64_H

#include "base/str.h"

/* The usual alphabet (PHC texts), and the one for addresses and tokens. */
enum base64_alphabet { BASE64_PLAIN, BASE64_URL };

/* How many characters n bytes become, and how many bytes n characters at most hold. */
#define BASE64_CHARS(n) (((n)*4 + 2) / 3)
#define BASE64_BYTES(n) ((n)*3 / 4)

/* Writes BASE64_CHARS(bytes.n) characters; returns how many. */
size_t base64_write(enum base64_alphabet, str bytes, char *text);

/* Writes BASE64_BYTES(text.n) bytes and says how many in *n. False for what base64_write() would not
 * have written: another character, padding, an impossible length, or spare bits that are not zero. */
bool base64_read(enum base64_alphabet, str text, char *bytes, size_t *n);

#endif
