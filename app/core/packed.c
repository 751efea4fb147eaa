/* packed.c - a row as bytes, and back. */
#include "core/packed.h"

#include <string.h>

enum { LENGTH_BYTES = 2 };

void
packed_put(struct packed *to, const void *from, size_t n)
{
	if (n > to->room - to->n)
		to->full = true;
	if (to->full)
		return;
	memcpy(to->at + to->n, from, n);
	to->n += n;
}

void
packed_text(struct packed *to, str text)
{
	uint16_t n = (uint16_t)text.n;

	to->full |= text.n > UINT16_MAX;
	packed_put(to, &n, LENGTH_BYTES);
	if (text.n)
		packed_put(to, text.at, text.n);
}

void
packed_row(struct packed *to, const struct shape *shape, const void *row)
{
	for (size_t i = 0; i < shape->n; i++) {
		const struct shape_member *m = &shape->members[i];

		if (m->kind == SHAPE_TEXT)
			packed_text(to, SHAPE_TEXT_OF(row, m));
		else if (m->kind == SHAPE_FLAG)
			packed_put(to, &SHAPE_FLAG_OF(row, m), sizeof(bool));
		else
			packed_put(to, &SHAPE_INT_OF(row, m), sizeof(int64_t));
	}
}

const void *
packed_take(struct arena *a, const struct shape *shape, const char *from)
{
	char *row = arena_new(a, shape->size, alignof(max_align_t), 1);

	for (size_t i = 0; i < shape->n; i++) {
		const struct shape_member *m = &shape->members[i];
		size_t n = m->kind == SHAPE_FLAG ? sizeof(bool) : sizeof(int64_t);
		uint16_t length;

		if (m->kind == SHAPE_TEXT) {
			memcpy(&length, from, LENGTH_BYTES);
			from += LENGTH_BYTES;
			memcpy(row + m->offset, &(str){ from, length }, sizeof(str));
			n = length;
		} else {
			memcpy(row + m->offset, from, n);
		}
		from += n;
	}
	return row;
}
