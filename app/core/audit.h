/* audit.h - the audit log: chained entries, collected during a request and written last.
 *
 * One chain for each organization and machine, and one of the installation (organization 0). Each entry
 * holds an HMAC, under the key ring, over its content and the HMAC of the entry before it. audit_chain.h
 * walks a chain, checkpoint.h writes heads to the log, audit_export.h writes a file that can be kept.
 */
#ifndef CORE_AUDIT_H
#define CORE_AUDIT_H

#include "base/shape.h"
#include "crypto/digest.h"
#include "http/request.h"

/* The longest detail of audit_change(); of a change that has no room the new value stands alone, and what has none
 * either is left out; both say "more". */
enum { AUDIT_DETAIL_MAX_BYTES = 8000, AUDIT_MAC_CHARS = 2 * DIGEST_BYTES };

/* Notes that rq's actor has done this ("client.create", "sign-in.refused") to the object of that public
 * id, in the chain of rq->org. detail is empty or a JSON object; never a secret. */
void audit(struct request *, str act, str object, str detail);

/* The same in another organization's chain, 0 being the installation's: by rq's actor, or by a person who is
 * not (yet) signed in. */
struct audit_who {
	int64_t org, person;
	str name;
};
struct audit_act {
	str act, object, detail;
};
void audit_in(struct request *, int64_t org, const struct audit_act *);
struct audit_who audit_actor(const struct request *, int64_t org); /* whom that names */
void audit_by(struct request *, const struct audit_who *, const struct audit_act *);

/* Compares two rows of one shape and notes the members that differ (false when none does), as {"name":["old","new"]}. Notes
 * nothing when none does. The member `version` is passed over. */
#define audit_change(rq, act, object, R, before, after) \
	audit_change_(rq, act, object, &R##_shape, before, after)
bool audit_change_(struct request *, str act, str object, const struct shape *shape,
    const void *before, const void *after);

/* Writes what was noted, in the request's transaction, last: a chain's head is held only until the
 * commit. Faults as FAULT_CONFLICT when another transaction began the chain at the same moment. */
void audit_write(struct request *);

/* One entry, as it stands in the table and in an export. */
struct audit_walk_row; /* sql.h */

/* The HMAC of an entry in its place: in that chain, behind the entry whose HMAC is before (empty for the
 * first). AUDIT_MAC_CHARS lower-case hex digits, in the arena. */
struct audit_chain {
	int64_t org, machine;
};
struct audit_place {
	struct audit_chain chain;
	str before;
};
str audit_mac(struct arena *, const struct digest *key, const struct audit_place *,
    const struct audit_walk_row *);

#endif
