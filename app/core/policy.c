/* policy.c - what holds in an organization. */
#include "core/policy.h"

#include "base/arena.h"
#include "core/desk.h"
#include "sql.h"

struct policy
policy_default(const struct settings *settings)
{
	return (struct policy){ .account_keys = settings->account_keys,
		.cadence_days = settings->cadence_days,
		.overlap_minutes = settings->overlap_minutes,
		.additional_secrets = settings->additional_secrets,
		.leaver_days = settings->leaver_days };
}

static int64_t
chosen(int64_t own, int64_t otherwise)
{
	return own ? own : otherwise;
}

/* A maximum that the installation has lowered since holds for what was chosen before it. */
static void
read_own(struct request *rq, struct policy *policy)
{
	int64_t most = rq->desk->settings->account_keys_max;
	const struct policy_get_row *own = sql_policy_get(rq->db, .org = rq->org);

	if (!own)
		return;
	policy->account_keys = chosen(own->account_keys, policy->account_keys);
	if (policy->account_keys > most)
		policy->account_keys = most;
	policy->cadence_days = chosen(own->cadence_days, policy->cadence_days);
	policy->overlap_minutes = chosen(own->overlap_minutes, policy->overlap_minutes);
	policy->additional_secrets = chosen(own->additional_secrets, policy->additional_secrets);
	if (own->leaver_chosen)
		policy->leaver_days = own->leaver_days;
}

struct policy
policy_of(struct request *rq)
{
	struct policy *policy;

	if (!rq->policy) {
		policy = NEW(rq->arena, struct policy, 1);
		*policy = policy_default(rq->desk->settings);
		if (rq->org)
			read_own(rq, policy);
		rq->policy = policy;
	}
	return *rq->policy;
}
