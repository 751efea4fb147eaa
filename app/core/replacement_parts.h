/* replacement_parts.h - what beginning and ending a replacement share, inside core/. */
#ifndef CORE_REPLACEMENT_PARTS_H
#define CORE_REPLACEMENT_PARTS_H

#include "core/replacement.h"

/* Ends an open one: writes down where the new secret was seen, and forgets ticks that count no more. outcome is a
 * word of the schema. By whoever asks, or by nobody (rq->me is 0). The entry is the caller's. */
void replacement_end(struct request *, const struct replacement *, str outcome, str note);

#endif
