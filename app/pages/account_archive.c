/* account_archive.c - take an account or a workspace out of every scope, and bring it back.
 *
 *      GET  /accounts/:id/archive, /workspaces/:id/archive    what stops, and who will feel it
 *      POST /accounts/:id/archive, /workspaces/:id/archive    do it
 *      GET  /accounts/:id/restore, /workspaces/:id/restore    who reaches it again
 *      POST /accounts/:id/restore, /workspaces/:id/restore    do it
 */
#include "pages/pages.h"
#include "site/account.h"

SHAPE(account_archive_view, text(heading), text(id), text(called), int(version), flag(workspace),
    text(account_id), text(account_name), flag(restores), flag(within_archived), text(workspaces),
    part(reach, reach));
PAGE(account_archive, "Archive", .menu = MENU_ACCOUNTS);

static struct reply
form(struct request *rq, int status, const struct account_about *about)
{
	struct account_archive_view view = { .id = about->id,
		.called = about->name,
		.version = about->version,
		.workspace = about->level == LEVEL_WORKSPACE,
		.account_id = about->account_id,
		.account_name = about->account_name,
		.restores = about->archived_at > 0,
		.reach = account_reach(rq, about) };

	view.heading = fmt(rq->arena, "%s the %.*s “%.*s”", view.restores ? "Restore" : "Archive",
	    STR(level_word(about->level)), STR(about->name));
	view.within_archived = view.workspace && about->account_archived_at > 0;
	if (!view.workspace)
		view.workspaces = account_workspaces(rq, about->account);
	return show(rq, status, &account_archive_page, &view);
}

/* Back where the act has led already: it was done in another window, or by somebody else. */
static struct reply
done_already(struct request *rq, const struct account_about *about)
{
	return conflict(
	    rq, about->archived_at ? S("It is archived already.") : S("It is not archived."));
}

static struct reply
ask_first(struct request *rq, bool archived)
{
	const struct account_about *about = account_about(rq);

	if (!about)
		return not_found(rq);
	if ((about->archived_at > 0) != archived)
		return done_already(rq, about);
	return form(rq, 200, about);
}

struct reply
account_archive(struct request *rq)
{
	return ask_first(rq, false);
}

struct reply
account_restore(struct request *rq)
{
	return ask_first(rq, true);
}

/* The version is the one that the page has shown: nobody archives what was renamed under their hands. */
static struct reply
act(struct request *rq, bool archived,
    enum account_done (*level_act)(struct request *, const struct account_which *))
{
	const struct account_about *about = account_about(rq);
	struct account_which which;

	if (!about)
		return not_found(rq);
	if ((about->archived_at > 0) != archived)
		return done_already(rq, about);
	if (rq->unproven)
		return form(rq, 422, about);
	which = (struct account_which){ .level = about->level, .id = about->id };
	if (!str_int(form_field(rq, S("version")), &which.version))
		return conflict(rq, S("This form is not whole. Open the page again."));
	switch (level_act(rq, &which)) {
	case ACCOUNT_DONE:
		return account_changed(rq, about, archived ? "restored" : "archived");
	case ACCOUNT_NOTHING:
		return not_found(rq);
	case ACCOUNT_TAKEN:
	case ACCOUNT_FULL:
	case ACCOUNT_MEANWHILE:
		break;
	}
	return conflict(rq, account_wrong(rq, ACCOUNT_MEANWHILE, about->level, about->name));
}

struct reply
account_archive_save(struct request *rq)
{
	return act(rq, false, level_archive);
}

struct reply
account_restore_save(struct request *rq)
{
	return act(rq, true, level_restore);
}
