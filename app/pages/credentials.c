/* credentials.c - the account API keys of the environment that is shown, and below them the scoped credentials.
 *
 *      GET /credentials
 */
#include "core/policy.h"
#include "pages/pages.h"
#include "site/filters.h"
#include "site/key.h"
#include "site/route.h"
#include "site/rows.h"
#include "site/use.h"

SHAPE(key_row, text(id), text(name), text(client_id), text(hint), part(secret_made, moment),
    part(last_used, moment), text(last_address), text(last_program), text(status), text(tone),
    text(old_hint), part(old_ends, moment));
SHAPE(scoped_list, part(by, filters), list(rows, credential_row), int(n), text(count),
    flag(stopped), flag(filtered), flag(may_create));
SHAPE(credentials_view, list(keys, key_row), int(used), int(limit), flag(full), flag(may_change),
    part(scoped, scoped_list));
PAGE(credentials, "API Credentials", .menu = MENU_CREDENTIALS);

static struct key_row
row_of(struct request *rq, const struct client_list_row *key)
{
	struct key_badge status = key_badge(rq, KEY_FACTS(key));
	struct key_row row = { .id = key->id,
		.name = key->name,
		.client_id = key->client_id,
		.hint = key->hint,
		.secret_made = moment_of(rq, key->secret_made_at),
		.last_used = moment_of(rq, key->last_used_at),
		.last_address = key->last_used_from,
		.last_program = use_program(rq, key->last_used_by),
		.status = status.words,
		.tone = status.tone };

	if (KEY_ROTATES(rq, key)) {
		row.old_hint = key->old_hint;
		row.old_ends = moment_of(rq, key->old_ends_at);
	}
	return row;
}

static struct scoped_list
scoped_of(struct request *rq)
{
	struct client_query query;
	struct filters by = filters_read(rq, &query);
	struct client_page page = client_list(rq, &query);
	struct credential_rows rows = credential_rows_of(rq, &page);

	filters_pages(rq, &by, &page);
	return (struct scoped_list){ .by = by,
		.rows = rows,
		.n = (int64_t)rows.n,
		.count = credential_count(rq, &page),
		.stopped = page.stopped,
		.filtered = by.active.n > 0,
		.may_create = access_may(rq->actor, CREDENTIALS_CHANGE) };
}

struct reply
credentials(struct request *rq)
{
	/* First: the query may say which environment is shown. */
	struct scoped_list scoped = scoped_of(rq);
	struct client_list_rows keys = sql_client_list(
	    rq->db, .org = rq->org, .environment = rq->environment, .kind = S("account"));
	struct key_row *rows = NEW(rq->arena, struct key_row, keys.n);
	struct credentials_view view = { .keys = { rows, keys.n },
		.used = (int64_t)keys.n,
		.limit = policy_of(rq).account_keys,
		.may_change = access_may(rq->actor, ADMIN),
		.scoped = scoped };

	for (size_t i = 0; i < keys.n; i++)
		rows[i] = row_of(rq, &keys.at[i]);
	view.full = view.used >= view.limit;
	return show(rq, 200, &credentials_page, &view);
}
