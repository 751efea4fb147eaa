/* account.c - the levels below an organization. */
#include "core/account.h"

#include "base/buf.h"
#include "core/audit.h"
#include "core/secret.h"
#include "sql.h"

str
level_word(enum level level)
{
	return level == LEVEL_ACCOUNT ? S("account") : S("workspace");
}

static void
note(struct request *rq, enum level level, const char *act, str id)
{
	audit(rq, fmt(rq->arena, "%.*s.%s", STR(level_word(level)), act), id, (str){ 0 });
}

enum account_done
account_create(struct request *rq, str name, struct account_made *made)
{
	made->id = secret_id_make(rq->arena);
	if (!sql_account_room(rq->db, .org = rq->org, .most = ACCOUNTS_MAX))
		return ACCOUNT_FULL;
	if (!sql_account_add(
		rq->db, .public_id = made->id, .org = rq->org, .name = name, .now = rq->now))
		return ACCOUNT_TAKEN;
	made->row = db_insert_id(rq->db);
	note(rq, LEVEL_ACCOUNT, "create", made->id);
	return ACCOUNT_DONE;
}

enum account_done
workspace_create(struct request *rq, int64_t account, str name, struct account_made *made)
{
	made->id = secret_id_make(rq->arena);
	if (!sql_workspace_room(rq->db, .org = rq->org, .most = WORKSPACES_MAX))
		return ACCOUNT_FULL;
	if (!sql_workspace_add(rq->db, .public_id = made->id, .org = rq->org, .account = account,
		.name = name, .now = rq->now))
		return ACCOUNT_TAKEN;
	made->row = db_insert_id(rq->db);
	note(rq, LEVEL_WORKSPACE, "create", made->id);
	return ACCOUNT_DONE;
}

static const struct account_name_row *
name_of(struct request *rq, const struct account_which *which)
{
	return sql_account_name(
	    rq->db, .org = rq->org, .id = which->id, .workspace = which->level == LEVEL_WORKSPACE);
}

/* Why a statement has found no row. */
static enum account_done
why_not(struct request *rq, const struct account_which *which, enum account_done otherwise)
{
	const struct account_name_row *now = name_of(rq, which);

	if (!now)
		return ACCOUNT_NOTHING;
	return now->version == which->version ? otherwise : ACCOUNT_MEANWHILE;
}

enum account_done
level_rename(struct request *rq, const struct account_which *which, str name)
{
	const struct account_name_row *before = name_of(rq, which), *after;
	int64_t found;

	if (!before)
		return ACCOUNT_NOTHING;
	if (which->level == LEVEL_ACCOUNT)
		found = sql_account_rename(rq->db, .org = rq->org, .id = which->id, .name = name,
		    .version = which->version);
	else
		found = sql_workspace_rename(rq->db, .org = rq->org, .id = which->id, .name = name,
		    .version = which->version);
	if (!found)
		return why_not(rq, which, ACCOUNT_TAKEN);
	after = name_of(rq, which);
	/* Saving the same name again has changed the version, so it has an entry too. */
	if (!audit_change(rq, fmt(rq->arena, "%.*s.rename", STR(level_word(which->level))),
		which->id, account_name_row, before, after))
		note(rq, which->level, "rename", which->id);
	return ACCOUNT_DONE;
}

enum account_done
level_archive(struct request *rq, const struct account_which *which)
{
	int64_t found;

	if (which->level == LEVEL_ACCOUNT)
		found = sql_account_archive(rq->db, .org = rq->org, .id = which->id,
		    .version = which->version, .now = rq->now);
	else
		found = sql_workspace_archive(rq->db, .org = rq->org, .id = which->id,
		    .version = which->version, .now = rq->now);
	if (!found)
		return why_not(rq, which, ACCOUNT_MEANWHILE);
	note(rq, which->level, "archive", which->id);
	return ACCOUNT_DONE;
}

enum account_done
level_restore(struct request *rq, const struct account_which *which)
{
	int64_t found;

	if (which->level == LEVEL_ACCOUNT)
		found = sql_account_restore(
		    rq->db, .org = rq->org, .id = which->id, .version = which->version);
	else
		found = sql_workspace_restore(
		    rq->db, .org = rq->org, .id = which->id, .version = which->version);
	if (!found)
		return why_not(rq, which, ACCOUNT_MEANWHILE);
	note(rq, which->level, "restore", which->id);
	return ACCOUNT_DONE;
}

str
account_pattern(struct arena *a, str words)
{
	struct buf b = buf_new(a, 2 * words.n + 1);

	for (size_t i = 0; i < words.n; i++) {
		if (words.at[i] == '%' || words.at[i] == '_' || words.at[i] == '\\')
			buf_add_char(&b, '\\');
		buf_add_char(&b, words.at[i]);
	}
	buf_add_char(&b, '%');
	return buf_str(&b);
}
