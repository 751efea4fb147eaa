/* key.c - what the pages about a key share. */
#include "site/key.h"

#include "core/actor.h"
#include "site/route.h"
#include "site/session.h"

static const char revealed_cookie[] = "keydesk_revealed";

PAGE(credential_reveal, "Shown once: the secret of", .menu = MENU_CREDENTIALS,
    .data_title = STR_INIT("Shown once: the API key of the Data API"), .alone = true);
PAGE(credential_made, "Made already:", .menu = MENU_CREDENTIALS,
    .data_title = STR_INIT("Generated already"));

static bool
is_data_api(str kind)
{
	return str_eq(kind, S("data_api"));
}

/* Whether it is what the route is about, and for this person's eyes. */
static bool
fits(const struct request *rq, const struct client_card_row *card)
{
	enum object object = rq->route->object;

	if (key_additional(card->kind))
		return object == SECRET &&
		       (card->owner == rq->me || access_may(rq->actor, CREDENTIALS_SEE));
	return (object == DATA) == is_data_api(card->kind) && object != SECRET;
}

const struct client_card_row *
key_card(struct request *rq)
{
	const struct client_card_row *card;

	if (rq->route->object == DATA) {
		const struct data_client_row *data =
		    sql_data_client(rq->db, .org = rq->org, .environment = rq->environment);

		if (!data)
			return NULL;
		rq->id = data->id;
	}
	card = sql_client_card(rq->db, .org = rq->org, .id = rq->id);
	if (!card || !fits(rq, card))
		return NULL;
	rq->environment = card->environment;
	return card;
}

bool
key_scoped(str kind)
{
	return str_eq(kind, S("scoped"));
}

bool
key_additional(str kind)
{
	return str_eq(kind, S("additional"));
}

bool
key_may_change(const struct request *rq, str kind)
{
	return access_may(rq->actor, key_scoped(kind) ? CREDENTIALS_CHANGE : ADMIN);
}

str
key_noun(str kind)
{
	if (key_additional(kind))
		return S("secret");
	return key_scoped(kind) ? S("credential") : S("key");
}

str
key_handle(str kind)
{
	return key_scoped(kind) || is_data_api(kind) ? S("Client ID") : S("API key");
}

str
key_ended_words(str reason)
{
	static const struct {
		str reason, words;
	} all[] = {
		{ STR_INIT("reset"), STR_INIT("Reset") },
		{ STR_INIT("rotated"), STR_INIT("Rotated") },
		{ STR_INIT("cancelled"), STR_INIT("Rotation cancelled") },
		{ STR_INIT("compromised"), STR_INIT("Compromised") },
		{ STR_INIT("expired"), STR_INIT("Expired") },
		{ STR_INIT("unopened"), STR_INIT("Not opened in 7 days") },
		{ STR_INIT("leaver"), STR_INIT("Known to somebody who has left") },
		{ STR_INIT("revoked"), STR_INIT("Revoked") },
		{ STR_INIT("client_deleted"), STR_INIT("Deleted") },
		{ STR_INIT("key_deleted"), STR_INIT("Its account key was deleted") },
		{ STR_INIT("owner_deactivated"), STR_INIT("Its owner has left") },
	};

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (str_eq(reason, all[i].reason))
			return all[i].words;
	return reason;
}

str
key_secret_words(const struct request *rq)
{
	return rq->route && rq->route->object == DATA ? S("API key") : S("secret");
}

bool
key_may(const struct request *rq, const struct client_card_row *card, enum key_act act)
{
	if (is_data_api(card->kind))
		return access_may(rq->actor, DATA_API);
	if (!key_additional(card->kind))
		return key_may_change(rq, card->kind);
	if (card->owner == rq->me)
		return true;
	switch (act) {
	case KEY_CHANGE:
		return access_may(rq->actor, ADMIN);
	case KEY_END:
		return access_may(rq->actor, CREDENTIALS_SEE);
	case KEY_OWN:
		break;
	}
	return false;
}

const struct client_card_row *
key_to(struct request *rq, enum key_act act, struct reply *refusal)
{
	const struct client_card_row *card = key_card(rq);

	if (card && key_may(rq, card, act))
		return card;
	*refusal = card ? forbidden(rq) : not_found(rq);
	return NULL;
}

const struct client_card_row *
key_to_change(struct request *rq, struct reply *refusal)
{
	return key_to(rq, KEY_CHANGE, refusal);
}

str
key_home(const struct request *rq)
{
	enum object object = rq->route->object;

	if (object == DATA)
		return S("/data-api");
	return fmt(
	    rq->arena, "/%s/%.*s", object == SECRET ? "secrets" : "credentials", STR(rq->id));
}

struct reply
key_see(struct request *rq, const char *rest)
{
	return see_other(rq, "%.*s%s", STR(key_home(rq)), rest);
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

	view.in_secrets = key_additional(card->kind);
	view.in_data_api = is_data_api(card->kind);
	view.in_credentials = !view.in_secrets && !view.in_data_api;
	view.seen = card->sid;
	view.noun = key_noun(card->kind);
	view.handle = key_handle(card->kind);
	view.scoped = scoped_show(rq, made->id, &view.scope);
	if (view.in_secrets)
		additional_show(rq, made->id, &view.lent);
	if (view.rotated) {
		view.old_hint = card->old_hint;
		view.old_ends = moment_of(rq, card->old_ends_at);
	}

	view.curl = fmt(rq->arena,
	    "curl -X POST %.*s/auth -H 'Content-Type: application/json' %s"
	    "-d '{\"client_id\":\"%.*s\",\"client_secret\":\"%.*s\"}'",
	    STR(rq->desk->settings->url), view.in_data_api ? "-H 'x-radix-version: 1.0.0' " : "",
	    STR(made->client_id), STR(made->secret));
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
		.id = rq->id };
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
	view.in_secrets = key_additional(card->kind);
	view.in_data_api = is_data_api(card->kind);
	view.in_credentials = !view.in_secrets && !view.in_data_api;
	view.name = card->name;
	view.seen = card->sid;
	view.noun = key_noun(card->kind);
	view.scoped = key_scoped(card->kind);
	view.may_change = key_may(rq, card, KEY_OWN);
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
