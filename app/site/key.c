/* key.c - what the pages about a key share. */
#include "site/key.h"

#include "core/actor.h"
#include "core/policy.h"
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

static struct key_badge
overdue(const struct request *rq, int64_t age, int64_t cadence)
{
	int over = (int)(age - cadence);
	str words = fmt(rq->arena, "Overdue %d day%s", over, over == 1 ? "" : "s");

	return (struct key_badge){ .words = words,
		.tone = S("needs"),
		.why = fmt(
		    rq->arena, "Its secret is %d days old; %d are meant.", (int)age, (int)cadence),
		.overdue_days = age - cadence };
}

struct key_badge
key_badge(struct request *rq, const struct key_facts *key)
{
	static const struct key_badge deactivated = { .words = STR_INIT("Deactivated"),
		.tone = STR_INIT("neutral") };
	static const struct key_badge expired = { .words = STR_INIT("Expired"),
		.tone = STR_INIT("ended"),
		.why = STR_INIT("Its secret has expired and is refused.") };
	static const struct key_badge unconfirmed = { .words = STR_INIT("Not confirmed as stored"),
		.tone = STR_INIT("needs"),
		.why =
		    STR_INIT("Its secret was shown once, and nobody has said that it is stored.") };
	static const struct key_badge working = { .words = STR_INIT("Working"),
		.tone = STR_INIT("works") };
	int64_t cadence = policy_of(rq).cadence_days;
	int64_t age = (rq->now - key->secret_made_at) / DAY;

	if (str_eq(key->status, S("deactivated")))
		return deactivated;
	if (key->expires_at && key->expires_at <= rq->now)
		return expired;
	if (key->secret_made_at && age > cadence)
		return overdue(rq, age, cadence);
	return key->secret_made_at && !key->stored_at ? unconfirmed : working;
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
		cookie_set(rq, reply, &(struct cookie){ .name = revealed_cookie, .value = S("1") });
	} else if (cookie_get(rq, revealed_cookie).n) {
		reply_header(rq, reply, S("Clear-Site-Data"), S("\"cache\""));
		cookie_set(rq, reply, &(struct cookie){ .name = revealed_cookie, .seconds = -1 });
	}
}
