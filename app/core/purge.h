/* purge.h - what has had its time: sessions, one-time numbers, revoked tokens, assertions, counted failures, counted calls. */
#ifndef CORE_PURGE_H
#define CORE_PURGE_H

#include "core/settings.h"
#include "db/db.h"

/* The pages show 24 hours and 30 days of calls. */
enum {
	PURGE_HALF_HOURS = 1,
	PURGE_ONCE_DAYS = 30,
	PURGE_HOURS_DAYS = 2,
	PURGE_DAYS_DAYS = 400,
	PURGE_BATCH_DAYS = 30,
	PURGE_RESET_DAYS = 1,
	PURGE_REVOCATION_DAYS =
	    1 /* after the token has expired: another machine's clock may be behind */
};

/* Removes at most 1,000 of each, of counted calls and failures 40 times that, of revoked tokens and assertions 400 times;
 * nothing of it is an act, so nothing is audited. */
void purge(struct db *, const struct settings *, int64_t now);

#endif
