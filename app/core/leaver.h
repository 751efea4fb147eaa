/* leaver.h - what somebody knows who has left.
 *
 * Whoever is deactivated, by whichever door, also by a plain UPDATE of their row, may have kept the secrets that they were
 * shown. Those that work and are not their own are marked: secret.leaver_at. The mark asks for a rotation, and
 * ends the secret after policy_of().leaver_days, when that is not 0. It stays with the secret, whoever comes
 * back: only the next secret has none. Pages name people by their rows, not by the mark, which comes up to
 * two seconds later.
 *
 * What is said to end for good with them ends here too, before user.left_at is noted, so that no return between two
 * turns of another job makes it good again: their additional secrets, their sessions in the organization, and their place on the Data API's list.
 */
#ifndef CORE_LEAVER_H
#define CORE_LEAVER_H

#include "core/desk.h"
#include "http/request.h"

/* How many people, marks and ends a turn goes on to, and how many marks or ends are made in one transaction. */
enum {
	LEAVER_PEOPLE_MAX = 50,
	LEAVER_MARKS_MAX = 1000,
	LEAVER_PIECE = 100,
	LEAVER_ENDS_MAX = 200,
};

/* Marks what those know who have left since, in the name of the housekeeper, a piece at a time, each in a transaction
 * with its entries; the last piece notes user.left_at. Whoever takes over from a dead one, or does it at the
 * same time, goes on where the rows stand. */
void leaver_mark_due(struct desk *, struct arena *);

/* Ends marked secrets whose days are over. */
void leaver_end_due(struct desk *, struct arena *);

/* When a secret of rq->org that was marked at that time ends by itself; 0 when it does not. */
int64_t leaver_ends_at(struct request *, int64_t leaver_at);

#endif
