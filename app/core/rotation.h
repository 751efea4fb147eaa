/* rotation.h - a secret replaced with an overlap: start, finish, cancel, and the end by itself.
 *
 * While a rotation runs a client has two secrets: the new one is its primary, the old one, `retiring`, works
 * until the overlap ends. The schema holds that there is never a second of either. Whether the overlap is
 * over is decided by core/verify.c with each request; the housekeeper only writes it down.
 */
#ifndef CORE_ROTATION_H
#define CORE_ROTATION_H

#include "core/client.h"
#include "core/desk.h"

enum { ROTATION_OVERLAPS = 5, ROTATION_DUE_MAX = 200 };

/* The overlaps that may be chosen: 15m, 1h, 6h, 24h, 7d. */
struct rotation_overlap {
	str word;  /* in a form and on the command line: "24h" */
	str words; /* for people: "24 hours" */
	int64_t span;
};
extern const struct rotation_overlap rotation_overlaps[ROTATION_OVERLAPS];

/* The one of that word; NULL for any other text. */
const struct rotation_overlap *rotation_overlap(str word);

/* The longest that is not longer than this; the shortest when all are. */
const struct rotation_overlap *rotation_overlap_near(int64_t span);

/* When a secret ends without a rotation: the earliest of its own expiry, its client's end, and the end of what a
 * leaver knows since leaver_at. Each may be 0 for none; 0 when all are. */
int64_t rotation_latest_end(
    struct request *, int64_t expires_at, int64_t client_expires_at, int64_t leaver_at);

/* What became of a wish to start, finish or cancel. All but ROTATED must be undone by the caller. */
enum rotated {
	ROTATED_NOTHING, /* no such client for this organization */
	ROTATED,
	ROTATED_BEFORE,  /* the same form was sent before */
	ROTATED_CHANGED, /* what is there now is not what the asker saw */
	ROTATED_ENDED,   /* the secret that was to work on does not work any more */
};

/* id is the client's. seen is the sid of the primary secret that the asker saw; without it (the command line)
 * nobody has seen that a rotation runs, so that a second one is refused. once is the form's number. */
struct rotation_wish {
	str id, seen, once;
	int64_t overlap;
	const struct public_key *key; /* the next one, in place of a secret; NULL for none */
};

/* Makes the next primary secret; the one that was primary works for `overlap`, but never beyond
 * rotation_latest_end(). A predecessor that was still working ends at once. *made as for client_reset(). */
enum rotated
rotation_start(struct request *, const struct rotation_wish *, struct client_made *made);

/* Ends the old secret now. Done already is done: also when nothing is running, if the primary is the one seen. */
enum rotated rotation_finish(struct request *, str id, str seen);

/* Ends the new secret now; the old one is the primary again, for as long as it would have been without the
 * rotation. ROTATED_ENDED when the old one has ended: there must be one that works. */
enum rotated rotation_cancel(struct request *, str id, str seen);

/* Ends what is due, in the name of the housekeeper: secrets past their overlap or their expiry. They are
 * refused without it; this takes their hashes away and says so in the audit log. At most ROTATION_DUE_MAX,
 * each in a transaction of its own; several machines may do it at the same time. */
void rotation_end_due(struct desk *, struct arena *);

#endif
