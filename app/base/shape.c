/* shape.c - one table ties a struct to everything that has its names. */
#include "base/shape.h"

#include "base/clock.h"

#include <inttypes.h>

const struct shape_member *
shape_find(const struct shape *shape, str name)
{
	for (size_t i = 0; i < shape->n; i++)
		if (str_eq(shape->members[i].name, name))
			return &shape->members[i];
	return NULL;
}

str
shape_text(struct arena *a, const struct shape_member *m, const void *data)
{
	switch (m->kind) {
	case SHAPE_INT:
		return fmt(a, "%" PRId64, SHAPE_INT_OF(data, m));
	case SHAPE_TEXT:
		return SHAPE_TEXT_OF(data, m);
	case SHAPE_FLAG:
		return SHAPE_FLAG_OF(data, m) ? S("yes") : S("no");
	case SHAPE_TIME:
		return clock_iso(a, SHAPE_INT_OF(data, m));
	case SHAPE_PART:
	case SHAPE_LIST:
	case SHAPE_MANY:
	case SHAPE_NONE:
		break;
	}
	fault(a->fault, "%.*s has no text of its own", STR(m->name));
}
