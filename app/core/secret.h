/* secret.h - the text of a secret and of a client ID: made, and told from what was never made.
 *
 *      kds_live_KSSSSSSSSSS_RRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRTTTTTTTTTTTCCCCCC
 *
 *      live  or test, for integration
 *      K     the letter of the ring's key that made the tag (crypto/keyring.h)
 *      S     10 characters: the secret's public id, by which its row is found
 *      R     43 characters: 256 bits from the operating system
 *      T     11 characters: 64 bits of HMAC-SHA-256 of all before it, under the key's tag subkey
 *      C     6 characters: CRC-32 of all before it, so that a scanner needs no key
 *
 * All of it is base62 (0-9 A-Z a-z, the number's highest digit first), so a double click selects it.
 * What scanners for leaked secrets look for, before they check the CRC:
 *
 *      \bkds_(live|test)_[1-9A-Za-z][0-9A-Za-z]{10}_[0-9A-Za-z]{60}\b
 *
 * A forged secret costs 1 us and neither a query nor an Argon2 computation. Nobody without the key ring
 * can make one that passes, but by guessing 64 bits; who guesses them still has no row.
 */
#ifndef CORE_SECRET_H
#define CORE_SECRET_H

#include "base/str.h"
#include "crypto/keyring.h"

enum { SECRET_CHARS = 81, CLIENT_ID_CHARS = 25, PUBLIC_ID_CHARS = 10, HINT_CHARS = 4 };

/* A secret just made: the text is shown once and never kept; the others may be. */
struct made_secret {
	str text;
	str sid;  /* 10 characters, part of the text */
	str hint; /* the last 4 characters of the text, which say nothing about the random ones */
	int key;  /* the number of the ring's key that made the tag */
};

/* A new one under the ring's active key, in the arena. */
struct made_secret secret_make(struct arena *, const struct keyring *, bool production);

/* The same of a row that is there already: sid is its public id, 10 base62 characters. */
struct made_secret secret_make_as(struct arena *, const struct keyring *, bool production, str sid);

/* How far a text got, in the order in which it is asked, cheapest first. */
enum secret_proof {
	SECRET_MALFORMED,   /* not of that length and form */
	SECRET_BAD_CRC,     /* mistyped or cut, most likely */
	SECRET_UNKNOWN_KEY, /* its key is not in the ring, or retired */
	SECRET_FORGED,      /* never issued here: the tag is wrong */
	SECRET_GOOD,        /* issued here once; whether it is good now, its row says */
};

/* What a text claims about itself. Believe it only with SECRET_GOOD; all zero when malformed. */
struct secret_parts {
	bool production;
	int key; /* 1 to KEYRING_MAX, 0 when the letter is none */
	str sid; /* a view of the text */
};

enum secret_proof secret_read(const struct keyring *, str text, struct secret_parts *);

/* kdc_live_ or kdc_test_ and 16 random base62 characters (95 bits), in the arena; and whether a text has
 * that form. A client ID is public and carries no check. */
str client_id_make(struct arena *, bool production);
bool client_id_ok(str);

/* Whether a text that people write holds what may be a secret: kds_live_ or kds_test_ with something behind it,
 * or a run of 40 or more letters, digits and _ + = - with a capital, a small letter and a digit among them (a
 * token, another program's key). Ids, hashes in hex and paths are none. */
bool secret_like(str text);

/* A public id: 10 random base62 characters (59 bits), in the arena. It is unique when its column is; who
 * inserts one tries again on a duplicate. */
str secret_id_make(struct arena *);

#endif
