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

void
api_note(struct request *rq, enum verdict verdict, const struct caller *caller)
{
	shared_count(
	    rq->desk->shared, verdict == VERDICT_GOOD ? COUNT_VERIFY_GOOD : COUNT_VERIFY_REFUSED);
	measure_verdict(shared_measures(rq->desk->shared), (int)verdict);
	rq->verdict = verdict_word(verdict);
	rq->subject = caller->id;
}
