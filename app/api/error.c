/* error.c - how programs are refused. */
#include "api/error.h"

#include "core/desk.h"
#include "core/measure.h"
#include "http/json.h"

SHAPE(error_answer, text(error), text(error_description));

struct reply
api_error(struct request *rq, int status, const char *code, str words)
{
	struct error_answer answer = { str_of(code), words };
	struct buf json = buf_new(rq->arena, 4096);
	struct reply reply;

	json_write(&json, &error_answer_shape, &answer);
	reply = reply_json(status, buf_str(&json));
	if (status == 401)
		reply_header(rq, &reply, S("WWW-Authenticate"), S("Basic realm=\"keydesk\""));
	return reply;
}

/* RFC 6750 section 3.1 has a code for what a token is not for; the others have none there. */
struct reply
api_forbidden(struct request *rq, enum verdict verdict)
{
	static const str words[VERDICTS] = {
		[VERDICT_ADDRESS] =
		    STR_INIT("the credential may not be used from this network address"),
		[VERDICT_CANONICAL] = STR_INIT("the address is not in canonical form"),
		[VERDICT_ENDPOINT] = STR_INIT("there is no such endpoint"),
		[VERDICT_PERMISSION] = STR_INIT("the credential lacks the permission for this"),
		[VERDICT_READS] = STR_INIT("the credential may only read"),
		[VERDICT_SCOPE] = STR_INIT("this is outside the scope of the credential"),
	};
	bool scope =
	    verdict == VERDICT_PERMISSION || verdict == VERDICT_READS || verdict == VERDICT_SCOPE;
	struct reply reply =
	    api_error(rq, 403, scope ? "insufficient_scope" : "access_denied", words[verdict]);

	reply_header(rq, &reply, S("X-Keydesk-Reason"), verdict_word(verdict));
	return reply;
}

void
api_note(struct request *rq, enum verdict verdict, const struct caller *caller)
{
	bool good = verdict == VERDICT_GOOD || verdict == VERDICT_OPEN;

	shared_count(rq->desk->shared, good ? COUNT_VERIFY_GOOD : COUNT_VERIFY_REFUSED);
	measure_verdict(shared_measures(rq->desk->shared), (int)verdict);
	rq->verdict = verdict_word(verdict);
	rq->subject = caller->id;
}
