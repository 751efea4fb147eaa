/* account_new.c - create an account, or a workspace of one.
 *
 *      GET  /accounts/new                the form for an account
 *      POST /accounts                    make it
 *      GET  /accounts/:id/workspaces/new the form for a workspace of it
 *      POST /accounts/:id/workspaces     make it
 */
#include "pages/pages.h"
#include "site/account.h"

SHAPE(account_new_view, text(heading), part(name, input), flag(workspace), text(account_id),
    text(account_name));
PAGE(account_new, "Create", .menu = MENU_ACCOUNTS);

static const struct form_rule rules[] = {
	{ .name = STR_INIT("name"),
	    .label = STR_INIT("Name"),
	    .required = STR_INIT("Give it a name."),
	    .max = 100 },
};

/* What was begun is undone: a number may have been counted. */
static struct reply
refused(struct request *rq, enum account_done done, struct account_new_view *view)
{
	enum level level = view->workspace ? LEVEL_WORKSPACE : LEVEL_ACCOUNT;
	struct reply reply;

	view->name.error = account_wrong(rq, done, level, view->name.value);
	reply = show(rq, 422, &account_new_page, view);
	reply.undo = true;
	return reply;
}

struct reply
account_new(struct request *rq)
{
	struct account_new_view view = { .heading = S("Create an account") };

	return show(rq, 200, &account_new_page, &view);
}

struct reply
account_new_save(struct request *rq)
{
	struct account_new_view view = { .heading = S("Create an account") };
	struct account_made made;
	enum account_done done;

	if (!form_read(rq, account_new_view, rules, &view))
		return show(rq, 422, &account_new_page, &view);
	done = account_create(rq, view.name.value, &made);
	if (done != ACCOUNT_DONE)
		return refused(rq, done, &view);
	return see_other(rq, "/accounts/%.*s?did=account-created", STR(made.id));
}

/* Nothing is made in what is archived: it would not be there for anybody. */
static struct reply
within_archived(struct request *rq)
{
	return conflict(rq, S("The account is archived. Restore it first."));
}

static struct account_new_view
view_within(const struct account_about *about)
{
	return (struct account_new_view){ .heading = S("Create a workspace"),
		.workspace = true,
		.account_id = about->id,
		.account_name = about->name };
}

struct reply
workspace_new(struct request *rq)
{
	const struct account_about *about = account_about(rq);
	struct account_new_view view;

	if (!about)
		return not_found(rq);
	if (about->archived_at)
		return within_archived(rq);
	view = view_within(about);
	return show(rq, 200, &account_new_page, &view);
}

struct reply
workspace_new_save(struct request *rq)
{
	const struct account_about *about = account_about(rq);
	struct account_new_view view;
	struct account_made made;
	enum account_done done;

	if (!about)
		return not_found(rq);
	if (about->archived_at)
		return within_archived(rq);
	view = view_within(about);
	if (!form_read(rq, account_new_view, rules, &view))
		return show(rq, 422, &account_new_page, &view);
	done = workspace_create(rq, about->row, view.name.value, &made);
	if (done != ACCOUNT_DONE)
		return refused(rq, done, &view);
	return see_other(rq, "/accounts/%.*s?did=workspace-created", STR(about->id));
}
