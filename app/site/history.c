/* history.c - what became of the secrets of a client. */
#include "site/history.h"

#include "site/key.h"

/* A secret past its end or its expiry is refused, whether or not the housekeeper has written it down. */
static struct secret_row
row_of(const struct request *rq, const struct client_secrets_row *secret)
{
	struct secret_row row = { .hint = secret->hint,
		.kind = secret->key_kind,
		.state = S("Ended"),
		.tone = S("ended"),
		.created = moment_of(rq, secret->created_at),
		.ended = moment_of(rq, secret->ended_at),
		.reason = key_ended_words(secret->ended_reason) };
	bool expired = secret->expires_at && secret->expires_at <= rq->now;

	if (secret->ended_at)
		return row;
	if (expired || (secret->ends_at && secret->ends_at <= rq->now)) {
		row.ended = moment_of(rq, expired ? secret->expires_at : secret->ends_at);
		row.reason = expired ? S("Expired") : S("Rotated");
	} else if (secret->ends_at) {
		row.state = fmt(
		    rq->arena, "Ends %.*s", STR(clock_ago(rq->arena, secret->ends_at, rq->now)));
		row.tone = S("needs");
	} else if (str_eq(secret->status, S("pending"))) {
		row.state = S("Not opened yet");
		row.tone = S("needs");
	} else if (str_eq(secret->status, S("active"))) {
		row.state = S("Working");
		row.tone = S("works");
	}
	return row;
}

struct secret_rows
history_of_key(struct request *rq)
{
	struct client_secrets_rows secrets =
	    sql_client_secrets(rq->db, .org = rq->org, .id = rq->id);
	struct secret_row *rows = NEW(rq->arena, struct secret_row, secrets.n);

	for (size_t i = 0; i < secrets.n; i++)
		rows[i] = row_of(rq, &secrets.at[i]);
	return (struct secret_rows){ rows, secrets.n };
}
