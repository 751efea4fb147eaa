/* credential_activate.c - let a deactivated account API key or scoped credential work again.
 *
 *      GET  /credentials/:id/activate    what works again
 *      POST /credentials/:id/activate    do it
 */
#include "pages/pages.h"
#include "site/key.h"

SHAPE(credential_activate_view, text(id), text(name), text(noun), text(handle), text(client_id),
    text(hint), part(secret_made, moment));
PAGE(credential_activate, "Activate", .menu = MENU_CREDENTIALS);

static struct reply
form(struct request *rq, int status, const struct client_card_row *key)
{
	struct credential_activate_view view = { .id = key->id,
		.name = key->name,
		.noun = key_noun(key->kind),
		.handle = key_handle(key->kind),
		.client_id = key->client_id,
		.hint = key->hint,
		.secret_made = moment_of(rq, key->secret_made_at) };

	return show(rq, status, &credential_activate_page, &view);
}

struct reply
credential_activate(struct request *rq)
{
	struct reply refusal;
	const struct client_card_row *key = key_to_change(rq, &refusal);

	return key ? form(rq, 200, key) : refusal;
}

struct reply
credential_activate_save(struct request *rq)
{
	struct reply refusal;
	const struct client_card_row *key = key_to_change(rq, &refusal);

	if (!key)
		return refusal;
	if (rq->unproven)
		return form(rq, 422, key);
	if (!client_activate(rq, rq->id, true))
		return not_found(rq);
	return see_other(rq, "/credentials/%.*s?did=activated", STR(rq->id));
}
