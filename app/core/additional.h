/* additional.h - additional secrets: each member their own, for an account key, with permissions of its own.
 *
 * An additional secret is a client of the kind 'additional' (schema/0016_additional.sql). It has one owner and one
 * account key for as long as it lives, and n places in each environment limit how many there are. Who may do what is
 * decided here, by rq->actor, whatever a page has asked before:
 *
 *      a member            makes, changes, resets and revokes their own
 *      a compliance admin  the same, and revokes any
 *      an admin            all of it for everybody; of another's they never get the text
 *      nobody signed in    (the command line) revokes, by client_delete()
 *
 * What members and compliance admins give themselves is in the table member_permission; without a row they make
 * none. Admins are bounded by the entitlement alone. The text of a secret is for its owner: one that somebody else
 * makes or resets is `pending` (core/pending.h) until the owner opens it.
 *
 * One that ends ends for good: revoked; past its expiry; not opened in time; its owner not active; its account key
 * deleted. It is refused from that moment on by its rows; that its place is free, its hashes are gone and the audit
 * log says why is done by whoever ends it, by the next who needs a place, or by the housekeeper.
 */
#ifndef CORE_ADDITIONAL_H
#define CORE_ADDITIONAL_H

#include "core/client.h"
#include "core/grants.h"

/* key is the public id of the account key, member that of a user, empty for oneself. networks is as
 * networks_read() gives it, expires_at 0 is never, may are full names ("profile:read"). only_reads: nothing
 * but permissions that only read. environment, once, key and member are for a new one. */
struct additional_wish {
	str environment, once, key, member;
	str name, comment, networks;
	int64_t expires_at;
	bool only_reads;
	struct strs may;
};

/* What is wrong with a wish: nothing when all is zero. */
struct additional_wrong {
	enum may_wrong may;
	str which; /* an API's name, for MAY_TWO_OF_ONE */
	/* No account key of this organization and environment that is active; one whose own secret nobody has
	 * opened yet will do. */
	bool key;
	/* No active user of the organization, or another one, and who asks is no admin. */
	bool member;
	/* In the past. */
	bool expiry;
	/* Who asks is no admin, and it keeps permissions that they could not give themselves: then it cannot be
	 * made to live longer, to do more than read, or to be used from elsewhere. */
	bool held;
};

/* What became of it. All but ADDITIONAL_DONE must be undone by the caller. */
enum additional {
	ADDITIONAL_NOTHING, /* none of that id for this person */
	ADDITIONAL_DONE,
	ADDITIONAL_BEFORE,  /* the same form was sent before: *made says what it made */
	ADDITIONAL_WRONG,   /* *wrong says how */
	ADDITIONAL_FULL,    /* the limit is reached, by those that work or wait to be opened */
	ADDITIONAL_CHANGED, /* somebody else has changed it since that version */
};

/* A new one in rq->org, audited with all it may do. Dead ones give up their places first, if none is free. *made
 * has its id, and as client_id that of its account key; and for oneself the secret's text, else none: it is pending. */
enum additional additional_make(struct request *, const struct additional_wish *,
    struct client_made *made, struct additional_wrong *wrong);

/* Changes the one of that id, if it still has that version, to what the wish says; its secrets, its owner and its
 * account key stay, and so may permissions that can be given no more. The audit entries hold what has changed. */
struct additional_at {
	str id;
	int64_t version;
};
enum additional additional_change(struct request *, const struct additional_at *,
    const struct additional_wish *, struct additional_wrong *wrong);

/* Ends both its secrets now and makes the next one, in one step: for its owner as client_reset_to() does, for an
 * admin as one that is pending, of which *made has no text. */
enum made additional_reset(struct request *, const struct client_next *, struct client_made *made);

/* Ends it for good. False when there is none of that id for this person. */
bool additional_revoke(struct request *, str id);

/* How many places of rq->org are taken by those that work or wait to be opened, and how many there are. */
struct additional_places {
	int64_t used, limit;
};
struct additional_places additional_places(struct request *, str environment);

/* Ends all of an account key (client.id), whose row the caller holds and is about to end. */
void additional_end_of_key(struct request *, int64_t key);

/* Ends what was made for its owner in a tenure that is over, in the housekeeper's name: at most `most` of them. How many
 * there were, also of those that somebody else has ended meanwhile: fewer than `most` is all. */
size_t additional_end_of_tenure(struct request *, int64_t tenure, int64_t most);

/* A job of the housekeeper: ends for good what is dead, each in a transaction of its own, and in its own name. At
 * most ADDITIONAL_DUE_MAX; several machines may do it at the same time. */
enum { ADDITIONAL_DUE_MAX = 200 };
struct desk;
void additional_end_due(struct desk *, struct arena *);

#endif
