/* pending.c - a secret that one makes for somebody else, and only they ever see. */
#include "core/pending.h"

#include "core/actor.h"
#include "core/audit.h"
#include "core/client_index.h"
#include "core/client_parts.h"
#include "core/exposure.h"
#include "core/secret.h"
#include "sql.h"

void
pending_add(struct request *rq, int64_t client, str sid)
{
	sql_pending_add(rq->db, .sid = sid, .client = client, .until = rq->now + PENDING_DAYS * DAY,
	    .now = rq->now);
}

enum made
pending_create(
    struct request *rq, int64_t org, const struct client_wish *wish, struct client_made *made)
{
	struct request there = *rq;
	str sid = secret_id_make(rq->arena);
	int64_t client, until = rq->now + PENDING_DAYS * DAY;

	/* Who makes it is no user of that organization, whose limits hold. */
	there.org = org;
	there.me = 0;
	there.policy = NULL;
	*made = (struct client_made){ .id = secret_id_make(rq->arena),
		.client_id = client_id_make(rq->arena, str_eq(wish->environment, S("production"))),
		.name = wish->name,
		.made_at = rq->now };
	client = client_claim_account(&there, wish, made);
	if (client == 0)
		return MADE_FULL;
	client_index(rq, client);
	pending_add(rq, client, sid);
	audit(&there, S("client.create"), made->id,
	    fmt(rq->arena,
		"{\"client_id\":\"%.*s\",\"environment\":\"%.*s\",\"secret\":\"%.*s\","
		"\"pending_until\":\"%.*s\"}",
		STR(made->client_id), STR(wish->environment), STR(sid),
		STR(clock_iso(rq->arena, until))));
	rq->audit = there.audit;
	return MADE_NEW;
}

struct opening_by
pending_opened(struct request *rq, str id)
{
	const struct pending_opened_row *row = sql_pending_opened(rq->db, .org = rq->org, .id = id);

	return row ? (struct opening_by){ row->name, row->at } : (struct opening_by){ 0 };
}

/* Why there is nothing to open. */
static enum opened
not_pending(struct request *rq, str id, struct opening_by *opened)
{
	*opened = pending_opened(rq, id);
	if (opened->at)
		return OPENED_ALREADY;
	return sql_pending_late(rq->db, .org = rq->org, .id = id) ? OPENED_LATE : OPENED_NOTHING;
}

/* Whose secret it is; any admin's where it is nobody's. */
static bool
may_open(const struct request *rq, const struct pending_card_row *card)
{
	if (str_eq(card->kind, S("additional")))
		return rq->me && card->owner == rq->me;
	return rq->actor && rq->actor->role == ROLE_ADMIN;
}

static bool
is_pending(const struct pending_card_row *card)
{
	return str_eq(card->status, S("pending"));
}

/* The end of the client comes first, if it has one before. */
static int64_t
until_of(const struct pending_card_row *card)
{
	return card->client_ends_at && card->client_ends_at < card->expires_at
	           ? card->client_ends_at
	           : card->expires_at;
}

enum opened
pending_open(struct request *rq, const struct opening *wish, struct client_made *made,
    struct opening_by *opened)
{
	str id = wish->id;
	const struct pending_card_row *card = sql_pending_card(rq->db, .org = rq->org, .id = id);
	struct fresh_secret fresh;

	*opened = (struct opening_by){ 0 };
	*made = (struct client_made){ .id = id, .made_at = rq->now };
	if (!card || !may_open(rq, card))
		return OPENED_NOTHING;
	if (is_pending(card) && until_of(card) > rq->now) /* before a row is locked */
		fresh = secret_fresh_as(rq, card->environment, card->sid);
	else
		fresh = (struct fresh_secret){ 0 };
	if (!client_once(rq, wish->once, id, made))
		return OPENED_BEFORE;
	if (!fresh.text.n)
		return is_pending(card) ? OPENED_LATE : not_pending(rq, id, opened);
	/* Whoever ends it holds the client first, too: one of the two, and never a text that has ended. */
	if (!sql_client_lock(rq->db, .org = rq->org, .id = id))
		return not_pending(rq, id, opened);
	if (!sql_pending_open(rq->db, .secret = card->secret, .hash = fresh.hash,
		.hint = fresh.hint, .key_number = fresh.key_number, .me = rq->me, .now = rq->now))
		return not_pending(rq, id, opened);
	exposure_note(rq, card->secret, S("opened"));
	audit(rq, S("secret.open"), card->sid, fmt(rq->arena, "{\"client\":\"%.*s\"}", STR(id)));
	audit(rq, S("secret.reveal"), card->sid, (str){ 0 });
	made->client_id = card->client_id;
	made->name = card->name;
	made->secret = fresh.text;
	return OPENED;
}
