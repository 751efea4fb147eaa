/* leaver.c - what somebody knows who has left: marked once and never missed, at no cost when there is nothing to do. */
#define _GNU_SOURCE
#include "core/departed.h"

/* So many more of the organization, which work. */
static void
many_secrets(const struct rotating *r, int n)
{
	scratch_run("SET SESSION max_recursive_iterations = 5000");
	sql_run("INSERT INTO secret (sid, organization_id, client_id, kind, status, hash, hint, "
		"key_number, created_at) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 "
		"FROM n WHERE i < %d) SELECT CONCAT('%.*s', LPAD(i, 5, '0')), organization_id, "
		"client_id, 'primary', 'active', 'x', 'hint', 1, '2026-01-01' FROM n JOIN secret "
		"ON sid = '%.*s'",
	    n, STR(str_part(r->old.sid, 0, 5)), STR(r->old.sid));
}

static void
expose_all(const struct rotating *r, int64_t user)
{
	sql_run(
	    "INSERT INTO exposure (organization_id, secret_id, user_id, how, at) SELECT "
	    "organization_id, id, %d, 'made', created_at FROM secret WHERE organization_id = %d",
	    (int)user, (int)r->old.ann.org);
}

/* ---- marks */

static void
what_a_leaver_knows_is_marked_once(void **state)
{
	struct rotating r = key_to_rotate();
	int64_t ben = colleague(&r.old.ann, "Ben");

	(void)state;
	expose(r.old.sid, ben);
	mark_due();
	assert_int_equal(marked(r.old.sid), 0);
	status(ben, "deactivated");
	mark_due();
	mark_due();
	assert_int_equal(marked(r.old.sid), 1);
	assert_int_equal(left(ben), 1);
	assert_int_equal(acts(&r, "secret.known-to-leaver"), 1);
	assert_int_equal(acts(&r, "user.left"), 1);
	assert_int_equal(ask(&r.old), VERDICT_GOOD); /* the advice changes nothing */
	check_chain(&r);
}

static void
both_secrets_of_a_rotation_and_none_that_has_ended(void **state)
{
	struct rotating r = key_to_rotate();
	int64_t ben = colleague(&r.old.ann, "Ben");
	str ended = r.seen, old, fresh;

	(void)state;
	expose(ended, ben);
	assert_int_equal(start(&r, r.seen, S(""), HOUR), ROTATED);
	old = r.seen;
	expose(old, ben);
	assert_int_equal(finish(&r, r.seen), ROTATED);
	assert_int_equal(start(&r, r.seen, S(""), HOUR), ROTATED);
	fresh = r.seen;
	expose(fresh, ben);
	status(ben, "deactivated");
	mark_due();
	assert_int_equal(marked(ended), 0);
	assert_int_equal(marked(old), 1);
	assert_int_equal(marked(fresh), 1);
	assert_int_equal(acts(&r, "secret.known-to-leaver"), 2);
}

/* Their own end with them. */
static void
a_secret_of_their_own_is_not_marked(void **state)
{
	struct rotating r = key_to_rotate();
	int64_t ben = colleague(&r.old.ann, "Ben");

	(void)state;
	expose(r.old.sid, ben);
	sql_run("UPDATE secret SET owner_id = %d WHERE sid = '%.*s'", (int)ben, STR(r.old.sid));
	status(ben, "deactivated");
	mark_due();
	assert_int_equal(marked(r.old.sid), 0);
	assert_int_equal(left(ben), 1);
}

static void
another_departure_is_noticed_too(void **state)
{
	struct rotating r = key_to_rotate(), s = key_to_rotate();
	int64_t ben = colleague(&r.old.ann, "Ben");

	(void)state;
	status(ben, "deactivated");
	mark_due();
	assert_int_equal(left(ben), 1);
	status(ben, "active");
	mark_due();
	assert_int_equal(left(ben), 0);
	expose(r.old.sid, ben);
	status(ben, "deactivated");
	mark_due();
	assert_int_equal(marked(r.old.sid), 1);
	assert_int_equal(acts(&r, "user.left"), 2);
	assert_int_equal(marked(s.old.sid), 0);
}

/* Whoever comes back has still seen it: only the next secret is unknown to them. */
static void
the_mark_stays_until_the_secret_is_replaced(void **state)
{
	struct rotating r = key_to_rotate();
	int64_t ben = colleague(&r.old.ann, "Ben");

	(void)state;
	expose(r.old.sid, ben);
	status(ben, "deactivated");
	mark_due();
	status(ben, "active");
	mark_due();
	assert_int_equal(marked(r.old.sid), 1);
	assert_int_equal(start(&r, r.seen, S(""), HOUR), ROTATED);
	assert_int_equal(marked(r.seen), 0);
	assert_int_equal(marked(r.old.sid), 1);
	assert_int_equal(cancel(&r, r.seen), ROTATED);
	assert_int_equal(
	    secrets(&r, "status = 'active' AND current_of = client_id AND leaver_at IS NOT NULL"),
	    1);
}

/* What is marked already is no mark, and is on the receipt. */
static void
what_is_marked_already_is_an_item_all_the_same(void **state)
{
	struct rotating r = key_to_rotate();
	int64_t ben = colleague(&r.old.ann, "Ben");

	(void)state;
	many_secrets(&r, DEPARTURE_PIECE + 7);
	sql_run("UPDATE secret SET leaver_at = '2026-01-02' WHERE organization_id = %d",
	    (int)r.old.ann.org);
	expose_all(&r, ben);
	status(ben, "deactivated");
	mark_due();
	assert_int_equal(left(ben), 1);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM departure_item i JOIN tenure t ON t.id = "
				    "i.tenure_id WHERE t.user_id = %d AND i.kind = 'known'",
			     (int)ben),
	    secrets(&r, "leaver_at = '2026-01-02'"));
	assert_int_equal(acts(&r, "secret.known-to-leaver"), 0);
}

/* ---- crashes, several machines, races */

/* More than one piece, of which the first was committed before somebody died: each is marked, and noted once. */
static void
what_another_has_begun_is_gone_on_with(void **state)
{
	enum { MANY = 2 * DEPARTURE_PIECE + 7 };
	struct rotating r = key_to_rotate();
	int64_t ben = colleague(&r.old.ann, "Ben");

	(void)state;
	for (int i = 0; i < MANY; i++)
		sql_run("INSERT INTO secret (sid, organization_id, client_id, kind, status, hash, "
			"hint, key_number, created_at, leaver_at) SELECT '%.*s', organization_id, "
			"client_id, 'primary', 'active', 'x', 'hint', 1, '2026-01-01', %s FROM "
			"secret WHERE sid = '%.*s'",
		    STR(random_base62(&world.hand.start, 10)), i < 50 ? "'2026-01-02'" : "NULL",
		    STR(r.old.sid));
	expose_all(&r, ben);
	status(ben, "deactivated");
	mark_due();
	assert_int_equal(secrets(&r, "leaver_at IS NULL"), 0);
	assert_int_equal(secrets(&r, "leaver_at = '2026-01-02'"), 50);
	assert_int_equal(acts(&r, "secret.known-to-leaver"), MANY + 1 - 50);
	assert_int_equal(acts(&r, "user.left"), 1);
	check_chain(&r);
}

/* A turn is bounded; the next one goes on. */
static void
more_than_a_turn_marks_takes_another(void **state)
{
	struct rotating r = key_to_rotate();
	int64_t ben = colleague(&r.old.ann, "Ben");
	long first;

	(void)state;
	many_secrets(&r, DEPARTURE_MARKS_MAX + 300);
	expose_all(&r, ben);
	status(ben, "deactivated");
	mark_due();
	first = secrets(&r, "leaver_at IS NOT NULL");
	assert_in_range(first, DEPARTURE_MARKS_MAX, DEPARTURE_MARKS_MAX + DEPARTURE_PIECE);
	assert_int_equal(left(ben), 0);
	mark_due();
	assert_int_equal(secrets(&r, "leaver_at IS NULL"), 0);
	assert_int_equal(left(ben), 1);
}

static void
mark_or_end(struct hand *hand)
{
	hand_ask(hand, 0);
	departure_sweep_due(&hand->desk, &hand->arena);
	leaver_end_due(&hand->desk, &hand->arena);
}

/* A machine whose lease was taken meanwhile still works. */
static void
several_machines_mark_and_end_each_once(void **state)
{
	struct rotating r[8];
	struct hand hands[4];

	(void)state;
	for (int i = 0; i < 8; i++) {
		int64_t ben;

		r[i] = key_to_rotate();
		ben = colleague(&r[i].old.ann, "Ben");
		expose(r[i].old.sid, ben);
		if (i % 2)
			days_over(&r[i], 3, 3);
		else
			status(ben, "deactivated");
	}
	hands_together(hands, 4, mark_or_end, NULL);
	for (int i = 0; i < 8; i++) {
		assert_int_equal(acts(&r[i], "secret.end"), i % 2);
		assert_int_equal(acts(&r[i], "secret.known-to-leaver"), 1 - i % 2);
		assert_int_equal(acts(&r[i], "user.left"), 1 - i % 2);
		check_chain(&r[i]);
	}
}

struct flips {
	int64_t user;
	const struct rotating *r;
};

/* Lets them back, shows them the next secret of the key, and lets them go again, as fast as can be. */
static void
flip(struct hand *hand, const struct flips *flips)
{
	struct people ben = flips->r->old.ann;
	struct client_made made;
	struct request *rq;

	ben.user = flips->user;
	status(ben.user, "active");
	rq = act_as(hand_begin(hand, ben.org), &ben);
	assert_int_equal(sql_user_acts(rq->db, .me = ben.user, .role = S("member")), 1);
	assert_int_equal(client_reset(rq, flips->r->old.made.id, S(""), &made), MADE_NEW);
	commit(rq);
	status(ben.user, "deactivated");
}

static void
check_noticed(const struct flips *flips)
{
	assert_int_equal(left(flips->user), 1);
	assert_int_equal(secrets(flips->r, "current_of IS NOT NULL AND leaver_at IS NOT NULL"), 1);
	check_chain(flips->r);
}

static void
a_return_between_two_turns_is_no_way_out(void **state)
{
	struct rotating r = key_to_rotate();
	struct flips flips = { colleague(&r.old.ann, "Ben"), &r };

	(void)state;
	status(flips.user, "deactivated");
	mark_due();
	assert_int_equal(left(flips.user), 1);
	flip(&world.hand, &flips);
	mark_due();
	check_noticed(&flips);
}

static void
flip_or_mark(struct hand *hand)
{
	for (int i = 0; i < 10; i++)
		if (hand->n)
			mark_or_end(hand);
		else
			flip(hand, hand->with);
}

static void
marks_and_returns_at_once_miss_no_departure(void **state)
{
	struct hand hands[3];

	(void)state;
	for (int round = 0; round < 3; round++) {
		struct rotating r = key_to_rotate();
		struct flips flips = { colleague(&r.old.ann, "Ben"), &r };

		hands_together(hands, 3, flip_or_mark, &flips);
		mark_due();
		check_noticed(&flips);
	}
}

/* ---- what it costs when there is nothing to do */

/* How many rows the database has read so far. */
static long
rows_read(void)
{
	return scratch_number(
	    "SELECT SUM(variable_value) FROM information_schema.global_status WHERE "
	    "variable_name IN ('Handler_read_next', 'Handler_read_prev', 'Handler_read_rnd_next', "
	    "'Handler_read_key', 'Handler_read_first')");
}

/* Of 10,000 who have left, half of them long ago and back again, and of as many secrets that were known to them; of as
 * many again that work, in an organization that has chosen to end none. */
static void
those_who_have_left_cost_an_idle_turn_nothing(void **state)
{
	enum { MANY = 10000 };
	struct rotating r = key_to_rotate(), never = key_to_rotate();
	long before, idle;

	(void)state;
	scratch_run("SET SESSION max_recursive_iterations = 20000");
	sql_run("INSERT INTO person (public_id, email, name, created_at) WITH RECURSIVE n (i) AS "
		"(SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) SELECT CONCAT('leave', "
		"LPAD(i, 5, '0')), CONCAT('left', i, '@example.test'), 'Left', '2026-01-01' FROM n",
	    MANY);
	sql_run(
	    "INSERT INTO user (public_id, organization_id, person_id, role, status, left_at, "
	    "created_at) SELECT public_id, %d, id, 'member', IF(id %% 2, 'deactivated', "
	    "'active'), IF(id %% 2, '2026-01-02', NULL), created_at FROM person WHERE public_id "
	    "LIKE 'leave%%'",
	    (int)r.old.ann.org);
	sql_run(
	    "INSERT INTO secret (sid, organization_id, client_id, kind, status, hint, "
	    "key_number, created_at, leaver_at) SELECT p.public_id, organization_id, client_id, "
	    "'primary', 'revoked', 'hint', 1, '2026-01-01', '2026-01-02' FROM person p JOIN "
	    "secret s ON s.sid = '%.*s' WHERE p.public_id LIKE 'leave%%'",
	    STR(r.old.sid));
	sql_run("UPDATE organization SET leaver_days = 30 WHERE id = %d", (int)r.old.ann.org);
	sql_run("INSERT INTO secret (sid, organization_id, client_id, kind, status, hash, hint, "
		"key_number, created_at, leaver_at) SELECT CONCAT('never', RIGHT(p.public_id, 5)), "
		"organization_id, client_id, 'primary', 'active', hash, 'hint', 1, '2026-01-01', "
		"'2026-01-02' FROM person p JOIN secret s ON s.sid = '%.*s' WHERE p.public_id LIKE "
		"'leave%%'",
	    STR(never.old.sid));
	sql_run("UPDATE organization SET leaver_days = 0 WHERE id = %d", (int)never.old.ann.org);
	scratch_number("ANALYZE TABLE user, secret, organization");
	mark_due();
	end_due();
	before = rows_read();
	before = rows_read() + (rows_read() - before); /* asking that reads rows too */
	idle = before;
	mark_due();
	end_due();
	idle = rows_read() - idle;
	assert_in_range(idle, 0, 300);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_leaver_knows_is_marked_once),
		cmocka_unit_test(both_secrets_of_a_rotation_and_none_that_has_ended),
		cmocka_unit_test(a_secret_of_their_own_is_not_marked),
		cmocka_unit_test(another_departure_is_noticed_too),
		cmocka_unit_test(the_mark_stays_until_the_secret_is_replaced),
		cmocka_unit_test(what_another_has_begun_is_gone_on_with),
		cmocka_unit_test(more_than_a_turn_marks_takes_another),
		cmocka_unit_test(several_machines_mark_and_end_each_once),
		cmocka_unit_test(a_return_between_two_turns_is_no_way_out),
		cmocka_unit_test(marks_and_returns_at_once_miss_no_departure),
		cmocka_unit_test(those_who_have_left_cost_an_idle_turn_nothing),
		cmocka_unit_test(what_is_marked_already_is_an_item_all_the_same),
	};

	return cmocka_run_group_tests(tests, open_with_keys, world_close);
}
