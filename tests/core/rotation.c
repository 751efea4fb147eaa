/* rotation.c - a rotation started, finished, cancelled and over: its rows, and who is refused. */
#define _GNU_SOURCE
#include "core/rotating.h"

static void
end_due(void)
{
	hand_ask(&world.hand, 0);
	rotation_end_due(&world.hand.desk, &world.hand.arena);
}

/* ---- start, finish, cancel */

static void
both_secrets_work(void **state)
{
	struct rotating r = key_to_rotate();

	(void)state;
	sql_run("UPDATE secret SET calls = 41 WHERE sid = '%.*s'", STR(r.old.sid));
	assert_int_equal(start(&r, r.seen, S(""), HOUR), ROTATED);
	assert_int_equal(ask(&r.old), VERDICT_GOOD);
	assert_int_equal(ask(&r.fresh), VERDICT_GOOD);
	assert_int_equal(ask_at(&r.old, S(""), clock_now() + 61 * MINUTE), VERDICT_REVOKED);
	assert_int_equal(ask_at(&r.fresh, S(""), clock_now() + 61 * MINUTE), VERDICT_GOOD);
	assert_int_equal(secrets(&r, "calls_before = 41 AND status = 'retiring'"), 1);
	assert_int_equal(acts(&r, "client.rotate"), 1);
	assert_int_equal(acts(&r, "secret.reveal"), 2);
	check_whole(&r);
}

static void
the_old_one_never_outlives_its_own_expiry(void **state)
{
	struct rotating r = key_to_rotate();

	(void)state;
	sql_run("UPDATE secret SET expires_at = UTC_TIMESTAMP(6) + INTERVAL 30 MINUTE WHERE "
		"sid = '%.*s'",
	    STR(r.old.sid));
	assert_int_equal(start(&r, r.seen, S(""), 7 * DAY), ROTATED);
	assert_int_equal(secrets(&r, "status = 'retiring' AND ends_at = expires_at"), 1);
	assert_int_equal(ask_at(&r.old, S(""), clock_now() + 31 * MINUTE), VERDICT_REVOKED);
	/* Nor does a cancelled rotation give it more time. */
	assert_int_equal(cancel(&r, r.seen), ROTATED);
	assert_int_equal(ask(&r.old), VERDICT_GOOD);
	assert_int_equal(ask_at(&r.old, S(""), clock_now() + 31 * MINUTE), VERDICT_EXPIRED);
}

static void
nor_the_end_of_its_client(void **state)
{
	struct rotating r = key_to_rotate();

	(void)state;
	sql_run("UPDATE client SET expires_at = UTC_TIMESTAMP(6) + INTERVAL 30 MINUTE WHERE "
		"public_id = '%.*s'",
	    STR(r.old.made.id));
	assert_int_equal(start(&r, r.seen, S(""), 7 * DAY), ROTATED);
	assert_int_equal(secrets(&r, "status = 'retiring' AND ends_at = (SELECT c.expires_at FROM "
				     "client c WHERE c.id = secret.client_id)"),
	    1);
	sql_run("UPDATE client SET expires_at = UTC_TIMESTAMP(6) WHERE public_id = '%.*s'",
	    STR(r.old.made.id));
	assert_int_equal(start(&r, r.seen, S(""), HOUR), ROTATED_ENDED);
}

static void
what_does_not_work_is_not_rotated(void **state)
{
	struct rotating r = key_to_rotate();

	(void)state;
	sql_run(
	    "UPDATE secret SET expires_at = UTC_TIMESTAMP(6) WHERE sid = '%.*s'", STR(r.old.sid));
	assert_int_equal(start(&r, r.seen, S(""), HOUR), ROTATED_ENDED);
	sql_run("UPDATE secret SET expires_at = NULL, status = 'pending' WHERE sid = '%.*s'",
	    STR(r.old.sid));
	assert_int_equal(start(&r, r.seen, S(""), HOUR), ROTATED_ENDED);
	assert_int_equal(secrets(&r, "TRUE"), 1);
	assert_int_equal(acts(&r, "client.rotate"), 0);
}

static void
what_was_not_seen_is_not_touched(void **state)
{
	struct rotating r = key_to_rotate();
	str first = r.seen, second;

	(void)state;
	assert_int_equal(start(&r, first, S(""), HOUR), ROTATED);
	second = r.seen;
	assert_int_equal(start(&r, first, S(""), HOUR), ROTATED_CHANGED);
	assert_int_equal(start(&r, S(""), S(""), HOUR), ROTATED_CHANGED);
	assert_int_equal(finish(&r, first), ROTATED_CHANGED);
	assert_int_equal(cancel(&r, first), ROTATED_CHANGED);
	assert_int_equal(start(&r, second, S(""), HOUR), ROTATED);
	assert_int_equal(acts(&r, "secret.end"), 1);
	assert_int_equal(ask(&r.old), VERDICT_REVOKED);
	assert_int_equal(cancel(&r, second), ROTATED_CHANGED);
	assert_int_equal(ask(&r.fresh), VERDICT_GOOD);
	check_whole(&r);
}

static void
finished_and_cancelled_once(void **state)
{
	struct rotating r = key_to_rotate();

	(void)state;
	assert_int_equal(finish(&r, S("")), ROTATED_ENDED);
	assert_int_equal(cancel(&r, S("")), ROTATED_ENDED);
	assert_int_equal(start(&r, r.seen, S(""), HOUR), ROTATED);
	assert_int_equal(cancel(&r, r.seen), ROTATED);
	assert_int_equal(ask(&r.fresh), VERDICT_REVOKED);
	assert_int_equal(ask(&r.old), VERDICT_GOOD);
	assert_int_equal(cancel(&r, r.seen), ROTATED);
	assert_int_equal(acts(&r, "client.rotate-cancel"), 1);
	assert_int_equal(finish(&r, r.seen), ROTATED_CHANGED);
	assert_int_equal(start(&r, r.old.sid, S(""), HOUR), ROTATED);
	assert_int_equal(finish(&r, r.seen), ROTATED);
	assert_int_equal(finish(&r, r.seen), ROTATED);
	assert_int_equal(acts(&r, "client.rotate-finish"), 1);
	assert_int_equal(ask(&r.old), VERDICT_REVOKED);
	assert_int_equal(ask(&r.fresh), VERDICT_GOOD);
	assert_int_equal(cancel(&r, r.seen), ROTATED_ENDED);
	check_whole(&r);
}

static void
an_overlap_that_is_over_is_not_cancelled(void **state)
{
	struct rotating r = key_to_rotate();

	(void)state;
	assert_int_equal(start(&r, r.seen, S(""), HOUR), ROTATED);
	sql_run("UPDATE secret SET ends_at = UTC_TIMESTAMP(6) WHERE sid = '%.*s'", STR(r.old.sid));
	assert_int_equal(cancel(&r, r.seen), ROTATED_ENDED);
	assert_int_equal(ask(&r.fresh), VERDICT_GOOD);
	assert_int_equal(ask(&r.old), VERDICT_REVOKED);
	/* The next rotation finds it in its way, ends it for good, and needs nobody to have seen it. */
	assert_int_equal(start(&r, S(""), S(""), HOUR), ROTATED);
	check_whole(&r);
}

static void
another_organization_finds_nothing(void **state)
{
	struct rotating r = key_to_rotate();
	struct people bob = world_people(), ann = r.old.ann;
	struct rotating by_bob;

	(void)state;
	assert_int_equal(start(&r, r.seen, S(""), HOUR), ROTATED);
	by_bob = r;
	by_bob.old.ann = bob;
	assert_int_equal(start(&by_bob, r.seen, S(""), HOUR), ROTATED_NOTHING);
	assert_int_equal(finish(&by_bob, r.seen), ROTATED_NOTHING);
	assert_int_equal(cancel(&by_bob, r.seen), ROTATED_NOTHING);
	by_bob.old.ann = ann;
	assert_int_equal(ask(&r.old), VERDICT_GOOD);
	assert_int_equal(ask(&r.fresh), VERDICT_GOOD);
}

static void
overlaps_are_the_five(void **state)
{
	static const char *const none[] = { "", "0", "-1h", "1", "15", "15M", "1h ", "24h0", "10y",
		"3650d", "7d\n", "\xc2\xbd" };

	(void)state;
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
		assert_null(rotation_overlap(str_of(none[i])));
	assert_int_equal(rotation_overlap(S("15m"))->span, 15 * MINUTE);
	assert_int_equal(rotation_overlap(S("7d"))->span, 7 * DAY);
	CHECK_STR(rotation_overlap_near(0)->word, "15m");
	CHECK_STR(rotation_overlap_near(59 * MINUTE)->word, "15m");
	CHECK_STR(rotation_overlap_near(HOUR)->word, "1h");
	CHECK_STR(rotation_overlap_near(DAY)->word, "24h");
	CHECK_STR(rotation_overlap_near(365 * DAY)->word, "7d");
}

/* ---- the end by itself */

static void
what_is_over_is_written_down_once(void **state)
{
	struct rotating r = key_to_rotate(), other = key_to_rotate();

	(void)state;
	assert_int_equal(start(&r, r.seen, S(""), HOUR), ROTATED);
	assert_int_equal(start(&other, other.seen, S(""), HOUR), ROTATED);
	end_due();
	assert_int_equal(acts(&r, "secret.end"), 0);
	sql_run("UPDATE secret SET ends_at = UTC_TIMESTAMP(6) - INTERVAL 5 MINUTE WHERE "
		"sid = '%.*s'",
	    STR(r.old.sid));
	end_due();
	end_due();
	assert_int_equal(secrets(&r, "status = 'revoked' AND hash IS NULL AND retiring_of IS NULL "
				     "AND ended_reason = 'rotated' AND ended_at < "
				     "UTC_TIMESTAMP(6) - INTERVAL 4 MINUTE"),
	    1);
	assert_int_equal(acts(&r, "secret.end"), 1);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM audit_entry WHERE organization_id = %d "
				    "AND act = 'secret.end' AND object = '%.*s' AND "
				    "person = 'housekeeper' AND person_id IS NULL AND "
				    "detail LIKE '{\"reason\":\"rotated\",\"ended_at\":\"%%Z\"}'",
			     (int)r.old.ann.org, STR(r.old.sid)),
	    1);
	assert_int_equal(ask(&r.fresh), VERDICT_GOOD);
	assert_int_equal(acts(&other, "secret.end"), 0);
	assert_int_equal(ask(&other.old), VERDICT_GOOD);
	check_whole(&r);
}

static void
what_has_expired_is_written_down(void **state)
{
	struct rotating r = key_to_rotate(), both = key_to_rotate();

	(void)state;
	sql_run("UPDATE secret SET expires_at = UTC_TIMESTAMP(6) - INTERVAL 1 DAY WHERE "
		"sid = '%.*s'",
	    STR(r.old.sid));
	assert_int_equal(start(&both, both.seen, S(""), HOUR), ROTATED);
	sql_run("UPDATE secret SET expires_at = UTC_TIMESTAMP(6), ends_at = UTC_TIMESTAMP(6) + "
		"INTERVAL 1 DAY WHERE sid = '%.*s'",
	    STR(both.old.sid));
	end_due();
	assert_int_equal(secrets(&r, "status = 'revoked' AND current_of IS NULL AND "
				     "ended_reason = 'expired' AND ended_at = expires_at"),
	    1);
	assert_int_equal(secrets(&both, "status = 'revoked' AND ended_reason = 'expired'"), 1);
	assert_int_equal(ask(&both.fresh), VERDICT_GOOD);
	check_chain(&r);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_secrets_work),
		cmocka_unit_test(the_old_one_never_outlives_its_own_expiry),
		cmocka_unit_test(nor_the_end_of_its_client),
		cmocka_unit_test(what_does_not_work_is_not_rotated),
		cmocka_unit_test(what_was_not_seen_is_not_touched),
		cmocka_unit_test(finished_and_cancelled_once),
		cmocka_unit_test(an_overlap_that_is_over_is_not_cancelled),
		cmocka_unit_test(another_organization_finds_nothing),
		cmocka_unit_test(overlaps_are_the_five),
		cmocka_unit_test(what_is_over_is_written_down_once),
		cmocka_unit_test(what_has_expired_is_written_down),
	};

	return cmocka_run_group_tests(tests, open_with_keys, world_close);
}
