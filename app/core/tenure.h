/* tenure.h - for how long a user is active in an organization without a break.
 *
 * What ends for good with somebody's access is bound to their tenure: sessions, additional secrets, access to the Data API.
 * The database cuts it off (tenure.live_id becomes NULL) in the same moment in which user.status changes, whoever
 * changes it: a page, a command, or an UPDATE typed by hand. Nothing joins it again, so who is
 * deactivated and comes back, be it a millisecond later, begins another one and finds nothing of the old working.
 * Every statement that decides about these three asks whether live_id is still there.
 */
#ifndef CORE_TENURE_H
#define CORE_TENURE_H

#include "http/request.h"

/* Sees to it that an active user has a tenure, and is called by their own name from the first one on. The row of the user
 * is held from here on when one had to be begun; nothing happens for a user who is not active. In a writing
 * transaction that is audited by its caller. */
void tenure_begin(struct request *, int64_t user);

#endif
