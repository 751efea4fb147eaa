/* usage.h - when and from where a secret was last used. */
#ifndef CORE_USAGE_H
#define CORE_USAGE_H

#include "core/shared.h"
#include "db/db.h"

/* Writes what was taken out of shared memory, in the transaction of the caller, who has put it in the
 * order of the secrets' numbers: two machines that write the same rows then do not deadlock. */
void usage_write(struct db *, const struct shared_use *, size_t n);

#endif
