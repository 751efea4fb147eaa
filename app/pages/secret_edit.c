/* secret_edit.c - change what an additional secret may do; its text, its owner and its API key stay.
 *
 *      GET  /secrets/:id/edit    the form
 *      POST /secrets/:id/edit    save it, or the form again
 */
#include "pages/pages.h"
#include "site/additional_form.h"
#include "site/key.h"

const struct page secret_edit_page = { .name = STR_INIT("secret_edit"),
	.title = STR_INIT("Edit"),
	.view = &additional_form_shape,
	.menu = MENU_SECRETS };

/* The secret, for its owner and for admins; NULL for others, and then *refusal is the reply. */
static const struct additional_get_row *
row_of(struct request *rq, struct reply *refusal)
{
	const struct additional_get_row *was = NULL;

	if (!key_to_change(rq, refusal))
		return NULL;
	was = sql_additional_get(rq->db, .org = rq->org, .id = rq->id);
	if (!was)
		*refusal = not_found(rq);
	return was;
}

struct reply
secret_edit(struct request *rq)
{
	struct reply refusal;
	const struct additional_get_row *was = row_of(rq, &refusal);
	struct additional_form view = { 0 };
	struct additional_wish wish;

	if (!was)
		return refusal;
	additional_form_fill(rq, was, &view, &wish);
	return additional_form_show(
	    rq, &(struct additional_shown_as){ &secret_edit_page, was, 200 }, &view, &wish);
}

static bool
same(struct request *rq, const struct additional_get_row *now, const struct additional_wish *wish)
{
	struct additional_form saved = { 0 };
	struct additional_wish held;

	additional_form_fill(rq, now, &saved, &held);
	return str_eq(now->name, wish->name) && str_eq(now->comment, wish->comment) &&
	       str_eq(now->networks, wish->networks) && now->expires_at == wish->expires_at &&
	       now->only_reads == wish->only_reads && choice_same(&held.may, &wish->may);
}

/* What was typed is kept: sent again it takes the place of what somebody else has saved. Unless it is saved already,
 * because the form was sent twice. */
static struct reply
meanwhile(struct request *rq, struct additional_form *view, const struct additional_wish *wish)
{
	struct reply reply;
	const struct additional_get_row *now = row_of(rq, &reply);

	if (!now)
		return reply;
	if (same(rq, now, wish))
		return see_other(rq, "/secrets/%.*s?did=edited", STR(rq->id));
	view->meanwhile = true;
	view->version = now->version;
	reply = additional_form_show(
	    rq, &(struct additional_shown_as){ &secret_edit_page, now, 422 }, view, wish);
	reply.undo = true;
	return reply;
}

struct reply
secret_edit_save(struct request *rq)
{
	struct reply reply;
	const struct additional_get_row *was = row_of(rq, &reply);
	struct additional_shown_as again = { &secret_edit_page, was, 422 };
	struct additional_form view = { 0 };
	struct additional_wish wish;
	struct additional_wrong wrong = { 0 };
	struct additional_at at;

	if (!was)
		return reply;
	if (!additional_form_read(rq, was, &view, &wish))
		return additional_form_show(rq, &again, &view, &wish);
	at = (struct additional_at){ was->id, view.version };
	switch (additional_change(rq, &at, &wish, &wrong)) {
	case ADDITIONAL_DONE:
		return see_other(rq, "/secrets/%.*s?did=edited", STR(rq->id));
	case ADDITIONAL_CHANGED:
		return meanwhile(rq, &view, &wish);
	case ADDITIONAL_NOTHING:
		return not_found(rq);
	case ADDITIONAL_WRONG:
	case ADDITIONAL_BEFORE:
	case ADDITIONAL_FULL:
		break;
	}
	additional_form_wrong(rq, &wrong, &view);
	reply = additional_form_show(rq, &again, &view, &wish);
	reply.undo = true;
	return reply;
}
