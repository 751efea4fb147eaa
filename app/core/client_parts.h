/* client_parts.h - what making, resetting and rotating share, inside core/. */
#ifndef CORE_CLIENT_PARTS_H
#define CORE_CLIENT_PARTS_H

#include "core/client.h"

/* Claims the form's number for this object; true too when there is no number (the command line). False when
 * it was sent before: made then says for what, or nothing when the number was somebody else's. */
bool client_once(struct request *, str number, str object, struct client_made *made);

/* secret_fresh() for a secret whose row, of that sid, is there already. */
struct fresh_secret secret_fresh_as(struct request *, str environment, str sid);

/* INSERTs made as an account key of rq->org, on a free place; its row's id, or 0 when the limit is reached. */
int64_t client_claim(struct request *, const struct client_wish *, const struct client_made *made);

/* Adds the secret as the client's primary one, which it must not have any more, and notes who sees it. */
void client_add_primary(struct request *, int64_t client, const struct fresh_secret *);

#endif
