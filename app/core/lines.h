/* lines.h - a file of any length, line by line, in bounded memory. */
#ifndef CORE_LINES_H
#define CORE_LINES_H

#include "base/str.h"

enum { LINES_MAX_BYTES = 1 << 20 };

struct lines {
	struct arena *arena;
	str path;
	int fd;
	char *at;        /* 2 * LINES_MAX_BYTES */
	size_t from, to; /* what was read and not yet given */
	bool over;       /* the file was read to its end */
	bool skip;       /* until the end of a line that was too long */
	bool ended;      /* the last line that was given had its line end */
	int64_t number;  /* of that line */
};

/* Opens a file, or standard input for "-". False when it cannot be opened: errno says why. */
bool lines_open(struct arena *, struct lines *, str path);

/* The next line, without its line end: a view until the next call. One longer than LINES_MAX_BYTES is
 * given cut to that. False at the end. Faults when a read fails. */
bool lines_next(struct lines *, str *line);

/* Closes it. Only memory of the arena is left. */
void lines_close(struct lines *);

#endif
