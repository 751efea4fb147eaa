/* wipe.h - memory that others have given back is overwritten first. */
#ifndef BASE_WIPE_H
#define BASE_WIPE_H

#include <stddef.h>

/* Overwrites with zeros, whatever the compiler thinks of it. Its file also holds the program's free() and
 * realloc(): what a library had in malloc'd memory, a parameter, a body, the inputs of a statement, is
 * overwritten before it is given back. Not in builds with a sanitizer that has a free() of its own. */
void wipe(void *at, size_t bytes);

/* The same with a block of malloc() that a library is about to free: in such a build only. */
void wipe_freed(void *block);

/* The same with the stack below the caller, as deep as a request goes (20 kB at most, measured): what hash
 * functions and others leave in their frames. Takes less than a microsecond. */
void wipe_stack(void);

#endif
