/* grants.h - what a client may do: permissions that are wished, held against what may be given, and written.
 *
 * For the files of core/ that make and change clients with grants: scoped credentials and additional secrets.
 */
#ifndef CORE_GRANTS_H
#define CORE_GRANTS_H

#include "http/request.h"
#include "sql.h"

enum { GRANTS_MAX = 100 };

/* What is wrong with the permissions of a wish: nothing when it is zero. */
enum may_wrong {
	MAY_RIGHT,
	MAY_NOTHING,    /* no permission at all */
	MAY_UNKNOWN,    /* one that is not offered */
	MAY_TWO_OF_ONE, /* two of an API that gives one; which says of which */
	MAY_MANY,       /* over GRANTS_MAX */
	MAY_WRITES,     /* one that does not only read, where nothing else may be */
};

/* Rows by their number, and what they are to become. */
struct rows_list {
	int64_t *at;
	size_t n;
};
struct rows_change {
	struct rows_list from, to;
};

/* Adds one, once. There must be room. */
void rows_add(struct rows_list *, int64_t row);

/* How rows of one kind are added and removed; each gives how many rows that were. */
struct rows_writer {
	int64_t (*add)(struct request *, int64_t client, int64_t row);
	int64_t (*remove)(struct request *, int64_t client, int64_t row);
};

/* Writes what differs. False when something cannot be added any more. */
bool rows_write(
    struct request *, int64_t client, const struct rows_change *, const struct rows_writer *);

/* A permission that was picked: of which API, what that asks, and whether it is offered now or only held. */
struct grants_pick {
	int64_t permission, api;
	str api_name;
	bool one, on_workspaces, only_reads, offered;
};
struct grants_picks {
	struct grants_pick *at;
	size_t n;
};

/* may are full names ("profile:read"), offers what may be given, held what the client has already: that may stay. */
struct grants_ask {
	const struct strs *may;
	struct scoped_offers_rows offers;
	struct scoped_grants_rows held;
};

/* Finds what is asked for, each once, in the arena. *which is an API's name, for MAY_TWO_OF_ONE. */
enum may_wrong
grants_pick(struct arena *, const struct grants_ask *, struct grants_picks *, str *which);

/* Picks and grants by the row of their permission, in the arena. */
struct rows_list grants_picked(struct arena *, const struct grants_picks *);
struct rows_list grants_held(struct arena *, const struct scoped_grants_rows *);

/* The names of what is held, one blank between two, for an audit entry. In the arena. */
str grants_words(struct arena *, const struct scoped_grants_rows *);

#endif
