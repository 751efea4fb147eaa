/* badge.h - the one status badge of a key or credential, and what needs attention about it. */
#ifndef SITE_BADGE_H
#define SITE_BADGE_H

#include "http/request.h"

/* From when on an end is announced, and how long a secret may be silent. */
enum { BADGE_EXPIRING_DAYS = 14, BADGE_UNUSED_DAYS = 90 };

/* What it can be, by priority: the first that holds is the badge. */
enum badge_state {
	BADGE_NO_SECRET, /* the last one was revoked */
	BADGE_REFUSED,   /* made under a retired key of the ring */
	BADGE_EXPIRED,
	BADGE_DEACTIVATED,
	BADGE_LEAVER,   /* somebody who has seen the secret has left: core/leaver.h */
	BADGE_UNOPENED, /* the secret waits to be opened by the one it is for */
	BADGE_AT_RISK, /* a rotation ends within a day, although the evidence (core/evidence.h) speaks against it */
	BADGE_NOWHERE, /* all that is in its scope is archived */
	BADGE_OVERDUE, /* older than policy_of().cadence_days */
	BADGE_EXPIRING,
	BADGE_UNCONFIRMED, /* nobody has said that the secret is stored */
	BADGE_UNUSED,
	BADGE_ROTATING,
	BADGE_WORKING,
};

/* What is known of it. expires_at is of its secret, client_expires_at of all of it: the earlier one ends it. */
struct key_facts {
	str id, status;
	int64_t secret_made_at, stored_at, expires_at, client_expires_at, last_used_at;
	int64_t secret_key; /* of the ring: the number that the secret was made under; 0 is none */
	str old_hint; /* of the secret that a rotation is replacing, and until when it works */
	int64_t old_ends_at;
	int64_t leaver_at; /* since when somebody who has seen the secret has left */
	bool data_api;     /* what it has is called an API key */
	bool scope_lost;   /* something is in its scope, and all of it is archived */
	bool additional;   /* an additional secret: it ends for good, */
	bool paused;       /* and is refused while its account key is deactivated */
};

/* The same from any row that has these columns; the other flags are for who knows of them. */
#define KEY_FACTS(row)                                     \
	(&(struct key_facts){ .id = (row)->id,             \
	    .status = (row)->status,                       \
	    .secret_made_at = (row)->secret_made_at,       \
	    .stored_at = (row)->stored_at,                 \
	    .expires_at = (row)->expires_at,               \
	    .client_expires_at = (row)->client_expires_at, \
	    .last_used_at = (row)->last_used_at,           \
	    .secret_key = (row)->secret_key,               \
	    .old_hint = (row)->old_hint,                   \
	    .old_ends_at = (row)->old_ends_at,             \
	    .leaver_at = (row)->leaver_at,                 \
	    .scope_lost = (row)->scope_lost })

/* Whether its secret waits to be opened: it has no text yet, and so no key of the ring. */
#define KEY_UNOPENED(row) ((row)->secret_made_at && !(row)->secret_key)

/* Whether a rotation runs: there is an old secret, and its overlap is not over. */
#define KEY_ROTATES(rq, row) ((row)->old_ends_at > (rq)->now)

/* why is empty when nothing needs attention. overdue_days is 0 unless that is the state. */
struct key_badge {
	enum badge_state state;
	str words, tone, why;
	int64_t overdue_days;
};

/* In the arena. No statement for each key, since lists have a badge in each row, but for a rotation that ends within a day:
 * the evidence is read. */
struct key_badge key_badge(struct request *, const struct key_facts *);

#endif
