/* query.h - what a long list is limited to, as the query of its address says it: parts with names, in one order. */
#ifndef SITE_QUERY_H
#define SITE_QUERY_H

#include "base/shape.h"

/* A value that may be chosen, and one that is: words says it, without is the query that lacks it. */
SHAPE(choice, text(value), text(words), flag(chosen));
SHAPE(chosen, text(words), text(without));

enum { QUERY_PARTS_MAX = 8 };

/* names has n of them, and lives as long as this. A part is in force whose value is not empty; words are what people read of
 * it, empty for one that is not said. */
struct query {
	const str *names;
	size_t n;
	str values[QUERY_PARTS_MAX], words[QUERY_PARTS_MAX];
};

/* The query of the parts that are in force, without its '?'; or of all but one of them. */
str query_of(struct arena *, const struct query *);
str query_without(struct arena *, const struct query *, size_t part);

/* Those that are in force and said, each with the query that lacks it. */
struct chosens query_active(struct arena *, const struct query *);

/* The same query at another page, from that id on ("after") or back from it ("before"); empty without one. */
str query_page(struct arena *, str query, const char *name, str id);

#endif
