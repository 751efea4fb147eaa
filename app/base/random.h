/* random.h - bytes from the operating system, and texts made of them. */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include "base/str.h"

/* n bytes from getrandom(2), which cannot fail once the system is up. */
void random_bytes(void *at, size_t n);

/* n characters of base62 (0-9 A-Z a-z), each equally likely: 5.95 bits a character. In the arena. */
str random_base62(struct arena *, size_t n);

/* Letters that were made many at a time, for what need not be secret: they are still here once they are used. Begins as
 * zeros, and is of one process. */
enum { RANDOM_LETTERS = 256 };
struct random_letters {
	char at[RANDOM_LETTERS];
	size_t left;
};

/* The same as random_base62(), of these: hardly ever a call of the system. n is at most 64. */
str random_number(struct arena *, struct random_letters *, size_t n);

/* A number from 0 to below - 1, each equally likely. below is at least 1. */
uint32_t random_below(uint32_t below);

#endif
