/* jwks.c - the public keys of the tokens (RFC 7517).
 *
 *      GET /.well-known/jwks.json
 */
#include "api/api.h"
#include "core/token.h"

struct reply
jwks(struct request *rq)
{
	struct reply reply = reply_json(200, token_jwks(rq));

	reply.type = S("application/jwk-set+json");
	reply_header(rq, &reply, S("Cache-Control"), S("public, max-age=300"));
	return reply;
}
