/* account.c - what the pages about accounts and workspaces share. */
#include "site/account.h"

#include "base/utf8.h"
#include "http/url.h"
#include "site/count.h"
#include "site/route.h"
#include "site/use.h"
#include "sql.h"

enum { NAME_MAX_CHARS = 100 };

/* ---- the one that a page is about */

static const struct account_about *
about_account(struct request *rq)
{
	const struct account_get_row *row = sql_account_get(rq->db, .org = rq->org, .id = rq->id);
	struct account_about *about;

	if (!row)
		return NULL;
	about = NEW(rq->arena, struct account_about, 1);
	*about = (struct account_about){ .level = LEVEL_ACCOUNT,
		.row = row->account,
		.account = row->account,
		.id = row->id,
		.name = row->name,
		.account_id = row->id,
		.account_name = row->name,
		.version = row->version,
		.created_at = row->created_at,
		.archived_at = row->archived_at,
		.account_archived_at = row->archived_at };
	return about;
}

static const struct account_about *
about_workspace(struct request *rq)
{
	const struct workspace_get_row *row =
	    sql_workspace_get(rq->db, .org = rq->org, .id = rq->id);
	struct account_about *about;

	if (!row)
		return NULL;
	about = NEW(rq->arena, struct account_about, 1);
	*about = (struct account_about){ .level = LEVEL_WORKSPACE,
		.row = row->workspace,
		.account = row->account,
		.id = row->id,
		.name = row->name,
		.account_id = row->account_id,
		.account_name = row->account_name,
		.version = row->version,
		.created_at = row->created_at,
		.archived_at = row->archived_at,
		.account_archived_at = row->account_archived_at };
	return about;
}

const struct account_about *
account_about(struct request *rq)
{
	return rq->route->object == WORKSPACE ? about_workspace(rq) : about_account(rq);
}

/* ---- lists */

/* What is longer than any name finds nothing, and is not said again. */
static struct account_list
list_begin(struct request *rq)
{
	str q = str_trim(query_text(rq, S("q")));

	if (utf8_length(q) > NAME_MAX_CHARS)
		q = (str){ 0 };
	return (struct account_list){ .q = q,
		.q_sent = url_encode(rq->arena, q),
		.archived = query_int(rq, S("archived"), 0) == 1 };
}

/* The page ends before the row that is one too many. */
static void
list_end(struct account_list *list, struct account_row *rows, size_t n)
{
	list->rows = (struct account_rows){ rows, n };
	if (n > ACCOUNT_PAGE_ROWS) {
		list->rows.n = ACCOUNT_PAGE_ROWS;
		list->next = rows[ACCOUNT_PAGE_ROWS - 1].id;
	}
	list->n = (int64_t)list->rows.n;
}

str
account_workspaces(struct request *rq, int64_t account)
{
	return count_words(
	    rq->arena, sql_account_workspaces(rq->db, .org = rq->org, .account = account)->n);
}

struct account_list
account_list_all(struct request *rq)
{
	struct account_list list = list_begin(rq);
	str pattern = account_pattern(rq->arena, list.q);
	const struct account_get_row *after =
	    sql_account_get(rq->db, .org = rq->org, .id = query_text(rq, S("after")));
	struct account_list_rows found =
	    sql_account_list(rq->db, .org = rq->org, .archived = list.archived, .pattern = pattern,
		.from = after ? after->name : S(""), .last = after ? after->account : 0);
	struct account_row *rows = NEW(rq->arena, struct account_row, found.n);
	int64_t n;

	for (size_t i = 0; i < found.n; i++) {
		rows[i] = (struct account_row){ .id = found.at[i].id,
			.name = found.at[i].name,
			.workspaces = account_workspaces(rq, found.at[i].account),
			.created = moment_of(rq, found.at[i].created_at),
			.archived_at = moment_of(rq, found.at[i].archived_at) };
	}
	list.further = after != NULL;
	n = sql_account_list_count(
	    rq->db, .org = rq->org, .archived = list.archived, .pattern = pattern)
	        ->n;
	list.count = count_words(rq->arena, n);
	list_end(&list, rows, found.n);
	return list;
}

struct account_list
account_list_within(struct request *rq, const struct account_about *about)
{
	struct account_list list = list_begin(rq);
	str pattern = account_pattern(rq->arena, list.q);
	const struct workspace_get_row *after =
	    sql_workspace_get(rq->db, .org = rq->org, .id = query_text(rq, S("after")));
	struct workspace_list_rows found = sql_workspace_list(rq->db, .org = rq->org,
	    .account = about->account, .archived = list.archived, .pattern = pattern,
	    .from = after ? after->name : S(""), .last = after ? after->workspace : 0);
	struct account_row *rows = NEW(rq->arena, struct account_row, found.n);
	int64_t n;

	for (size_t i = 0; i < found.n; i++)
		rows[i] = (struct account_row){ .id = found.at[i].id,
			.name = found.at[i].name,
			.created = moment_of(rq, found.at[i].created_at),
			.archived_at = moment_of(rq, found.at[i].archived_at) };
	list.further = after != NULL;
	n = sql_workspace_list_count(rq->db, .org = rq->org, .account = about->account,
	    .archived = list.archived, .pattern = pattern)
	        ->n;
	list.count = count_words(rq->arena, n);
	list_end(&list, rows, found.n);
	return list;
}

/* ---- who reaches it */

/* The rows of both statements have the same columns. */
#define REACH_ROW(rq, row)                                        \
	((struct reach_row){ .id = (row)->id,                     \
	    .name = (row)->name,                                  \
	    .environment = (row)->environment,                    \
	    .last_used = moment_of(rq, (row)->last_used_at),      \
	    .last_address = (row)->last_used_from,                \
	    .last_program = use_program(rq, (row)->last_used_by), \
	    .whole = (row)->whole,                                \
	    .only = (row)->only,                                  \
	    .deactivated = str_eq((row)->status, S("deactivated")) })

static struct reach_rows
reach_rows(struct request *rq, const struct account_about *about)
{
	struct reach_row *rows = NEW(rq->arena, struct reach_row, ACCOUNT_PAGE_ROWS + 1);
	struct workspace_reach_rows by_workspace;
	struct account_reach_rows by_account;

	if (about->level == LEVEL_WORKSPACE) {
		by_workspace = sql_workspace_reach(
		    rq->db, .org = rq->org, .workspace = about->row, .account = about->account);
		for (size_t i = 0; i < by_workspace.n; i++)
			rows[i] = REACH_ROW(rq, &by_workspace.at[i]);
		return (struct reach_rows){ rows, by_workspace.n };
	}
	by_account = sql_account_reach(rq->db, .org = rq->org, .account = about->account);
	for (size_t i = 0; i < by_account.n; i++)
		rows[i] = REACH_ROW(rq, &by_account.at[i]);
	return (struct reach_rows){ rows, by_account.n };
}

struct reach
account_reach(struct request *rq, const struct account_about *about)
{
	struct reach reach = { .rows = reach_rows(rq, about) };

	reach.more = reach.rows.n > ACCOUNT_PAGE_ROWS;
	if (reach.more)
		reach.rows.n = ACCOUNT_PAGE_ROWS;
	reach.n = (int64_t)reach.rows.n;
	for (size_t i = 0; i < reach.rows.n; i++)
		reach.lost += reach.rows.at[i].only;
	reach.lost_words = reach.lost == 1
	                       ? S("One of these credentials has")
	                       : fmt(rq->arena, "%d of these credentials have", (int)reach.lost);
	return reach;
}

/* ---- forms */

struct reply
account_changed(struct request *rq, const struct account_about *about, const char *did)
{
	const char *list = about->level == LEVEL_WORKSPACE ? "workspaces" : "accounts";

	return see_other(rq, "/%s/%.*s?did=%s", list, STR(about->id), did);
}

str
account_wrong(struct request *rq, enum account_done done, enum level level, str name)
{
	switch (done) {
	case ACCOUNT_TAKEN:
		if (level == LEVEL_ACCOUNT)
			return fmt(rq->arena,
			    "There is an account “%.*s” already, in use or archived. Names that "
			    "differ only in case or accents are the same.",
			    STR(name));
		return fmt(rq->arena,
		    "There is a workspace “%.*s” in this account already, in use or archived. "
		    "Names "
		    "that differ only in case or accents are the same.",
		    STR(name));
	case ACCOUNT_FULL:
		return fmt(rq->arena,
		    "An organization has %.*s %ss at most, archived ones included.",
		    STR(chart_number(
			rq->arena, level == LEVEL_ACCOUNT ? ACCOUNTS_MAX : WORKSPACES_MAX)),
		    level == LEVEL_ACCOUNT ? "account" : "workspace");
	case ACCOUNT_MEANWHILE:
		return S("Somebody else has changed it meanwhile. Open its page again.");
	case ACCOUNT_NOTHING:
	case ACCOUNT_DONE:
		break;
	}
	return (str){ 0 };
}
