/* oauth_revoke.c - the end of a token before it expires (RFC 7009).
 *
 *      POST /oauth/revoke                  of production
 *      POST /integration/oauth/revoke      of integration
 *
 * token, by the client that it belongs to. What is no token of ours, or not good any more, is 200 too: it has ended.
 */
#include "api/api.h"
#include "api/client_auth.h"
#include "api/error.h"
#include "core/rate.h"
#include "core/revocation.h"

/* It is committed, so it is no 503, after which a client has to assume that the token still exists (RFC 7009 section 2.2.1)
 * and would try for as long as a node is down. What is late is said, as on a page of the console. */
static struct reply
ended(struct request *rq)
{
	struct reply reply = { .status = 200 };

	if (rq->late)
		reply_header(rq, &reply, S("X-Keydesk-Unconfirmed"),
		    fmt(rq->arena, "%d", __builtin_popcount(rq->late)));
	return reply;
}

struct reply
oauth_revoke(struct request *rq)
{
	struct parameters p;
	struct client client = { .p = &p };
	struct token_claims claims;
	struct caller owner;
	struct reply refusal;
	str wrong = parameters_read(rq, &p);

	if (wrong.n || !p.token.n)
		return api_error(
		    rq, 400, "invalid_request", wrong.n ? wrong : S("token is missing"));
	if (!client_accepted(rq, &client, &refusal))
		return refusal;
	if (token_read(rq, p.token, &claims) != VERDICT_GOOD ||
	    verify_claims(rq, &claims, (str){ 0 }, &owner) == VERDICT_UNKNOWN)
		return (struct reply){ .status = 200 };
	if (owner.client != client.caller.client)
		return api_error(
		    rq, 400, "unauthorized_client", S("the token belongs to another client"));
	if (!rate_of_revocation(rq, client.caller.client))
		return api_error(
		    rq, 429, "too_many_requests", S("so many tokens are not revoked in a second"));
	token_revoke(rq, &claims, &client.caller);
	return ended(rq);
}
