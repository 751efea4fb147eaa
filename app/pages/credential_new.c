/* credential_new.c - create an account API key.
 *
 *      GET  /credentials/new    the form
 *      POST /credentials        make it and show its secret once, go to its page when it has a public key, or the form again
 */
#include "core/policy.h"
#include "pages/pages.h"
#include "site/key.h"
#include "site/key_choice.h"
#include "site/place.h"

SHAPE(credential_new_view, part(name, input), part(description, input), part(by, input),
    flag(by_key), part(public_key, input), text(once), part(opened_in, opened_in), int(used),
    int(limit), flag(full));
PAGE(credential_new, "Create an account key", .menu = MENU_CREDENTIALS);

static const struct form_rule rules[] = {
	{ .name = STR_INIT("name"),
	    .label = STR_INIT("Name"),
	    .required = STR_INIT("Give the key a name."),
	    .max = 100 },
	{ .name = STR_INIT("description"),
	    .label = STR_INIT("Description"),
	    .max = 500,
	    .lines = true },
	{ .name = STR_INIT("by"), .label = STR_INIT("What it proves itself with"), .max = 10 },
	{ .name = STR_INIT("public_key"),
	    .label = STR_INIT("Public key"),
	    .max = KEY_TEXT_MAX_CHARS,
	    .lines = true },
};

static struct reply
form(struct request *rq, int status, struct credential_new_view *view)
{
	struct client_list_rows keys = sql_client_list(
	    rq->db, .org = rq->org, .environment = rq->environment, .kind = S("account"));

	view->used = (int64_t)keys.n;
	view->limit = policy_of(rq).account_keys;
	view->full = view->used >= view->limit;
	return show(rq, status, &credential_new_page, view);
}

struct reply
credential_new(struct request *rq)
{
	struct credential_new_view view = { .once = once_number(rq),
		.opened_in = { .value = rq->environment } };

	return form(rq, 200, &view);
}

static bool
read_form(struct request *rq, struct credential_new_view *view, struct client_wish *wish)
{
	bool good = form_read(rq, credential_new_view, rules, view);
	struct key_choice choice = { &view->by, &view->public_key, &view->by_key, view->once };

	good = !place_input_is_secret(&view->name) && good;
	good = !place_input_is_secret(&view->description) && good;
	good = key_opened_in(rq, view->once, &view->opened_in) && good;
	good = key_chosen(rq, &choice, &wish->key) && good;
	wish->name = view->name.value;
	wish->description = view->description.value;
	if (view->once.n == 0) /* without its number a form could make two */
		view->once = once_number(rq), good = false;
	return good;
}

struct reply
credential_new_save(struct request *rq)
{
	struct credential_new_view view = { .once = form_field(rq, S("once")) };
	struct client_wish wish = { .environment = rq->environment, .once = view.once };
	struct client_made made;
	struct reply reply;

	if (!read_form(rq, &view, &wish))
		return form(rq, 422, &view);
	switch (client_create(rq, &wish, &made)) {
	case MADE_NEW:
		return wish.key ? key_made_with(rq, &made) : key_reveal(rq, &made, KEY_MADE);
	case MADE_BEFORE:
		return key_chosen_before(rq, &made, wish.key);
	case MADE_FULL:
	case MADE_CHANGED:
	case MADE_NOTHING:
		break;
	}
	view.once = once_number(rq);
	reply = form(rq, 422, &view);
	reply.undo = true;
	return reply;
}
