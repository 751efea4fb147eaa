/* account.h - the levels below an organization: organization > account > workspace.
 *
 * Names are compared without regard to case and accents, and are unique side by side: a UNIQUE key says so under
 * any race. What is archived keeps its row, its name, and its place in the scope of credentials: it is out of
 * every scope from the next request on, and restoring gives back exactly what was. Archiving an account leaves
 * its workspaces as they are; they are within reach again with it.
 */
#ifndef CORE_ACCOUNT_H
#define CORE_ACCOUNT_H

#include "http/request.h"

enum level { LEVEL_ACCOUNT, LEVEL_WORKSPACE };

/* What an organization may have, archived ones included: so many that nobody meets it who does not mean harm,
 * and so few that one of them cannot fill the database. */
enum { ACCOUNTS_MAX = 10000, WORKSPACES_MAX = 100000 };

/* Lists: rows of a page, and where counts end (what is shown is "1,000+"). Statements give one more of each. */
enum { ACCOUNT_PAGE_ROWS = 50, ACCOUNT_COUNT_MAX = 1000 };

/* What became of a wish to make or change one. Whoever gets another answer than DONE undoes the request. */
enum account_done {
	ACCOUNT_NOTHING, /* no such one for this organization */
	ACCOUNT_DONE,
	ACCOUNT_TAKEN,     /* there is one of that name already */
	ACCOUNT_FULL,      /* there are as many as an organization may have */
	ACCOUNT_MEANWHILE, /* somebody else has changed it since that version */
};

struct account_made {
	int64_t row;
	str id;
};

/* A new account of rq->org, and a new workspace of one (by its row), audited; *made is filled in when DONE. */
enum account_done account_create(struct request *, str name, struct account_made *made);
enum account_done
workspace_create(struct request *, int64_t account, str name, struct account_made *made);

/* Which one of rq->org, as its page has shown it. */
struct account_which {
	enum level level;
	str id;
	int64_t version;
};

/* Gives it another name; takes it out of every scope; brings it back. Audited. Archiving what is archived, and
 * restoring what is not, is MEANWHILE. */
enum account_done level_rename(struct request *, const struct account_which *, str name);
enum account_done level_archive(struct request *, const struct account_which *);
enum account_done level_restore(struct request *, const struct account_which *);

/* "account" or "workspace". */
str level_word(enum level);

/* What a name that begins with these words is LIKE; any name when there are none. */
str account_pattern(struct arena *, str words);

#endif
