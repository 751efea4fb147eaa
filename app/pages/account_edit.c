/* account_edit.c - give an account or a workspace another name.
 *
 *      GET  /accounts/:id/edit, /workspaces/:id/edit    the form
 *      POST /accounts/:id/edit, /workspaces/:id/edit    save it
 */
#include "pages/pages.h"
#include "site/account.h"

SHAPE(account_edit_view, text(heading), part(name, input), int(version), text(id), text(called),
    flag(workspace), text(account_id), text(account_name));
PAGE(account_edit, "Rename", .menu = MENU_ACCOUNTS);

static const struct form_rule rules[] = {
	{ .name = STR_INIT("name"),
	    .label = STR_INIT("Name"),
	    .required = STR_INIT("Give it a name."),
	    .max = 100 },
	{ .name = STR_INIT("version") },
};

static struct account_edit_view
view_of(struct request *rq, const struct account_about *about)
{
	struct account_edit_view view = { .name = { .value = about->name },
		.version = about->version,
		.id = about->id,
		.called = about->name,
		.workspace = about->level == LEVEL_WORKSPACE,
		.account_id = about->account_id,
		.account_name = about->account_name };

	view.heading = fmt(
	    rq->arena, "Rename the %.*s “%.*s”", STR(level_word(about->level)), STR(about->name));
	return view;
}

struct reply
account_edit(struct request *rq)
{
	const struct account_about *about = account_about(rq);
	struct account_edit_view view;

	if (!about)
		return not_found(rq);
	view = view_of(rq, about);
	return show(rq, 200, &account_edit_page, &view);
}

/* What was typed stays; sent again, it is saved over what the other one has saved. Unless it is saved already, because
 * the form was sent twice. */
static struct reply
meanwhile(struct request *rq, struct account_edit_view *view)
{
	const struct account_about *now = account_about(rq);

	if (!now)
		return not_found(rq);
	if (str_eq(now->name, view->name.value))
		return account_changed(rq, now, "renamed");
	view->version = now->version;
	view->name.error = fmt(rq->arena,
	    "Somebody else has changed it meanwhile; it is called “%.*s” now. Save again to "
	    "replace that.",
	    STR(now->name));
	return show(rq, 422, &account_edit_page, view);
}

struct reply
account_edit_save(struct request *rq)
{
	const struct account_about *about = account_about(rq);
	struct account_which which;
	struct account_edit_view view;
	enum account_done done;
	struct reply reply;

	if (!about)
		return not_found(rq);
	view = view_of(rq, about);
	if (!form_read(rq, account_edit_view, rules, &view))
		return show(rq, 422, &account_edit_page, &view);
	which = (struct account_which){ about->level, about->id, view.version };
	done = level_rename(rq, &which, view.name.value);
	switch (done) {
	case ACCOUNT_DONE:
		return account_changed(rq, about, "renamed");
	case ACCOUNT_NOTHING:
		return not_found(rq);
	case ACCOUNT_TAKEN:
	case ACCOUNT_FULL:
	case ACCOUNT_MEANWHILE:
		break;
	}
	if (done == ACCOUNT_MEANWHILE)
		return meanwhile(rq, &view);
	view.name.error = account_wrong(rq, done, about->level, view.name.value);
	reply = show(rq, 422, &account_edit_page, &view);
	reply.undo = true;
	return reply;
}
