/* half.h - between the right password and the code of the second factor: a cookie that is good for that code and nothing else.
 *
 * A half session is no session: nobody is signed in by it, on any address. It ends after HALF_MINUTES, after
 * HALF_TRIES codes, which are counted before they are looked at, and with the person's sessions.
 */
#ifndef SITE_HALF_H
#define SITE_HALF_H

#include "core/person.h"
#include "http/reply.h"

enum { HALF_MINUTES = 10, HALF_TRIES = 5 };

/* Ends the browser's last one, whoever signs in now: before the person is held, in the order of who ends their sessions. */
void half_drop(struct request *);

/* Begins one: its cookie on a 303 to where the code is asked, which knows next. */
struct reply half_begin(struct request *, const struct proven *, str next);

/* Whose code is asked; false when the browser has no half session that is still good. user and org are 0 for one who
 * has been deactivated since. */
struct half {
	int64_t id;
	struct proven who;
	bool is_operator;
};
bool half_find(struct request *, struct half *);

/* Counts a try, and one for core/throttle.h: before the transaction. Fills in rq->before.too_often. */
void half_count(struct request *);

/* Holds it until the end of the transaction: whoever ends the person's sessions has ended it, which is false, or waits. Before the
 * code is looked at, so that none is used up for nobody. */
bool half_hold(struct request *, const struct half *);

/* It is used up: false when it has ended meanwhile. The cookie goes with the reply. */
bool half_end(struct request *, const struct half *);
void half_forget(struct request *, struct reply *);

#endif
