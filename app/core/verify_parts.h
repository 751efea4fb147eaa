/* verify_parts.h - what the files of verify share, inside core/. */
#ifndef CORE_VERIFY_PARTS_H
#define CORE_VERIFY_PARTS_H

#include "core/verify.h"

/* Notes the use of that secret, by its row. The last thing that is done: nothing after it faults, so a request that is
 * tried again counts once. */
void verify_note_use(struct request *, int64_t secret, enum verdict);

#endif
