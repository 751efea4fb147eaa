/* compromise.h - somebody else may have the secret: it ends at once, and its replacement begins. */
#ifndef CORE_COMPROMISE_H
#define CORE_COMPROMISE_H

#include "core/client.h"

/* What became of it. All but COMPROMISED must be undone by the caller. */
enum compromised {
	COMPROMISED_NOTHING, /* no such client for this organization */
	COMPROMISED,
	COMPROMISED_BEFORE,  /* the same form was sent before */
	COMPROMISED_CHANGED, /* the primary secret is not the one that the asker saw */
};

/* id is the client's, seen the sid of the primary secret that the asker saw, once the form's number. */
struct compromise_wish {
	str id, seen, once;
};

/* Ends the primary secret now, and that of a rotation with it, makes the next one, and begins a replacement
 * (core/replacement.h), in one step. One that is open is followed by it: what was not ticked off is taken over.
 * *made as for client_reset(). */
enum compromised
secret_compromised(struct request *, const struct compromise_wish *, struct client_made *made);

#endif
