/* client.h - make an account API key; reset, pause and delete any client. Pages and commands both act through here. */
#ifndef CORE_CLIENT_H
#define CORE_CLIENT_H

#include "http/request.h"

/* A secret's text before it is in the database: made, and hashed, before the first row is read, because
 * hashing takes a permit and milliseconds. Faults as FAULT_BUSY when no permit can be had in time. */
struct fresh_secret {
	str text, sid, hint, hash;
	int key_number;
	/* In place of text and hash: core/public_key.h. registered is the key for when it has ended. */
	str public_key, registered, thumbprint, key_kind;
};
struct fresh_secret secret_fresh(struct request *, str environment);

/* What became of a wish to make or change something. */
enum made {
	MADE_NOTHING, /* no such client for this organization */
	MADE_NEW,
	MADE_BEFORE,  /* the same form was sent before: id and made_at say what it made */
	MADE_CHANGED, /* the current secret is not the one that was seen */
	MADE_FULL,    /* the limit is reached */
};

struct client_made {
	str id, client_id, name, secret;
	int64_t made_at;
};

/* What it takes: once is the form's one-time number, or empty at the command line. With a key nothing is shown: made's
 * secret is empty. It is one that public_key_known() does not know; one that was registered meanwhile is FAULT_CONFLICT. The
 * same wherever there is a key. */
struct public_key;
struct client_wish {
	str environment, name, description, once;
	const struct public_key *key; /* in place of a secret; NULL for none */
};

/* A new account key with its primary secret, in rq->org, audited; *made is filled in for MADE_NEW, and
 * id and made_at for MADE_BEFORE (nothing, when the number was somebody else's). The limit is
 * policy_of().account_keys in each environment. */
enum made client_create(struct request *, const struct client_wish *, struct client_made *made);

/* Ends the current secret, in a rotation both, and makes the next one, in one step. once is the form's one-time number.
 * The text of an additional secret is for its owner alone: for others there is none of that id. The same in
 * rotation_start(), secret_compromised() and client_stored(); for another's there is additional_reset(). */
enum made client_reset(struct request *, str id, str once, struct client_made *made);

/* The same with a public key as the next one, NULL for a secret; and only while the current secret is the one that the
 * asker was shown: *seen is its sid, empty where there was none. NULL asks for none. */
struct client_next {
	str id, once;
	const struct public_key *key;
	const str *seen;
};
enum made client_reset_to(struct request *, const struct client_next *, struct client_made *made);

/* Deletes a client for good; all its secrets and all it may do end with it, and with an account key its additional
 * secrets. Of an additional secret this is additional_revoke(). False when there is none of that id; the Data API's
 * client is never deleted. */
bool client_delete(struct request *, str id);

/* Makes it active, or pauses it: its secrets are refused until it is active again. Done already is done. False when
 * there is none of that id; an additional secret is not paused, but revoked. */
bool client_activate(struct request *, str id, bool active);

/* The sid of its current secret, which stays so until the transaction ends: its row is held. Empty when it has none,
 * or there is no client of that id. */
str client_sid_held(struct request *, str id);

/* Notes that the current secret has been stored by who it was shown to. False when there is none. */
bool client_stored(struct request *, str id);

/* A fresh one-time number for a form: 22 characters, 130 bits. And whether the actor's form of that number has made
 * something already. */
str once_number(struct request *);
bool once_claimed(struct request *, str number);

#endif
