/* credential_delete.c - delete an account API key or a scoped credential for good.
 *
 *      GET  /credentials/:id/delete    what stops, and the short id to type
 *      POST /credentials/:id/delete    do it
 */
#include "core/desk.h"
#include "pages/pages.h"
#include "site/additional_shown.h"
#include "site/key.h"
#include "site/use.h"

SHAPE(credential_delete_view, text(id), text(name), text(noun), text(handle), flag(limited),
    text(client_id), text(hint), part(last_used, moment), text(last_address), text(last_program),
    part(felt_by, felt_shown), part(additional, additional_of_key), text(old_hint),
    part(old_used, moment), text(old_address), int(token_minutes), part(confirm, input));
PAGE(credential_delete, "Delete", .menu = MENU_CREDENTIALS);

static const struct form_rule rules[] = {
	{ .name = STR_INIT("confirm"),
	    .label = STR_INIT("Short id"),
	    .required = STR_INIT("Type the short id to confirm."),
	    .max = 100 },
};

static struct credential_delete_view
view_of(struct request *rq, const struct client_card_row *key)
{
	struct credential_delete_view view = { .id = key->id,
		.name = key->name,
		.noun = key_noun(key->kind),
		.handle = key_handle(key->kind),
		.limited = !key_scoped(key->kind),
		.client_id = key->client_id,
		.hint = key->hint,
		.last_used = moment_of(rq, key->last_used_at),
		.last_address = key->last_used_from,
		.last_program = key->last_used_by,
		.felt_by = use_felt_by(rq),
		.additional = additional_of_key(rq),
		.token_minutes = rq->desk->settings->token_seconds / 60 };

	if (KEY_ROTATES(rq, key)) {
		view.old_hint = key->old_hint;
		view.old_used = moment_of(rq, key->old_used_at);
		view.old_address = key->old_used_from;
	}
	return view;
}

struct reply
credential_delete(struct request *rq)
{
	struct reply refusal;
	const struct client_card_row *key = key_to_change(rq, &refusal);
	struct credential_delete_view view;

	if (!key)
		return refusal;
	view = view_of(rq, key);
	return show(rq, 200, &credential_delete_page, &view);
}

struct reply
credential_delete_save(struct request *rq)
{
	struct reply refusal;
	const struct client_card_row *key = key_to_change(rq, &refusal);
	struct credential_delete_view view;
	bool good;

	if (!key)
		return refusal;
	view = view_of(rq, key);
	good = form_read(rq, credential_delete_view, rules, &view);
	if (good && !str_eq(view.confirm.value, key->id)) {
		view.confirm.error = S("This is not the short id. Nothing was deleted.");
		good = false;
	}
	if (!good)
		return show(rq, 422, &credential_delete_page, &view);
	if (!client_delete(rq, rq->id))
		return not_found(rq);
	return see_other(
	    rq, "/credentials?did=%s", key_scoped(key->kind) ? "credential-deleted" : "deleted");
}
