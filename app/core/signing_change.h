/* signing_change.h - the keys that sign tokens: made, followed by others, taken away.
 *
 * Each of these is part of the caller's transaction, notes its entries in the installation's audit log, and has undone
 * nothing when it refuses: then the transaction is to be rolled back.
 */
#ifndef CORE_SIGNING_CHANGE_H
#define CORE_SIGNING_CHANGE_H

#include "core/signing.h"

/* For which environment, signed how ("ES256", "EdDSA"; empty is the setting's), and who it is that asks, in the words of
 * the audit log; empty is the command line. */
struct signing_wish {
	str environment, algorithm, by;
};

enum signing_changed {
	SIGNING_NOTHING, /* there is no such key, or none to follow */
	SIGNING_CHANGED,
	SIGNING_WAITS, /* there is a next one already */
	SIGNING_FULL,  /* SIGNING_KEYS_MAX are not gone yet */
	SIGNING_SIGNS, /* it is the active one */
	SIGNING_SOON,  /* not published for long enough, or still needed */
};

/* A key that a change was about; kid is in the arena. */
struct signing_key {
	str kid, environment, algorithm;
	int64_t signs_at;
};

/* Makes the first signing key of an environment, when it has none that is active: at init. True when one was made. */
bool signing_begin(struct request *, str environment);

/* Makes and publishes the next key, which signs by itself SIGNING_LEAD_HOURS later. Of two who do so at once, one does. */
enum signing_changed
signing_rotate(struct request *, const struct signing_wish *, struct signing_key *made);

/* Takes all keys of the environment away and makes one that signs at once: when one may be known to others. What was signed
 * before is refused on the next request. Services that check tokens offline learn of it when they load the public keys. */
struct signing_key signing_replace(struct request *, const struct signing_wish *);

/* Lets the next key sign from now on. SIGNING_SOON when it has not been published for as long as services may keep public
 * keys, unless it must. */
enum signing_changed signing_activate(
    struct request *, const struct signing_wish *, bool must, struct signing_key *activated);

/* Takes away a key that does not sign. SIGNING_SOON when tokens that it has signed may not have expired, unless it must. */
enum signing_changed signing_retire(struct request *, str kid, bool must, struct signing_key *gone);

/* Seals every signing key that is sealed under another key of the ring anew, under this one; how many. The
 * key must be in the ring of each machine that serves. Faults when one cannot be opened. */
int64_t signing_reseal(struct request *, int number);

/* The housekeeper's: writes down that the next one has become the active one, takes away old ones whose time has come, and
 * makes the next one when the active one is old enough (KEYDESK_SIGNING_DAYS). One transaction, when anything is due. */
struct desk;
void signing_settle_due(struct desk *, struct arena *);

#endif
