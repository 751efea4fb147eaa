/* endpoints.h - the endpoints of the catalogue, compiled: which of them a call is for.
 *
 * Each thread has its own, in memory of its own, and makes it anew when catalogue.version has changed. It says
 * what a call needs, never who may: that is asked of the rows, with the version that they are of.
 */
#ifndef CORE_ENDPOINTS_H
#define CORE_ENDPOINTS_H

#include "core/pattern.h"
#include "http/request.h"

enum endpoint_needs {
	NEEDS_SECRET, /* a key with its secret, or a token */
	NEEDS_KEY,    /* the key alone will do */
	NEEDS_OPEN,   /* nobody is asked who they are */
};

struct endpoint {
	str path;                   /* its pattern */
	str permission;             /* "profile:read"; empty when it is open */
	int64_t permission_id, api; /* their rows */
	enum endpoint_needs needs;
	bool picked;     /* of a workspace-level API: only what was picked is within a scope */
	bool only_reads; /* its permission changes nothing */
};

/* A thread's own, empty; it lives until the process ends. */
struct endpoints;
struct endpoints *endpoints_open(struct arena *start);

/* The endpoint of a canonical path (core/address.h) and a method, or NULL when there is none. The ids are set
 * when there is one. HEAD is GET; other methods are spelled as HTTP has them (RFC 9110 section 9.1: case
 * counts). An address that readers who are not exact would take for one of a pattern that wins over the one
 * it stands for has none. */
const struct endpoint *endpoints_find(struct request *, str method, str path, struct pattern_ids *);

/* Whether what is compiled is of that version, as a statement has just said. Of version 0 is what was never
 * compiled. */
bool endpoints_current(const struct request *, int64_t version);

/* Makes it anew from the rows. Faults when there are more than ENDPOINTS_MAX: with some of them left out
 * another would stand for their calls. */
void endpoints_compile(struct request *);

/* Asks the version, if nobody has for this long, and compiles when it has changed. True when it has. 0 asks
 * always. */
bool endpoints_look(struct request *, int64_t age);

#endif
