/* declared_place.h - where a credential is used: the places that people declare, held against who was seen.
 *
 * A caller is a network address with a program's name, as core/usage.h keeps them; it is seen when a call of it
 * was accepted. A place may say how it is recognised: by networks, by how the program's name begins, or by
 * both, and then both must fit. One that says neither is never seen.
 */
#ifndef CORE_DECLARED_PLACE_H
#define CORE_DECLARED_PLACE_H

#include "http/request.h"
#include "sql.h"

/* Callers past the latest so many are not looked at. PLACE_NETWORKS_CHARS is the width of the column: with these
 * three the page of a client takes 60 ms at most. */
enum {
	DECLARED_PLACES_MAX = 100,
	DECLARED_CALLERS_MAX = 500,
	DECLARED_SEEN_DAYS = 30,
	PLACE_NETWORKS_CHARS = 200,
};

/* networks as networks_read() has written them. once is the form's number. */
struct place_wish {
	str name, owner, note, networks, program, once;
};

/* What became of a wish. All but PLACED must be undone by the caller. */
enum placed {
	PLACED_NOTHING, /* no such client, or no such place, in this organization */
	PLACED,
	PLACED_BEFORE,  /* the same form was sent before */
	PLACED_FULL,    /* the client has DECLARED_PLACES_MAX of them */
	PLACED_CHANGED, /* somebody else has changed it since that version */
};

/* Declares a place of the client of that public id in rq->org, audited. */
enum placed declared_place_add(struct request *, str client, const struct place_wish *);

/* The place of that public id in rq->org; NULL when there is none, or its client is deleted. */
const struct declared_place_get_row *declared_place_of(struct request *, str id);

/* Changes the place of that public id, if it still has that version. */
enum placed
declared_place_save(struct request *, str id, int64_t version, const struct place_wish *);

/* Removes it; its audit entry says what it was. False when there is none of that id. */
bool declared_place_remove(struct request *, str id);

/* How a place is recognised, ready to be asked often. In the arena. */
struct place_rule {
	str networks, program; /* in lower case */
};
struct place_rule place_rule_of(struct arena *, str networks, str program);
bool place_rule_says(const struct place_rule *); /* whether it recognises anything */

/* Whether it recognises the caller. program is in lower case. */
bool place_fits(const struct place_rule *, str address, str program);

/* A declared place, and the caller that was last seen there; last_at is 0 when none was. */
struct sighted_place {
	str id, name, owner, note, networks, program;
	bool recognised; /* it says how */
	int64_t last_at;
	str address, by;
};

/* One that was seen in the last DECLARED_SEEN_DAYS. */
struct sighted_caller {
	str address, program;
	int64_t last_at;
	bool known; /* a declared place fits */
};

/* unseen and unknown are how many of them; others: there are callers that are not kept apart. */
struct sightings {
	struct sighted_place *places;
	struct sighted_caller *callers;
	size_t places_n, callers_n, unseen, unknown;
	bool others;
};

/* Of the client of that row. Costs the same whatever its calls. In the arena. */
struct sightings sightings_of(struct request *, int64_t client);

#endif
