/* client_parts.h - what making, resetting and rotating share, inside core/. */
#ifndef CORE_CLIENT_PARTS_H
#define CORE_CLIENT_PARTS_H

#include "core/client.h"
#include "sql.h"

/* Claims the form's number for this object; true too when there is no number (the command line). False when
 * it was sent before: made then says for what, or nothing when the number was somebody else's. */
bool client_once(struct request *, str number, str object, struct client_made *made);

/* secret_fresh() for a secret whose row, of that sid, is there already. */
struct fresh_secret secret_fresh_as(struct request *, str environment, str sid);

/* A client that is limited to so many of its kind in one environment. owner and parent are rows, 0 for none. */
struct client_claim {
	str kind, environment, id, client_id, name, description, networks;
	int64_t limit, owner, parent, expires_at;
	bool only_reads;
};

/* INSERTs it in rq->org, on a free place; its row's id, or 0 when the limit is reached. */
int64_t client_claim(struct request *, const struct client_claim *);

/* The same for made as an account key. */
int64_t
client_claim_account(struct request *, const struct client_wish *, const struct client_made *made);

/* Adds the secret as the client's primary one, which it must not have any more, and notes who sees it. With a key of
 * the Data API comes all that this may do today. */
void client_add_primary(struct request *, int64_t client, const struct fresh_secret *);

/* The same for one without a text, of that sid: it waits for PENDING_DAYS to be opened (core/pending.h). */
void pending_add(struct request *, int64_t client, str sid);

/* The entry of what client_add_primary() has added: who was shown it, or has registered it. */
void client_audit_primary(struct request *, const struct fresh_secret *);

/* Whether the current secret of a client (client.id), whose row is held, is the one of client_next's seen. */
bool client_as_seen(struct request *, int64_t client, const str *seen);

/* Whether rq's actor may be shown the text of a new secret of this client: that of an additional one is for its owner
 * alone, and not past its end, which is also that of a hand-off that nobody opened. */
bool client_shows(const struct request *, const struct client_lock_row *);

/* Whether they may change it otherwise: an additional one its owner and admins. */
bool client_changes(const struct request *, const struct client_lock_row *);

#endif
