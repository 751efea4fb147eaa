/* leaving.h - people are let go, come back, and get other roles.
 *
 * Letting somebody go is two steps. The first, user_deactivate(), changes their status and writes its entry, and
 * waits for nobody but them: from its commit on nothing of theirs is accepted (core/tenure.h), and no write of
 * theirs commits. The second, user_sweep(), ends and writes down the rest (core/departure.h); the housekeeper does
 * it when whoever began is dead. A route says so with .after = user_sweep, and one that lets somebody back with
 * .before = user_sweep: what ended is then swept before they return.
 *
 * An organization that has an active admin keeps one: whoever takes an admin away holds the organization's row
 * before the others are counted, so of two who do it at once, on whichever nodes, one waits or is tried again, and
 * is refused. Only an UPDATE by hand goes past that.
 */
#ifndef CORE_LEAVING_H
#define CORE_LEAVING_H

#include "core/actor.h"
#include "http/request.h"

/* What became of it. All but LEAVING_DONE has changed nothing. */
enum leaving {
	LEAVING_NOBODY,     /* rq->org has no such user */
	LEAVING_ALREADY,    /* they are that already */
	LEAVING_NOT_ACTIVE, /* a role: they are deactivated */
	LEAVING_LAST_ADMIN, /* somebody else must become an admin first */
	LEAVING_DONE,
};

/* Deactivates the user of that public id, who may be the one who acts; an open link to come in ends. Audited:
 * user.deactivate, and noted in the tenure by whom and through which door ('console', or 'command' where nobody is
 * signed in). */
enum leaving user_deactivate(struct request *, str id);

/* Makes a deactivated user active, in a tenure of their own: nothing of before works again. Who was invited and never came is
 * invited again, with no link. Audited: user.reactivate. */
enum leaving user_reactivate(struct request *, str id);

/* Gives a user who is not deactivated that role and ends their sessions in this organization, but for the one that
 * acts. Audited: user.role. */
enum leaving user_role(struct request *, str id, enum role);

/* Sweeps what has ended of the user rq->id of rq->org, to its end, in transactions of its own, which are tried
 * again after a conflict; none may be open. */
void user_sweep(struct request *);

#endif
