/* secret_new.c - add an additional secret: for oneself, shown once; for somebody else, waiting for them.
 *
 *      GET  /secrets/new     the form
 *      POST /secrets         make it, or the form again
 *      POST /secrets/find    the form, with the people that were looked for
 */
#include "pages/pages.h"
#include "site/additional_form.h"
#include "site/key.h"

const struct page secret_new_page = { .name = STR_INIT("secret_new"),
	.title = STR_INIT("Add a new API secret"),
	.view = &additional_form_shape,
	.menu = MENU_SECRETS };

static struct reply
form(struct request *rq, int status, struct additional_form *view,
    const struct additional_wish *wish)
{
	return additional_form_show(
	    rq, &(struct additional_shown_as){ &secret_new_page, NULL, status }, view, wish);
}

struct reply
secret_new(struct request *rq)
{
	struct additional_form view = { .once = once_number(rq),
		.opened_in = { .value = rq->environment } };
	struct additional_wish wish = { 0 };

	return form(rq, 200, &view, &wish);
}

struct reply
secret_new_find(struct request *rq)
{
	struct additional_form view = { .once = form_field(rq, S("once")) };
	struct additional_wish wish;

	additional_form_read(rq, NULL, &view, &wish);
	if (view.once.n == 0)
		view.once = once_number(rq);
	return additional_form_found(
	    rq, &(struct additional_shown_as){ &secret_new_page, NULL, 200 }, &view, &wish);
}

/* What waits for somebody else has no text to be shown, nor one to be replaced. */
static bool
waits(struct request *rq, str id)
{
	const struct additional_get_row *made =
	    sql_additional_get(rq->db, .org = rq->org, .id = id);

	return made && made->owner != rq->me;
}

static struct reply
to_secret(struct request *rq, str id)
{
	return see_other(rq, "/secrets/%.*s?did=handed", STR(id));
}

struct reply
secret_new_save(struct request *rq)
{
	struct additional_form view = { .once = form_field(rq, S("once")) };
	struct additional_wish wish;
	bool good = additional_form_read(rq, NULL, &view, &wish);
	struct additional_wrong wrong = { 0 };
	struct client_made made;
	struct reply reply;

	if (view.once.n == 0) /* without its number a form could make two */
		view.once = once_number(rq), good = false;
	if (!good)
		return form(rq, 422, &view, &wish);
	switch (additional_make(rq, &wish, &made, &wrong)) {
	case ADDITIONAL_DONE:
		return made.secret.n ? key_reveal(rq, &made, KEY_MADE) : to_secret(rq, made.id);
	case ADDITIONAL_BEFORE:
		return waits(rq, made.id) ? to_secret(rq, made.id)
		                          : key_made_before(rq, &made, KEY_MADE);
	case ADDITIONAL_FULL:
	case ADDITIONAL_WRONG:
	case ADDITIONAL_CHANGED:
	case ADDITIONAL_NOTHING:
		break;
	}
	additional_form_wrong(rq, &wrong, &view);
	view.once = once_number(rq);
	reply = form(rq, 422, &view, &wish);
	reply.undo = true;
	return reply;
}
