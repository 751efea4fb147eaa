/* invitation_ended.c - a link ends with any change of its user's status, for good, whoever makes it. */
#define _GNU_SOURCE
#include "core/invited.h"

/* Of a new one, or with user the next one of theirs; in the start arena. */
static struct invitation
link_of(const struct people *ann, str user)
{
	struct arena *start = &world.hand.start;
	struct request *rq = begin_as(ann);
	struct invitation made;
	struct invited wish = { .name = S("Kim Adeyemi"),
		.email = fmt(rq->arena, "%.*s@example.test",
		    STR(str_lower(rq->arena, random_base62(rq->arena, 12)))),
		.role = ROLE_MEMBER };

	if (user.n)
		assert_true(invitation_again(rq, user, &made));
	else
		assert_int_equal(invitation_send(rq, &wish, &made), INVITE_MADE);
	made.user = str_copy(start, made.user);
	made.token = str_copy(start, made.token);
	commit(rq);
	return made;
}

static void
set_status(str user, const char *status)
{
	sql_run("UPDATE user SET status = '%s' WHERE public_id = '%.*s'", status, STR(user));
}

/* By hand, whatever it was in between. */
static void
a_change_of_status_ends_the_link_for_good(void **state)
{
	static const char *const between[] = { "deactivated", "active" };

	(void)state;
	for (size_t i = 0; i < sizeof between / sizeof between[0]; i++) {
		struct people ann = world_people();
		struct invitation one = link_of(&ann, S("")), next;

		assert_true(opens(one.token));
		set_status(one.user, between[i]);
		set_status(one.user, "invited");
		assert_false(opens(one.token));
		assert_int_equal(accept(one.token), ACCEPTED_GONE);
		next = link_of(&ann, one.user);
		assert_int_equal(accept(one.token), ACCEPTED_GONE);
		assert_int_equal(accept(next.token), ACCEPTED);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_change_of_status_ends_the_link_for_good),
	};

	return cmocka_run_group_tests(tests, operated_open, world_close);
}
