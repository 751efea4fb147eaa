/* additional_left.c - what ends for good with somebody who leaves stays ended when they come back at once. */
#define _GNU_SOURCE
#include "core/adding.h"

#include "core/departure.h"
#include "core/leaver.h"

static void
status(const struct people *p, const char *status)
{
	sql_run("UPDATE user SET status = '%s' WHERE id = %d", status, (int)p->user);
}

/* The housekeeper's faster job alone, which notes that they have left. */
static void
leave(const struct people *p)
{
	status(p, "deactivated");
	hand_ask(&world.hand, 0);
	departure_sweep_due(&world.hand.desk, &world.hand.arena);
	assert_int_equal(
	    sql_number("SELECT left_at IS NOT NULL FROM user WHERE id = %d", (int)p->user), 1);
}

static void
an_owner_who_returns_at_once_has_none(void **state)
{
	struct team t = team_make();
	struct client_made mays = added(&t, &t.ann, t.may_id), opened;

	(void)state;
	added(&t, &t.ann, t.may_id);
	added(&t, &t.ann, t.ben_id);
	assert_int_equal(open_by(&t.may, mays.id, &opened), OPENED);
	leave(&t.may);
	status(&t.may, "active");
	end_due();
	assert_int_equal(clients(&t, "c.deleted_at IS NULL"), 1);
	assert_int_equal(clients(&t, "c.ended_reason = 'owner_deactivated'"), 2);
	assert_int_equal(secrets(&t, "s.hash IS NOT NULL"), 0);
	assert_int_equal(noted(&t.ann, "client.end", text_of(t.may_id)), 2);
	check_team(&t);
}

/* More than fit into a piece: the return finds none of them. */
static void
all_of_them_end_before_it_is_noted(void **state)
{
	enum { MANY = DEPARTURE_PIECE + 3 };
	struct team t = team_make();

	(void)state;
	world.settings.additional_secrets = MANY;
	for (int i = 0; i < MANY; i++)
		added(&t, &t.ann, t.may_id);
	world_test();
	leave(&t.may);
	assert_int_equal(clients(&t, "c.deleted_at IS NULL"), 0);
	assert_int_equal(acts(&t, "client.end"), MANY);
	assert_int_equal(acts(&t, "user.left"), 1);
	check_team(&t);
}

static void
sign_in(const struct people *p, char hash)
{
	sql_run("INSERT INTO session (token_hash, person_id, user_id, tenure_id, environment, "
		"remote, program, "
		"created_at, seen_at) VALUES (REPEAT('%c', 32), %d, %d, (SELECT id FROM tenure "
		"WHERE live_id = %d), 'production', "
		"'192.0.2.1', '', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))",
	    hash, (int)p->person, (int)p->user, (int)p->user);
}

static long
sessions(const struct people *p)
{
	return sql_number("SELECT COUNT(*) FROM session WHERE user_id = %d", (int)p->user);
}

static void
their_sessions_and_their_place_on_the_list_end_too(void **state)
{
	struct team t = team_make();

	(void)state;
	sign_in(&t.may, 'a');
	sign_in(&t.may, 'b');
	sign_in(&t.ben, 'c');
	sql_run("INSERT INTO data_access (user_id, tenure_id, organization_id, granted_at) SELECT "
		"live_id, id, organization_id, UTC_TIMESTAMP(6) FROM tenure WHERE live_id = %d",
	    (int)t.may.user);
	leave(&t.may);
	status(&t.may, "active");
	assert_int_equal(sessions(&t.may), 0);
	assert_int_equal(sessions(&t.ben), 1);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM data_access WHERE user_id = %d", (int)t.may.user), 0);
	assert_int_equal(noted(&t.ann, "session.end-all", "\"sessions\":2"), 1);
	assert_int_equal(noted(&t.ann, "data-access.take", "\"reason\":\"left\""), 1);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_owner_who_returns_at_once_has_none),
		cmocka_unit_test(all_of_them_end_before_it_is_noted),
		cmocka_unit_test(their_sessions_and_their_place_on_the_list_end_too),
	};

	return GROUP(tests);
}
