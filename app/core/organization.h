/* organization.h - what the operator does with organizations: founds them, invites their first admin, entitles
 * them to APIs, closes and reopens them.
 *
 * The operator has no part in an organization: what is done to one is said by its row, never by rq->org, and
 * stands in two chains of the audit log, the organization's and the installation's.
 */
#ifndef CORE_ORGANIZATION_H
#define CORE_ORGANIZATION_H

#include "core/audit.h"
#include "sql.h"

/* Notes what the operator (or the command line) has done to the organization, in both chains. */
void organization_audit(struct request *, int64_t org, const struct audit_act *);

/* What it takes to found one. apis are words of the catalogue; the keys are made pending (core/pending.h).
 * once is the form's number. */
struct founding {
	str name, admin_name, admin_email, once;
	const str *apis;
	size_t apis_n;
	bool production, integration;
};
enum founded {
	FOUNDED_NOTHING, /* an API that there is not */
	FOUNDED,
	FOUNDED_BEFORE, /* the same form was sent before: id says what it founded, or nothing */
};
struct founded_organization {
	str id, token; /* the token of its first admin's invitation, shown once */
};

/* A new organization with its first admin invited (core/invitation.h). What is not FOUNDED must be undone. */
enum founded
organization_found(struct request *, const struct founding *, struct founded_organization *);

/* Invites the first admin of an organization that has none, and ends the links that were made before. An
 * organization that has an active admin is its own: the operator brings nobody in any more. What is not
 * INVITED must be undone. */
enum invited_admin {
	INVITED_NOTHING, /* there is no such organization, it is closed, or that person was deactivated there */
	INVITED,
	INVITED_HAS_ADMIN,
};
enum invited_admin
organization_invite(struct request *, str id, const struct founding *, str *token);

/* Entitles the organization to the API of that word, and withdraws it (core/entitlement.h); what it has asked
 * for is granted with it. False when it is so already, or there is no such API. Audited. */
bool organization_entitle(struct request *, int64_t org, str api);
bool organization_withdraw(struct request *, int64_t org, str api);

/* Closed, it is refused everywhere from the commit on: its secrets and tokens at /verify, its people at their
 * next request. Their sessions end, those on their way too (core/person.h). Reopened, its keys work again, and
 * its people sign in anew. False when it is so already, or there is none. Audited. */
bool organization_close(struct request *, str id);
bool organization_reopen(struct request *, str id);

#endif
