/* buf.h - text that is built piece by piece, in an arena, with a limit. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/str.h"

struct buf {
	struct arena *arena;
	char *at;
	size_t n, room, limit;
};

/* An empty one that may grow to limit bytes. Going past it is a fault: a limit on what comes from
 * outside is checked before, where it can be answered. */
struct buf buf_new(struct arena *, size_t limit);

void buf_add(struct buf *, str);
void buf_add_char(struct buf *, char);
void buf_fmt(struct buf *, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Room for n more bytes, to be written by the caller, who then adds to b->n what was. */
char *buf_room(struct buf *b, size_t n);

/* What was built: a view that holds until the next addition. */
str buf_str(const struct buf *);

#endif
