/* purge.c - what has had its time. */
#include "core/purge.h"

#include "base/clock.h"
#include "core/mail.h"
#include "core/throttle.h"
#include "sql.h"

enum { PIECE = 1000, PIECES = 40, TOKEN_PIECES = 400 };

/* An assertion for each token that was fetched by a key: 6,000 a second. Each client may revoke 10 tokens a second. */
static void
purge_tokens(struct db *db, int64_t now)
{
	int64_t ended = now - PURGE_REVOCATION_DAYS * DAY;

	for (int i = 0; i < TOKEN_PIECES; i++)
		if (sql_purge_revocations(db, .before = ended) < PIECE)
			break;
	for (int i = 0; i < TOKEN_PIECES; i++)
		if (sql_purge_assertions(db, .before = now) < PIECE)
			break;
}

/* Anybody can make a hundred rows from each network that they have, without signing in. */
static void
purge_failures(struct db *db, int64_t now)
{
	int64_t since = now - THROTTLE_MAIL_MINUTES * MINUTE;

	for (int i = 0; i < PIECES; i++)
		if (sql_purge_failures(db, .since_before = since) < PIECE)
			break;
}

/* A million secrets leave 17,000 rows of hours each minute. */
static void
purge_calls(struct db *db, int64_t now)
{
	int64_t hours = now - PURGE_HOURS_DAYS * DAY, days = now - PURGE_DAYS_DAYS * DAY;

	for (int i = 0; i < PIECES; i++)
		if (sql_purge_secret_hours(db, .before = hours) < PIECE)
			break;
	for (int i = 0; i < PIECES; i++)
		if (sql_purge_secret_days(db, .before = days) < PIECE)
			break;
	for (int i = 0; i < PIECES; i++)
		if (sql_purge_organization_minutes(db, .before = hours) < PIECE)
			break;
	for (int i = 0; i < PIECES; i++)
		if (sql_purge_organization_days(db, .before = days) < PIECE)
			break;
	sql_purge_batches(db, .before = now - PURGE_BATCH_DAYS * DAY);
}

void
purge(struct db *db, const struct settings *settings, int64_t now)
{
	sql_purge_sessions(db, .created_before = now - settings->session_hours * HOUR,
	    .seen_before = now - settings->session_idle_minutes * MINUTE);
	sql_purge_half_sessions(db, .created_before = now - PURGE_HALF_HOURS * HOUR);
	sql_purge_once(db, .made_before = now - PURGE_ONCE_DAYS * DAY);
	sql_mail_purge(db, .before = now - MAIL_KEPT_DAYS * DAY);
	sql_purge_resets(db, .before = now - PURGE_RESET_DAYS * DAY);
	purge_failures(db, now);
	purge_tokens(db, now);
	purge_calls(db, now);
}
