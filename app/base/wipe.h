/* wipe.h - memory that others have given back is overwritten first; and lent to them. */
#ifndef BASE_WIPE_H
#define BASE_WIPE_H

#include <stddef.h>

/* Overwrites with zeros, whatever the compiler thinks of it. Its file also holds the program's malloc(), free() and
 * realloc(): what a library had in malloc'd memory, a parameter, a body, the inputs of a statement, is
 * overwritten before it is given back. Not in builds with a sanitizer that has a free() of its own. */
void wipe(void *at, size_t bytes);

/* The same with a block of malloc() that a library is about to free: in such a build only. */
void wipe_freed(void *block);

/* The same with the stack below the caller, as deep as a request goes (20 kB at most, measured): what hash
 * functions and others leave in their frames. Takes less than a microsecond. */
void wipe_stack(void);

/* From here to lend_end() a library's malloc() in this thread takes from the arena, as long as keep bytes of it are left
 * for others, and free() leaves that for arena_wipe() to overwrite. What was lent may be freed between two such calls only,
 * in any thread, and ends with the arena whether it was freed or not. Does nothing in a build with such a sanitizer. */
struct arena;
void lend_begin(struct arena *, size_t keep);
void lend_end(void);

#endif
