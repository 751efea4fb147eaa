/* scoped_settle.c - what is wished for a scoped credential, held against what there is. */
#include "core/scoped_parts.h"

/* Everything that settling needs, so that each step has it. */
struct settling {
	struct request *rq;
	const struct scoped_wish *wish;
	const struct scoped_holds *holds;
	struct scoped_wrong *wrong;
	struct grants_picks picks;
};

static void
note_rows(struct arena *a, struct scoped_holds *holds)
{
	holds->grant_rows = grants_held(a, &holds->grants);
	holds->account_rows.at = NEW(a, int64_t, holds->accounts.n);
	for (size_t i = 0; i < holds->accounts.n; i++)
		rows_add(&holds->account_rows, holds->accounts.at[i].account);
	holds->workspace_rows.at = NEW(a, int64_t, holds->workspaces.n);
	for (size_t i = 0; i < holds->workspaces.n; i++)
		rows_add(&holds->workspace_rows, holds->workspaces.at[i].workspace);
}

struct scoped_holds
scoped_holds(struct request *rq, int64_t client)
{
	struct scoped_holds holds = { 0 };

	holds.grants = sql_scoped_grants(rq->db, .org = rq->org, .client = client);
	holds.accounts = sql_scoped_accounts(rq->db, .org = rq->org, .client = client);
	holds.workspaces = sql_scoped_workspaces(rq->db, .org = rq->org, .client = client);
	note_rows(rq->arena, &holds);
	return holds;
}

/* ---- permissions */

static void
settle_may(struct settling *s)
{
	struct grants_ask ask = { &s->wish->may, sql_scoped_offers(s->rq->db, .org = s->rq->org),
		s->holds->grants };

	s->wrong->may = grants_pick(s->rq->arena, &ask, &s->picks, &s->wrong->which);
}

/* The first picked API that works on workspaces; NULL when none does. */
static const struct grants_pick *
needs_places(const struct settling *s)
{
	for (size_t i = 0; i < s->picks.n; i++)
		if (s->picks.at[i].on_workspaces)
			return &s->picks.at[i];
	return NULL;
}

/* ---- places */

/* The row of an account that may be picked, or is picked already; 0 when there is none. */
static int64_t
account_of(const struct settling *s, str id)
{
	const struct scoped_account_row *account;

	for (size_t i = 0; i < s->holds->accounts.n; i++)
		if (str_eq(s->holds->accounts.at[i].id, id))
			return s->holds->accounts.at[i].account;
	account = sql_scoped_account(s->rq->db, .org = s->rq->org, .id = id);
	return account && account->live ? account->account : 0;
}

static int64_t
workspace_of(const struct settling *s, str id)
{
	const struct scoped_workspace_row *workspace;

	for (size_t i = 0; i < s->holds->workspaces.n; i++)
		if (str_eq(s->holds->workspaces.at[i].id, id))
			return s->holds->workspaces.at[i].workspace;
	workspace = sql_scoped_workspace(s->rq->db, .org = s->rq->org, .id = id);
	return workspace && workspace->live ? workspace->workspace : 0;
}

static struct rows_list
settle_rows(const struct settling *s, const struct strs *ids,
    int64_t (*row_of)(const struct settling *, str))
{
	struct rows_list rows = { NEW(s->rq->arena, int64_t, ids->n), 0 };

	for (size_t i = 0; i < ids->n; i++) {
		int64_t row = row_of(s, ids->at[i]);

		if (row)
			rows_add(&rows, row);
		else
			s->wrong->where = WHERE_UNKNOWN;
	}
	return rows;
}

static void
settle_where(struct settling *s, struct scoped_settled *settled)
{
	const struct grants_pick *pick = needs_places(s);
	size_t wished = s->wish->accounts.n + s->wish->workspaces.n;

	if (!pick)
		return;
	if (wished == 0) {
		s->wrong->where = WHERE_NOWHERE;
		s->wrong->which = pick->api_name;
		return;
	}
	/* Before any is looked for: each costs a statement. */
	if (wished > SCOPED_PLACES_MAX) {
		s->wrong->where = WHERE_MANY;
		return;
	}
	settled->accounts = settle_rows(s, &s->wish->accounts, account_of);
	settled->workspaces = settle_rows(s, &s->wish->workspaces, workspace_of);
}

/* ---- the rest */

static bool
settle_owner(const struct settling *s, const struct scoped_get_row *was, int64_t *owner)
{
	const struct scoped_owner_row *row;

	if (s->wish->owner.n == 0)
		return true;
	row = sql_scoped_owner(s->rq->db, .org = s->rq->org, .id = s->wish->owner);
	if (row)
		*owner = row->user;
	else if (was && str_eq(was->owner, s->wish->owner))
		*owner = was->owner_row;
	return *owner != 0;
}

bool
scoped_settle(struct request *rq, const struct scoped_ask *ask, struct scoped_settled *settled,
    struct scoped_wrong *wrong)
{
	const struct scoped_wish *wish = ask->wish;
	struct settling s = { .rq = rq, .wish = wish, .holds = ask->holds, .wrong = wrong };

	*wrong = (struct scoped_wrong){ 0 };
	*settled = (struct scoped_settled){ 0 };
	settle_may(&s);
	settle_where(&s, settled);
	settled->grants = grants_picked(rq->arena, &s.picks);
	wrong->owner = !settle_owner(&s, ask->was, &settled->owner);
	wrong->expiry = wish->expires_at && wish->expires_at <= rq->now &&
	                !(ask->was && ask->was->expires_at == wish->expires_at);
	return !wrong->may && !wrong->where && !wrong->owner && !wrong->expiry;
}
