/* credential_finish.c - end a rotation early: the old secret stops now.
 *
 *      GET  /credentials/:id/finish    what stops, and who still uses it
 *      POST /credentials/:id/finish    do it
 *
 *      the same below /secrets/:id and /data-api: key_home()
 */
#include "pages/pages.h"
#include "site/key.h"
#include "site/rotation.h"

SHAPE(credential_finish_view, text(id), text(name), text(noun), int(token_minutes),
    part(rotation, rotation_view));
PAGE(credential_finish, "Finish the rotation of", .menu = MENU_CREDENTIALS,
    .data_title = STR_INIT("End the old API key"));

static struct reply
form(struct request *rq, int status)
{
	struct reply refusal;
	const struct client_card_row *key = key_to_change(rq, &refusal);
	struct credential_finish_view view;

	if (!key)
		return refusal;
	view = (struct credential_finish_view){ .id = key->id,
		.name = key->name,
		.noun = key_noun(key->kind),
		.token_minutes = rq->desk->settings->token_seconds / 60 };
	if (!rotation_show(rq, &view.rotation))
		return rotation_over(rq);
	return show(rq, status, &credential_finish_page, &view);
}

struct reply
credential_finish(struct request *rq)
{
	return form(rq, 200);
}

struct reply
credential_finish_save(struct request *rq)
{
	str seen = form_field(rq, S("seen"));
	struct reply refusal;

	if (!key_to_change(rq, &refusal))
		return refusal;
	/* Without what it saw, a form could end another secret. */
	if (rq->unproven || seen.n == 0)
		return form(rq, 422);
	return rotation_acted(rq, rotation_finish(rq, rq->id, seen), "finished");
}
