/* keyring.h - the key ring: a file of numbered 256-bit keys, outside the database.
 *
 *      keydesk-keyring 1
 *      1 active 6f0c...64 hex digits
 *
 * Numbers are 1 to 61 (one base62 character names the key inside a secret); exactly one is active, those
 * that are "reading" read what they once made, what is "retired" is refused. A copied database is worth
 * nothing without it.
 */
#ifndef CRYPTO_KEYRING_H
#define CRYPTO_KEYRING_H

#include "base/str.h"
#include "crypto/digest.h"

enum { KEYRING_MAX = 61 };

enum key_status { KEY_ABSENT, KEY_READING, KEY_ACTIVE, KEY_RETIRED };

/* One key with what is derived from it (HKDF), each for one purpose. */
struct ring_key {
	enum key_status status;
	struct digest tag, pepper, audit, session, seal;
};

struct keyring {
	int active;
	struct ring_key keys[KEYRING_MAX + 1]; /* by number; 0 is never used */
};

/* Reads the file. Faults, with the reason, when it is absent, a symbolic link, readable by others than
 * its owner and group (mode & 0037), malformed, or has not exactly one active key. In the start arena. */
const struct keyring *keyring_load(struct arena *start, const char *path);

/* Makes a file with one active key, mode 0600, by writing beside it, syncing and linking, so that it
 * is never half there. False when something of that name is there already, which is left alone. Faults
 * when it cannot be written. */
bool keyring_create(struct arena *, const char *path);

/* The key of that number, or NULL when it is absent or retired. */
const struct ring_key *keyring_key(const struct keyring *, int number);

/* The letter that stands for a number inside a secret, and back (0 when it is none). */
char keyring_letter(int number);
int keyring_number(char letter);

#endif
