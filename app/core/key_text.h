/* key_text.h - a public key in what people paste: PEM, a JWK (RFC 7517), or a JWK Set of one.
 *
 * A private key is told from a public one before anything else is looked at, whatever its form, and nothing of it is
 * read, kept or shown again.
 */
#ifndef CORE_KEY_TEXT_H
#define CORE_KEY_TEXT_H

#include "crypto/public_key.h"

enum { KEY_TEXT_MAX_CHARS = 4000 };

/* wrong is empty, and the key is there, or it says to people what the text is and what to do. clear: the text has the form
 * of a public key, right or not, and may be shown again; else it may be private, or a secret, and must not. */
struct key_text {
	struct public_key key;
	str wrong;
	bool clear;
};
struct key_text key_text_read(struct arena *, str text);

/* What it is, in a word or two: "P-256", "Ed25519", "RSA 3072"; in the arena. And whether a key of those words is one for
 * that algorithm of a signature. */
str key_text_kind(struct arena *, const struct public_key *);
bool key_text_fits(str kind, str algorithm);

/* The algorithms for a key of those words, for people: "RS256 or PS256". */
str key_text_algorithms(str kind);

#endif
