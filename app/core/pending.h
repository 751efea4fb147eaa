/* pending.h - a secret that one makes for somebody else, and only they ever see.
 *
 * The operator makes the first keys of an organization: a client on its place, and a secret that is
 * `pending`: a row without a text, and so without a hash. The text is made when an admin of the organization
 * opens it, and shown in that one reply. So the operator could not see it, nor could a copy of the database.
 * Who opens is decided by one UPDATE: of twenty at once it is one. What nobody has opened after PENDING_DAYS
 * is refused from then on, and ended by rotation_end_due().
 *
 * So does an admin make an additional secret for a member (core/additional.h): only its owner opens it, and
 * unopened it ends for good, by additional_end_due().
 */
#ifndef CORE_PENDING_H
#define CORE_PENDING_H

#include "core/client.h"

enum { PENDING_DAYS = 7 };

/* A new account key of that organization, which is not rq's, with a pending secret; audited there. made has
 * its id and client_id, and no secret. MADE_NEW, or MADE_FULL. The wish's once does not count: the form
 * that asks for it has claimed its own. */
enum made
pending_create(struct request *, int64_t org, const struct client_wish *, struct client_made *made);

/* What became of a wish to open. */
enum opened {
	OPENED_NOTHING, /* no such client for this organization, or its secret never was pending */
	OPENED,         /* made has the secret: this one reply shows it */
	OPENED_BEFORE,  /* the same form was sent before */
	OPENED_ALREADY, /* somebody was faster: by and at say who and when */
	OPENED_LATE,    /* nobody opened it in time; it has ended */
};
struct opening {
	str id, once; /* of the client; the form's number */
};
struct opening_by {
	str by;
	int64_t at;
};

/* Makes the text of the client's pending secret, for rq->me alone: its owner if it is an additional one, else an admin;
 * for others there is nothing. All but OPENED must be undone by the caller. */
enum opened pending_open(
    struct request *, const struct opening *, struct client_made *made, struct opening_by *);

/* Who has opened the primary secret of the client that was made unopened, and when; at is 0 when nobody has. */
struct opening_by pending_opened(struct request *, str id);

#endif
