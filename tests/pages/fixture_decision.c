/* fixture_decision.c - a refusal that somebody has the id of. */
#include "pages/runner.h"

#include "core/decision.h"

str
fixture_decision(struct test *t, const struct fixture_key *key)
{
	str sid, id;
	struct request rq;
	struct decision d = { .at = t->now, .reason = REASON_REVOKED, .asked = ASKED_TOKEN };

	fixture_key(t, key);
	sid = words(t, fmt(t->arena, "{%.*s.sid}", STR(key->name)), WORDS_PLAIN);
	rq = world_begin(t->world, t->now);
	d.sid = sid;
	id = str_copy(t->arena, decision_make(&rq, &d));
	world_end(&rq);
	word_set(t, key->name, id);
	return id;
}
