/* verify_row.c - the row that decides about a caller: read now, or a moment ago, and what it says. */
#include "core/verify_parts.h"

#include "core/call.h"
#include "core/desk.h"
#include "core/shared_recent.h"
#include "core/signing.h"
#include "core/together.h"
#include "sql.h"

/* How often a row is read anew because somebody has changed the catalogue just then. */
enum { CATALOGUE_TRIES = 5 };

static bool
ended(const struct request *rq, int64_t at)
{
	return at && at <= rq->now;
}

/* What the secret's own row says. */
static enum verdict
secret_verdict(const struct request *rq, const struct verify_secret_row *row)
{
	if (str_eq(row->status, S("pending")))
		return VERDICT_PENDING;
	if (str_eq(row->status, S("retiring"))) {
		if (row->ends_at <= rq->now) /* whether or not the housekeeper has been there */
			return VERDICT_REVOKED;
	} else if (!str_eq(row->status, S("active"))) {
		return VERDICT_REVOKED;
	}
	/* Its text ends at the tag; this is for the tokens that it was traded for. */
	if (!keyring_key(rq->desk->keyring, (int)row->key_number))
		return VERDICT_REVOKED;
	return ended(rq, row->expires_at) ? VERDICT_EXPIRED : VERDICT_GOOD;
}

static bool
is_additional(const struct verify_secret_row *row)
{
	return str_eq(row->kind, S("additional"));
}

/* Whether the client works, and for an additional secret the account key that it belongs to. */
static bool
client_works(const struct verify_secret_row *row)
{
	return str_eq(row->client_status, S("active")) &&
	       (!is_additional(row) || str_eq(row->key_status, S("active")));
}

/* Whether its owner, when it has one, is there: that of an additional secret without a break since it was made. */
static bool
owner_there(const struct verify_secret_row *row)
{
	if (!row->owner)
		return true;
	return row->owner_org == row->org && str_eq(row->owner_status, S("active")) &&
	       (!is_additional(row) || row->tenure_of == row->owner);
}

/* Whether the rows are there and name one organization, and those of an additional secret an account key of its own
 * environment and one owner. */
static bool
row_whole(const struct verify_secret_row *row)
{
	if (!row->client || row->client_org != row->org || !row->organization.n || !row->version)
		return false;
	if (!is_additional(row))
		return true;
	return str_eq(row->key_kind, S("account")) && row->key_org == row->org &&
	       str_eq(row->key_environment, row->environment) && row->owner &&
	       row->client_owner == row->owner;
}

str
row_client_id(const struct verify_secret_row *row)
{
	return is_additional(row) ? row->key_client_id : row->client_id;
}

enum verdict
row_verdict(const struct request *rq, const struct verify_secret_row *row, str environment)
{
	enum verdict verdict = secret_verdict(rq, row);

	if (verdict != VERDICT_GOOD)
		return verdict;
	if (!client_works(row))
		return VERDICT_CLIENT;
	if (!str_eq(row->organization_status, S("active")))
		return VERDICT_ORGANIZATION;
	if (!owner_there(row))
		return VERDICT_OWNER;
	if (environment.n && !str_eq(row->environment, environment))
		return VERDICT_ENVIRONMENT;
	if (ended(rq, row->client_ends_at) || ended(rq, row->key_ends_at))
		return VERDICT_CLIENT_EXPIRED;
	return VERDICT_GOOD;
}

/* NULL when there is none, or when what it joins does not belong together. */
static const struct verify_secret_row *
row_now(struct request *rq, const struct sought *sought, int64_t api)
{
	struct together_question question = { sought->sid, api, sought->jti };
	const struct verify_secret_row *row = together_ask(rq, &question);

	return row && row_whole(row) ? row : NULL;
}

/* A row of another catalogue or of other signing keys than are loaded here is of no use: only the database knows which
 * of the two hold. */
static bool
still_stands(
    const struct request *rq, const struct sought *sought, const struct verify_secret_row *row)
{
	return (!sought->call || endpoints_current(rq, row->version)) &&
	       (!sought->jti.n || signing_loaded(rq, row->signing));
}

/* Only what lets its caller through is kept: what has just been opened or activated elsewhere works at once. */
static const struct verify_secret_row *
row_lately(struct request *rq, const struct sought *sought, int64_t api)
{
	struct recent_question question = { .row = &verify_secret_row_shape,
		.many = sought->jti.n > 0,
		.texts = { sought->sid, sought->jti },
		.numbers = { api } };
	struct recent recent = recent_begin(rq, sought->max_age, &question);
	const struct verify_secret_row *row = recent_row(&recent);

	if (row && still_stands(rq, sought, row))
		return row;
	row = row_now(rq, sought, api);
	if (row && row_verdict(rq, row, (str){ 0 }) == VERDICT_GOOD && !row->revoked.n)
		recent_keep(&recent, row);
	return row;
}

const struct verify_secret_row *
verify_row(struct request *rq, const struct sought *sought)
{
	struct call *call = sought->call;

	for (int tries = 0; tries < CATALOGUE_TRIES; tries++) {
		int64_t api = call && call->endpoint ? call->endpoint->api : 0;
		const struct verify_secret_row *row =
		    sought->max_age ? row_lately(rq, sought, api) : row_now(rq, sought, api);

		if (!row || !call || call_stands(rq, call, row->version))
			return row;
	}
	fault_as(rq->arena->fault, FAULT_CONFLICT, "the catalogue changes all the time");
}
