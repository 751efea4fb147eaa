/* credential_reset.c - end the current secret and make the next one, in one step.
 *
 *      GET  /credentials/:id/reset    what stops and when
 *      POST /credentials/:id/reset    do it, and show the new secret once
 *
 *      the same below /secrets/:id and /data-api: key_home()
 */
#include "core/additional.h"
#include "core/desk.h"
#include "pages/pages.h"
#include "site/key.h"
#include "site/rotation.h"
#include "site/use.h"

SHAPE(credential_reset_view, text(id), text(name), text(noun), text(handle), text(client_id),
    text(hint), part(last_used, moment), text(last_address), text(last_program),
    part(felt_by, felt_shown), text(old_hint), part(old_ends, moment), part(old_used, moment),
    text(old_address), text(other), int(token_minutes), text(seen), text(once));
PAGE(credential_reset, "Reset the secret of", .menu = MENU_CREDENTIALS,
    .data_title = STR_INIT("Replace the API key at once"));

/* Whether it is somebody else's secret, whose next text only they will see. */
static bool
others(const struct request *rq, const struct client_card_row *key)
{
	return key_additional(key->kind) && key->owner != rq->me;
}

static struct reply
form(struct request *rq, int status, const struct client_card_row *key, str once)
{
	struct credential_reset_view view = { .id = key->id,
		.name = key->name,
		.noun = key_noun(key->kind),
		.handle = key_handle(key->kind),
		.client_id = key->client_id,
		.hint = key->hint,
		.last_used = moment_of(rq, key->last_used_at),
		.last_address = key->last_used_from,
		.last_program = key->last_used_by,
		.felt_by = use_felt_by(rq),
		.token_minutes = rq->desk->settings->token_seconds / 60,
		.other = others(rq, key) ? key->owner_name : (str){ 0 },
		.seen = rq->unproven ? form_field(rq, S("seen")) : key->sid,
		.once = once };

	if (KEY_ROTATES(rq, key)) {
		view.old_hint = key->old_hint;
		view.old_ends = moment_of(rq, key->old_ends_at);
		view.old_used = moment_of(rq, key->old_used_at);
		view.old_address = key->old_used_from;
	}
	return show(rq, status, &credential_reset_page, &view);
}

static enum made
reset(struct request *rq, const struct client_card_row *key, str once, struct client_made *made)
{
	str seen = form_field(rq, S("seen"));
	struct client_next next = { .id = key->id, .once = once, .seen = &seen };

	return key_additional(key->kind) ? additional_reset(rq, &next, made)
	                                 : client_reset_to(rq, &next, made);
}

struct reply
credential_reset(struct request *rq)
{
	struct reply refusal;
	const struct client_card_row *key = key_to_change(rq, &refusal);

	return key ? form(rq, 200, key, once_number(rq)) : refusal;
}

struct reply
credential_reset_save(struct request *rq)
{
	struct reply refusal;
	const struct client_card_row *key = key_to_change(rq, &refusal);
	str once = form_field(rq, S("once"));
	struct client_made made;

	if (!key)
		return refusal;
	if (rq->unproven)
		return form(rq, 422, key, once.n ? once : once_number(rq));
	if (once.n == 0) /* without its number a form could reset twice */
		return key_see(rq, "/reset");
	switch (reset(rq, key, once, &made)) {
	case MADE_NEW:
		if (others(rq, key))
			return key_see(rq, "?did=waits");
		return key_reveal(rq, &made, KEY_RESET);
	case MADE_BEFORE:
		if (others(rq, key))
			return key_see(rq, "");
		return key_made_before(rq, &made, KEY_RESET);
	case MADE_CHANGED:
		return rotation_changed(rq);
	case MADE_NOTHING:
	case MADE_FULL:
		break;
	}
	return not_found(rq);
}
