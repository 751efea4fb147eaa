/* scoped.c - make and edit a scoped credential. */
#include "core/scoped.h"

#include "base/random.h"
#include "core/audit.h"
#include "core/client_index.h"
#include "core/client_parts.h"
#include "core/public_key.h"
#include "core/scoped_parts.h"
#include "core/secret.h"
#include "http/json.h"

/* What the audit log says of one: compared member by member, one entry for each of these. */
SHAPE(scoped_facts, text(name), text(description), text(owner), text(tags), time(expires_at));
SHAPE(scoped_from, text(networks));
SHAPE(scoped_may, text(may));
SHAPE(scoped_where, text(accounts), text(workspaces));
SHAPE(scoped_birth, text(kind), text(client_id), text(environment), text(secret), text(owner),
    text(tags), text(networks), time(expires_at), text(may), text(accounts), text(workspaces));

struct state {
	struct scoped_facts facts;
	struct scoped_from from;
	struct scoped_may may;
	struct scoped_where where;
};

enum { AUDIT_WORDS_MAX_BYTES = 1 << 20 };

static void
add_word(struct buf *b, str word)
{
	if (b->n)
		buf_add_char(b, ' ');
	buf_add(b, word);
}

static struct scoped_had
had_of(struct arena *a, const struct scoped_holds *holds)
{
	struct buf accounts = buf_new(a, AUDIT_WORDS_MAX_BYTES);
	struct buf workspaces = buf_new(a, AUDIT_WORDS_MAX_BYTES);

	for (size_t i = 0; i < holds->accounts.n; i++)
		add_word(&accounts, holds->accounts.at[i].id);
	for (size_t i = 0; i < holds->workspaces.n; i++)
		add_word(&workspaces, holds->workspaces.at[i].id);
	return (struct scoped_had){ grants_words(a, &holds->grants), buf_str(&accounts),
		buf_str(&workspaces) };
}

static struct state
state_of(struct arena *a, const struct scoped_get_row *row, const struct scoped_holds *holds)
{
	struct scoped_had had = had_of(a, holds);

	return (struct state){
		.facts = { row->name, row->description, row->owner, row->tags, row->expires_at },
		.from = { row->networks },
		.may = { had.may },
		.where = { had.accounts, had.workspaces },
	};
}

/* ---- what is chosen, written */

static int64_t
grant_add(struct request *rq, int64_t client, int64_t row)
{
	return sql_grants_add(
	    rq->db, .org = rq->org, .client = client, .permission = row, .members = false);
}

static int64_t
grant_remove(struct request *rq, int64_t client, int64_t row)
{
	return sql_grants_remove(rq->db, .org = rq->org, .client = client, .permission = row);
}

static int64_t
account_add(struct request *rq, int64_t client, int64_t row)
{
	return sql_scoped_account_add(rq->db, .org = rq->org, .client = client, .account = row);
}

static int64_t
account_remove(struct request *rq, int64_t client, int64_t row)
{
	return sql_scoped_account_remove(rq->db, .org = rq->org, .client = client, .account = row);
}

static int64_t
workspace_add(struct request *rq, int64_t client, int64_t row)
{
	return sql_scoped_workspace_add(rq->db, .org = rq->org, .client = client, .workspace = row);
}

static int64_t
workspace_remove(struct request *rq, int64_t client, int64_t row)
{
	return sql_scoped_workspace_remove(
	    rq->db, .org = rq->org, .client = client, .workspace = row);
}

static bool
write_all(struct request *rq, int64_t client, const struct scoped_holds *holds,
    const struct scoped_settled *settled)
{
	static const struct rows_writer grants = { grant_add, grant_remove };
	static const struct rows_writer accounts = { account_add, account_remove };
	static const struct rows_writer workspaces = { workspace_add, workspace_remove };
	struct rows_change grant = { holds->grant_rows, settled->grants };
	struct rows_change account = { holds->account_rows, settled->accounts };
	struct rows_change workspace = { holds->workspace_rows, settled->workspaces };

	return rows_write(rq, client, &grant, &grants) &&
	       rows_write(rq, client, &account, &accounts) &&
	       rows_write(rq, client, &workspace, &workspaces);
}

/* An entitlement was taken away between its being read and the grant. */
static enum scoped
not_offered(struct scoped_wrong *wrong)
{
	wrong->may = MAY_UNKNOWN;
	return SCOPED_WRONG;
}

/* ---- make */

static str
json_of(struct arena *a, const struct shape *shape, const void *data)
{
	struct buf b = buf_new(a, AUDIT_WORDS_MAX_BYTES);

	json_write(&b, shape, data);
	return buf_str(&b);
}

static void
audit_birth(struct request *rq, const struct scoped_wish *wish, const struct client_made *made,
    struct scoped_birth birth)
{
	birth.kind = S("scoped");
	birth.client_id = made->client_id;
	birth.environment = wish->environment;
	birth.owner = wish->owner;
	birth.tags = wish->tags;
	birth.networks = wish->networks;
	birth.expires_at = wish->expires_at;
	audit(rq, S("client.create"), made->id, json_of(rq->arena, &scoped_birth_shape, &birth));
}

/* The client's row; its ids are random, so that a duplicate is none that anybody will see. */
static int64_t
add_client(struct request *rq, const struct scoped_wish *wish, const struct client_made *made,
    int64_t owner)
{
	if (!sql_scoped_add(rq->db, .public_id = made->id, .org = rq->org,
		.environment = wish->environment, .client_id = made->client_id, .name = wish->name,
		.description = wish->description, .owner = owner, .tags = wish->tags,
		.networks = wish->networks, .expires_at = wish->expires_at, .me = rq->me,
		.now = rq->now))
		fault_as(rq->arena->fault, FAULT_CONFLICT, "an id was made twice");
	return db_insert_id(rq->db);
}

enum scoped
scoped_make(struct request *rq, const struct scoped_wish *wish, struct client_made *made,
    struct scoped_wrong *wrong)
{
	str client_id = client_id_make(rq->arena, str_eq(wish->environment, S("production")));
	struct fresh_secret fresh = public_key_fresh(rq, wish->environment, client_id, wish->key);
	struct scoped_holds holds = { 0 };
	struct scoped_settled settled;
	struct scoped_had had;
	int64_t client;

	*made = (struct client_made){ .id = random_base62(rq->arena, PUBLIC_ID_CHARS),
		.client_id = client_id,
		.name = wish->name,
		.secret = fresh.text,
		.made_at = rq->now };
	*wrong = (struct scoped_wrong){ 0 };
	if (!client_once(rq, wish->once, made->id, made))
		return SCOPED_BEFORE;
	if (!scoped_settle(rq, &(struct scoped_ask){ wish, NULL, &holds }, &settled, wrong))
		return SCOPED_WRONG;
	client = add_client(rq, wish, made, settled.owner);
	if (!write_all(rq, client, &holds, &settled))
		return not_offered(wrong);
	client_add_primary(rq, client, &fresh);
	client_index(rq, client);
	holds = scoped_holds(rq, client);
	had = had_of(rq->arena, &holds);
	audit_birth(rq, wish, made,
	    (struct scoped_birth){ .secret = fresh.sid,
		.may = had.may,
		.accounts = had.accounts,
		.workspaces = had.workspaces });
	client_audit_primary(rq, &fresh);
	return SCOPED_DONE;
}

/* ---- edit */

/* Saving the same again has changed the version, so it has an entry too. */
static void
audit_edit(struct request *rq, str id, const struct state *before, const struct state *after)
{
	bool said =
	    audit_change(rq, S("client.edit"), id, scoped_facts, &before->facts, &after->facts);

	said |=
	    audit_change(rq, S("client.networks"), id, scoped_from, &before->from, &after->from);
	said |= audit_change(rq, S("client.grant"), id, scoped_may, &before->may, &after->may);
	said |=
	    audit_change(rq, S("client.scope"), id, scoped_where, &before->where, &after->where);
	if (!said)
		audit(rq, S("client.save"), id, (str){ 0 });
}

static void
save(struct request *rq, const struct scoped_get_row *was, const struct scoped_wish *wish,
    int64_t owner)
{
	sql_scoped_save(rq->db, .client = was->client, .version = was->version, .name = wish->name,
	    .description = wish->description, .owner = owner, .tags = wish->tags,
	    .networks = wish->networks, .expires_at = wish->expires_at);
}

enum scoped
scoped_change(struct request *rq, const struct scoped_at *at, const struct scoped_wish *wish,
    struct scoped_wrong *wrong)
{
	const struct client_lock_row *lock = sql_client_lock(rq->db, .org = rq->org, .id = at->id);
	const struct scoped_get_row *was =
	    lock ? sql_scoped_get(rq->db, .org = rq->org, .id = at->id) : NULL;
	struct scoped_settled settled;
	struct scoped_holds holds;
	struct state before, after;

	*wrong = (struct scoped_wrong){ 0 };
	if (!was)
		return SCOPED_NOTHING;
	if (was->version != at->version)
		return SCOPED_CHANGED;
	holds = scoped_holds(rq, was->client);
	if (!scoped_settle(rq, &(struct scoped_ask){ wish, was, &holds }, &settled, wrong))
		return SCOPED_WRONG;
	before = state_of(rq->arena, was, &holds);
	save(rq, was, wish, settled.owner);
	if (!write_all(rq, was->client, &holds, &settled))
		return not_offered(wrong);
	client_index(rq, was->client);
	holds = scoped_holds(rq, was->client);
	was = sql_scoped_get(rq->db, .org = rq->org, .id = at->id);
	after = state_of(rq->arena, was, &holds);
	audit_edit(rq, at->id, &before, &after);
	return SCOPED_DONE;
}

struct scoped_had
scoped_end(struct request *rq, int64_t client)
{
	struct scoped_holds holds = scoped_holds(rq, client);

	sql_grants_end(rq->db, .org = rq->org, .client = client);
	sql_scoped_accounts_end(rq->db, .org = rq->org, .client = client);
	sql_scoped_workspaces_end(rq->db, .org = rq->org, .client = client);
	return had_of(rq->arena, &holds);
}

/* ---- tags */

static bool
parts_tags(char c)
{
	return c == ' ' || c == ',' || c == '\t' || c == '\n';
}

/* Whether the words hold this one. */
static bool
has_word(str words, str word)
{
	while (words.n)
		if (str_eq(str_cut(words, ' ', &words), word))
			return true;
	return false;
}

str
tags_read(struct arena *a, str text)
{
	struct buf b = buf_new(a, text.n + 1);

	for (size_t from = 0, to; from < text.n; from = to + 1) {
		for (to = from; to < text.n && !parts_tags(text.at[to]); to++)
			;
		if (to > from && !has_word(buf_str(&b), str_part(text, from, to - from)))
			add_word(&b, str_part(text, from, to - from));
	}
	return buf_str(&b);
}
