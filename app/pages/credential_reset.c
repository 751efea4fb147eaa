/* credential_reset.c - end the current secret and make the next one, in one step.
 *
 *      GET  /credentials/:id/reset    what stops and when
 *      POST /credentials/:id/reset    do it, and show the new secret once
 */
#include "pages/pages.h"
#include "site/key.h"

SHAPE(credential_reset_view, text(id), text(name), text(client_id), text(hint),
    part(last_used, moment), text(last_address), text(once));
PAGE(credential_reset, "Reset the secret of", .menu = MENU_CREDENTIALS);

struct reply
credential_reset(struct request *rq)
{
	const struct client_card_row *key = key_card(rq);
	struct credential_reset_view view;

	if (!key)
		return not_found(rq);
	view = (struct credential_reset_view){ .id = key->id,
		.name = key->name,
		.client_id = key->client_id,
		.hint = key->hint,
		.last_used = moment_of(rq, key->last_used_at),
		.last_address = key->last_used_from,
		.once = once_number(rq) };
	return show(rq, 200, &credential_reset_page, &view);
}

struct reply
credential_reset_save(struct request *rq)
{
	const struct client_card_row *key = key_card(rq);
	struct client_made made;

	if (!key)
		return not_found(rq);
	if (form_field(rq, S("once")).n == 0) /* without its number a form could reset twice */
		return see_other(rq, "/credentials/%.*s/reset", STR(rq->id));
	switch (client_reset(rq, rq->id, form_field(rq, S("once")), &made)) {
	case MADE_NEW:
		return key_reveal(rq, &made, true);
	case MADE_BEFORE:
		return key_made_before(rq, &made, true);
	case MADE_NOTHING:
	case MADE_FULL:
		break;
	}
	return not_found(rq);
}
