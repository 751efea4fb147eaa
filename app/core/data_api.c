/* data_api.c - the key of the Data API, and who reaches its page. */
#include "core/data_api.h"

#include "base/random.h"
#include "core/actor.h"
#include "core/audit.h"
#include "core/client_index.h"
#include "core/client_parts.h"
#include "core/secret.h"
#include "core/tenure.h"
#include "sql.h"

static const str kind = STR_INIT("data_api");
static const str name = STR_INIT("Data API");

/* ---- the key */

bool
data_entitled(struct request *rq)
{
	const struct data_offer_row *api = sql_data_offer(rq->db, .org = rq->org);

	return api && api->entitled;
}

int64_t
data_old(const struct request *rq, const struct data_client_row *client)
{
	return client && client->old_ends_at > rq->now ? client->old : 0;
}

/* A client for the first key: its row, or 0 when somebody else has made it meanwhile. */
static int64_t
client_add(struct request *rq, str environment, const struct client_made *made)
{
	struct client_claim claim = { .kind = kind,
		.environment = environment,
		.id = made->id,
		.client_id = made->client_id,
		.name = name,
		.limit = 1 };

	return client_claim(rq, &claim);
}

static void
note_first(struct request *rq, const struct client_made *made, str environment,
    const struct fresh_secret *fresh)
{
	audit(rq, S("client.create"), made->id,
	    fmt(rq->arena,
		"{\"kind\":\"data_api\",\"client_id\":\"%.*s\",\"environment\":\"%.*s\","
		"\"secret\":\"%.*s\"}",
		STR(made->client_id), STR(environment), STR(fresh->sid)));
}

static enum data_generated
first_key(struct request *rq, const struct client_wish *wish, struct client_made *made,
    const struct fresh_secret *fresh)
{
	int64_t client = client_add(rq, wish->environment, made);

	if (client == 0)
		return DATA_THERE;
	client_add_primary(rq, client, fresh);
	client_index(rq, client);
	note_first(rq, made, wish->environment, fresh);
	audit(rq, S("secret.reveal"), fresh->sid, (str){ 0 });
	made->secret = fresh->text;
	return DATA_GENERATED;
}

static enum data_generated
next_key(struct request *rq, const struct data_client_row *there, struct client_made *made,
    const struct fresh_secret *fresh)
{
	const struct client_lock_row *client =
	    sql_client_lock(rq->db, .org = rq->org, .id = there->id);

	if (!client || sql_rotation_state(rq->db, .client = client->client)->n_sid.n)
		return DATA_THERE;
	client_add_primary(rq, client->client, fresh);
	audit(rq, S("client.reset"), client->id,
	    fmt(rq->arena, "{\"secret\":\"%.*s\"}", STR(fresh->sid)));
	audit(rq, S("secret.reveal"), fresh->sid, (str){ 0 });
	made->client_id = client->client_id;
	made->secret = fresh->text;
	return DATA_GENERATED;
}

enum data_generated
data_generate(struct request *rq, const struct client_wish *wish, struct client_made *made)
{
	struct fresh_secret fresh = secret_fresh(rq, wish->environment);
	bool production = str_eq(wish->environment, S("production"));
	const struct data_client_row *there =
	    sql_data_client(rq->db, .org = rq->org, .environment = wish->environment);

	*made = (struct client_made){ .id = there ? there->id : secret_id_make(rq->arena),
		.client_id = client_id_make(rq->arena, production),
		.name = name,
		.made_at = rq->now };
	if (!client_once(rq, wish->once, made->id, made))
		return DATA_BEFORE;
	if (!data_entitled(rq))
		return DATA_NOT_ENTITLED;
	return there ? next_key(rq, there, made, &fresh) : first_key(rq, wish, made, &fresh);
}

/* ---- the list */

static void
note(struct request *rq, str act, str id)
{
	audit(rq, act, id, (str){ 0 });
}

/* The user of that id, whose row is held: what it says stays so. */
static const struct data_person_get_row *
held(struct request *rq, str id)
{
	if (!sql_data_user_held(rq->db, .org = rq->org, .id = id))
		return NULL;
	return sql_data_person_get(rq->db, .org = rq->org, .id = id);
}

enum data_changed
data_grant(struct request *rq, str id)
{
	const struct data_person_get_row *person = held(rq, id);

	if (!person || !str_eq(person->status, S("active")))
		return DATA_NOBODY;
	if (str_eq(person->role, role_text(ROLE_ADMIN)))
		return DATA_BY_ROLE;
	tenure_begin(rq, person->user);
	sql_data_access_over(rq->db, .user = person->user);
	if (!sql_data_access_add(
		rq->db, .org = rq->org, .user = person->user, .me = rq->me, .now = rq->now))
		return DATA_ALREADY;
	sql_data_taken_forget(rq->db, .org = rq->org, .user = person->user);
	note(rq, S("data-access.grant"), person->id);
	return DATA_CHANGED;
}

enum data_changed
data_take(struct request *rq, str id)
{
	const struct data_person_get_row *person = held(rq, id);

	if (!person)
		return DATA_NOBODY;
	if (str_eq(person->role, role_text(ROLE_ADMIN)))
		return DATA_BY_ROLE;
	if (!sql_data_access_end(rq->db, .org = rq->org, .user = person->user))
		return DATA_ALREADY;
	sql_data_taken_note(
	    rq->db, .org = rq->org, .user = person->user, .me = rq->me, .now = rq->now);
	note(rq, S("data-access.take"), person->id);
	return DATA_CHANGED;
}

bool
data_listed(struct request *rq)
{
	return sql_data_listed(rq->db, .org = rq->org, .me = rq->me) != NULL;
}

void
data_opened(struct request *rq)
{
	const struct data_opened_get_row *before;

	if (!rq->me)
		return;
	before = sql_data_opened_get(rq->db, .me = rq->me);
	if (!before || rq->now > before->opened_at + MINUTE)
		sql_data_opened_note(rq->db, .me = rq->me, .now = rq->now);
}
