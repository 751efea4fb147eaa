/* purge.c - what has had its time. */
#include "core/purge.h"

#include "base/clock.h"
#include "core/throttle.h"
#include "sql.h"

void
purge(struct db *db, const struct settings *settings, int64_t now)
{
	sql_purge_sessions(db, .created_before = now - settings->session_hours * HOUR,
	    .seen_before = now - settings->session_idle_minutes * MINUTE);
	sql_purge_once(db, .made_before = now - PURGE_ONCE_DAYS * DAY);
	sql_purge_failures(db, .since_before = now - THROTTLE_MINUTES * MINUTE);
}
