/* accounts.c - the accounts of the organization.
 *
 *      GET /accounts
 */
#include "pages/pages.h"
#include "site/account.h"
#include "site/route.h"

SHAPE(accounts_view, part(list, account_list), flag(may_change));
PAGE(accounts, "Accounts", .menu = MENU_ACCOUNTS);

struct reply
accounts(struct request *rq)
{
	struct accounts_view view = { .list = account_list_all(rq),
		.may_change = access_may(rq->actor, ADMIN) };

	return show(rq, 200, &accounts_page, &view);
}
