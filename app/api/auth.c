/* auth.c - a client ID and secret for a token: the Data API's contract.
 *
 *      POST /auth    {"client_id": "...", "client_secret": "..."}
 */
#include "api/api.h"
#include "api/client_auth.h"
#include "api/error.h"
#include "core/desk.h"
#include "core/token.h"
#include "http/json.h"

SHAPE(auth_form, text(client_id), text(client_secret));
SHAPE(auth_answer, text(token), text(access_token), text(token_type), int(expires_in));

static const struct json_rule rules[] = {
	{ .name = STR_INIT("client_id"), .required = true, .max = 200 },
	{ .name = STR_INIT("client_secret"), .required = true, .max = 500 },
};

static struct reply
answer(struct request *rq, const struct caller *caller)
{
	struct auth_answer answer = { .token = token_make(rq, caller, token_scope(rq, caller)),
		.token_type = S("Bearer"),
		.expires_in = token_seconds(rq, caller) };
	struct buf json = buf_new(rq->arena, 16384);

	answer.access_token = answer.token;
	json_write(&json, &auth_answer_shape, &answer);
	return reply_json(200, buf_str(&json));
}

/* Whatever stands in front must not read another credential than is read here; and an address is in every log on its way. */
static bool
shows_another(const struct request *rq)
{
	return rq->query.n || request_header(rq, S("HTTP_AUTHORIZATION")).n ||
	       request_header(rq, S("HTTP_X_API_KEY")).n ||
	       request_header(rq, S("HTTP_X_API_SECRET")).n;
}

struct reply
auth(struct request *rq)
{
	struct auth_form form = { 0 };
	struct presented presented;
	struct caller caller;
	enum verdict verdict;
	str wrong;

	if (!str_eq(rq->type, S("application/json")))
		return api_error(
		    rq, 415, "invalid_request", S("Content-Type must be application/json"));
	if (shows_another(rq))
		return api_error(rq, 400, "invalid_request",
		    S("the client ID and the secret belong in the body, and nowhere else"));
	wrong = json_read(rq, auth_form, rules, &form);
	if (wrong.n)
		return api_error(rq, 400, "invalid_request", wrong);
	/* An address that the web server keeps for one environment gives no token of the other. */
	presented = (struct presented){ .client_id = form.client_id,
		.secret = form.client_secret,
		.environment = request_param(rq, S("KEYDESK_ENVIRONMENT")),
		.address = rq->remote };
	verdict = client_judge(rq, &presented, &caller);
	if (verdict_forbids(verdict))
		return api_forbidden(rq, verdict, false);
	if (verdict != VERDICT_GOOD)
		return api_error(
		    rq, 401, "invalid_client", S("the client ID or the secret is not accepted"));
	return answer(rq, &caller);
}
