/* member_permission.h - what members may give an additional secret that they make for themselves.
 *
 * An organization's admins choose it, out of what the organization is entitled to: nothing at first. What is chosen
 * counts only while it is entitled; withdrawn and given again, it counts again.
 */
#ifndef CORE_MEMBER_PERMISSION_H
#define CORE_MEMBER_PERMISSION_H

#include "base/shape.h"
#include "http/request.h"

/* As many as fit into an entry of the audit log, old and new. */
enum { MEMBER_PERMISSIONS_MAX = 100 };

/* What may be chosen, in the catalogue's order, an API's together: sql_member_offers(db, .org = ...). Given says what
 * is chosen; what is chosen and not entitled any more is there too, and is out of force. */
struct member_offers_rows;

/* What is chosen, in the same order: sql_member_given(db, .org = ...). */
struct member_given_rows;

/* What became of it. All but MEMBER_SAVED must be undone by the caller. */
enum member_saved {
	MEMBER_CHANGED, /* somebody else has changed the organization's settings since that version */
	MEMBER_SAVED,
	MEMBER_UNKNOWN, /* one of them is neither offered to the organization nor chosen already */
	MEMBER_MANY,    /* over MEMBER_PERMISSIONS_MAX */
};

/* Makes it these of rq->org, by full name ("profile:read"), if its settings still have that version, which rises.
 * Secrets that were made earlier stay as they are. The audit entry holds what was and what is. */
enum member_saved member_permission_save(struct request *, int64_t version, const struct strs *may);

#endif
