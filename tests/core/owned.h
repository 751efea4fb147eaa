/* owned.h - a member's additional secret with its account key, and what is said when it calls. */
#ifndef TESTS_CORE_OWNED_H
#define TESTS_CORE_OWNED_H

#include "core/called.h"

/* `with` asks: it shows the additional secret and the client ID of the key. key is the account key with its primary
 * secret; member the row of the user whose additional secret it is. */
struct owned {
	struct caller_at with;
	struct client_made key;
	int64_t member;
};

static inline int64_t
member_of(const struct people *p)
{
	struct arena *start = &world.hand.start;
	struct request *rq = begin_as(p);
	struct person_wish wish = { .name = S("Mia Bell"),
		.email = fmt(
		    start, "%.*s@example.test", STR(str_lower(start, random_base62(start, 10)))),
		.password = S("correct horse battery"),
		.role = ROLE_MEMBER };
	int64_t user = person_join(rq, p->org, &wish);

	commit(rq);
	return user;
}

/* Nothing is granted to it; its organization is entitled to all APIs. */
static inline struct owned
owned_secret(void)
{
	struct owned o = { .with = account_key() };
	struct asked *mine = &o.with.key;

	o.key = mine->made;
	o.member = member_of(&mine->ann);
	mine->made = make_key(&mine->ann, S("production"));
	mine->sid = str_part(mine->made.secret, 10, 10);
	sql_run("UPDATE client c JOIN secret s ON s.client_id = c.id JOIN client k ON "
		"k.public_id = '%.*s' SET c.kind = 'additional', c.place = 1, c.client_id = "
		"c.public_id, c.parent_id = k.id, c.owner_id = %ld, s.owner_id = %ld WHERE "
		"c.public_id = '%.*s'",
	    STR(o.key.id), (long)o.member, (long)o.member, STR(mine->made.id));
	mine->made.client_id = o.key.client_id;
	return o;
}

/* What is said to the primary secret of the key. */
static inline enum verdict
key_calls(struct owned *o, const char *method, str uri)
{
	struct presented presented = { .client_id = o->key.client_id, .secret = o->key.secret };

	return judged(&o->with, &presented, method, uri);
}

/* A token that the additional secret was traded for. */
static inline struct presented
owned_token(struct owned *o)
{
	struct presented presented = { 0 };

	assert_int_equal(ask(&o->with.key), VERDICT_GOOD);
	presented.token =
	    str_copy(&world.hand.start, token_make(&world.hand.rq, &o->with.key.caller));
	return presented;
}

#endif
