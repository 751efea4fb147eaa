/* key.c - what the pages about a key share. */
#include "site/key.h"

#include "core/actor.h"
#include "core/evidence.h"
#include "core/policy.h"
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

/* What speaks against the end of the old secret; empty when nothing does. */
static str
unsettled(const struct request *rq, const struct evidence *evidence)
{
	bool one = evidence->still == 1;

	if (evidence->verdict == EVIDENCE_NOT_YET && evidence->still)
		return fmt(rq->arena, "%zu caller%s of it ha%s not moved yet", evidence->still,
		    one ? "" : "s", one ? "s" : "ve");
	if (evidence->verdict != EVIDENCE_UNKNOWN)
		return (str){ 0 };
	if (evidence->others)
		return S("it has more callers than are kept apart");
	if (evidence->old.last_used_at > rq->now - EVIDENCE_DAYS * DAY)
		return S("the new one has never been used");
	return (str){ 0 };
}

static struct key_badge
rotating(struct request *rq, const struct key_facts *key)
{
	str left = clock_ago(rq->arena, key->old_ends_at, rq->now), but = { 0 };
	struct key_badge badge = { .words = fmt(rq->arena, "Rotating, old ends %.*s", STR(left)),
		.tone = S("neutral") };
	const struct evidence *evidence = NULL;

	if (key->old_ends_at <= rq->now + DAY)
		evidence = evidence_of(rq, key->id);
	if (evidence)
		but = unsettled(rq, evidence);
	if (but.n == 0)
		return badge;
	badge.tone = S("needs");
	badge.rotation = true;
	badge.why = fmt(rq->arena, "Its old secret …%.*s ends %.*s, and %.*s.", STR(key->old_hint),
	    STR(left), STR(but));
	return badge;
}

/* Its text is refused before anybody looks at its row: see secret_read(). */
static bool
under_retired_key(const struct request *rq, const struct key_facts *key)
{
	return key->secret_key && !keyring_key(rq->desk->keyring, (int)key->secret_key);
}

struct key_badge
key_badge(struct request *rq, const struct key_facts *key)
{
	static const struct key_badge retired = { .words = STR_INIT("Refused"),
		.tone = STR_INIT("ended"),
		.why = STR_INIT("Its secret is refused: its key of the key ring is retired."),
		.reset = true };
	static const struct key_badge deactivated = { .words = STR_INIT("Deactivated"),
		.tone = STR_INIT("neutral") };
	static const struct key_badge none = { .words = STR_INIT("No secret"),
		.tone = STR_INIT("ended"),
		.why = STR_INIT("Its last secret has ended. A reset makes the next one.") };
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
	struct key_badge rotation = { 0 };

	if (str_eq(key->status, S("deactivated")))
		return deactivated;
	if (!key->secret_made_at)
		return none;
	if (under_retired_key(rq, key))
		return retired;
	if (key->expires_at && key->expires_at <= rq->now)
		return expired;
	if (KEY_ROTATES(rq, key))
		rotation = rotating(rq, key);
	if (rotation.rotation)
		return rotation;
	if (age > cadence)
		return overdue(rq, age, cadence);
	if (!key->stored_at)
		return unconfirmed;
	return rotation.words.n ? rotation : working;
}

struct reply
key_reveal(struct request *rq, const struct client_made *made, enum key_made how)
{
	struct credential_reveal_view view = { .id = made->id,
		.name = made->name,
		.client_id = made->client_id,
		.secret = made->secret,
		.replaced = how != KEY_MADE,
		.rotated = how == KEY_ROTATED };
	const struct client_card_row *card =
	    sql_client_card(rq->db, .org = rq->org, .id = made->id);
	struct reply reply;

	view.noun = key_noun(card->kind);
	view.handle = key_handle(card->kind);
	view.scoped = key_scoped(card->kind);
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
		.replaced = how != KEY_MADE,
		.rotated = how == KEY_ROTATED,
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
