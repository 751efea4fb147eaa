/* keyring_parts.h - what the files of the key ring share. */
#ifndef CRYPTO_KEYRING_PARTS_H
#define CRYPTO_KEYRING_PARTS_H

#include "crypto/keyring.h"

/* A full ring is under 5,000 bytes. */
enum { RING_FILE_MAX_BYTES = 8192, RING_KEY_BYTES = 32 };

#define RING_FIRST_LINE "keydesk-keyring 1"

/* One line, "NUMBER STATUS HEX"; hex is a view of it. */
struct ring_line {
	int number;
	enum key_status status;
	str hex;
};

/* By number; 0 is never used. status KEY_ABSENT where there is no line. */
struct ring_lines {
	struct ring_line at[KEYRING_MAX + 1];
	int active;
};

/* Reads the file whole into at, which has room for RING_FILE_MAX_BYTES + 1. NULL, or what is wrong. */
const char *ring_file_read(const char *path, char *at, size_t *n);

/* The lines of the text. Faults, with the reason and `where`, when it is no key ring. */
void ring_lines_read(struct arena *, const char *where, str text, struct ring_lines *);

#endif
