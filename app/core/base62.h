/* base62.h - numbers as base62 text (0-9 A-Z a-z), the highest digit first, always as long: a double click selects it. */
#ifndef CORE_BASE62_H
#define CORE_BASE62_H

#include "base/str.h"

enum { BASE62_CHARS_64 = 11 }; /* for any 64 bits */

/* The number as n characters; what does not fit in them is left out. */
void base62_write(char *at, size_t n, uint64_t value);

/* And back, from 1 to BASE62_CHARS_64 characters. False, and *value untouched, for another length or character, or more
 * than 64 bits. */
bool base62_read(str, uint64_t *value);

#endif
