/* keyring.h - the key ring: a file of numbered 256-bit keys, outside the database.
 *
 *      keydesk-keyring 1
 *      1 active 6f0c...64 hex digits
 *
 * Numbers are 1 to 61 (one base62 character names the key inside a secret); exactly one is active, those
 * that are "reading" read what they once made. Of what is "retired" only the subkey of the audit log is
 * derived: the entries made under it can still be verified, and everything else is refused. A copied
 * database is worth nothing without it.
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
	/* Derived too: it tells two keys of one number apart, and nothing else about them, so it may be
	 * shown and kept in the database. Never 0. */
	uint64_t check;
	struct digest tag, pepper, audit, session, seal, decision;
};

struct keyring {
	int active;
	struct ring_key keys[KEYRING_MAX + 1]; /* by number; 0 is never used */
};

/* Reads the file. Faults, with the reason, when it is absent, a symbolic link, readable by others than
 * its owner and group (mode & 0037), readable by its group though root does not own it, not root's and
 * not ours, malformed, or has not exactly one active key. Root reads one of any owner, for the user it
 * will become. In the start arena. */
const struct keyring *keyring_load(struct arena *start, const char *path);

/* The key of that number, or NULL when it is absent or retired. */
const struct ring_key *keyring_key(const struct keyring *, int number);

/* The subkey that verifies audit entries of that number, of a retired key too; NULL when it is absent. */
const struct digest *keyring_audit(const struct keyring *, int number);

/* "active", "reading", "retired"; "absent". */
str key_status_word(enum key_status);

/* What struct ring_key says of a key of these bytes. */
uint64_t keyring_check(str bytes);

/* The letter that stands for a number inside a secret, and back (0 when it is none). */
char keyring_letter(int number);
int keyring_number(char letter);

#endif
