/* additional_settle.c - what is wished for an additional secret, held against what there is. */
#include "core/additional_parts.h"

#include "core/actor.h"
#include "core/tenure.h"

bool
additional_admin(const struct request *rq)
{
	return rq->actor && rq->actor->role == ROLE_ADMIN;
}

bool
additional_may_change(const struct request *rq, int64_t owner)
{
	return rq->actor && rq->me && (owner == rq->me || additional_admin(rq));
}

/* What who asks may give. */
static struct scoped_offers_rows
offers_of(struct request *rq)
{
	struct scoped_offers_rows all = sql_scoped_offers(rq->db, .org = rq->org);
	struct scoped_offers_row *at = NEW(rq->arena, struct scoped_offers_row, all.n);
	size_t n = 0;

	for (size_t i = 0; i < all.n; i++)
		if (additional_admin(rq) || all.at[i].members)
			at[n++] = all.at[i];
	return (struct scoped_offers_rows){ at, n };
}

/* Something that the secret only keeps. */
static bool
keeps(const struct grants_picks *picks)
{
	for (size_t i = 0; i < picks->n; i++)
		if (!picks->at[i].offered)
			return true;
	return false;
}

/* One that writes, unless the secret has it and only read before: then the catalogue has changed. */
static bool
writes(const struct additional_ask *ask, const struct grants_picks *picks)
{
	bool before = ask->was && ask->was->only_reads;

	for (size_t i = 0; i < picks->n; i++) {
		bool held = false;

		for (size_t k = 0; k < ask->held.n; k++)
			held |= ask->held.at[k].permission == picks->at[i].permission;
		if (!picks->at[i].only_reads && !(before && held))
			return true;
	}
	return false;
}

static bool
later(int64_t expiry, int64_t before)
{
	return before && (!expiry || expiry > before);
}

/* Whether it would reach further than before. */
static bool
looser(const struct additional_wish *wish, const struct additional_get_row *was)
{
	return later(wish->expires_at, was->expires_at) || !str_eq(wish->networks, was->networks) ||
	       (was->only_reads && !wish->only_reads);
}

static void
settle_may(struct request *rq, const struct additional_ask *ask, struct additional_settled *settled,
    struct additional_wrong *wrong)
{
	const struct additional_wish *wish = ask->wish;
	struct grants_ask grants = { &wish->may, offers_of(rq), ask->held };

	wrong->may = grants_pick(rq->arena, &grants, &settled->picks, &wrong->which);
	if (wrong->may == MAY_RIGHT && wish->only_reads && writes(ask, &settled->picks))
		wrong->may = MAY_WRITES;
	wrong->held =
	    ask->was && !additional_admin(rq) && keeps(&settled->picks) && looser(wish, ask->was);
	wrong->expiry = wish->expires_at && wish->expires_at <= rq->now;
}

int64_t
additional_owner_of(struct request *rq, const struct additional_wish *wish)
{
	const struct scoped_owner_row *row;

	if (wish->member.n == 0)
		return rq->me;
	row = sql_scoped_owner(rq->db, .org = rq->org, .id = wish->member);
	return row && additional_may_change(rq, row->user) ? row->user : 0;
}

static void
settle_owner(struct request *rq, struct additional_settled *settled, struct additional_wrong *wrong)
{
	const struct additional_owner_row *owner = NULL;

	if (settled->owner && sql_additional_owner_hold(rq->db, .user = settled->owner))
		owner = sql_additional_owner(rq->db, .org = rq->org, .user = settled->owner);
	wrong->member = !owner;
	if (!owner)
		return;
	tenure_begin(rq, settled->owner);
	settled->owner_id = owner->id;
}

static void
settle_key(struct request *rq, const struct additional_wish *wish,
    struct additional_settled *settled, struct additional_wrong *wrong)
{
	const struct additional_key_row *key = sql_additional_key(
	    rq->db, .org = rq->org, .environment = wish->environment, .id = wish->key);

	wrong->key = !key || !sql_additional_key_hold(rq->db, .client = key->client);
	if (wrong->key)
		return;
	settled->key = key->client;
	settled->key_client_id = key->client_id;
}

bool
additional_settle(struct request *rq, const struct additional_ask *ask,
    struct additional_settled *settled, struct additional_wrong *wrong)
{
	*wrong = (struct additional_wrong){ 0 };
	if (!ask->was) {
		settle_owner(rq, settled, wrong);
		settle_key(rq, ask->wish, settled, wrong);
	}
	settle_may(rq, ask, settled, wrong);
	return !wrong->may && !wrong->key && !wrong->member && !wrong->expiry && !wrong->held;
}
