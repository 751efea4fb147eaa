/* credential_deactivate.c - pause an account API key or a scoped credential.
 *
 *      GET  /credentials/:id/deactivate    what stops, and who would feel it
 *      POST /credentials/:id/deactivate    do it
 */
#include "pages/pages.h"
#include "site/additional_shown.h"
#include "site/key.h"
#include "site/use.h"

SHAPE(credential_deactivate_view, text(id), text(name), text(noun), text(handle), text(client_id),
    text(hint), part(last_used, moment), text(last_address), text(last_program),
    part(felt_by, felt_shown), part(additional, additional_of_key), int(token_minutes));
PAGE(credential_deactivate, "Deactivate", .menu = MENU_CREDENTIALS);

static struct reply
form(struct request *rq, int status, const struct client_card_row *key)
{
	struct credential_deactivate_view view = { .id = key->id,
		.name = key->name,
		.noun = key_noun(key->kind),
		.handle = key_handle(key->kind),
		.client_id = key->client_id,
		.hint = key->hint,
		.last_used = moment_of(rq, key->last_used_at),
		.last_address = key->last_used_from,
		.last_program = key->last_used_by,
		.felt_by = use_felt_by(rq),
		.additional = additional_of_key(rq),
		.token_minutes = rq->desk->settings->token_seconds / 60 };

	return show(rq, status, &credential_deactivate_page, &view);
}

struct reply
credential_deactivate(struct request *rq)
{
	struct reply refusal;
	const struct client_card_row *key = key_to_change(rq, &refusal);

	return key ? form(rq, 200, key) : refusal;
}

struct reply
credential_deactivate_save(struct request *rq)
{
	struct reply refusal;
	const struct client_card_row *key = key_to_change(rq, &refusal);

	if (!key)
		return refusal;
	if (rq->unproven)
		return form(rq, 422, key);
	if (!client_activate(rq, rq->id, false))
		return not_found(rq);
	return see_other(rq, "/credentials/%.*s?did=deactivated", STR(rq->id));
}
