/* replacement.h - after a compromised secret: what must be updated, one by one.
 *
 * A replacement begins (core/compromise.h) with the list of all places where the old secret is known to be: the declared ones, and
 * the callers of the last 30 days. Each is ticked off when the new secret is seen there: for a caller from the
 * same address with the same program, for a place wherever its rule fits (core/declared_place.h). Or a person
 * ticks it off, with a note. Nothing is written for the first kind: it is worked out whenever it is asked,
 * from use that is at most 10 s behind.
 *
 * What counts is a secret that was made since and works now. So a rotation meanwhile changes nothing while
 * both of its secrets work; after a reset, or the end of the rotated one, what has only had that one counts no
 * more, a tick by hand from before included.
 *
 * It is over when all is ticked off (the housekeeper says so), when a person closes it, when its client is
 * deleted, or when the new secret is compromised too: the next one takes over what was left.
 */
#ifndef CORE_REPLACEMENT_H
#define CORE_REPLACEMENT_H

#include "core/desk.h"
#include "http/request.h"
#include "sql.h"

enum {
	REPLACEMENT_ITEMS_MAX = 1000, /* what would be more is one item: the others */
	REPLACEMENT_TRYING_MAX = 30,
	REPLACEMENT_SETTLE_MAX = 200, /* that are looked at in a turn */
};

enum tick {
	TICK_NONE,
	TICK_SEEN,  /* the new secret was seen there */
	TICK_HAND,  /* a person has said so */
	TICK_STALE, /* a person has said so, of a new secret that has ended since */
};

/* at: since when it is ticked; address and program: with whom it was seen. */
struct replacement_state {
	const struct replacement_items_row *item;
	enum tick tick;
	int64_t at;
	str address, program;
};

struct replacement {
	const struct replacement_last_row *row;
	struct replacement_state *items;
	size_t n, ticked;
	bool open;
	bool complete; /* there are items, and all are ticked */
	bool works;    /* a secret that was made since works now */
};

/* How far the last replacement of the client of that public id in rq->org is, open or over; NULL when there
 * has been none. In the arena. */
const struct replacement *replacement_of(struct request *, str client);

/* Who has tried a compromised secret of its client since it began, the latest first; calls are those since that
 * secret's end. At most REPLACEMENT_TRYING_MAX. */
struct replacement_trying_rows replacement_trying(struct request *, const struct replacement *);

/* The item of that public id in rq->org; NULL when there is none. */
const struct replacement_item_get_row *replacement_item_of(struct request *, str id);

/* Ticks an item off by hand, or takes that back (an empty note); audited. False when there is none of that id,
 * or its replacement is over. */
bool replacement_tick(struct request *, str item, str note);
bool replacement_untick(struct request *, str item);

/* Closes the open replacement of the client, whatever is left; audited. False when none is open. */
bool replacement_close(struct request *, str client, str note);

/* Ends what is over, in the name of the housekeeper: all is ticked off, or the client is deleted. Each in a
 * transaction of its own; several machines may do it at the same time. It goes on where it was in its last turn. */
void replacement_settle(struct desk *, struct arena *);

#endif
