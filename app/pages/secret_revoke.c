/* secret_revoke.c - end an additional secret for good.
 *
 *      GET  /secrets/:id/revoke    what stops, and the short id to type
 *      POST /secrets/:id/revoke    do it
 */
#include "core/additional.h"
#include "pages/pages.h"
#include "site/key.h"
#include "site/use.h"

SHAPE(secret_revoke_view, text(id), text(name), text(key_name), text(client_id), text(hint),
    flag(unopened), flag(own), text(owner), part(last_used, moment), text(last_address),
    text(last_program), part(felt_by, felt_shown), text(old_hint), int(token_minutes),
    part(confirm, input));
PAGE(secret_revoke, "Revoke the secret", .menu = MENU_SECRETS);

static const struct form_rule rules[] = {
	{ .name = STR_INIT("confirm"),
	    .label = STR_INIT("Short id"),
	    .required = STR_INIT("Type the short id to confirm."),
	    .max = 100 },
};

static struct secret_revoke_view
view_of(struct request *rq, const struct client_card_row *key)
{
	struct secret_revoke_view view = { .id = key->id,
		.name = key->name,
		.key_name = key->parent_name,
		.client_id = key->client_id,
		.hint = key->hint,
		.unopened = KEY_UNOPENED(key),
		.own = key->owner == rq->me,
		.owner = key->owner_name,
		.last_used = moment_of(rq, key->last_used_at),
		.last_address = key->last_used_from,
		.last_program = key->last_used_by,
		.felt_by = use_felt_by(rq),
		.token_minutes = rq->desk->settings->token_seconds / 60 };

	if (KEY_ROTATES(rq, key))
		view.old_hint = key->old_hint;
	return view;
}

struct reply
secret_revoke(struct request *rq)
{
	struct reply refusal;
	const struct client_card_row *key = key_to(rq, KEY_END, &refusal);
	struct secret_revoke_view view;

	if (!key)
		return refusal;
	view = view_of(rq, key);
	return show(rq, 200, &secret_revoke_page, &view);
}

struct reply
secret_revoke_save(struct request *rq)
{
	struct reply refusal;
	const struct client_card_row *key = key_to(rq, KEY_END, &refusal);
	struct secret_revoke_view view;
	bool good;

	if (!key)
		return refusal;
	view = view_of(rq, key);
	good = form_read(rq, secret_revoke_view, rules, &view);
	if (good && !str_eq(view.confirm.value, key->id)) {
		view.confirm.error = S("This is not the short id. Nothing was revoked.");
		good = false;
	}
	if (!good)
		return show(rq, 422, &secret_revoke_page, &view);
	if (!additional_revoke(rq, rq->id))
		return not_found(rq);
	return see_other(rq, "/secrets?did=revoked");
}
