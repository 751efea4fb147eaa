/* credential.c - one account API key, or one scoped credential.
 *
 *      GET  /credentials/:id           what it is, and what became of its secrets
 *      POST /credentials/:id/stored    "I have stored it"
 *
 *      the second also below /secrets/:id and /data-api: key_home()
 */
#include "core/key_text.h"
#include "core/pending.h"
#include "core/policy.h"
#include "core/token.h"
#include "pages/pages.h"
#include "site/additional_shown.h"
#include "site/history.h"
#include "site/key.h"
#include "site/limit.h"
#include "site/replacement.h"
#include "site/rotation.h"
#include "site/route.h"
#include "site/scoped_shown.h"
#include "site/seen.h"
#include "site/use.h"

/* A secret that was made for the organization: until when it waits, or who has opened it. */
SHAPE(handed_over, part(until, moment), text(by), part(at, moment));
/* The public key in place of a secret: nothing when there is a secret, or none of either. */
SHAPE(credential_public, text(kind), text(thumbprint), text(issuer), text(algorithms));
/* What differs between an account key and a scoped credential, and how far it has come. */
SHAPE(credential_about, text(noun), text(handle), flag(scoped), flag(deactivated),
    flag(unconfirmed), text(stored_seen), part(handed, handed_over), part(scope, scoped_shown),
    part(seen, seen_shown), part(additional, additional_of_key), part(limit, limit_shown),
    part(key, credential_public));
SHAPE(credential_view, text(id), text(heading), text(name), text(description), text(client_id),
    text(status), text(tone), text(hint), part(secret_made, moment), part(made, moment),
    text(made_by), part(last_used, moment), text(last_address), text(last_program),
    flag(may_change), int(overdue_days), int(cadence_days), flag(rotates),
    part(rotation, rotation_view), list(secrets, secret_row), part(use, use_shown),
    part(places, places_brief), part(replacing, replacement_brief), part(about, credential_about));
PAGE(credential, "Account API key", .menu = MENU_CREDENTIALS);

static struct handed_over
handed_over(struct request *rq, const struct client_card_row *key)
{
	struct opening_by opened;

	if (KEY_UNOPENED(key) && key->expires_at > rq->now)
		return (struct handed_over){ .until = moment_of(rq, key->expires_at) };
	opened = pending_opened(rq, key->id);
	return (struct handed_over){ .by = opened.by, .at = moment_of(rq, opened.at) };
}

static struct credential_about
about_of(struct request *rq, const struct client_card_row *key)
{
	struct credential_about about = { .noun = key_noun(key->kind),
		.handle = key_handle(key->kind),
		.deactivated = str_eq(key->status, S("deactivated")),
		.unconfirmed = key->secret_made_at && !key->stored_at && !KEY_UNOPENED(key),
		.stored_seen = key->sid,
		.handed = handed_over(rq, key),
		.seen = seen_of(rq, key->id),
		.additional = additional_of_key(rq),
		.limit = limit_shown_of(rq, key),
		.key = { key->key_kind, key->thumbprint, token_issuer(rq, key->environment),
		    key_text_algorithms(key->key_kind) } };

	about.scoped = scoped_show(rq, key->id, &about.scope);
	return about;
}

struct reply
credential(struct request *rq)
{
	const struct client_card_row *key = key_card(rq);
	struct key_badge status;
	struct credential_view view;

	if (!key)
		return not_found(rq);
	status = key_badge(rq, KEY_FACTS(key));
	view = (struct credential_view){ .id = key->id,
		.heading = fmt(rq->arena, "%s “%.*s”",
		    key_scoped(key->kind) ? "API credential" : "Account API key", STR(key->name)),
		.name = key->name,
		.description = key->description,
		.client_id = key->client_id,
		.status = status.words,
		.tone = status.tone,
		.hint = key->hint,
		.secret_made = moment_of(rq, key->secret_made_at),
		.made = moment_of(rq, key->created_at),
		.made_by = key->created_by,
		.last_used = moment_of(rq, key->last_used_at),
		.last_address = key->last_used_from,
		.last_program = key->last_used_by,
		.may_change = key_may(rq, key, KEY_CHANGE),
		.overdue_days = status.overdue_days,
		.cadence_days = policy_of(rq).cadence_days,
		.secrets = history_of_key(rq),
		.places = places_brief(rq, key->id, PLACES_BRIEFLY),
		.replacing = replacement_brief(rq, key->id),
		.about = about_of(rq, key) };
	view.rotates = rotation_show(rq, &view.rotation);
	view.use = use_of_key(rq, view.rotates);
	return show(rq, 200, &credential_page, &view);
}

struct reply
credential_stored(struct request *rq)
{
	struct reply refusal;

	if (!key_to(rq, KEY_OWN, &refusal))
		return refusal;
	if (!str_eq(form_field(rq, S("stored")), S("1")))
		return key_see(rq, "");
	/* Another one than this form was about is confirmed by nobody. */
	if (!str_eq(form_field(rq, S("seen")), client_sid_held(rq, rq->id)))
		return rotation_changed(rq);
	if (!client_stored(rq, rq->id))
		return not_found(rq);
	if (replacement_brief(rq, rq->id).open)
		return key_see(rq, "/replacement?did=stored");
	return key_see(rq, "?did=stored");
}
