/* half.c - between the right password and the code of the second factor. */
#include "site/half.h"

#include "base/random.h"
#include "core/factor.h"
#include "core/throttle.h"
#include "crypto/digest.h"
#include "site/session.h"
#include "sql.h"

enum { HALF_CHARS = 43 };

static const char half_cookie[] = "keydesk_half";

void
half_drop(struct request *rq)
{
	str cookie = cookie_get(rq, half_cookie);
	struct digest hash = digest_sha256(cookie);

	if (cookie.n == HALF_CHARS)
		sql_half_drop(rq->db, .token_hash = DIGEST_STR(hash));
}

struct reply
half_begin(struct request *rq, const struct proven *who, str next)
{
	str token = random_base62(rq->arena, HALF_CHARS);
	struct digest hash = digest_sha256(token);
	struct reply reply = see_other(rq, "/sign-in/code?next=%.*s", STR(next));

	sql_half_add(rq->db, .token_hash = DIGEST_STR(hash), .person = who->person,
	    .user = who->user, .now = rq->now);
	cookie_set(rq, &reply,
	    &(struct cookie){ .name = half_cookie, .value = token, .seconds = HALF_MINUTES * 60 });
	return reply;
}

static const struct half_get_row *
row_of(struct request *rq)
{
	str cookie = cookie_get(rq, half_cookie);
	struct digest hash = digest_sha256(cookie);

	if (cookie.n != HALF_CHARS)
		return NULL;
	return sql_half_get(rq->db, .token_hash = DIGEST_STR(hash),
	    .created_after = rq->now - HALF_MINUTES * MINUTE);
}

/* The last try that was counted is the one that asks. */
bool
half_find(struct request *rq, struct half *half)
{
	const struct half_get_row *row = row_of(rq);

	if (!row || row->tries > HALF_TRIES)
		return false;
	*half = (struct half){ .id = row->id,
		.who = { .person = row->person,
		    .user = row->org ? row->user : 0,
		    .org = row->org,
		    .name = row->email },
		.is_operator = row->is_operator };
	return true;
}

void
half_count(struct request *rq)
{
	const struct half_get_row *row = row_of(rq);
	struct digest hash = digest_sha256(cookie_get(rq, half_cookie));

	if (!row)
		return;
	sql_half_try(rq->db, .token_hash = DIGEST_STR(hash));
	rq->before.too_often = !throttle_count_code(rq, row->email, device_get(rq));
	if (!rq->before.too_often && row->tries < HALF_TRIES)
		factor_try(rq, row->person, throttle_device_coded(rq, row->email, device_get(rq)));
}

bool
half_hold(struct request *rq, const struct half *half)
{
	return sql_half_held(rq->db, .half = half->id) != NULL;
}

bool
half_end(struct request *rq, const struct half *half)
{
	return sql_half_end(rq->db, .half = half->id) == 1;
}

void
half_forget(struct request *rq, struct reply *reply)
{
	cookie_set(rq, reply, &(struct cookie){ .name = half_cookie, .seconds = -1 });
}
