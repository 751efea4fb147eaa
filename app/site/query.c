/* query.c - what a long list is limited to, as the query of its address says it. */
#include "site/query.h"

#include "base/buf.h"
#include "http/url.h"

enum { QUERY_BYTES = 1 << 12 };

str
query_without(struct arena *a, const struct query *query, size_t part)
{
	struct buf out = buf_new(a, QUERY_BYTES);

	for (size_t i = 0; i < query->n; i++)
		if (query->values[i].n && i != part)
			buf_fmt(&out, "%s%.*s=%.*s", out.n ? "&" : "", STR(query->names[i]),
			    STR(url_encode(a, query->values[i])));
	return buf_str(&out);
}

str
query_of(struct arena *a, const struct query *query)
{
	return query_without(a, query, query->n);
}

struct chosens
query_active(struct arena *a, const struct query *query)
{
	struct chosen *active = NEW(a, struct chosen, query->n);
	size_t n = 0;

	for (size_t i = 0; i < query->n; i++)
		if (query->words[i].n)
			active[n++] =
			    (struct chosen){ query->words[i], query_without(a, query, i) };
	return (struct chosens){ active, n };
}

str
query_page(struct arena *a, str query, const char *name, str id)
{
	if (id.n == 0)
		return id;
	return fmt(a, "%.*s%s%s=%.*s", STR(query), query.n ? "&" : "", name, STR(id));
}
