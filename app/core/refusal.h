/* refusal.h - refused sign-ins in the audit log: each by itself, and past a rate in a sum.
 *
 * They stand in the installation's chain. A flood of them leaves a bounded number of entries, whose sum is
 * exact: what is past the rate is counted in the transaction of its refusal, in a row of the machine.
 */
#ifndef CORE_REFUSAL_H
#define CORE_REFUSAL_H

#include "core/audit.h"
#include "core/desk.h"

enum {
	REFUSAL_ENTRIES =
	    10, /* of one network for one reason in a minute; the others are counted */
	REFUSAL_NETWORKS = 20, /* told apart for one reason; the others are counted together */
};

/* Notes a refused sign-in of that person (org, person and name may be 0 and empty), as an entry of its own
 * or in the sum. why is a word or two, 16 characters at most. In the request's transaction. */
void refusal_note(struct request *, const struct audit_who *, str why);

/* Writes an entry for each sum of this machine, `{"why":"wrong","times":97}` with the network as its
 * address, each in a transaction of its own. Once a minute, by the housekeeper. */
void refusal_sum_up(struct desk *, struct arena *);

#endif
