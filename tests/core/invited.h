/* invited.h - links of invitations that tests open and use. */
#ifndef TESTS_CORE_INVITED_H
#define TESTS_CORE_INVITED_H

#include "core/operated.h"

static const str chosen = STR_INIT("seventeen tin boats");

static inline bool
opens(str token)
{
	return invitation_open(hand_ask(&world.hand, 0), token) != NULL;
}

static inline enum accepted
accept(str token)
{
	struct request *rq = hand_begin(&world.hand, 0);
	struct proven who;
	enum accepted accepted = invitation_accept(rq, token, chosen, &who);

	if (accepted == ACCEPTED)
		commit(rq);
	else
		db_rollback(rq->db);
	return accepted;
}

#endif
