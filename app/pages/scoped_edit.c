/* scoped_edit.c - change what a scoped credential may do, and where; its secret stays.
 *
 *      GET  /credentials/:id/edit    the form
 *      POST /credentials/:id/edit    save it, or the form again
 *      POST /credentials/:id/find    the form, with the workspaces and people that were looked for
 */
#include "pages/pages.h"
#include "site/key.h"
#include "site/scoped_form.h"

const struct page scoped_edit_page = { .name = STR_INIT("scoped_edit"),
	.title = STR_INIT("Edit"),
	.view = &scoped_form_shape,
	.menu = MENU_CREDENTIALS };

static const struct scoped_get_row *
row_of(struct request *rq)
{
	const struct scoped_get_row *was = sql_scoped_get(rq->db, .org = rq->org, .id = rq->id);

	if (was)
		rq->environment = was->environment;
	return was;
}

struct reply
scoped_edit(struct request *rq)
{
	const struct scoped_get_row *was = row_of(rq);
	struct scoped_form view = { 0 };
	struct scoped_wish wish;

	if (!was)
		return not_found(rq);
	scoped_form_fill(rq, was, &view, &wish);
	return scoped_form_show(
	    rq, &(struct scoped_shown_as){ &scoped_edit_page, was, 200 }, &view, &wish);
}

struct reply
scoped_edit_find(struct request *rq)
{
	const struct scoped_get_row *was = row_of(rq);
	struct scoped_form view = { 0 };
	struct scoped_wish wish;

	if (!was)
		return not_found(rq);
	scoped_form_read(rq, was->expires_at, &view, &wish);
	return scoped_form_found(
	    rq, &(struct scoped_shown_as){ &scoped_edit_page, was, 200 }, &view, &wish);
}

static bool
same(struct request *rq, const struct scoped_get_row *now, const struct scoped_wish *wish)
{
	struct scoped_form saved = { 0 };
	struct scoped_wish held;

	scoped_form_fill(rq, now, &saved, &held);
	return str_eq(now->name, wish->name) && str_eq(now->description, wish->description) &&
	       str_eq(now->owner, wish->owner) && str_eq(now->tags, wish->tags) &&
	       str_eq(now->networks, wish->networks) && now->expires_at == wish->expires_at &&
	       choice_same(&held.may, &wish->may) && choice_same(&held.accounts, &wish->accounts) &&
	       choice_same(&held.workspaces, &wish->workspaces);
}

/* What was typed is kept: sent again it takes the place of what somebody else has saved. Unless it is saved already,
 * because the form was sent twice. */
static struct reply
meanwhile(struct request *rq, struct scoped_form *view, const struct scoped_wish *wish)
{
	const struct scoped_get_row *now = row_of(rq);
	struct reply reply;

	if (!now)
		return not_found(rq);
	if (same(rq, now, wish))
		return see_other(rq, "/credentials/%.*s?did=edited", STR(rq->id));
	view->meanwhile = true;
	view->version = now->version;
	reply = scoped_form_show(
	    rq, &(struct scoped_shown_as){ &scoped_edit_page, now, 422 }, view, wish);
	reply.undo = true;
	return reply;
}

struct reply
scoped_edit_save(struct request *rq)
{
	const struct scoped_get_row *was = row_of(rq);
	struct scoped_shown_as again = { &scoped_edit_page, was, 422 };
	struct scoped_form view = { 0 };
	struct scoped_wish wish;
	struct scoped_wrong wrong;
	struct scoped_at at;
	struct reply reply;

	if (!was)
		return not_found(rq);
	if (!scoped_form_read(rq, was->expires_at, &view, &wish))
		return scoped_form_show(rq, &again, &view, &wish);
	at = (struct scoped_at){ was->id, view.version };
	switch (scoped_change(rq, &at, &wish, &wrong)) {
	case SCOPED_DONE:
		return see_other(rq, "/credentials/%.*s?did=edited", STR(rq->id));
	case SCOPED_CHANGED:
		return meanwhile(rq, &view, &wish);
	case SCOPED_NOTHING:
		return not_found(rq);
	case SCOPED_WRONG:
	case SCOPED_BEFORE:
		break;
	}
	scoped_form_wrong(rq, &wrong, &view);
	reply = scoped_form_show(rq, &again, &view, &wish);
	reply.undo = true;
	return reply;
}
