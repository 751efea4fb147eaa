/* account.h - what the pages about accounts and workspaces share: the one they are about, lists, who reaches it. */
#ifndef SITE_ACCOUNT_H
#define SITE_ACCOUNT_H

#include "core/account.h"
#include "site/page.h"

/* An account or a workspace. Of a workspace, the account it is in; of an account, itself. */
struct account_about {
	enum level level;
	int64_t row, account;
	str id, name, account_id, account_name;
	int64_t version, created_at, archived_at, account_archived_at;
};

/* The one of rq->id, of the kind that the route says; NULL when the organization has none. */
const struct account_about *account_about(struct request *);

/* ---- lists, by the query: q is what names begin with, archived=1 the other half, after=ID goes on */

SHAPE(account_row, text(id), text(name), text(workspaces), part(created, moment),
    part(archived_at, moment));

/* count is in words. q_sent is q as an address carries it; next the id behind which there is more; further that
 * this is not the first page. */
SHAPE(account_list, list(rows, account_row), int(n), text(count), text(q), text(q_sent),
    flag(archived), text(next), flag(further));

/* The accounts of the organization; the workspaces of an account. */
struct account_list account_list_all(struct request *);
struct account_list account_list_within(struct request *, const struct account_about *);

/* How many workspaces of an account are in use, in words. */
str account_workspaces(struct request *, int64_t account);

/* ---- which credentials have it in scope */

SHAPE(reach_row, text(id), text(name), text(environment), part(last_used, moment),
    text(last_address), text(last_program), flag(whole), flag(only), flag(deactivated));

/* n are shown; more, when there are others. lost of those shown have nothing else in scope: "2 of these credentials have". */
SHAPE(reach, list(rows, reach_row), int(n), flag(more), int(lost), text(lost_words));
struct reach account_reach(struct request *, const struct account_about *);

/* ---- forms */

/* Back to its page, which says what was done by that word. */
struct reply account_changed(struct request *, const struct account_about *, const char *did);

/* What a form says to a name that could not be given; and what else the refusal of a change becomes. */
str account_wrong(struct request *, enum account_done, enum level, str name);

#endif
