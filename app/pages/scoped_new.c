/* scoped_new.c - create a scoped credential.
 *
 *      GET  /credentials/scoped/new     the form
 *      POST /credentials/scoped/new     make it and show its secret once, go to its page when it has a public key, or the
 *                                      form again
 *      POST /credentials/scoped/find    the form, with the workspaces and people that were looked for
 */
#include "pages/pages.h"
#include "site/key.h"
#include "site/key_choice.h"
#include "site/scoped_form.h"

const struct page scoped_new_page = { .name = STR_INIT("scoped_new"),
	.title = STR_INIT("Create a credential"),
	.view = &scoped_form_shape,
	.menu = MENU_CREDENTIALS };

static struct reply
form(struct request *rq, int status, struct scoped_form *form, const struct scoped_wish *wish)
{
	return scoped_form_show(
	    rq, &(struct scoped_shown_as){ &scoped_new_page, NULL, status }, form, wish);
}

struct reply
scoped_new(struct request *rq)
{
	struct scoped_form view = { .once = once_number(rq),
		.opened_in = { .value = rq->environment } };
	struct scoped_wish wish = { 0 };

	return form(rq, 200, &view, &wish);
}

/* As an edit is read; and what a new one proves itself with. */
static bool
read_form(struct request *rq, struct scoped_form *view, struct scoped_wish *wish)
{
	struct key_choice choice = { &view->by, &view->public_key, &view->by_key, view->once };
	bool good = scoped_form_read(rq, 0, view, wish);

	good = key_opened_in(rq, view->once, &view->opened_in) && good;
	return key_chosen(rq, &choice, &wish->key) && good;
}

struct reply
scoped_new_find(struct request *rq)
{
	struct scoped_form view = { .once = form_field(rq, S("once")) };
	struct scoped_wish wish;

	read_form(rq, &view, &wish);
	if (view.once.n == 0)
		view.once = once_number(rq);
	return scoped_form_found(
	    rq, &(struct scoped_shown_as){ &scoped_new_page, NULL, 200 }, &view, &wish);
}

struct reply
scoped_new_save(struct request *rq)
{
	struct scoped_form view = { .once = form_field(rq, S("once")) };
	struct scoped_wish wish;
	bool good = read_form(rq, &view, &wish);
	struct scoped_wrong wrong;
	struct client_made made;
	struct reply reply;

	if (view.once.n == 0) /* without its number a form could make two */
		view.once = once_number(rq), good = false;
	if (!good)
		return form(rq, 422, &view, &wish);
	switch (scoped_make(rq, &wish, &made, &wrong)) {
	case SCOPED_DONE:
		return wish.key ? key_made_with(rq, &made) : key_reveal(rq, &made, KEY_MADE);
	case SCOPED_BEFORE:
		return key_chosen_before(rq, &made, wish.key);
	case SCOPED_WRONG:
	case SCOPED_CHANGED:
	case SCOPED_NOTHING:
		break;
	}
	scoped_form_wrong(rq, &wrong, &view);
	view.once = once_number(rq);
	reply = form(rq, 422, &view, &wish);
	reply.undo = true;
	return reply;
}
