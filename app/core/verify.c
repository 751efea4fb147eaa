/* verify.c - is this caller to be accepted, now? */
#include "core/verify.h"

#include "base/log.h"
#include "core/assertion.h"
#include "core/call.h"
#include "core/desk.h"
#include "core/hashing.h"
#include "core/network.h"
#include "core/rate.h"
#include "core/secret.h"
#include "core/signing.h"
#include "core/token.h"
#include "core/verify_parts.h"
#include "sql.h"

/* The first of two moments, of which either may be none. */
static int64_t
first_of(int64_t one, int64_t other)
{
	if (!one || !other)
		return one ? one : other;
	return one < other ? one : other;
}

/* A retiring secret ends with the overlap, never later than it expires, and no later than its client and its key. */
static int64_t
end_of(const struct verify_secret_row *row)
{
	return first_of(first_of(row->ends_at, row->expires_at),
	    first_of(row->client_ends_at, row->key_ends_at));
}

static void
caller_fill(struct caller *caller, str sid, const struct verify_secret_row *row)
{
	*caller = (struct caller){ .secret = row->secret,
		.client = row->client,
		.org = row->org,
		.all = str_eq(row->kind, S("account")),
		.placed = str_eq(row->kind, S("scoped")),
		.only_reads = row->only_reads,
		.until = end_of(row),
		.signing = row->signing,
		.catalogue = row->version,
		.sid = sid,
		.id = row->id,
		.client_id = row_client_id(row),
		.environment = row->environment,
		.organization = row->organization };
}

static bool
from_here(const struct verify_secret_row *row, str address)
{
	return networks_contain(row->networks, address) &&
	       networks_contain(row->key_networks, address);
}

/* What a caller who is accepted may do; within are the permissions of a token. Whoever has stolen what is bound to a
 * network spends nothing of its budget elsewhere. */
static enum verdict
call_allowed(struct request *rq, const struct verify_secret_row *row, const struct presented *seen,
    str within)
{
	if (!from_here(row, seen->address))
		return VERDICT_ADDRESS;
	if (!rate_of_client(rq, row->client, row->per_minute))
		return VERDICT_LIMITED;
	return seen->call ? call_verdict(rq, seen->call, row, within) : VERDICT_GOOD;
}

struct refresh {
	struct request *rq;
	const struct verify_secret_row *row;
	str anew;
};

/* Another one's hash since then stays: the old one is part of the condition. */
static void
refresh_work(void *arg)
{
	const struct refresh *refresh = arg;

	sql_secret_rehash(refresh->rq->db, .secret = refresh->row->secret,
	    .before = refresh->row->hash, .hash = refresh->anew);
}

/* Whether the text is what was hashed. After the profile or the key ring has changed its hash is made anew; when that
 * cannot be written the caller is as good as before, and the next computation tries again. */
static bool
text_matches(struct request *rq, const struct verify_secret_row *row, str secret)
{
	struct refresh refresh = { .rq = rq, .row = row };
	bool good = hash_proves(rq, row->hash, secret, &refresh.anew);

	if (refresh.anew.n && !attempt(rq->arena->fault, refresh_work, &refresh))
		log_say("a hash was not made anew: %s", rq->arena->fault->what);
	return good;
}

static enum verdict
read_secret(struct request *rq, str secret, struct secret_parts *parts)
{
	switch (secret_read(rq->desk->keyring, secret, parts)) {
	case SECRET_GOOD:
		return VERDICT_GOOD;
	case SECRET_MALFORMED:
	case SECRET_BAD_CRC:
		return VERDICT_MALFORMED;
	case SECRET_UNKNOWN_KEY:
	case SECRET_FORGED:
		break;
	}
	return VERDICT_FORGED;
}

enum verdict
verify_secret(struct request *rq, const struct presented *seen, struct caller *caller)
{
	struct secret_parts parts;
	const struct verify_secret_row *row;
	enum verdict verdict;

	*caller = (struct caller){ 0 };
	if (!rate_of_address(rq, seen->address))
		return VERDICT_LIMITED;
	verdict = read_secret(rq, seen->secret, &parts);
	if (verdict != VERDICT_GOOD || !client_id_ok(seen->client_id)) {
		shared_count(rq->desk->shared, COUNT_FORGED);
		return verdict != VERDICT_GOOD ? verdict : VERDICT_MALFORMED;
	}
	row = verify_row(
	    rq, &(struct sought){ .sid = parts.sid, .call = seen->call, .max_age = seen->max_age });
	caller->sid = str_copy(rq->arena, parts.sid);
	if (!row)
		return VERDICT_UNKNOWN;
	caller_fill(caller, caller->sid, row);
	verdict = str_eq(row_client_id(row), seen->client_id)
	              ? row_verdict(rq, row, seen->environment)
	              : VERDICT_MISMATCH;
	/* A public key has no hash, and nobody a text of it. */
	if (verdict == VERDICT_GOOD && (!row->hash.n || !text_matches(rq, row, seen->secret)))
		verdict = VERDICT_WRONG;
	if (verdict == VERDICT_GOOD)
		verdict = call_allowed(rq, row, seen, (str){ 0 });
	verify_note_use(rq, row->secret, verdict);
	return verdict;
}

/* Shown from elsewhere it spends nothing: it stays good for who made it. */
static enum verdict
assertion_verdict(struct request *rq, const struct presented *seen, const struct assertion *said,
    const struct verify_secret_row *row)
{
	enum verdict verdict = row_verdict(rq, row, seen->environment);

	if (!str_eq(row_client_id(row), said->client_id))
		return VERDICT_MISMATCH;
	if (verdict != VERDICT_GOOD)
		return verdict;
	if (said->ended) /* its row is another one than a moment ago */
		return VERDICT_REVOKED;
	if (!from_here(row, seen->address))
		return VERDICT_ADDRESS;
	if (said->wrong != VERDICT_GOOD)
		return said->wrong;
	return assertion_use(rq, said, row->client) ? VERDICT_GOOD : VERDICT_REPLAYED;
}

enum verdict
verify_asserted(struct request *rq, const struct presented *seen, const struct assertion *said,
    struct caller *caller)
{
	const struct verify_secret_row *row =
	    verify_row(rq, &(struct sought){ .sid = said->sid, .call = seen->call });
	enum verdict verdict;

	caller->sid = said->sid;
	if (!row)
		return VERDICT_UNKNOWN;
	caller_fill(caller, said->sid, row);
	verdict = assertion_verdict(rq, seen, said, row);
	if (verdict == VERDICT_GOOD)
		verdict = call_allowed(rq, row, seen, (str){ 0 });
	verify_note_use(rq, row->secret, verdict);
	return verdict;
}

/* What the rows say of a token. */
static enum verdict
claims_verdict(struct request *rq, const struct token_claims *claims,
    const struct verify_secret_row *row, str environment)
{
	enum verdict verdict = row_verdict(rq, row, environment);

	if (!str_eq(row_client_id(row), claims->client_id) ||
	    !str_eq(row->environment, claims->env))
		return VERDICT_MISMATCH;
	return verdict == VERDICT_GOOD && row->revoked.n ? VERDICT_TOKEN_REVOKED : verdict;
}

enum verdict
verify_claims(
    struct request *rq, const struct token_claims *claims, str environment, struct caller *caller)
{
	const struct verify_secret_row *row =
	    verify_row(rq, &(struct sought){ .sid = claims->kds, .jti = claims->jti });

	*caller = (struct caller){ 0 };
	if (!row)
		return VERDICT_UNKNOWN;
	caller_fill(caller, claims->kds, row);
	return claims_verdict(rq, claims, row, environment);
}

enum verdict
verify_token(struct request *rq, const struct presented *seen, struct caller *caller)
{
	struct token_claims claims;
	const struct verify_secret_row *row;
	enum verdict verdict;

	*caller = (struct caller){ 0 };
	if (!rate_of_address(rq, seen->address))
		return VERDICT_LIMITED;
	verdict = token_read(rq, seen->token, &claims);
	if (verdict == VERDICT_GOOD || verdict == VERDICT_EXPIRED)
		caller->sid = claims.kds;
	if (verdict != VERDICT_GOOD)
		return verdict;
	row = verify_row(rq, &(struct sought){ claims.kds, claims.jti, seen->call, seen->max_age });
	if (!row)
		return VERDICT_UNKNOWN;
	if (!signing_stands(rq, row->signing))
		verdict = token_read(rq, seen->token, &claims);
	if (verdict != VERDICT_GOOD)
		return verdict;
	caller_fill(caller, claims.kds, row);
	verdict = claims_verdict(rq, &claims, row, seen->environment);
	if (verdict == VERDICT_GOOD)
		verdict = call_allowed(rq, row, seen, claims.scope);
	verify_note_use(rq, row->secret, verdict);
	return verdict;
}

static bool
key_will_do(const struct call *call)
{
	return call && call->endpoint && call->endpoint->needs == NEEDS_KEY;
}

enum verdict
verify_key(struct request *rq, const struct presented *seen, struct caller *caller)
{
	const struct verify_primary_row *primary;
	const struct verify_secret_row *row;
	enum verdict verdict;

	*caller = (struct caller){ 0 };
	if (!rate_of_address(rq, seen->address))
		return VERDICT_LIMITED;
	if (!key_will_do(seen->call) || !client_id_ok(seen->client_id))
		return VERDICT_MALFORMED;
	primary = sql_verify_primary(rq->db, .client_id = seen->client_id);
	row = primary ? verify_row(rq, &(struct sought){ .sid = primary->sid, .call = seen->call })
	              : NULL;
	if (!row)
		return VERDICT_UNKNOWN;
	if (!key_will_do(seen->call)) /* any more: the catalogue has changed meanwhile */
		return VERDICT_MALFORMED;
	caller_fill(caller, (str){ 0 }, row);
	caller->secret = 0;
	verdict = row_verdict(rq, row, seen->environment);
	if (verdict == VERDICT_GOOD && !from_here(row, seen->address))
		verdict = VERDICT_ADDRESS;
	return verdict == VERDICT_GOOD ? call_verdict(rq, seen->call, row, (str){ 0 }) : verdict;
}

void
verify_name(struct request *rq, const struct presented *seen, struct caller *caller)
{
	struct secret_parts parts;

	*caller = (struct caller){ 0 };
	if (read_secret(rq, seen->secret, &parts) == VERDICT_GOOD)
		caller->sid = str_copy(rq->arena, parts.sid);
}

enum verdict
verify_state(struct request *rq, str sid)
{
	const struct verify_secret_row *row = verify_row(rq, &(struct sought){ .sid = sid });

	return row ? row_verdict(rq, row, (str){ 0 }) : VERDICT_UNKNOWN;
}
