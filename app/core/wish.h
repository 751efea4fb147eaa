/* wish.h - an API that an organization has asked the operator for: one wish for each API, however often. */
#ifndef CORE_WISH_H
#define CORE_WISH_H

#include "http/request.h"

enum { WISH_NOTE_MAX_CHARS = 300 };

enum wished {
	WISHED_NOTHING, /* there is no such API, or the organization may use it already */
	WISHED,
	WISHED_BEFORE, /* it waits already */
};

/* rq->me asks for the API of that public id. A wish that was declined is made anew. Audited in the chains of
 * the organization and of the installation. */
enum wished wish_ask(struct request *, str api, str note);

/* The operator declines what waits: the organization of that row asked for the API of that word. False when
 * nothing does. Audited as above. A wish that is granted goes with entitlement: organization_entitle(). */
bool wish_decline(struct request *, int64_t org, str api);

#endif
