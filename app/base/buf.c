/* buf.c - text that is built piece by piece. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { BUF_FIRST_BYTES = 256 };

struct buf
buf_new(struct arena *a, size_t limit)
{
	return (struct buf){ .arena = a, .limit = limit };
}

/* Room for n bytes of text, which count against the limit, and extra ones, which do not. */
static char *
grow(struct buf *b, size_t n, size_t extra)
{
	if (n > b->limit - b->n)
		fault(b->arena->fault, "a text over its limit of %zu bytes", b->limit);
	if (!b->at || n + extra > b->room - b->n) {
		size_t room = b->room ? b->room * 2 : BUF_FIRST_BYTES;
		while (room < b->n + n + extra)
			room *= 2;
		char *at = NEW(b->arena, char, room);
		if (b->at)
			memcpy(at, b->at, b->n);
		b->at = at;
		b->room = room;
	}
	return b->at + b->n;
}

char *
buf_room(struct buf *b, size_t n)
{
	return grow(b, n, 0);
}

void
buf_add(struct buf *b, str s)
{
	if (s.n == 0)
		return;
	memcpy(buf_room(b, s.n), s.at, s.n);
	b->n += s.n;
}

void
buf_add_char(struct buf *b, char c)
{
	*buf_room(b, 1) = c;
	b->n++;
}

void
buf_fmt(struct buf *b, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (n < 0)
		fault(b->arena->fault, "a format that printf refuses");
	grow(b, (size_t)n, 1); /* printf ends with a zero byte, which is not text */
	va_start(args, format);
	vsnprintf(b->at + b->n, (size_t)n + 1, format, args);
	va_end(args);
	b->n += (size_t)n;
}

str
buf_str(const struct buf *b)
{
	return (str){ b->at, b->n };
}
