/* departed.h - somebody who has seen a secret, and leaves. */
#ifndef TESTS_CORE_DEPARTED_H
#define TESTS_CORE_DEPARTED_H

#include "core/rotating.h"

#include "core/departure.h"
#include "core/leaver.h"

static inline void
mark_due(void)
{
	hand_ask(&world.hand, 0);
	departure_sweep_due(&world.hand.desk, &world.hand.arena);
}

static inline void
end_due(void)
{
	hand_ask(&world.hand, 0);
	leaver_end_due(&world.hand.desk, &world.hand.arena);
}

/* Another person of the organization, by the row of their user. */
static inline int64_t
colleague(const struct people *ann, const char *name)
{
	struct arena *start = &world.hand.start;
	struct request *rq = begin_as(ann);
	struct person_wish wish = { .name = str_of(name),
		.email = fmt(
		    start, "%.*s@example.test", STR(str_lower(start, random_base62(start, 12)))),
		.role = ROLE_MEMBER };
	int64_t user = person_join(rq, ann->org, &wish);

	commit(rq);
	return user;
}

static inline void
expose(str sid, int64_t user)
{
	sql_run("INSERT INTO exposure (organization_id, secret_id, user_id, how, at) SELECT "
		"organization_id, id, %d, 'opened', created_at FROM secret WHERE sid = '%.*s'",
	    (int)user, STR(sid));
}

/* By hand; who comes back signs in. */
static inline void
status(int64_t user, const char *status)
{
	sql_run("UPDATE user SET status = '%s' WHERE id = %d", status, (int)user);
	sql_run("INSERT IGNORE INTO tenure (organization_id, user_id, live_id, live_status, "
		"began_at) SELECT organization_id, id, id, status, UTC_TIMESTAMP(6) FROM user "
		"WHERE id = %d AND status = 'active'",
	    (int)user);
}

static inline long
marked(str sid)
{
	return sql_number("SELECT leaver_at IS NOT NULL FROM secret WHERE sid = '%.*s'", STR(sid));
}

static inline long
left(int64_t user)
{
	return sql_number("SELECT left_at IS NOT NULL FROM user WHERE id = %d", (int)user);
}

/* Marked so many days ago, of an organization that ends such secrets after so many. */
static inline void
days_over(const struct rotating *r, int marked_before, int ends_after)
{
	sql_run("UPDATE secret SET leaver_at = UTC_TIMESTAMP(6) - INTERVAL %d DAY - INTERVAL 1 "
		"MINUTE WHERE sid = '%.*s'",
	    marked_before, STR(r->old.sid));
	sql_run("UPDATE organization SET leaver_days = %d WHERE id = %d", ends_after,
	    (int)r->old.ann.org);
}

#endif
