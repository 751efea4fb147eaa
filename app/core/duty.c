/* duty.c - what is done because it is due, with nobody asking. */
#include "core/duty.h"

#include "base/random.h"
#include "core/desk.h"
#include "db/db.h"

enum { NUMBER_CHARS = 16 };

struct request
duty_begin(struct desk *desk, struct arena *arena)
{
	return (struct request){ .arena = arena,
		.db = desk->db,
		.desk = desk,
		.now = clock_now(),
		.number = random_base62(arena, NUMBER_CHARS) };
}

void
duty_note(struct request *rq, str act, str object, str detail)
{
	audit_by(rq, &(struct audit_who){ .org = rq->org, .name = S("housekeeper") },
	    &(struct audit_act){ act, object, detail });
}

void
duty_commit(struct request *rq)
{
	audit_write(rq);
	db_commit(rq->db);
	rq->audit = NULL;
}
