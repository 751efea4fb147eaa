/* scoped_shown.c - what a scoped credential may do, where, from where and until when. */
#include "site/scoped_shown.h"

#include "core/scoped.h"
#include "site/scoped_offer.h"

static bool
on_workspaces(const struct scoped_grants_row *grant)
{
	return grant->entitled && str_eq(grant->level, S("workspace"));
}

static struct scoped_grants
grants_of(struct request *rq, int64_t client, bool *workspaces)
{
	struct scoped_grants_rows rows =
	    sql_scoped_grants(rq->db, .org = rq->org, .client = client);
	struct scoped_grant *grants = NEW(rq->arena, struct scoped_grant, rows.n);

	for (size_t i = 0; i < rows.n; i++) {
		const struct scoped_grants_row *row = &rows.at[i];
		str where = scoped_level_words(rq, row->level);

		grants[i] = (struct scoped_grant){ row->api_name, row->api_id, row->name, row->may,
			where, row->entitled };
		*workspaces |= on_workspaces(row);
	}
	return (struct scoped_grants){ grants, rows.n };
}

/* Whole accounts first. *live counts those within reach. */
static struct scoped_places
places_of(struct request *rq, int64_t client, size_t *live)
{
	struct scoped_accounts_rows accounts =
	    sql_scoped_accounts(rq->db, .org = rq->org, .client = client);
	struct scoped_workspaces_rows workspaces =
	    sql_scoped_workspaces(rq->db, .org = rq->org, .client = client);
	struct scoped_place *places =
	    NEW(rq->arena, struct scoped_place, accounts.n + workspaces.n);
	size_t n = 0;

	for (size_t i = 0; i < accounts.n; i++) {
		places[n].name = accounts.at[i].name;
		places[n++].archived = !accounts.at[i].live;
		*live += accounts.at[i].live;
	}
	for (size_t i = 0; i < workspaces.n; i++) {
		places[n].name = workspaces.at[i].name;
		places[n].account = workspaces.at[i].account_name;
		places[n++].archived = !workspaces.at[i].live;
		*live += workspaces.at[i].live;
	}
	return (struct scoped_places){ places, n };
}

static struct scoped_calls
calls_of(struct request *rq, int64_t client, bool *more)
{
	struct scoped_endpoints_rows rows =
	    sql_scoped_endpoints(rq->db, .org = rq->org, .client = client);
	struct scoped_call *calls = NEW(rq->arena, struct scoped_call, rows.n);
	size_t n = rows.n < SCOPED_ENDPOINTS_SHOWN ? rows.n : (size_t)SCOPED_ENDPOINTS_SHOWN;

	for (size_t i = 0; i < n; i++)
		calls[i] = (struct scoped_call){ rows.at[i].method, rows.at[i].path,
			str_eq(rows.at[i].needs, S("key")) };
	*more = rows.n > n;
	return (struct scoped_calls){ calls, n };
}

struct strs
scoped_words(struct arena *a, str text)
{
	str *at = NEW(a, str, text.n / 2 + 1);
	size_t n = 0;

	while (text.n)
		at[n++] = str_cut(text, ' ', &text);
	return (struct strs){ at, n };
}

bool
scoped_show(struct request *rq, str id, struct scoped_shown *shown)
{
	const struct scoped_get_row *row = sql_scoped_get(rq->db, .org = rq->org, .id = id);
	bool workspaces = false;
	size_t live = 0;

	*shown = (struct scoped_shown){ 0 };
	if (!row)
		return false;
	shown->grants = grants_of(rq, row->client, &workspaces);
	shown->places = places_of(rq, row->client, &live);
	shown->nowhere = workspaces && live == 0;
	shown->owner = row->owner_name;
	shown->owner_left = row->owner_name.n && !str_eq(row->owner_status, S("active"));
	shown->tags = scoped_words(rq->arena, row->tags);
	shown->networks = scoped_words(rq->arena, row->networks);
	shown->ends = moment_of(rq, row->expires_at);
	shown->ended = row->expires_at && row->expires_at <= rq->now;
	shown->soon =
	    row->expires_at > rq->now && row->expires_at <= rq->now + SCOPED_SOON_DAYS * DAY;
	shown->calls = calls_of(rq, row->client, &shown->more_calls);
	return true;
}
