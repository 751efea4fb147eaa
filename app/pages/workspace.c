/* workspace.c - one workspace, and who reaches it.
 *
 *      GET /workspaces/:id
 */
#include "pages/pages.h"
#include "site/account.h"
#include "site/route.h"

SHAPE(workspace_view, text(id), text(name), text(account_id), text(account_name),
    part(created, moment), part(archived_at, moment), flag(is_archived), flag(within_archived),
    part(reach, reach), flag(may_change));
PAGE(workspace, "Workspace", .menu = MENU_ACCOUNTS);

struct reply
workspace(struct request *rq)
{
	const struct account_about *about = account_about(rq);
	struct workspace_view view;

	if (!about)
		return not_found(rq);
	view = (struct workspace_view){ .id = about->id,
		.name = about->name,
		.account_id = about->account_id,
		.account_name = about->account_name,
		.created = moment_of(rq, about->created_at),
		.archived_at = moment_of(rq, about->archived_at),
		.is_archived = about->archived_at > 0,
		.within_archived = about->account_archived_at > 0,
		.reach = account_reach(rq, about),
		.may_change = access_may(rq->actor, ADMIN) };
	return show(rq, 200, &workspace_page, &view);
}
