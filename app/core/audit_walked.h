/* audit_walked.h - how far each chain of the audit log is known to be whole: walked by the housekeeper, shown on a page.
 *
 * What is new is walked within seconds, all of it again each day: an entry that was changed since shows then at the
 * latest, one that was cut off at the next walk. `keydesk audit verify` does the same at once, and knows checkpoints
 * that are out of the database's reach, which this table is not.
 */
#ifndef CORE_AUDIT_WALKED_H
#define CORE_AUDIT_WALKED_H

#include "core/audit_chain.h"
#include "core/desk.h"

/* Of all chains together, at one call; chains at one call; from whole walk to whole walk, and while something is wrong. */
enum { AUDIT_WALK_ENTRIES = 20000, AUDIT_WALK_CHAINS = 100 };
#define AUDIT_WALK_AGAIN       DAY
#define AUDIT_WALK_AGAIN_WRONG HOUR

/* A job of the housekeeper. */
void audit_walk_due(struct desk *, struct arena *);

/* What is known of a chain. finding.what is AUDIT_NOTHING when all of it was whole. */
struct audit_walked {
	struct audit_chain chain;
	int64_t seq, walked_at; /* to which entry, and when; 0: not yet */
	int64_t passed_at;      /* when all of it was walked last; 0: not yet */
	int64_t last;           /* entry of the chain, by its head */
	struct audit_finding finding;
	int64_t found_at;
};
enum { AUDIT_WALKED_MAX = 50 };

/* The organization's chains (0: the installation's), machine by machine; *at in the arena. */
size_t audit_walked(struct request *, int64_t org, const struct audit_walked **at);

#endif
