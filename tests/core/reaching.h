/* reaching.h - an organization that may use the Data API: for the tests of its key and of who reaches its page. */
#ifndef TESTS_CORE_REACHING_H
#define TESTS_CORE_REACHING_H

#include "core/scoping.h"

#include "core/data_api.h"
#include "core/rotation.h"

enum { AT_ONCE = 20 };

/* An organization that may use the Data API, with its admin and a member. */
struct office {
	struct people ann;
	struct people ben;
	str ben_id;
};

static inline struct people
another(const struct people *ann, enum role role)
{
	struct arena *start = &world.hand.start;
	struct people p = { .org = ann->org,
		.email = fmt(
		    start, "%.*s@example.test", STR(str_lower(start, random_base62(start, 10)))) };
	struct person_wish wish = { .name = S("Ben Okafor"),
		.email = p.email,
		.password = S("correct horse battery"),
		.role = role };
	struct request *rq = hand_begin(&world.hand, ann->org);

	p.user = person_join(rq, ann->org, &wish);
	p.person = sql_person_by_email(rq->db, .email = p.email)->person;
	commit(rq);
	p.actor = (struct actor){ .person = p.person,
		.user = p.user,
		.org = p.org,
		.name = wish.name,
		.email = p.email,
		.role = role };
	return p;
}

static inline str
public_id(const struct people *p)
{
	struct request *rq = hand_begin(&world.hand, p->org);
	struct data_candidates_rows rows = sql_data_candidates(
	    rq->db, .org = p->org, .pattern = p->email, .address = p->email, .look = 1);

	assert_int_equal(rows.n, 1);
	return str_copy(&world.hand.start, rows.at[0].id);
}

static inline struct office
office_make(void)
{
	struct office o = { .ann = world_people() };

	entitle(&o.ann, "data");
	o.ben = another(&o.ann, ROLE_MEMBER);
	o.ben_id = public_id(&o.ben);
	return o;
}

static inline enum data_generated
generate(const struct people *p, str once, struct client_made *made)
{
	struct request *rq = begin_as(p);
	struct client_wish wish = { .environment = S("production"), .once = once };
	enum data_generated done = data_generate(rq, &wish, made);

	made->id = str_copy(&world.hand.start, made->id);
	made->client_id = str_copy(&world.hand.start, made->client_id);
	made->secret = str_copy(&world.hand.start, made->secret);
	if (done == DATA_GENERATED)
		commit(rq);
	else
		db_rollback(rq->db);
	return done;
}

static inline enum data_changed
change(const struct people *p, str id, enum data_changed (*how)(struct request *, str))
{
	struct request *rq = begin_as(p);
	enum data_changed done = how(rq, id);

	if (done == DATA_CHANGED)
		commit(rq);
	else
		db_rollback(rq->db);
	return done;
}

static inline long
clients(const struct people *p)
{
	return sql_number(
	    "SELECT COUNT(*) FROM client WHERE organization_id = %d AND kind = 'data_api'",
	    (int)p->org);
}

static inline long
keys(const struct people *p, const char *where)
{
	return sql_number("SELECT COUNT(*) FROM secret s JOIN client c ON c.id = s.client_id WHERE "
			  "c.organization_id = %d AND c.kind = 'data_api' AND %s",
	    (int)p->org, where);
}

static inline long
acts(const struct people *p, const char *act)
{
	return sql_number(
	    "SELECT COUNT(*) FROM audit_entry WHERE organization_id = %d AND act = '%s'",
	    (int)p->org, act);
}

#endif
