/* credential_cancel.c - take a rotation back: the new secret stops now, the old one stays.
 *
 *      GET  /credentials/:id/cancel    what stops, and who uses it already
 *      POST /credentials/:id/cancel    do it
 *
 *      the same below /secrets/:id and /data-api: key_home()
 */
#include "pages/pages.h"
#include "site/key.h"
#include "site/rotation.h"

SHAPE(credential_cancel_view, text(id), text(name), text(noun), int(token_minutes),
    part(rotation, rotation_view));
PAGE(credential_cancel, "Cancel the rotation of", .menu = MENU_CREDENTIALS,
    .data_title = STR_INIT("End the new API key"));

static struct reply
form(struct request *rq, int status)
{
	struct reply refusal;
	const struct client_card_row *key = key_to_change(rq, &refusal);
	struct credential_cancel_view view;

	if (!key)
		return refusal;
	view = (struct credential_cancel_view){ .id = key->id,
		.name = key->name,
		.noun = key_noun(key->kind),
		.token_minutes = rq->desk->settings->token_seconds / 60 };
	if (!rotation_show(rq, &view.rotation))
		return rotation_over(rq);
	return show(rq, status, &credential_cancel_page, &view);
}

struct reply
credential_cancel(struct request *rq)
{
	return form(rq, 200);
}

struct reply
credential_cancel_save(struct request *rq)
{
	str seen = form_field(rq, S("seen"));
	struct reply refusal;

	if (!key_to_change(rq, &refusal))
		return refusal;
	/* Without what it saw, a form could end another secret. */
	if (rq->unproven || seen.n == 0)
		return form(rq, 422);
	return rotation_acted(rq, rotation_cancel(rq, rq->id, seen), "cancelled");
}
