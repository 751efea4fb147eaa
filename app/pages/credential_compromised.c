/* credential_compromised.c - somebody else may have the secret: end it now, make the next one, begin its replacement.
 *
 *      GET  /credentials/:id/compromised    what ends now, what follows, and who will feel it
 *      POST /credentials/:id/compromised    do it, and show the new secret once
 */
#include "core/compromise.h"
#include "pages/pages.h"
#include "site/key.h"
#include "site/replacement.h"
#include "site/rotation.h"
#include "site/use.h"

SHAPE(credential_compromised_view, text(id), text(name), text(handle), text(client_id), text(hint),
    part(last_used, moment), text(last_address), text(last_program), part(felt_by, felt_shown),
    text(old_hint), part(old_used, moment), text(old_address), flag(works),
    part(replacing, replacement_brief), text(seen), text(once));
PAGE(credential_compromised, "Compromised: the secret of", .menu = MENU_CREDENTIALS);

static struct reply
form(struct request *rq, int status, const struct client_card_row *key, str once)
{
	struct credential_compromised_view view = { .id = key->id,
		.name = key->name,
		.handle = key_handle(key->kind),
		.client_id = key->client_id,
		.hint = key->hint,
		.last_used = moment_of(rq, key->last_used_at),
		.last_address = key->last_used_from,
		.last_program = key->last_used_by,
		.felt_by = use_felt_by_month(rq),
		.works = key->hint.n != 0, /* of a pending one nothing is known */
		.replacing = replacement_brief(rq, key->id),
		.seen = key->sid,
		.once = once };

	if (KEY_ROTATES(rq, key)) {
		view.old_hint = key->old_hint;
		view.old_used = moment_of(rq, key->old_used_at);
		view.old_address = key->old_used_from;
	}
	return show(rq, status, &credential_compromised_page, &view);
}

struct reply
credential_compromised(struct request *rq)
{
	struct reply refusal;
	const struct client_card_row *key = key_to_change(rq, &refusal);

	return key ? form(rq, 200, key, once_number(rq)) : refusal;
}

struct reply
credential_compromised_save(struct request *rq)
{
	struct reply refusal;
	const struct client_card_row *key = key_to_change(rq, &refusal);
	struct compromise_wish wish = {
		.id = rq->id, .seen = form_field(rq, S("seen")), .once = form_field(rq, S("once"))
	};
	struct client_made made;

	if (!key)
		return refusal;
	/* Without its number a form could end two, without what it saw it could end one unseen. */
	if (rq->unproven || wish.once.n == 0 || wish.seen.n == 0)
		return form(rq, 422, key, wish.once.n ? wish.once : once_number(rq));
	switch (secret_compromised(rq, &wish, &made)) {
	case COMPROMISED:
		return key_reveal(rq, &made, KEY_COMPROMISED);
	case COMPROMISED_BEFORE:
		return key_made_before(rq, &made, KEY_COMPROMISED);
	case COMPROMISED_CHANGED:
		return rotation_changed(rq);
	case COMPROMISED_NOTHING:
		break;
	}
	return not_found(rq);
}
