/* additional_parts.h - what making and ending additional secrets share, inside core/. */
#ifndef CORE_ADDITIONAL_PARTS_H
#define CORE_ADDITIONAL_PARTS_H

#include "core/additional.h"
#include "sql.h"

/* The rows that a wish names. owner is 0 when who asks may not name that one. */
struct additional_settled {
	int64_t owner, key;
	str owner_id, key_client_id;
	struct grants_picks picks;
};

/* A wish for `was`, NULL for a new one, which holds that. */
struct additional_ask {
	const struct additional_wish *wish;
	const struct additional_get_row *was;
	struct scoped_grants_rows held;
};

/* The user that a wish names: user.id, or 0. Nothing is locked. */
int64_t additional_owner_of(struct request *, const struct additional_wish *);

/* Finds what a wish names, and says all that is wrong at once; settled->owner is filled in. For a new one the rows of
 * its owner and its account key are held from here on, in this order: who acts holds their own already. */
bool additional_settle(struct request *, const struct additional_ask *, struct additional_settled *,
    struct additional_wrong *);

/* Ends those of an environment of rq->org that are dead; how many that were. */
size_t additional_end_dead(struct request *, str environment);

/* Whether rq's actor is an admin; and whether they may change and reset that of this owner (user.id). */
bool additional_admin(const struct request *);
bool additional_may_change(const struct request *, int64_t owner);

#endif
