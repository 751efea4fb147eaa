/* secret.c - one additional secret: whose it is, what it may do, who calls with it, and what became of it.
 *
 *      GET /secrets/:id
 */
#include "core/actor.h"
#include "core/pending.h"
#include "core/policy.h"
#include "pages/pages.h"
#include "site/additional_shown.h"
#include "site/history.h"
#include "site/key.h"
#include "site/limit.h"
#include "site/rotation.h"
#include "site/seen.h"
#include "site/use.h"

/* How far it has come: until when it waits to be opened, or when its member has opened it; whether its text works. */
SHAPE(secret_about, part(until, moment), part(opened, moment), flag(unconfirmed), text(stored_seen),
    flag(made), part(scope, additional_shown), part(seen, seen_shown), part(limit, limit_shown),
    flag(may_limit));
/* may_own: it is this person's; may_change and may_end say what they may do with it. */
SHAPE(secret_view, text(id), text(heading), text(name), text(comment), text(status), text(tone),
    text(hint), part(secret_made, moment), part(created, moment), text(made_by),
    part(last_used, moment), text(last_address), text(last_program), flag(may_own),
    flag(may_change), flag(may_end), int(overdue_days), int(cadence_days), flag(rotates),
    part(rotation, rotation_view), list(secrets, secret_row), part(use, use_shown),
    part(about, secret_about));
PAGE(secret, "Additional secret", .menu = MENU_SECRETS);

static struct key_badge
badge_of(struct request *rq, const struct client_card_row *card, bool paused)
{
	struct key_facts facts = *KEY_FACTS(card);

	facts.additional = true;
	facts.paused = paused;
	return key_badge(rq, &facts);
}

static struct secret_about
about_of(struct request *rq, const struct client_card_row *card)
{
	bool unopened = KEY_UNOPENED(card);
	struct secret_about about = {
		.until = moment_of(rq, unopened ? card->expires_at : 0),
		.opened = moment_of(rq, unopened ? 0 : pending_opened(rq, card->id).at),
		.unconfirmed = card->secret_made_at && !card->stored_at && !unopened,
		.stored_seen = card->sid,
		.made = card->secret_made_at && !unopened,
		.seen = seen_of(rq, card->id),
		.limit = limit_shown_of(rq, card),
		.may_limit = rq->actor->role == ROLE_ADMIN,
	};

	additional_show(rq, card->id, &about.scope);
	return about;
}

struct reply
secret(struct request *rq)
{
	const struct client_card_row *card = key_card(rq);
	struct key_badge status;
	struct secret_view view;

	if (!card)
		return not_found(rq);
	view = (struct secret_view){ .id = card->id,
		.heading = fmt(rq->arena, "Additional secret “%.*s”", STR(card->name)),
		.name = card->name,
		.comment = card->description,
		.hint = card->hint,
		.secret_made = moment_of(rq, card->secret_made_at),
		.created = moment_of(rq, card->created_at),
		.made_by = card->created_by,
		.last_used = moment_of(rq, card->last_used_at),
		.last_address = card->last_used_from,
		.last_program = card->last_used_by,
		.may_own = key_may(rq, card, KEY_OWN),
		.may_change = key_may(rq, card, KEY_CHANGE),
		.may_end = key_may(rq, card, KEY_END),
		.cadence_days = policy_of(rq).cadence_days,
		.secrets = history_of_key(rq),
		.about = about_of(rq, card) };
	status = badge_of(rq, card, view.about.scope.paused);
	view.status = status.words;
	view.tone = status.tone;
	view.overdue_days = status.overdue_days;
	view.rotates = rotation_show(rq, &view.rotation);
	view.use = use_of_key(rq, view.rotates);
	return show(rq, 200, &secret_page, &view);
}
