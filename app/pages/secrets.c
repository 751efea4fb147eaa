/* secrets.c - the additional secrets of the environment that is shown: one's own, or everybody's for who may see them.
 *
 *      GET /secrets    those that have not ended; with state=ended those that have
 */
#include "core/actor.h"
#include "core/additional.h"
#include "pages/pages.h"
#include "site/badge.h"
#include "site/key.h"
#include "site/route.h"
#include "site/rows.h"
#include "site/secret_filters.h"
#include "sql.h"

enum { SHOWN = 50 };

/* by: who ended it, or nobody where Keydesk did by itself. */
SHAPE(ended_secret, text(name), text(key_name), text(client_id), text(member), text(member_id),
    flag(left), text(hint), part(made, moment), part(last_used, moment), part(ended, moment),
    text(reason), text(by));

/* Whether this person may make one now, and what stands against it: the first that holds. */
SHAPE(secrets_new, flag(may), flag(no_key), flag(forbidden), flag(full), flag(admin), text(admins));

/* found: how many there are of what is asked for. */
SHAPE(secrets_view, part(by, secret_filters), list(rows, credential_row), list(gone, ended_secret),
    int(n), int(found), flag(filtered), int(used), int(own), int(limit), part(add, secrets_new));
PAGE(secrets, "Additional Secrets", .menu = MENU_SECRETS);

/* A page of a list: its clients, and the short ids behind and before which there are more. */
struct part {
	int64_t *clients;
	size_t n;
	str next, previous;
};

/* ---- those that have not ended: all are looked at, so a page is a stretch of them */

/* The place of the first one of the page. A page before another one is full, or the first. */
static size_t
begin_of(struct request *rq, const struct secret_query *query, const struct secrets_live_rows *all)
{
	const struct secrets_place_row *from = NULL;
	size_t i = 0;

	if (query->from.n)
		from = sql_secrets_place(rq->db, .org = rq->org, .id = query->from,
		    .all = query->all, .owner = query->owner);
	if (!from)
		return 0;
	while (i < all->n && all->at[i].client > from->client)
		i++;
	if (query->backwards)
		return i > SHOWN ? i - SHOWN : 0;
	if (i < all->n && all->at[i].client == from->client)
		i++;
	return i < all->n ? i : 0;
}

static struct part
live(struct request *rq, const struct secret_query *query, int64_t *found)
{
	struct secrets_live_rows all =
	    sql_secrets_live(rq->db, .org = rq->org, .environment = rq->environment,
		.all = query->all, .owner = query->owner, .parent = query->parent,
		.api = query->api, .state = query->state, .pattern = query->pattern, .now = rq->now,
		.ending = rq->now + BADGE_EXPIRING_DAYS * DAY,
		.silent = rq->now - (BADGE_UNUSED_DAYS + 1) * DAY);
	size_t begin = begin_of(rq, query, &all), end = begin + SHOWN;
	struct part part = { .clients = NEW(rq->arena, int64_t, SHOWN) };

	*found = (int64_t)all.n;
	if (end >= all.n)
		end = all.n;
	else
		part.next = all.at[end - 1].id;
	if (begin > 0)
		part.previous = all.at[begin].id;
	for (size_t i = begin; i < end; i++)
		part.clients[part.n++] = all.at[i].client;
	return part;
}

/* ---- those that have ended: any number, so an index is walked from where the page begins */

static struct part
ended_forward(struct request *rq, const struct secret_query *query, int64_t at, int64_t client)
{
	struct secrets_ended_rows rows = sql_secrets_ended(rq->db, .org = rq->org,
	    .environment = rq->environment, .all = query->all, .owner = query->owner, .at = at,
	    .client = client, .count = SHOWN + 1);
	struct part part = { .clients = NEW(rq->arena, int64_t, SHOWN) };

	for (size_t i = 0; i < rows.n && i < SHOWN; i++)
		part.clients[part.n++] = rows.at[i].client;
	if (rows.n > SHOWN)
		part.next = rows.at[SHOWN - 1].id;
	if (client && part.n)
		part.previous = rows.at[0].id;
	return part;
}

static struct part
ended_back(struct request *rq, const struct secret_query *query, int64_t at, int64_t client)
{
	struct secrets_ended_back_rows rows = sql_secrets_ended_back(rq->db, .org = rq->org,
	    .environment = rq->environment, .all = query->all, .owner = query->owner, .at = at,
	    .client = client, .count = SHOWN + 1);
	struct part part = { .clients = NEW(rq->arena, int64_t, SHOWN) };

	part.n = rows.n < SHOWN ? rows.n : (size_t)SHOWN;
	for (size_t i = 0; i < part.n; i++)
		part.clients[part.n - 1 - i] = rows.at[i].client;
	if (part.n)
		part.next = rows.at[0].id;
	if (rows.n > SHOWN)
		part.previous = rows.at[SHOWN - 1].id;
	return part;
}

static struct part
ended(struct request *rq, const struct secret_query *query)
{
	static const int64_t never = 250000000000 * SECOND; /* in the year 9892 */
	const struct secrets_place_row *from = NULL;
	struct part part = { 0 };

	if (query->from.n)
		from = sql_secrets_place(rq->db, .org = rq->org, .id = query->from,
		    .all = query->all, .owner = query->owner);
	if (from && from->ended_at && query->backwards)
		part = ended_back(rq, query, from->ended_at, from->client);
	else if (from && from->ended_at)
		part = ended_forward(rq, query, from->ended_at, from->client);
	return part.n ? part : ended_forward(rq, query, never, 0);
}

static struct ended_secrets
ended_rows(struct request *rq, const struct part *part)
{
	struct secrets_ended_shown_rows all = sql_secrets_ended_shown(
	    rq->db, .org = rq->org, .ids = client_rows_ids(rq->arena, part->clients, part->n));
	struct ended_secret *rows = NEW(rq->arena, struct ended_secret, all.n);

	for (size_t i = 0; i < all.n; i++)
		rows[i] = (struct ended_secret){ .name = all.at[i].name,
			.key_name = all.at[i].parent_name,
			.client_id = all.at[i].client_id,
			.member = all.at[i].owner,
			.member_id = all.at[i].owner_id,
			.left = !str_eq(all.at[i].owner_status, S("active")),
			.hint = all.at[i].hint,
			.made = moment_of(rq, all.at[i].created_at),
			.last_used = moment_of(rq, all.at[i].last_used_at),
			.ended = moment_of(rq, all.at[i].ended_at),
			.reason = key_ended_words(all.at[i].ended_reason),
			.by = all.at[i].by_name };
	return (struct ended_secrets){ rows, all.n };
}

/* ---- the page */

/* One that is deactivated can be given no secret. */
static bool
has_key(struct request *rq)
{
	struct client_list_rows keys = sql_client_list(
	    rq->db, .org = rq->org, .environment = rq->environment, .kind = S("account"));

	for (size_t i = 0; i < keys.n; i++)
		if (str_eq(keys.at[i].status, S("active")))
			return true;
	return false;
}

static struct secrets_new
new_one(struct request *rq, bool full)
{
	bool admin = access_may(rq->actor, ADMIN);
	struct secrets_new add = { .admin = admin };

	if (!admin && !sql_secrets_members_make(rq->db, .org = rq->org)->makes)
		add.forbidden = true;
	else if (!has_key(rq))
		add.no_key = true;
	else if (full)
		add.full = true;
	else
		add.may = true;
	if (!add.may && !admin)
		add.admins = admins_named(rq);
	return add;
}

struct reply
secrets(struct request *rq)
{
	struct secret_query query;
	/* First: the query may say which environment is shown. */
	struct secrets_view view = { .by = secret_filters_read(rq, &query) };
	struct additional_places places = additional_places(rq, rq->environment);
	struct part part = query.ended ? ended(rq, &query) : live(rq, &query, &view.found);
	struct client_page page = { .clients = part.clients, .n = part.n };

	secret_filters_pages(rq, &view.by, part.next, part.previous);
	if (query.ended)
		view.gone = ended_rows(rq, &part);
	else
		view.rows = credential_rows_of(rq, &page);
	view.n = (int64_t)(view.rows.n + view.gone.n);
	view.filtered = view.by.active.n > 0;
	view.used = places.used;
	view.limit = places.limit;
	view.own = sql_secrets_own(
	    rq->db, .org = rq->org, .environment = rq->environment, .owner = rq->me, .now = rq->now)
	               ->own;
	view.add = new_one(rq, view.used >= view.limit);
	return show(rq, 200, &secrets_page, &view);
}
