/* fixture_session.c - a session that is in no browser of the test; a person who never signs in. */
#include "pages/runner.h"

#include "base/random.h"
#include "core/person.h"
#include "crypto/digest.h"
#include "sql.h"

enum { SESSION_CHARS = 43 };

static int64_t
somebody_else(struct test *t, struct request *rq)
{
	struct person_wish wish = { .name = S("Somebody Else"),
		.email = fmt(t->arena, "%.*s@example.test", STR(random_base62(t->arena, 12))),
		.role = ROLE_ADMIN };

	person_join(rq, t->org, &wish);
	return sql_person_by_email(rq->db, .email = str_lower(t->arena, wish.email))->person;
}

void
fixture_session(struct test *t, str name, const struct fixture_person *p)
{
	struct request rq = world_begin(t->world, t->now);
	str id = random_base62(t->arena, 10), token = random_base62(t->arena, SESSION_CHARS);
	struct digest hash = digest_sha256(token);

	sql_session_add(rq.db, .token_hash = DIGEST_STR(hash), .public_id = id,
	    .person = p ? p->person : somebody_else(t, &rq), .user = p ? p->user : 0,
	    .environment = S("production"), .remote = S("203.0.113.9"), .program = S("Elsewhere"),
	    .now = t->now);
	world_end(&rq);
	word_set(t, name, id);
}

void
fixture_listed(struct test *t, str name, bool foreign)
{
	int64_t org = fixture_org(t, foreign), user;
	struct request rq = world_begin(t->world, t->now);
	struct person_wish wish = { .name = S("Lee Adams"),
		.email = fmt(t->arena, "%.*s@example.test", STR(random_base62(t->arena, 12))),
		.role = ROLE_MEMBER };

	user = person_join(&rq, org, &wish);
	sql_data_access_add(rq.db, .org = org, .user = user, .me = 0, .now = t->now);
	world_end(&rq);
	word_set(t, name,
	    world_sql(t->world, t->arena,
		fmt(t->arena, "SELECT public_id FROM user WHERE id = %d", (int)user)));
}
