/* purge.h - what has had its time: sessions, one-time numbers, counted failures. */
#ifndef CORE_PURGE_H
#define CORE_PURGE_H

#include "core/settings.h"
#include "db/db.h"

enum { PURGE_ONCE_DAYS = 30 };

/* Removes at most 1,000 of each; nothing of it is an act, so nothing is audited. */
void purge(struct db *, const struct settings *, int64_t now);

#endif
