/* entitlement.h - which organization may use which API at all: the operator gives it. Within that its admins
 * grant, and its account keys may do all of it. */
#ifndef CORE_ENTITLEMENT_H
#define CORE_ENTITLEMENT_H

#include "core/audit.h"
#include "http/request.h"

/* Entitles the organization to the API of that word, or withdraws it: from the commit on each request is
 * judged by it. What its credentials have been given stays, and counts again with the entitlement. Audited in
 * the organization's own chain, by whoever acts. Holds and raises the version of the catalogue, as its changes do: tokens
 * go by it (core/token_words.h). False, with nothing done, when it is so already or there is no such API. */
bool entitlement_give(struct request *, int64_t org, str api);
bool entitlement_withdraw(struct request *, int64_t org, str api);

/* How many credentials of the organization hold a permission of an API is counted up to this, and one more:
 * sql_entitlement_felt(db, .org = ..., .api = ...). */
enum { ENTITLEMENT_FELT_MAX = 1000 };

/* Entitles by->org to all APIs that there are, for its first set-up: by that person. */
void entitlement_give_all(struct request *, const struct audit_who *by);

/* The permissions of all APIs that an organization is entitled to, in the catalogue's order, an API's
 * together: what its admins may grant. PERMISSIONS_MAX at most. */
struct entitled_permissions_rows; /* sql.h: sql_entitled_permissions(db, .org = ...) */

/* The APIs themselves: sql_entitled_apis(db, .org = ...). */
struct entitled_apis_rows;

#endif
