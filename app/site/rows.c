/* rows.c - clients as rows of a list. */
#include "site/rows.h"

#include "base/buf.h"
#include "core/words.h"
#include "site/count.h"
#include "site/key.h"

enum { MAY_BYTES = 1 << 14, MAY_SHOWN = 6 };

/* The grants of all rows of a page, and how far they have been told. */
struct grants {
	struct request *rq;
	struct client_rows_may_rows rows;
};

/* "Profile API" is Profile in a list whose every entry is one. */
static str
short_name(str api)
{
	return str_ends(api, S(" API")) ? str_part(api, 0, api.n - 4) : api;
}

/* What a client may do at APIs that its organization is entitled to, or has lost. */
static str
may_of(const struct grants *grants, int64_t client, bool entitled)
{
	struct buf out = buf_new(grants->rq->arena, MAY_BYTES);
	str api = { 0 };
	int n = 0;

	for (size_t i = 0; i < grants->rows.n; i++) {
		const struct client_rows_may_row *row = &grants->rows.at[i];

		if (row->client != client || row->entitled != entitled || n++ >= MAY_SHOWN)
			continue;
		if (!str_eq(api, row->api))
			buf_fmt(&out, "%s%.*s ", out.n ? ", " : "", STR(short_name(row->api)));
		else
			buf_add(&out, S(" and "));
		buf_add(&out, words_fold(grants->rq->arena, row->name));
		api = row->api;
	}
	if (n > MAY_SHOWN)
		buf_fmt(&out, ", and %d more", n - MAY_SHOWN);
	return buf_str(&out);
}

struct key_facts
credential_facts(const struct client_rows_row *client)
{
	struct key_facts facts = *KEY_FACTS(client);

	facts.additional = key_additional(client->kind);
	facts.paused = str_eq(client->parent_status, S("deactivated"));
	return facts;
}

static struct credential_row
row_of(const struct grants *grants, const struct client_rows_row *client)
{
	struct request *rq = grants->rq;
	struct key_facts facts = credential_facts(client);
	struct key_badge badge = key_badge(rq, &facts);
	bool additional = key_additional(client->kind);
	bool data = str_eq(client->kind, S("data_api")), waits = badge.state == BADGE_UNOPENED;

	return (struct credential_row){ .id = client->id,
		.in_credentials = !additional && !data,
		.in_secrets = additional,
		.in_data_api = data,
		.name = client->name,
		.client_id = client->client_id,
		.may = str_eq(client->kind, S("account")) ? S("All that the organization may")
		                                          : may_of(grants, client->client, true),
		.lost = may_of(grants, client->client, false),
		.owner = client->owner,
		.created = moment_of(rq, client->created_at),
		.hint = client->hint,
		.secret_made = moment_of(rq, client->secret_made_at),
		.last_used = moment_of(rq, client->last_used_at),
		.last_address = client->last_used_from,
		.ends = moment_of(rq, client->client_expires_at),
		.status = badge.words,
		.tone = badge.tone,
		.key = client->parent,
		.key_name = client->parent_name,
		.reads = client->only_reads,
		.until = moment_of(rq, waits ? client->expires_at : 0),
		.open = waits && client->owner_user == rq->me,
		.own = client->owner_user == rq->me };
}

struct credential_rows
credential_rows_of(struct request *rq, const struct client_page *page)
{
	str ids = client_rows_ids(rq->arena, page->clients, page->n);
	struct client_rows_rows clients = sql_client_rows(rq->db, .org = rq->org, .ids = ids);
	struct grants grants = { rq, sql_client_rows_may(rq->db, .org = rq->org, .ids = ids) };
	struct credential_row *rows = NEW(rq->arena, struct credential_row, clients.n);
	size_t n = 0;

	for (size_t i = 0; i < page->n; i++) {
		const struct client_rows_row *client = client_row_of(&clients, page->clients[i]);

		if (client)
			rows[n++] = row_of(&grants, client);
	}
	return (struct credential_rows){ rows, n };
}

str
credential_count(struct request *rq, const struct client_page *page)
{
	int64_t end = CLIENT_COUNT_MAX;

	if (page->more && page->count < end)
		return page->count ? fmt(rq->arena, "At least %lld", (long long)page->count)
		                   : (str){ 0 };
	return count_words(rq->arena, page->more ? end + 1 : page->count);
}
