/* asked.h - a key of its own organization, and what verify_secret() says of it. */
#ifndef TESTS_CORE_ASKED_H
#define TESTS_CORE_ASKED_H

#include "core/fixture.h"

#include "core/verify.h"

/* A key, and what is asked about it. */
struct asked {
	struct people ann;
	struct client_made made;
	str sid;
	struct caller caller;
};

static inline struct asked
key_of(str environment)
{
	struct asked a = { .ann = world_people() };

	a.made = make_key(&a.ann, environment);
	a.sid = str_part(a.made.secret, 10, 10);
	return a;
}

static inline enum verdict
ask_at(struct asked *a, str environment, int64_t now)
{
	struct request *rq = hand_ask(&world.hand, 0);
	struct presented presented = {
		.client_id = a->made.client_id, .secret = a->made.secret, .environment = environment
	};

	if (now)
		rq->now = now;
	return verify_secret(rq, &presented, &a->caller);
}

static inline enum verdict
ask(struct asked *a)
{
	return ask_at(a, S(""), 0);
}

/* world_open(), with signing keys for both environments. */
static inline int
open_with_keys(void **state)
{
	struct request *rq;

	world_open(state);
	rq = hand_begin(&world.hand, 0);
	signing_begin(rq, S("production"));
	signing_begin(rq, S("integration"));
	commit(rq);
	return 0;
}

#endif
