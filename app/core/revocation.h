/* revocation.h - a token that ends by itself, before it expires (RFC 7009): a row by its jti until then, which is read with
 * the row of its secret. */
#ifndef CORE_REVOCATION_H
#define CORE_REVOCATION_H

#include "core/token.h"

/* Ends the token, in a transaction of its own with its entry in the audit log; once more is nothing. by is the client
 * that asks, to whom it belongs. rq->late says which nodes of the database have not confirmed it. Outside of a transaction. */
void token_revoke(struct request *, const struct token_claims *, const struct caller *by);

#endif
