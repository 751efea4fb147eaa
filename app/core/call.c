/* call.c - what a caller wants to do: which endpoint it is, and whether the rows allow it. */
#include "core/call.h"

#include "core/address.h"
#include "core/shared_recent.h"
#include "core/token.h"
#include "sql.h"

/* Who shows nothing, or a forged secret, makes a thread ask for the catalogue's version as often as this at
 * most: a flood of them asks once. */
static const int64_t look_again_after = SECOND;

static void
find(struct request *rq, struct call *call)
{
	call->endpoint = NULL;
	if (call->path.n)
		call->endpoint = endpoints_find(rq, call->method, call->path, &call->ids);
}

static bool
is_open(const struct call *call)
{
	return call->endpoint && call->endpoint->needs == NEEDS_OPEN;
}

enum verdict
call_begin(struct request *rq, struct call *call)
{
	if (call->uri.n && !address_canonical(rq->arena, call->uri, &call->path))
		return VERDICT_CANONICAL;
	if (endpoints_current(rq, 0))
		endpoints_compile(rq);
	find(rq, call);
	if (is_open(call) && endpoints_look(rq, 0))
		find(rq, call);
	return is_open(call) ? VERDICT_OPEN : VERDICT_NONE;
}

bool
call_anew(struct request *rq)
{
	return endpoints_look(rq, look_again_after);
}

bool
call_stands(struct request *rq, struct call *call, int64_t version)
{
	if (endpoints_current(rq, version))
		return true;
	endpoints_compile(rq);
	find(rq, call);
	return false;
}

/* What the call names is there, and a workspace belongs to the account beside it. */
static bool
there(const struct call *call, const struct call_reach_row *reach)
{
	bool account = call->ids.account.n > 0, workspace = call->ids.workspace.n > 0;

	if ((account && !reach->account) || (workspace && !reach->home))
		return false;
	return !account || !workspace || reach->home == reach->account;
}

/* Whether a call without a workspace in its address goes to some picked one. */
static bool
picked_somewhere(struct request *rq, const struct call *call, const struct verify_secret_row *row,
    int64_t account)
{
	if (call->ids.workspace.n)
		return false;
	if (sql_call_picked_workspace(
		rq->db, .client = row->client, .org = row->org, .account = account))
		return true;
	return !account && sql_call_picked_account(rq->db, .client = row->client, .org = row->org);
}

/* Only a scoped credential is held to places; the others reach wherever their organization does. */
static bool
everywhere(const struct verify_secret_row *row)
{
	return str_eq(row->kind, S("account")) || str_eq(row->kind, S("additional")) ||
	       str_eq(row->kind, S("data_api"));
}

static enum verdict
reach_now(struct request *rq, const struct call *call, const struct verify_secret_row *row)
{
	const struct endpoint *endpoint = call->endpoint;
	bool all = str_eq(row->kind, S("account"));
	const struct call_reach_row *reach;

	reach = sql_call_reach(rq->db, .client = row->client, .org = row->org,
	    .permission = endpoint->permission_id, .account = call->ids.account,
	    .workspace = call->ids.workspace);
	if (!reach || (!all && !reach->granted))
		return VERDICT_PERMISSION;
	if (!there(call, reach))
		return VERDICT_SCOPE;
	if (everywhere(row) || !endpoint->picked || reach->picked)
		return VERDICT_GOOD;
	return picked_somewhere(rq, call, row, reach->account) ? VERDICT_GOOD : VERDICT_SCOPE;
}

SHAPE(reached, flag(yes));

/* Only a yes is kept: it is of this client, permission and place. */
static enum verdict
reach_lately(struct request *rq, const struct call *call, const struct verify_secret_row *row)
{
	static const struct reached yes = { true };
	const struct endpoint *endpoint = call->endpoint;
	struct recent_question question = { .row = &reached_shape,
		.many = true,
		.texts = { row->kind, call->ids.account, call->ids.workspace },
		.numbers = { row->client, endpoint->permission_id, endpoint->picked } };
	struct recent recent = recent_begin(rq, call->max_age, &question);
	enum verdict verdict;

	if (recent_row(&recent))
		return VERDICT_GOOD;
	verdict = reach_now(rq, call, row);
	if (verdict == VERDICT_GOOD)
		recent_keep(&recent, &yes);
	return verdict;
}

static enum verdict
reach(struct request *rq, const struct call *call, const struct verify_secret_row *row)
{
	bool all = str_eq(row->kind, S("account"));

	if (all && !call->ids.account.n && !call->ids.workspace.n)
		return VERDICT_GOOD;
	return call->max_age ? reach_lately(rq, call, row) : reach_now(rq, call, row);
}

enum verdict
call_verdict(
    struct request *rq, const struct call *call, const struct verify_secret_row *row, str within)
{
	if (!call->endpoint)
		return VERDICT_ENDPOINT;
	if (is_open(call))
		return VERDICT_OPEN;
	if (!row->entitled || (within.n && !token_scope_lists(within, call->endpoint->permission)))
		return VERDICT_PERMISSION;
	if (row->only_reads && !call->endpoint->only_reads)
		return VERDICT_READS;
	return reach(rq, call, row);
}
