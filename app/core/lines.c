/* lines.c - a file of any length, line by line, in bounded memory. */
#define _GNU_SOURCE
#include "core/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { ROOM = 2 * LINES_MAX_BYTES };

bool
lines_open(struct arena *a, struct lines *l, str path)
{
	*l = (struct lines){ .arena = a, .path = path, .fd = STDIN_FILENO };
	if (!str_eq(path, S("-")))
		l->fd = open(str_c(a, path), O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (l->fd < 0)
		return false;
	l->at = NEW(a, char, ROOM);
	return true;
}

void
lines_close(struct lines *l)
{
	if (l->fd > STDIN_FILENO)
		close(l->fd);
	l->fd = -1;
}

/* Reads more behind what is there, which moves to the beginning. */
static void
fill(struct lines *l)
{
	ssize_t got;

	if (l->from) {
		memmove(l->at, l->at + l->from, l->to - l->from);
		l->to -= l->from;
		l->from = 0;
	}
	do
		got = read(l->fd, l->at + l->to, ROOM - l->to);
	while (got < 0 && errno == EINTR);
	if (got < 0) {
		int why = errno;

		lines_close(l);
		fault(l->arena->fault, "%.*s cannot be read: %s", STR(l->path), strerror(why));
	}
	l->over = got == 0;
	l->to += (size_t)got;
}

/* The text up to the next line end, or as much as there may be; ended says which. False: read more. */
static bool
take(struct lines *l, str *text)
{
	str there = { l->at + l->from, l->to - l->from };
	size_t n = str_find_char(there, '\n');

	l->ended = n < there.n;
	if (!l->ended && there.n < LINES_MAX_BYTES && !(l->over && there.n))
		return false;
	if (n > LINES_MAX_BYTES) {
		n = LINES_MAX_BYTES;
		l->ended = false;
	}
	*text = str_part(there, 0, n);
	l->from += n + l->ended;
	return true;
}

/* The next text; false when there is none. */
static bool
next(struct lines *l, str *text)
{
	while (!take(l, text)) {
		if (l->over)
			return false;
		fill(l);
	}
	return true;
}

bool
lines_next(struct lines *l, str *line)
{
	bool rest; /* of a line that was given cut */

	do {
		rest = l->skip;
		if (!next(l, line))
			return false;
		l->skip = !l->ended;
	} while (rest);
	l->number++;
	return true;
}
