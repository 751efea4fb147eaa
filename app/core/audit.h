/* audit.h - the audit log: chained entries, collected during a request and written last.
 *
 * One chain for each organization and machine, and one of the installation (organization 0). Each entry
 * holds an HMAC, under the key ring, over its content and the HMAC of the entry before it.
 */
#ifndef CORE_AUDIT_H
#define CORE_AUDIT_H

#include "base/shape.h"
#include "http/request.h"

/* The longest detail of audit_change(); what is longer is cut at a member's end and says "more". */
enum { AUDIT_DETAIL_MAX_BYTES = 8000 };

/* Notes that rq's actor has done this ("client.create", "sign-in.refused") to the object of that public
 * id, in the chain of rq->org. detail is empty or a JSON object; never a secret. */
void audit(struct request *, str act, str object, str detail);

/* The same in another organization's chain, by a person who is not (yet) signed in. 0 is the
 * installation. */
struct audit_who {
	int64_t org, person;
	str name;
};
struct audit_act {
	str act, object, detail;
};
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

/* Walks a chain and returns the number of the first entry that does not fit what is before it, 0 when
 * all do. Edited, inserted, removed and reordered entries show; a head that does not fit its last entry
 * is reported as one past it. Entries may come meanwhile. The chains that an organization has are told
 * by sql_audit_machines(). */
int64_t audit_verify(struct request *, int64_t org, int64_t machine, int64_t *entries);

#endif
