/* attention.c - what needs attention in an organization, in the order of urgency. */
#include "site/attention.h"

#include "core/actor.h"
#include "core/client_list.h"
#include "core/desk.h"
#include "core/policy.h"
#include "site/count.h"
#include "site/route.h"
#include "site/rows.h"

/* What is looked at: something of either kind. */
struct subject {
	str kind, name, environment, member;
	bool client_ends; /* it ends by itself, not by its secret */
	bool own;         /* of an additional secret: this person's */
	const struct key_facts *facts;
};

/* Whether it is the client's own end that comes first. */
static bool
ends_itself(int64_t client_expires_at, int64_t expires_at)
{
	return client_expires_at && (!expires_at || client_expires_at <= expires_at);
}

/* Which act settles what. An act that this person may not do is not offered. */
static void
offer(const struct request *rq, const struct subject *s, enum badge_state state,
    struct attention *item)
{
	bool scoped = key_scoped(s->kind);

	item->rotation = state == BADGE_AT_RISK;
	if (item->in_data_api)
		item->rotate = state == BADGE_LEAVER;
	if (item->in_data_api || !key_may_change(rq, s->kind))
		return;
	item->reset = state == BADGE_REFUSED || state == BADGE_NO_SECRET ||
	              (state == BADGE_EXPIRED && !s->client_ends);
	item->rotate = state == BADGE_LEAVER || state == BADGE_OVERDUE ||
	               (state == BADGE_EXPIRING && !s->client_ends);
	item->expiry =
	    scoped && s->client_ends && (state == BADGE_EXPIRED || state == BADGE_EXPIRING);
	item->scope = scoped && state == BADGE_NOWHERE;
	item->confirm = state == BADGE_UNCONFIRMED;
	item->pause = state == BADGE_UNUSED;
}

/* A text is for the member alone; admins change the rest, and compliance admins may end it. */
static void
offer_additional(const struct request *rq, const struct subject *s, enum badge_state state,
    struct attention *item)
{
	bool admin = access_may(rq->actor, ADMIN);

	item->rotation = state == BADGE_AT_RISK;
	item->open = s->own && state == BADGE_UNOPENED;
	item->confirm = s->own && state == BADGE_UNCONFIRMED;
	item->rotate = s->own && (state == BADGE_OVERDUE || state == BADGE_LEAVER);
	item->reset =
	    (s->own && state == BADGE_REFUSED) ||
	    (admin && !s->own &&
		(state == BADGE_REFUSED || state == BADGE_LEAVER || state == BADGE_OVERDUE));
	item->expiry = (s->own || admin) && state == BADGE_EXPIRING;
	item->revoke = state == BADGE_UNUSED;
}

/* Adds it where its badge says, if that needs attention; what was found is counted by the caller. */
static struct key_badge
add(struct request *rq, struct attention_found *found, const struct subject *s)
{
	struct key_badge badge = key_badge(rq, s->facts);
	struct attention *item;

	if (badge.why.n == 0 || found->by[badge.state].n == ATTENTION_SHOWN)
		return badge;
	item = &found->by[badge.state].at[found->by[badge.state].n++];
	*item = (struct attention){ .id = s->facts->id,
		.in_credentials = !s->facts->additional && !str_eq(s->kind, S("data_api")),
		.in_secrets = s->facts->additional,
		.in_data_api = str_eq(s->kind, S("data_api")),
		.member = s->member,
		.what = fmt(rq->arena, "%.*s: %.*s", STR(s->name), STR(badge.words)),
		.why = badge.why,
		.tone = badge.tone,
		.environment = s->environment };
	if (s->facts->additional)
		offer_additional(rq, s, badge.state, item);
	else
		offer(rq, s, badge.state, item);
	return badge;
}

bool
attention_key(struct request *rq, struct attention_found *found, const struct client_list_row *key,
    str environment)
{
	struct subject subject = { .kind = S("account"),
		.name = key->name,
		.environment = environment,
		.client_ends = ends_itself(key->client_expires_at, key->expires_at),
		.facts = KEY_FACTS(key) };
	struct key_badge badge = add(rq, found, &subject);

	if (badge.why.n)
		found->by[badge.state].found++;
	return badge.why.n > 0;
}

void
attention_data_api(struct request *rq, struct attention_found *found, str environment, str name)
{
	struct client_list_rows keys = { 0 };
	struct key_facts facts;
	struct subject subject = {
		.kind = S("data_api"), .name = S("Data API"), .environment = name
	};

	if (access_may(rq->actor, DATA_API))
		keys = sql_client_list(
		    rq->db, .org = rq->org, .environment = environment, .kind = subject.kind);
	if (keys.n == 0 || !keys.at[0].leaver_at)
		return;
	facts = *KEY_FACTS(&keys.at[0]);
	facts.data_api = true;
	subject.facts = &facts;
	found->by[add(rq, found, &subject).state].found++;
}

/* ---- scoped credentials */

static enum badge_state
state_of(const struct request *rq, str what)
{
	static const struct {
		str what;
		enum badge_state state;
	} all[] = {
		{ STR_INIT("refused"), BADGE_REFUSED },
		{ STR_INIT("expired"), BADGE_EXPIRED },
		{ STR_INIT("leaver"), BADGE_LEAVER },
		{ STR_INIT("rotating"), BADGE_AT_RISK },
		{ STR_INIT("overdue"), BADGE_OVERDUE },
		{ STR_INIT("expiring"), BADGE_EXPIRING },
		{ STR_INIT("unconfirmed"), BADGE_UNCONFIRMED },
		{ STR_INIT("unused"), BADGE_UNUSED },
	};

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (str_eq(what, all[i].what))
			return all[i].state;
	fault(rq->arena->fault, "nothing needs attention as %.*s", STR(what));
}

/* A number of the ring that secrets of the organization were made under, and that is not read any more; 0 when
 * there is none. Of several, each has its turn once the one before it is settled. */
static int64_t
retired_ring(struct request *rq)
{
	const struct attention_ring_row *ring;
	int64_t number = 0;

	while ((ring = sql_attention_ring(rq->db, .org = rq->org, .after = number))) {
		number = ring->number;
		if (!keyring_key(rq->desk->keyring, (int)number))
			return number;
	}
	return 0;
}

/* What was found, and as what. */
struct finding {
	int64_t client;
	enum badge_state state;
};

/* A rotation is at risk only when the evidence says so: those are counted one by one. What is something more urgent too
 * is said as that, and counted where it was found. */
static void
add_client(struct request *rq, struct attention_found *found, const struct client_rows_row *row,
    enum badge_state state)
{
	struct subject subject = { .kind = S("scoped"),
		.name = row->name,
		.environment = row->environment,
		.client_ends = ends_itself(row->client_expires_at, row->expires_at),
		.facts = KEY_FACTS(row) };

	if (add(rq, found, &subject).state == BADGE_AT_RISK && state == BADGE_AT_RISK)
		found->by[BADGE_AT_RISK].found++;
}

/* All of them are read at once; one may have gone meanwhile. */
static void
add_clients(struct request *rq, struct attention_found *found, const struct finding *all, size_t n)
{
	int64_t *clients = NEW(rq->arena, int64_t, n);
	struct client_rows_rows rows;

	if (n == 0)
		return;
	for (size_t i = 0; i < n; i++)
		clients[i] = all[i].client;
	rows =
	    sql_client_rows(rq->db, .org = rq->org, .ids = client_rows_ids(rq->arena, clients, n));
	for (size_t i = 0; i < n; i++) {
		const struct client_rows_row *row = client_row_of(&rows, all[i].client);

		if (row)
			add_client(rq, found, row, all[i].state);
	}
}

void
attention_scoped(struct request *rq, struct attention_found *found)
{
	int64_t now = rq->now, soon = now + BADGE_EXPIRING_DAYS * DAY;
	int64_t overdue = now - (policy_of(rq).cadence_days + 1) * DAY;
	int64_t counted[BADGE_WORKING + 1] = { 0 };
	struct attention_ends_rows ends = sql_attention_ends(rq->db, .org = rq->org, .now = now,
	    .since = now - BADGE_EXPIRING_DAYS * DAY, .soon = soon, .tomorrow = now + DAY,
	    .overdue = overdue);
	struct attention_secrets_rows secrets = sql_attention_secrets(rq->db, .org = rq->org,
	    .now = now, .soon = soon, .overdue = overdue,
	    .silent = now - (BADGE_UNUSED_DAYS + 1) * DAY, .retired = retired_ring(rq));
	struct finding *all = NEW(rq->arena, struct finding, ends.n + secrets.n);
	size_t n = 0;

	for (size_t i = 0; i < ends.n; i++) {
		all[n] = (struct finding){ ends.at[i].client, state_of(rq, ends.at[i].what) };
		counted[all[n++].state] = ends.at[i].found;
	}
	for (size_t i = 0; i < secrets.n; i++) {
		all[n] = (struct finding){ secrets.at[i].client, state_of(rq, secrets.at[i].what) };
		counted[all[n++].state] = secrets.at[i].found;
	}
	add_clients(rq, found, all, n);
	counted[BADGE_AT_RISK] = 0;
	for (size_t i = 0; i <= BADGE_WORKING; i++)
		found->by[i].found += counted[i];
}

/* ---- additional secrets */

/* Whether somebody else than its member can do something about it. */
static bool
for_others(enum badge_state state)
{
	return state == BADGE_REFUSED || state == BADGE_LEAVER || state == BADGE_AT_RISK ||
	       state == BADGE_OVERDUE || state == BADGE_EXPIRING || state == BADGE_UNUSED;
}

static void
add_additional(struct request *rq, struct attention_found *found, const struct client_rows_row *row)
{
	struct key_facts facts = credential_facts(row);
	struct key_badge badge = key_badge(rq, &facts);
	struct subject subject = { .kind = row->kind,
		.name = row->name,
		.environment = row->environment,
		.member = row->owner_user == rq->me ? (str){ 0 } : row->owner,
		.own = row->owner_user == rq->me,
		.facts = &facts };

	if (badge.why.n == 0 || (!subject.own && !for_others(badge.state)))
		return;
	add(rq, found, &subject);
	found->by[badge.state].found++;
}

struct attention_own
attention_additional(struct request *rq, struct attention_found *found)
{
	struct attention_additional_rows all = sql_attention_additional(
	    rq->db, .org = rq->org, .all = access_may(rq->actor, CREDENTIALS_SEE), .owner = rq->me);
	int64_t *clients = NEW(rq->arena, int64_t, all.n);
	struct attention_own own = { 0 };
	struct client_rows_rows rows;

	for (size_t i = 0; i < all.n; i++)
		clients[i] = all.at[i].client;
	rows = sql_client_rows(
	    rq->db, .org = rq->org, .ids = client_rows_ids(rq->arena, clients, all.n));
	for (size_t i = 0; i < rows.n; i++) {
		add_additional(rq, found, &rows.at[i]);
		if (rows.at[i].owner_user != rq->me)
			continue;
		own.production += str_eq(rows.at[i].environment, S("production"));
		own.integration += str_eq(rows.at[i].environment, S("integration"));
	}
	return own;
}

/* ---- all of it */

static str
rest_of(struct request *rq, enum badge_state state, int64_t found)
{
	static const char *const words[BADGE_WORKING + 1] = {
		[BADGE_NO_SECRET] = "without a secret",
		[BADGE_REFUSED] = "refused",
		[BADGE_EXPIRED] = "expired",
		[BADGE_LEAVER] = "known to somebody who has left",
		[BADGE_UNOPENED] = "not opened yet",
		[BADGE_AT_RISK] = "rotating with callers left",
		[BADGE_NOWHERE] = "with nothing in scope",
		[BADGE_OVERDUE] = "overdue",
		[BADGE_EXPIRING] = "expiring within 14 days",
		[BADGE_UNCONFIRMED] = "not confirmed as stored",
		[BADGE_UNUSED] = "unused for 90 days",
	};

	return fmt(rq->arena, "%.*s in all are %s. The %d most urgent are shown.",
	    STR(count_words(rq->arena, found)), words[state], ATTENTION_SHOWN);
}

struct attentions
attention_list(struct request *rq, const struct attention_found *found, int64_t *n)
{
	enum { MOST = (ATTENTION_SHOWN + 1) * (BADGE_WORKING + 1) };
	struct attention *items = NEW(rq->arena, struct attention, MOST);
	size_t k = 0;

	*n = 0;
	for (enum badge_state state = BADGE_NO_SECRET; state < BADGE_WORKING; state++) {
		for (size_t i = 0; i < found->by[state].n; i++)
			items[k++] = found->by[state].at[i];
		if (found->by[state].found > (int64_t)found->by[state].n)
			items[k++].rest = rest_of(rq, state, found->by[state].found);
		*n += found->by[state].found;
	}
	return (struct attentions){ items, k };
}
