/* late.h - what is said when a node of the database has not confirmed a change. */
#ifndef SITE_LATE_H
#define SITE_LATE_H

#include "http/reply.h"

/* After COMMIT and db_confirm(): puts a sentence that names the hosts of rq->late where the person who made
 * the change sees it: on this page, or on the one that the redirect leads to, whose query brings it here
 * again. Nothing is said when all have confirmed, nor to programs. Called by serve(). */
void late_say(struct request *, struct reply *);

/* Where on a page it stands: what the layout must hold. */
extern const str late_mark;

#endif
