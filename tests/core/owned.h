/* owned.h - a member's additional secret with its account key, and what is said when it calls. */
#ifndef TESTS_CORE_OWNED_H
#define TESTS_CORE_OWNED_H

#include "core/adding.h"
#include "core/called.h"

/* `with` asks: it shows the additional secret and the client ID of the key. key is the account key with its primary
 * secret; mia the member whose additional secret it is. */
struct owned {
	struct caller_at with;
	struct client_made key;
	struct people mia;
};

/* From now on the additional secret shows that text. */
static inline void
shows_now(struct owned *o, str text)
{
	o->with.key.made.secret = text;
	o->with.key.sid = str_part(text, 10, 10);
}

/* Made as a member makes one; then nothing is granted to it. Its organization is entitled to all APIs. */
static inline struct owned
owned_secret(void)
{
	struct owned o = { .with = account_key() };
	struct asked *mine = &o.with.key;
	struct additional_wish wish = { .environment = S("production"),
		.key = mine->made.id,
		.name = S("Report"),
		.may = list(S("data:read")) };
	struct additional_wrong wrong;

	o.key = mine->made;
	o.mia = colleague(&mine->ann, "Mia Bell", ROLE_MEMBER);
	members_may(&(struct team){ .ann = mine->ann }, S("data:read"));
	assert_int_equal(add(&o.mia, &wish, &mine->made, &wrong), ADDITIONAL_DONE);
	CHECK_STR_EQ(mine->made.client_id, o.key.client_id);
	shows_now(&o, mine->made.secret);
	sql_run("DELETE FROM client_grant WHERE organization_id = %ld", (long)mine->ann.org);
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
	    str_copy(&world.hand.start, token_make(&world.hand.rq, &o->with.key.caller,
					    token_scope(&world.hand.rq, &o->with.key.caller)));
	return presented;
}

#endif
