/* replacing.h - a key whose secret is compromised, and what is asked of its replacement. */
#ifndef TESTS_CORE_REPLACING_H
#define TESTS_CORE_REPLACING_H

#include "core/rotating.h"

#include "core/compromise.h"
#include "core/declared_place.h"
#include "core/replacement.h"

static inline enum compromised
compromise_as(struct rotating *r, str seen, str once)
{
	struct request *rq = begin_as(&r->old.ann);
	struct compromise_wish wish = { .id = r->old.made.id, .seen = seen, .once = once };
	struct client_made made;
	enum compromised answer = secret_compromised(rq, &wish, &made);

	if (answer == COMPROMISED) {
		r->fresh = r->old;
		r->fresh.made.secret = str_copy(&world.hand.start, made.secret);
		r->seen = r->fresh.sid = str_part(r->fresh.made.secret, 10, 10);
		commit(rq);
	} else {
		db_rollback(rq->db);
	}
	return answer;
}

static inline enum compromised
compromise(struct rotating *r)
{
	return compromise_as(r, r->seen, (str){ 0 });
}

/* A caller with three calls, of which so many were refused. */
static inline void
called(str sid, const char *address, const char *program, int refused)
{
	sql_run(
	    "INSERT INTO secret_caller (secret_id, organization_id, address, program, first_at, "
	    "last_at, calls, refused) SELECT id, organization_id, '%s', '%s', "
	    "UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), 3, %d FROM secret WHERE sid = '%.*s'",
	    address, program, refused, STR(sid));
}

static inline void
declare(const struct rotating *r, const char *name, const char *networks)
{
	struct request *rq = begin_as(&r->old.ann);
	struct place_wish wish = {
		.name = str_of(name), .owner = S("Ann"), .networks = str_of(networks)
	};

	assert_int_equal(declared_place_add(rq, r->old.made.id, &wish), PLACED);
	commit(rq);
}

static inline const struct replacement *
now(const struct rotating *r)
{
	return replacement_of(hand_ask(&world.hand, r->old.ann.org), r->old.made.id);
}

static inline void
settle(void)
{
	hand_ask(&world.hand, 0);
	replacement_settle(&world.hand.desk, &world.hand.arena);
}

static inline long
items(const struct rotating *r, const char *where)
{
	return sql_number("SELECT COUNT(*) FROM replacement_item WHERE organization_id = %d AND %s",
	    (int)r->old.ann.org, where);
}

static inline long
replacements(const struct rotating *r, const char *where)
{
	return sql_number("SELECT COUNT(*) FROM replacement WHERE organization_id = %d AND %s",
	    (int)r->old.ann.org, where);
}

static inline void
tick_all(const struct rotating *r)
{
	const struct replacement *list = now(r);
	str ids[8];
	size_t n = list->n;

	assert_true(n <= 8);
	for (size_t i = 0; i < n; i++)
		ids[i] = str_copy(&world.hand.start, list->items[i].item->id);
	for (size_t i = 0; i < n; i++) {
		struct request *rq = begin_as(&r->old.ann);

		assert_true(replacement_tick(rq, ids[i], S("Done")));
		commit(rq);
	}
}

#endif
