/* key.c - what the pages about a key share. */
#include "site/key.h"

#include "core/actor.h"
#include "site/route.h"
#include "site/session.h"

static const char revealed_cookie[] = "keydesk_revealed";

PAGE(credential_reveal, "Shown once: the secret of", .menu = MENU_CREDENTIALS, .alone = true);
PAGE(credential_made, "Made already: key", .menu = MENU_CREDENTIALS);

const struct client_card_row *
key_card(struct request *rq)
{
	const struct client_card_row *card = sql_client_card(rq->db, .org = rq->org, .id = rq->id);

	if (card)
		rq->environment = card->environment;
	return card;
}

struct key_badge
key_badge(const struct request *rq, const struct key_facts *key)
{
	int64_t cadence = rq->desk->settings->cadence_days;
	int64_t age = (rq->now - key->secret_made_at) / DAY;
	struct key_badge status = { .words = S("Working"), .tone = S("works") };

	if (str_eq(key->status, S("deactivated"))) {
		status = (struct key_badge){ .words = S("Deactivated"), .tone = S("neutral") };
	} else if (key->expires_at && key->expires_at <= rq->now) {
		status = (struct key_badge){ .words = S("Expired"),
			.tone = S("ended"),
			.why = S("Its secret has expired and is refused.") };
	} else if (key->secret_made_at && age > cadence) {
		status = (struct key_badge){ .words = fmt(rq->arena, "Overdue %d days",
						 (int)(age - cadence)),
			.tone = S("needs"),
			.why = fmt(rq->arena, "Its secret is %d days old; %d are meant.", (int)age,
			    (int)cadence),
			.overdue_days = age - cadence };
	} else if (key->secret_made_at && !key->stored_at) {
		status = (struct key_badge){ .words = S("Not confirmed as stored"),
			.tone = S("needs"),
			.why = S(
			    "Its secret was shown once, and nobody has said that it is stored.") };
	}
	return status;
}

struct reply
key_reveal(struct request *rq, const struct client_made *made, bool replaced)
{
	struct credential_reveal_view view = { .id = made->id,
		.name = made->name,
		.client_id = made->client_id,
		.secret = made->secret,
		.replaced = replaced };
	struct reply reply;

	view.curl = fmt(rq->arena,
	    "curl -X POST %.*s/auth -H 'Content-Type: application/json' "
	    "-d '{\"client_id\":\"%.*s\",\"client_secret\":\"%.*s\"}'",
	    STR(rq->desk->settings->url), STR(made->client_id), STR(made->secret));
	reply = show(rq, 200, &credential_reveal_page, &view);
	reply.reveals = true;
	return reply;
}

struct reply
key_made_before(struct request *rq, const struct client_made *made, bool replaced)
{
	const struct client_card_row *card =
	    sql_client_card(rq->db, .org = rq->org, .id = made->id);
	struct credential_made_view view = { .id = made->id,
		.made = moment_of(rq, made->made_at),
		.replaced = replaced,
		.once = once_number(rq),
		.may_change = access_may(rq->actor, ADMIN) };
	struct reply reply;

	if (!card)
		return conflict(
		    rq, S("This form was sent before, and what it made has been deleted since."));
	view.name = card->name;
	rq->environment = card->environment;
	reply = show(rq, 200, &credential_made_page, &view);
	reply.undo = true;
	return reply;
}

void
key_reveal_headers(struct request *rq, struct reply *reply)
{
	if (reply->reveals) {
		cookie_set(rq, reply, revealed_cookie, S("1"), 0);
	} else if (cookie_get(rq, revealed_cookie).n) {
		reply_header(rq, reply, S("Clear-Site-Data"), S("\"cache\""));
		cookie_set(rq, reply, revealed_cookie, (str){ 0 }, -1);
	}
}
