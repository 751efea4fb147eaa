/* additional_shown.c - additional secrets as pages show them: one in full, those of an account key in brief. */
#include "site/additional_shown.h"

#include "sql.h"

static struct additional_grants
grants_of(struct request *rq, const struct additional_shown_row *row)
{
	struct scoped_grants_rows held =
	    sql_scoped_grants(rq->db, .org = rq->org, .client = row->client);
	struct additional_grant *grants = NEW(rq->arena, struct additional_grant, held.n);

	for (size_t i = 0; i < held.n; i++)
		grants[i] = (struct additional_grant){ .api = held.at[i].api_name,
			.api_id = held.at[i].api_id,
			.name = held.at[i].name,
			.may = held.at[i].may,
			.lost = !held.at[i].entitled,
			.changes =
			    held.at[i].entitled && row->only_reads && !held.at[i].only_reads };
	return (struct additional_grants){ grants, held.n };
}

static struct scoped_calls
calls_of(struct request *rq, const struct additional_shown_row *row, bool *more)
{
	struct additional_shown_calls_rows rows = sql_additional_shown_calls(
	    rq->db, .org = rq->org, .client = row->client, .reads = row->only_reads);
	struct scoped_call *calls = NEW(rq->arena, struct scoped_call, rows.n);
	size_t n = rows.n < SCOPED_ENDPOINTS_SHOWN ? rows.n : (size_t)SCOPED_ENDPOINTS_SHOWN;

	for (size_t i = 0; i < n; i++)
		calls[i] = (struct scoped_call){ rows.at[i].method, rows.at[i].path,
			str_eq(rows.at[i].needs, S("key")) };
	*more = rows.n > n;
	return (struct scoped_calls){ calls, n };
}

bool
additional_show(struct request *rq, str id, struct additional_shown *shown)
{
	const struct additional_shown_row *row =
	    sql_additional_shown(rq->db, .org = rq->org, .id = id);

	*shown = (struct additional_shown){ 0 };
	if (!row)
		return false;
	shown->member = row->member_name;
	shown->own = row->member == rq->me;
	shown->key = row->parent;
	shown->key_name = row->parent_name;
	shown->client_id = row->client_id;
	shown->paused = str_eq(row->parent_status, S("deactivated"));
	shown->reads = row->only_reads;
	shown->grants = grants_of(rq, row);
	shown->networks = scoped_words(rq->arena, row->networks);
	shown->ends = moment_of(rq, row->expires_at);
	shown->soon =
	    row->expires_at > rq->now && row->expires_at <= rq->now + SCOPED_SOON_DAYS * DAY;
	shown->calls = calls_of(rq, row, &shown->more_calls);
	return true;
}

struct additional_of_key
additional_of_key(struct request *rq)
{
	struct additional_shown_of_key_rows all =
	    sql_additional_shown_of_key(rq->db, .org = rq->org, .id = rq->id);
	size_t n = all.n < ADDITIONAL_BRIEFLY ? all.n : (size_t)ADDITIONAL_BRIEFLY;
	int64_t *clients = NEW(rq->arena, int64_t, n);
	struct client_page page = { .clients = clients, .n = n };
	struct credential_rows rows;

	for (size_t i = 0; i < n; i++)
		clients[i] = all.at[i].client;
	rows = credential_rows_of(rq, &page);
	return (struct additional_of_key){ (int64_t)all.n, rows, (int64_t)(all.n - n) };
}
