/* account.c - one account and its workspaces.
 *
 *      GET /accounts/:id
 */
#include "site/account.h"
#include "pages/pages.h"
#include "site/route.h"

SHAPE(account_view, text(id), text(name), part(created, moment), part(archived_at, moment),
    flag(is_archived), part(list, account_list), part(reach, reach), flag(may_change));
PAGE(account, "Account", .menu = MENU_ACCOUNTS);

struct reply
account(struct request *rq)
{
	const struct account_about *about = account_about(rq);
	struct account_view view;

	if (!about)
		return not_found(rq);
	view = (struct account_view){ .id = about->id,
		.name = about->name,
		.created = moment_of(rq, about->created_at),
		.archived_at = moment_of(rq, about->archived_at),
		.is_archived = about->archived_at > 0,
		.list = account_list_within(rq, about),
		.reach = account_reach(rq, about),
		.may_change = access_may(rq->actor, ADMIN) };
	return show(rq, 200, &account_page, &view);
}
