/* rotating.h - a key whose secret is rotated, and what is asked of it. */
#ifndef TESTS_CORE_ROTATING_H
#define TESTS_CORE_ROTATING_H

#include "core/asked.h"

#include "core/audit_verify.h"
#include "core/rotation.h"

/* A key, whose first secret is what `old` asks about, and how its rotations are wished for. */
struct rotating {
	struct asked old, fresh;
	str seen; /* the sid of the primary secret */
};

static inline struct rotating
key_to_rotate(void)
{
	struct rotating r = { .old = key_of(S("production")) };

	r.seen = r.old.sid;
	return r;
}

static inline enum rotated
start(struct rotating *r, str seen, str once, int64_t overlap)
{
	struct request *rq = begin_as(&r->old.ann);
	struct rotation_wish wish = {
		.id = r->old.made.id, .seen = seen, .once = once, .overlap = overlap
	};
	struct client_made made;
	enum rotated answer = rotation_start(rq, &wish, &made);

	if (answer == ROTATED) {
		r->fresh = r->old;
		r->fresh.made.secret = str_copy(&world.hand.start, made.secret);
		r->seen = r->fresh.sid = str_part(r->fresh.made.secret, 10, 10);
		commit(rq);
	} else {
		db_rollback(rq->db);
	}
	return answer;
}

static inline enum rotated
finish(struct rotating *r, str seen)
{
	struct request *rq = begin_as(&r->old.ann);
	enum rotated answer = rotation_finish(rq, r->old.made.id, seen);

	if (answer == ROTATED)
		commit(rq);
	else
		db_rollback(rq->db);
	return answer;
}

static inline enum rotated
cancel(struct rotating *r, str seen)
{
	struct request *rq = begin_as(&r->old.ann);
	enum rotated answer = rotation_cancel(rq, r->old.made.id, seen);

	if (answer == ROTATED)
		commit(rq);
	else
		db_rollback(rq->db);
	return answer;
}

static inline long
acts(const struct rotating *r, const char *act)
{
	return sql_number("SELECT COUNT(*) FROM audit_entry WHERE organization_id = %d AND "
			  "act = '%s'",
	    (int)r->old.ann.org, act);
}

static inline long
secrets(const struct rotating *r, const char *where)
{
	return sql_number("SELECT COUNT(*) FROM secret WHERE organization_id = %d AND %s",
	    (int)r->old.ann.org, where);
}

/* What always holds: one primary secret, at most one predecessor, no other that has a hash. */
static inline void
check_whole(const struct rotating *r)
{
	assert_int_equal(secrets(r, "status = 'active' AND current_of = client_id"), 1);
	assert_true(secrets(r, "status = 'retiring' AND retiring_of = client_id") <= 1);
	assert_int_equal(secrets(r, "status = 'revoked' AND (hash IS NOT NULL OR ended_at IS NULL "
				    "OR ended_reason = '')"),
	    0);
	assert_int_equal(secrets(r, "status NOT IN ('active', 'retiring', 'revoked')"), 0);
}

/* The organization's chain of the audit log is unbroken. */
static inline void
check_chain(const struct rotating *r)
{
	struct audit_chain chain = { r->old.ann.org, 1 };
	struct audit_report *report = NEW(&world.hand.start, struct audit_report, 1);

	audit_verify(hand_ask(&world.hand, chain.org), &chain, report);
	assert_int_equal(report->wrong, 0);
	assert_true(report->entries > 0);
}

#endif
