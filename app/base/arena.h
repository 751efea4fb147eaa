/* arena.h - memory that ends with the request. There is no free. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/fault.h"

#include <stdalign.h>
#include <stddef.h>

struct arena {
	char *at;
	size_t used, size;
	size_t top;          /* how much may be in memory, as far as arena_wipe() has seen it */
	struct fault *fault; /* hears of a full arena; also everybody's way to the fault point */
};

/* Maps size bytes of zeroed memory, which cost nothing until they are used and are left out of core
 * dumps. Faults when the system has none. Lives until the process ends or arena_close(). */
void arena_open(struct arena *, struct fault *, size_t size);
void arena_close(struct arena *);

/* n zeroed elements of T, for as long as the arena lives. Never NULL: a full arena is a fault. */
#define NEW(a, T, n) ((T *)arena_new(a, sizeof(T), alignof(T), n))

/* What NEW expands to. n may be 0. */
void *arena_new(struct arena *, size_t size, size_t align, size_t n);

/* How much is used now; arena_wipe() with it gives back, overwritten with zeros, all that came after.
 * arena_wipe(a, 0) empties it: no password or token outlives its request. */
size_t arena_mark(const struct arena *);
void arena_wipe(struct arena *, size_t mark);

/* Gives back what came after the mark but for n bytes at `at`, which were asked for since with the alignment of
 * max_align_t: they move down to the mark, and where they are then is returned. */
void *arena_keep(struct arena *, size_t mark, void *at, size_t n);

/* Empties it, and gives back to the system what it has ever held beyond so many bytes, rounded up to pages: one large page
 * must not keep its memory for ever. */
void arena_rest(struct arena *, size_t keep);

#endif
