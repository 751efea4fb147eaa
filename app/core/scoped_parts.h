/* scoped_parts.h - what the files of scoped share: a wish, held against what there is. */
#ifndef CORE_SCOPED_PARTS_H
#define CORE_SCOPED_PARTS_H

#include "core/scoped.h"
#include "sql.h"

/* What a credential has: nothing of it for a new one. */
struct scoped_holds {
	struct scoped_grants_rows grants;
	struct scoped_accounts_rows accounts;
	struct scoped_workspaces_rows workspaces;
	struct rows_list grant_rows, account_rows, workspace_rows;
};
struct scoped_holds scoped_holds(struct request *, int64_t client);

struct scoped_settled {
	int64_t owner;
	struct rows_list grants, accounts, workspaces;
};

/* A wish for the credential `was`, NULL for a new one, which holds that. */
struct scoped_ask {
	const struct scoped_wish *wish;
	const struct scoped_get_row *was;
	const struct scoped_holds *holds;
};

/* Finds the rows that a wish names. False, and *wrong filled in, when it cannot be had; all that is wrong is
 * said at once. Where no chosen API works on workspaces there are no places, whatever was wished. */
bool scoped_settle(
    struct request *, const struct scoped_ask *, struct scoped_settled *, struct scoped_wrong *);

#endif
