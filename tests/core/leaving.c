/* leaving.c - people are let go, come back, and get other roles; the last admin stays. */
#define _GNU_SOURCE
#include "core/adding.h"

#include "core/departure.h"
#include "core/invitation.h"
#include "core/leaving.h"

enum { ROUNDS = 100 };

/* ---- what is asked, each in a transaction of its own that stays if it was done */

static enum leaving
ended(struct request *rq, enum leaving leaving)
{
	if (leaving == LEAVING_DONE)
		commit(rq);
	else
		db_rollback(rq->db);
	return leaving;
}

static enum leaving
deactivate(const struct people *by, str id)
{
	struct request *rq = begin_as(by);

	return ended(rq, user_deactivate(rq, id));
}

static enum leaving
reactivate(const struct people *by, str id)
{
	struct request *rq = begin_as(by);

	return ended(rq, user_reactivate(rq, id));
}

static enum leaving
role(const struct people *by, str id, enum role role)
{
	struct request *rq = begin_as(by);

	return ended(rq, user_role(rq, id, role));
}

static void
sweep(const struct people *by, str id)
{
	struct request *rq = act_as(hand_ask(&world.hand, by->org), by);

	rq->id = id;
	user_sweep(rq);
}

static long
is_now(const struct people *p, const char *what)
{
	return sql_number("SELECT COUNT(*) FROM user WHERE id = %d AND (%s)", (int)p->user, what);
}

static long
tenures(const struct people *p, const char *what)
{
	return sql_number(
	    "SELECT COUNT(*) FROM tenure WHERE user_id = %d AND (%s)", (int)p->user, what);
}

static long
admins(const struct team *t)
{
	return sql_number("SELECT COUNT(*) FROM user WHERE organization_id = %d AND role = 'admin' "
			  "AND status = 'active'",
	    (int)t->ann.org);
}

/* The session's row. */
static int64_t
sign_in(const struct people *p, char hash)
{
	sql_run("INSERT INTO session (token_hash, person_id, user_id, tenure_id, environment, "
		"remote, program, created_at, seen_at) SELECT CONCAT(REPEAT('%c', 24), LPAD(id, 8, "
		"'0')), %d, %d, id, 'production', '192.0.2.1', '', UTC_TIMESTAMP(6), "
		"UTC_TIMESTAMP(6) FROM tenure WHERE live_id = %d",
	    hash, (int)p->person, (int)p->user, (int)p->user);
	return sql_number("SELECT MAX(id) FROM session WHERE user_id = %d", (int)p->user);
}

static long
sessions(const struct people *p)
{
	return sql_number("SELECT COUNT(*) FROM session WHERE user_id = %d", (int)p->user);
}

/* ---- one after the other */

static void
who_is_let_go_is_gone_with_one_entry(void **state)
{
	struct team t = team_make();

	(void)state;
	assert_int_equal(deactivate(&t.ann, t.may_id), LEAVING_DONE);
	assert_int_equal(is_now(&t.may, "status = 'deactivated' AND left_at IS NULL"), 1);
	assert_int_equal(acts(&t, "user.deactivate"), 1);
	assert_int_equal(acts(&t, "user.left"), 0);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM audit_entry WHERE act = "
				    "'user.deactivate' AND object = '%.*s'",
			     STR(t.may_id)),
	    1);
	assert_int_equal(
	    noted(&t.ann, "user.deactivate", "\"status\":[\"active\",\"deactivated\"]"), 1);
	assert_int_equal(tenures(&t.may, "live_id IS NULL AND door = 'console' AND ended_at IS NOT "
					 "NULL AND swept_at IS NULL"),
	    1);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM tenure WHERE user_id = %d AND ended_by = %d",
		(int)t.may.user, (int)t.ann.person),
	    1);
	sweep(&t.ann, t.may_id);
	assert_int_equal(is_now(&t.may, "left_at IS NOT NULL"), 1);
	assert_int_equal(tenures(&t.may, "swept_at IS NOT NULL AND door = 'console'"), 1);
	assert_int_equal(acts(&t, "user.left"), 1);
	assert_int_equal(deactivate(&t.ann, t.may_id), LEAVING_ALREADY);
	assert_int_equal(acts(&t, "user.deactivate"), 1);
}

static void
nobody_of_another_organization(void **state)
{
	struct team t = team_make(), other = team_make();

	(void)state;
	assert_int_equal(deactivate(&t.ann, other.may_id), LEAVING_NOBODY);
	assert_int_equal(reactivate(&t.ann, other.may_id), LEAVING_NOBODY);
	assert_int_equal(role(&t.ann, other.may_id, ROLE_ADMIN), LEAVING_NOBODY);
	assert_int_equal(deactivate(&t.ann, S("aaaaaaaaaa")), LEAVING_NOBODY);
	assert_int_equal(is_now(&other.may, "status = 'active' AND role = 'member'"), 1);
}

static void
at_the_command_line_the_door_is_another(void **state)
{
	struct team t = team_make();
	struct request *rq = hand_begin(&world.hand, t.ann.org);

	(void)state;
	assert_int_equal(ended(rq, user_deactivate(rq, t.may_id)), LEAVING_DONE);
	assert_int_equal(tenures(&t.may, "door = 'command' AND ended_by IS NULL"), 1);
}

static void
who_comes_back_finds_nothing_of_before(void **state)
{
	struct team t = team_make();
	struct client_made mays = added(&t, &t.ann, t.may_id), opened;

	(void)state;
	assert_int_equal(open_by(&t.may, mays.id, &opened), OPENED);
	assert_int_equal(reactivate(&t.ann, t.may_id), LEAVING_ALREADY);
	assert_int_equal(deactivate(&t.ann, t.may_id), LEAVING_DONE);
	sweep(&t.ann, t.may_id); /* as the route does before */
	assert_int_equal(reactivate(&t.ann, t.may_id), LEAVING_DONE);
	assert_int_equal(is_now(&t.may, "status = 'active'"), 1);
	assert_int_equal(tenures(&t.may, "live_id IS NOT NULL AND ended_at IS NULL"), 1);
	assert_int_equal(tenures(&t.may, "swept_at IS NOT NULL"), 1);
	assert_int_equal(clients(&t, "c.deleted_at IS NULL"), 0);
	assert_int_equal(noted(&t.ann, "user.reactivate", "[\"deactivated\",\"active\"]"), 1);
	check_team(&t);
}

/* Sent the link, and let go before they followed it. */
static void
who_never_came_is_invited_again_without_a_link(void **state)
{
	struct team t = team_make();
	struct request *rq = begin_as(&t.ann);
	struct invited wish = { .org = t.ann.org,
		.name = S("Zoe"),
		.email = fmt(&world.hand.start, "zoe-%.*s", STR(t.ann.email)),
		.role = ROLE_MEMBER };
	struct invitation made;
	struct people zoe = t.may;
	str token, id;

	(void)state;
	assert_int_equal(invitation_send(rq, &wish, &made), INVITE_MADE);
	token = str_copy(&world.hand.start, made.token);
	commit(rq);
	zoe.user = sql_number("SELECT MAX(id) FROM user WHERE organization_id = %d AND status = "
			      "'invited'",
	    (int)t.ann.org);
	id = user_id(&zoe);
	assert_non_null(invitation_open(hand_ask(&world.hand, 0), token));
	assert_int_equal(role(&t.ann, id, ROLE_COMPLIANCE_ADMIN), LEAVING_DONE);
	assert_int_equal(deactivate(&t.ann, id), LEAVING_DONE);
	assert_int_equal(role(&t.ann, id, ROLE_MEMBER), LEAVING_NOT_ACTIVE);
	assert_int_equal(reactivate(&t.ann, id), LEAVING_DONE);
	assert_int_equal(is_now(&zoe, "status = 'invited' AND role = 'compliance_admin'"), 1);
	assert_int_equal(tenures(&zoe, "1 = 1"), 0);
	assert_null(invitation_open(hand_ask(&world.hand, 0), token));
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM invitation WHERE user_id = %d AND open_for IS NULL "
		       "AND withdrawn_at IS NOT NULL",
		(int)zoe.user),
	    1);
}

static void
another_role_ends_their_sessions_but_the_one_that_acts(void **state)
{
	struct team t = team_make();

	(void)state;
	t.ann.actor.session = sign_in(&t.ann, 'a');
	sign_in(&t.ann, 'b');
	sign_in(&t.may, 'c');
	assert_int_equal(role(&t.ann, t.may_id, ROLE_MEMBER), LEAVING_ALREADY);
	assert_int_equal(sessions(&t.may), 1);
	assert_int_equal(role(&t.ann, t.may_id, ROLE_ADMIN), LEAVING_DONE);
	assert_int_equal(sessions(&t.may), 0);
	assert_int_equal(sessions(&t.ann), 2);
	assert_int_equal(noted(&t.ann, "user.role", "\"role\":[\"member\",\"admin\"]"), 1);
	assert_int_equal(role(&t.ann, t.ann_id, ROLE_MEMBER), LEAVING_DONE);
	assert_int_equal(sessions(&t.ann), 1);
}

/* ---- the last admin */

static void
the_last_admin_stays(void **state)
{
	struct team t = team_make();

	(void)state;
	assert_int_equal(deactivate(&t.ann, t.ann_id), LEAVING_LAST_ADMIN);
	assert_int_equal(role(&t.ann, t.ann_id, ROLE_MEMBER), LEAVING_LAST_ADMIN);
	assert_int_equal(role(&t.ann, t.ann_id, ROLE_COMPLIANCE_ADMIN), LEAVING_LAST_ADMIN);
	assert_int_equal(role(&t.ann, t.may_id, ROLE_ADMIN), LEAVING_DONE);
	assert_int_equal(deactivate(&t.ann, t.may_id), LEAVING_DONE);
	/* One who is deactivated, invited or of another organization is no other admin. */
	assert_int_equal(deactivate(&t.ann, t.ann_id), LEAVING_LAST_ADMIN);
	sql_run("UPDATE user SET status = 'invited' WHERE id = %d", (int)t.may.user);
	assert_int_equal(deactivate(&t.ann, t.ann_id), LEAVING_LAST_ADMIN);
	sql_run("UPDATE user SET status = 'active' WHERE id = %d", (int)t.may.user);
	assert_int_equal(deactivate(&t.ann, t.ann_id), LEAVING_DONE);
	assert_int_equal(admins(&t), 1);
}

struct pair_of {
	struct team t;
	bool demote[2], commands;
};

/* What serve() does for a POST of one of the two about the other; or a command does. */
static void
take_the_other_away(struct hand *hand)
{
	const struct pair_of *pair = hand->with;
	const struct people *me = hand->n ? &pair->t.may : &pair->t.ann;
	str other = hand->n ? pair->t.ann_id : pair->t.may_id;
	struct request *rq = hand_begin(hand, me->org);

	hand->result = -1;
	if (!pair->commands) {
		act_as(rq, me);
		if (sql_user_acts(rq->db, .me = me->user, .role = S("admin")) != 1) {
			db_rollback(rq->db);
			return;
		}
	}
	hand->result = (int)ended(rq,
	    pair->demote[hand->n] ? user_role(rq, other, ROLE_MEMBER) : user_deactivate(rq, other));
}

static void
check_one_stays(bool commands)
{
	struct pair_of pair = { .t = team_make(), .commands = commands };
	struct hand hands[2];

	for (int i = 0; i < ROUNDS; i++) {
		sql_run("UPDATE user SET role = 'admin', status = 'active' WHERE id IN (%d, %d)",
		    (int)pair.t.ann.user, (int)pair.t.may.user);
		pair.demote[0] = i & 1;
		pair.demote[1] = i & 2;
		hands_together(hands, 2, take_the_other_away, &pair);
		assert_int_equal(admins(&pair.t), 1);
		assert_int_equal(results(hands, 2, LEAVING_DONE), 1);
	}
}

static void
two_admins_who_take_each_other_away_leave_one(void **state)
{
	(void)state;
	check_one_stays(false);
}

static void
so_do_two_commands(void **state)
{
	(void)state;
	check_one_stays(true);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_is_let_go_is_gone_with_one_entry),
		cmocka_unit_test(nobody_of_another_organization),
		cmocka_unit_test(at_the_command_line_the_door_is_another),
		cmocka_unit_test(who_comes_back_finds_nothing_of_before),
		cmocka_unit_test(who_never_came_is_invited_again_without_a_link),
		cmocka_unit_test(another_role_ends_their_sessions_but_the_one_that_acts),
		cmocka_unit_test(the_last_admin_stays),
		cmocka_unit_test(two_admins_who_take_each_other_away_leave_one),
		cmocka_unit_test(so_do_two_commands),
	};

	return GROUP(tests);
}
