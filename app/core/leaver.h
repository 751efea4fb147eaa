/* leaver.h - what somebody knows who has left.
 *
 * Whoever is deactivated, by whichever door, also by a plain UPDATE of their row, may have kept the secrets that they were
 * shown. Those that work and are not their own are marked: secret.leaver_at. The mark asks for a rotation, and
 * ends the secret after policy_of().leaver_days, when that is not 0. It stays with the secret, whoever comes
 * back: only the next secret has none. Pages name people by their rows, not by the mark, which comes up to
 * two seconds later (core/departure.h).
 */
#ifndef CORE_LEAVER_H
#define CORE_LEAVER_H

#include "core/desk.h"
#include "http/request.h"

/* How many ends a turn goes on to. */
enum { LEAVER_ENDS_MAX = 200 };

/* One who has left (user.id and its public id) at the end of that tenure, and how far what they have seen has been
 * looked at: the number of an exposure. */
struct leaver {
	int64_t tenure, user, after;
	str id;
	size_t marks;
};

/* Marks the next `most` of what they have seen, in the housekeeper's name and within rq->org, and writes down what works as items
 * of the departure; false when there was no more. */
bool leaver_mark_some(struct request *, struct leaver *, int64_t most);

/* Ends marked secrets whose days are over. */
void leaver_end_due(struct desk *, struct arena *);

/* When a secret of rq->org that was marked at that time ends by itself; 0 when it does not. */
int64_t leaver_ends_at(struct request *, int64_t leaver_at);

#endif
