/* policy.h - what holds in an organization: what it has chosen, or else the installation's settings. */
#ifndef CORE_POLICY_H
#define CORE_POLICY_H

#include "core/settings.h"
#include "http/request.h"

/* The bounds of what an organization may choose. The installation bounds account_keys further. */
enum {
	CADENCE_MAX_DAYS = 3650,
	OVERLAP_MIN_MINUTES = 15,
	OVERLAP_MAX_MINUTES = 7 * 24 * 60,
	ADDITIONAL_SECRETS_MAX = 200,
	LEAVER_MAX_DAYS = 365,
};

struct policy {
	int64_t
	    account_keys; /* at the same time in each environment, KEYDESK_ACCOUNT_KEYS_MAX at most */
	int64_t cadence_days; /* age at which a secret is overdue */
	int64_t
	    overlap_minutes; /* for which a rotation's two secrets both work, unless one says otherwise */
	int64_t additional_secrets; /* at the same time in each environment */
	int64_t leaver_days;        /* from secret.leaver_at until it ends by itself; 0: never */
};

/* That of the installation: what holds where an organization has chosen nothing. */
struct policy policy_default(const struct settings *);

/* That of rq->org; the installation's where that is 0. The row is read once for each request. */
struct policy policy_of(struct request *);

#endif
