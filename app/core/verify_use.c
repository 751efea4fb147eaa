/* verify_use.c - who has called with which secret, and what became of it: noted for the housekeeper. */
#include "core/caller.h"
#include "core/desk.h"
#include "core/origin.h"
#include "core/shared_use.h"
#include "core/verify_parts.h"

void
verify_note_use(struct request *rq, int64_t secret, enum verdict verdict)
{
	str program = request_header(rq, S("HTTP_USER_AGENT"));
	struct use_note note = { .secret = secret,
		.now = rq->now,
		.outcome = verdict_outcome(verdict),
		.address = is_address(rq->remote) ? rq->remote : (str){ 0 },
		.program = caller_program(rq->arena, program) };

	rq->counted.secret = secret;
	if (rq->counted_before.secret != secret)
		shared_note_use(rq->desk->shared, &note);
}
