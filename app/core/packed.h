/* packed.h - a row of texts, numbers and flags as bytes that hold all of it, for those who cannot share an arena.
 *
 * Not for another program, nor for another build of this one: there is no version, and only its own shape takes it back.
 */
#ifndef CORE_PACKED_H
#define CORE_PACKED_H

#include "base/arena.h"
#include "base/shape.h"

/* Where they go: room bytes at at, of which n are used. Once something does not fit full is set, and nothing more is
 * put. */
struct packed {
	char *at;
	size_t n, room;
	bool full;
};

void packed_put(struct packed *, const void *from, size_t n);

/* At most 65,535 bytes. */
void packed_text(struct packed *, str);

/* A struct of that shape, of scalar members. */
void packed_row(struct packed *, const struct shape *, const void *row);

/* One again, in the arena; its texts stand where the bytes are, which must live as long. The bytes are what packed_row()
 * made of this very shape. */
const void *packed_take(struct arena *, const struct shape *, const char *from);

#endif
