/* key.c - what the pages about a key share. */
#include "site/key.h"

#include "core/actor.h"
#include "site/route.h"
#include "site/session.h"

static const char revealed_cookie[] = "keydesk_revealed";

PAGE(credential_reveal, "Shown once: the secret of", .menu = MENU_CREDENTIALS, .alone = true);
PAGE(credential_made, "Made already:", .menu = MENU_CREDENTIALS);

const struct client_card_row *
key_card(struct request *rq)
{
	const struct client_card_row *card = sql_client_card(rq->db, .org = rq->org, .id = rq->id);

	if (card)
		rq->environment = card->environment;
	return card;
}

bool
key_scoped(str kind)
{
	return str_eq(kind, S("scoped"));
}

bool
key_may_change(const struct request *rq, str kind)
{
	return access_may(rq->actor, key_scoped(kind) ? CREDENTIALS_CHANGE : ADMIN);
}

str
key_noun(str kind)
{
	return key_scoped(kind) ? S("credential") : S("key");
}

str
key_handle(str kind)
{
	return key_scoped(kind) ? S("Client ID") : S("API key");
}

const struct client_card_row *
key_to_change(struct request *rq, struct reply *refusal)
{
	const struct client_card_row *card = key_card(rq);

	if (card && key_may_change(rq, card->kind))
		return card;
	*refusal = card ? forbidden(rq) : not_found(rq);
	return NULL;
}

struct reply
key_reveal(struct request *rq, const struct client_made *made, enum key_made how)
{
	struct credential_reveal_view view = { .id = made->id,
		.name = made->name,
		.client_id = made->client_id,
		.secret = made->secret,
		.replaced = how != KEY_MADE && how != KEY_OPENED,
		.rotated = how == KEY_ROTATED,
		.compromised = how == KEY_COMPROMISED,
		.opened = how == KEY_OPENED };
	const struct client_card_row *card =
	    sql_client_card(rq->db, .org = rq->org, .id = made->id);
	struct reply reply;

	view.noun = key_noun(card->kind);
	view.handle = key_handle(card->kind);
	view.scoped = scoped_show(rq, made->id, &view.scope);
	if (view.rotated) {
		view.old_hint = card->old_hint;
		view.old_ends = moment_of(rq, card->old_ends_at);
	}

	view.curl = fmt(rq->arena,
	    "curl -X POST %.*s/auth -H 'Content-Type: application/json' "
	    "-d '{\"client_id\":\"%.*s\",\"client_secret\":\"%.*s\"}'",
	    STR(rq->desk->settings->url), STR(made->client_id), STR(made->secret));
	reply = show(rq, 200, &credential_reveal_page, &view);
	reply.reveals = true;
	return reply;
}

struct reply
key_conflict(struct request *rq, str sentence)
{
	struct message_view view = { .status = 409,
		.heading = S("Nothing was changed"),
		.sentence = sentence,
		.credential = rq->id };
	struct reply reply = show(rq, 409, &message_page, &view);

	reply.undo = true;
	return reply;
}

struct reply
key_made_before(struct request *rq, const struct client_made *made, enum key_made how)
{
	const struct client_card_row *card =
	    sql_client_card(rq->db, .org = rq->org, .id = made->id);
	struct credential_made_view view = {
		.id = made->id,
		.made = moment_of(rq, made->made_at),
		.replaced = how != KEY_MADE && how != KEY_OPENED,
		.rotated = how == KEY_ROTATED,
		.compromised = how == KEY_COMPROMISED,
		.opened = how == KEY_OPENED,
		.once = once_number(rq),
	};
	struct reply reply;

	if (!card)
		return conflict(
		    rq, S("This form was sent before, and what it made has been deleted since."));
	view.name = card->name;
	view.noun = key_noun(card->kind);
	view.scoped = key_scoped(card->kind);
	view.may_change = key_may_change(rq, card->kind);
	if (KEY_ROTATES(rq, card))
		view.old_ends = moment_of(rq, card->old_ends_at);
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
