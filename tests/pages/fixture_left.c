/* fixture_left.c - somebody of the test leaves, through any of the doors, and is swept. */
#include "pages/runner.h"

#include "core/departure.h"
#include "core/leaving.h"

static int64_t
number(struct test *t, str sql)
{
	int64_t n = 0;

	str_int(world_sql(t->world, t->arena, sql), &n);
	return n;
}

static void
by_functions(struct test *t, int64_t org, const struct fixture_left *left)
{
	const struct fixture_person *ann = fixture_person(t, WHO_ADMIN);
	struct request rq = world_begin(t->world, t->now);
	struct actor actor = { .person = ann->person,
		.user = ann->user,
		.org = org,
		.name = ann->name,
		.email = ann->email,
		.role = ROLE_ADMIN };

	rq.org = org;
	rq.actor = str_eq(left->door, S("console")) ? &actor : NULL;
	if (user_deactivate(&rq, left->id) != LEAVING_DONE)
		complain(t, "they do not leave");
	world_end(&rq);
}

void
fixture_left(struct test *t, const struct fixture_left *left)
{
	str where = fmt(t->arena, "FROM user WHERE public_id = '%.*s'", STR(left->id));
	int64_t user = number(t, fmt(t->arena, "SELECT id %.*s", STR(where)));

	if (left->door.n)
		by_functions(
		    t, number(t, fmt(t->arena, "SELECT organization_id %.*s", STR(where))), left);
	else
		world_sql(t->world, t->arena,
		    fmt(t->arena, "UPDATE user SET status = 'deactivated' WHERE public_id = '%.*s'",
			STR(left->id)));
	if (!left->unswept) {
		db_bind(t->world->desk->db, &t->world->request);
		departure_sweep(t->world->desk, &t->world->request, user);
	}
}
