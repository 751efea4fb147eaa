/* revocation.c - a token that ends by itself, before it expires. */
#include "core/revocation.h"

#include "core/audit.h"
#include "db/db.h"
#include "sql.h"

void
token_revoke(struct request *rq, const struct token_claims *claims, const struct caller *by)
{
	struct audit_who who = { .org = by->org,
		.name = fmt(rq->arena, "client %.*s", STR(by->client_id)) };
	struct audit_act act = { S("token.revoke"), by->id,
		fmt(rq->arena, "{\"secret\":\"%.*s\",\"jti\":\"%.*s\"}", STR(claims->kds),
		    STR(claims->jti)) };

	db_begin(rq->db, DB_WRITE);
	if (sql_revocation_add(rq->db, .jti = claims->jti, .org = by->org, .client = by->client,
		.expires_at = claims->exp * SECOND, .now = rq->now)) {
		audit_by(rq, &who, &act);
		audit_write(rq);
		rq->audit = NULL;
	}
	db_commit(rq->db);
	rq->late = db_confirm(rq->db);
}
