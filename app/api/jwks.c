/* jwks.c - the public keys of the tokens (RFC 7517), of each environment by themselves.
 *
 *      GET /.well-known/jwks.json                  of production
 *      GET /integration/.well-known/jwks.json      of integration
 */
#include "api/api.h"
#include "core/signing.h"
#include "core/token.h"

struct reply
jwks(struct request *rq)
{
	bool integration = str_starts(rq->path, S("/integration/"));
	struct reply reply =
	    reply_json(200, token_jwks(rq, integration ? S("integration") : S("production")));

	reply.type = S("application/jwk-set+json");
	reply_header(rq, &reply, S("Cache-Control"),
	    fmt(rq->arena, "public, max-age=%d", SIGNING_JWKS_SECONDS));
	return reply;
}
