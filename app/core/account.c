/* account.c - the levels below an organization. */
#include "core/account.h"

#include "core/audit.h"
#include "core/secret.h"
#include "sql.h"

int64_t
account_create(struct request *rq, str name)
{
	str id = secret_id_make(rq->arena);

	sql_account_add(rq->db, .public_id = id, .org = rq->org, .name = name, .now = rq->now);
	audit(rq, S("account.create"), id, (str){ 0 });
	return db_insert_id(rq->db);
}

int64_t
workspace_create(struct request *rq, int64_t account, str name)
{
	str id = secret_id_make(rq->arena);

	sql_workspace_add(rq->db, .public_id = id, .org = rq->org, .account = account, .name = name,
	    .now = rq->now);
	audit(rq, S("workspace.create"), id, (str){ 0 });
	return db_insert_id(rq->db);
}
