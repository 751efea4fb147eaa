/* endpoints.c - the endpoints of the catalogue, compiled: which of them a call is for.
 *
 * A tree of segments as address_loose() spells them; below each node the literal ones come first, then {...},
 * then *. So the first endpoint that a walk meets is the one that wins, for readers who are not exact; that
 * it is the right one for the exact address too is looked at afterwards.
 */
#include "core/endpoints.h"

#include "base/clock.h"
#include "core/address.h"
#include "core/catalogue.h"
#include "core/desk.h"
#include "sql.h"

enum {
	COMPILED_BYTES = 32 << 20, /* 5,000 of the longest paths; only what is used costs memory */
	METHODS = 6,
	NO_METHOD = -1,
};

struct node {
	str segment;
	enum segment_kind kind;
	const struct endpoint *calls[METHODS];
	struct node *below, *next; /* its first child, and its parent's next one */
};

struct endpoints {
	struct arena arena;
	struct node *root;
	int64_t version;  /* of the catalogue; 0 before the first */
	int64_t asked_at; /* by the monotonic clock: when that was last right */
};

struct endpoints *
endpoints_open(struct arena *start)
{
	struct endpoints *endpoints = NEW(start, struct endpoints, 1);

	arena_open(&endpoints->arena, start->fault, COMPILED_BYTES);
	return endpoints;
}

static int
method_of(str word)
{
	static const str words[METHODS] = { STR_INIT("GET"), STR_INIT("POST"), STR_INIT("PUT"),
		STR_INIT("PATCH"), STR_INIT("DELETE"), STR_INIT("OPTIONS") };

	for (int i = 0; i < METHODS; i++)
		if (str_eq(word, words[i]))
			return i;
	return NO_METHOD;
}

/* ---- compiling */

static struct node *
child_of(struct arena *a, struct node *node, str segment)
{
	enum segment_kind kind = segment_kind(segment);
	str loose = kind == SEGMENT_LITERAL ? address_loose(a, segment) : (str){ 0 };
	struct node **at = &node->below, *child;

	for (; *at && (*at)->kind <= kind; at = &(*at)->next)
		if ((*at)->kind == kind && str_eq((*at)->segment, loose))
			return *at;
	child = NEW(a, struct node, 1);
	*child = (struct node){ .segment = loose, .kind = kind, .next = *at };
	*at = child;
	return child;
}

static enum endpoint_needs
needs_of(str word)
{
	if (str_eq(word, S("open")))
		return NEEDS_OPEN;
	return str_eq(word, S("key")) ? NEEDS_KEY : NEEDS_SECRET;
}

/* What plain SQL has written and is no endpoint stands for no call. */
static void
add(struct request *rq, struct endpoints *endpoints, const struct endpoints_all_row *row)
{
	struct arena *a = &endpoints->arena;
	struct endpoint *endpoint = NEW(a, struct endpoint, 1);
	struct node *node = endpoints->root;
	int method = method_of(row->method);
	str rest, segment;

	if (method == NO_METHOD || pattern_wrong(rq->arena, row->path).n)
		return;
	*endpoint = (struct endpoint){ .path = str_copy(a, row->path),
		.permission = str_copy(a, row->permission),
		.permission_id = row->permission_id,
		.api = row->api,
		.needs = needs_of(row->needs),
		.picked = str_eq(row->level, S("workspace")),
		.only_reads = row->only_reads };
	rest = endpoint->path;
	while (segment_next(&rest, &segment))
		if (segment.n) /* a slash at the end adds none, as address_loose() has it */
			node = child_of(a, node, segment);
	node->calls[method] = endpoint;
}

void
endpoints_compile(struct request *rq)
{
	struct endpoints *endpoints = rq->desk->endpoints;
	struct endpoints_all_rows rows = sql_endpoints_all(rq->db);

	if (rows.n == 0 || rows.n > ENDPOINTS_MAX)
		fault(rq->arena->fault, "the catalogue has no version, or more than %d endpoints",
		    ENDPOINTS_MAX);
	endpoints->version = 0; /* in case that it does not come to its end */
	arena_wipe(&endpoints->arena, 0);
	endpoints->root = NEW(&endpoints->arena, struct node, 1);
	for (size_t i = 0; i < rows.n; i++)
		add(rq, endpoints, &rows.at[i]);
	endpoints->version = rows.at[0].version;
	endpoints->asked_at = clock_monotonic();
}

/* ---- asking */

bool
endpoints_current(const struct request *rq, int64_t version)
{
	struct endpoints *endpoints = rq->desk->endpoints;

	if (endpoints->version != version)
		return false;
	endpoints->asked_at = clock_monotonic();
	return true;
}

bool
endpoints_look(struct request *rq, int64_t age)
{
	const struct endpoints *endpoints = rq->desk->endpoints;
	const struct endpoints_version_row *row;

	if (endpoints->version && age && clock_monotonic() < endpoints->asked_at + age)
		return false;
	row = sql_endpoints_version(rq->db);
	if (row && endpoints_current(rq, row->version))
		return false;
	endpoints_compile(rq);
	return true;
}

static const struct endpoint *
walk(const struct node *node, str rest, int method)
{
	const struct endpoint *found = NULL;
	str segment;

	if (!segment_next(&rest, &segment))
		return node->calls[method];
	for (const struct node *child = node->below; child && !found; child = child->next) {
		if (child->kind == SEGMENT_REST)
			found = child->calls[method];
		else if (child->kind == SEGMENT_NAMED || str_eq(child->segment, segment))
			found = walk(child, rest, method);
	}
	return found;
}

const struct endpoint *
endpoints_find(struct request *rq, str method, str path, struct pattern_ids *ids)
{
	int at = method_of(str_eq(method, S("HEAD")) ? S("GET") : method);
	const struct endpoint *found;

	if (at == NO_METHOD)
		return NULL;
	found = walk(rq->desk->endpoints->root, address_loose(rq->arena, path), at);
	return found && pattern_match(found->path, path, ids) ? found : NULL;
}
