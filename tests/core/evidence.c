/* evidence.c - whether the old secret of a rotation may end: each verdict at its very edge. */
#define _GNU_SOURCE
#include "core/rotating.h"

#include "core/evidence.h"

/* A rotation that began two days ago; times are before `now`. */
struct known {
	struct rotating r;
	int64_t now;
};

static struct known
known(void)
{
	struct known k = { .r = key_to_rotate(), .now = clock_now() / SECOND * SECOND };

	assert_int_equal(start(&k.r, k.r.seen, S(""), 7 * DAY), ROTATED);
	sql_run("UPDATE secret SET created_at = created_at - INTERVAL 2 DAY WHERE sid = '%.*s'",
	    STR(k.r.fresh.sid));
	return k;
}

static str
sql_time(int64_t time)
{
	struct clock_parts p = clock_split(time);

	return fmt(&world.hand.start, "%d-%d-%d %d:%d:%d.%06d", p.year, p.month, p.day, p.hour,
	    p.minute, p.second, p.microsecond);
}

static void
last_used(const struct known *k, str sid, int64_t ago, int calls)
{
	sql_run("UPDATE secret SET last_used_at = '%.*s', last_used_from = '10.0.0.7', calls = %d "
		"WHERE sid = '%.*s'",
	    STR(sql_time(k->now - ago)), calls, STR(sid));
}

/* Calls by a caller, of which the first and the last were so long ago. */
struct calls {
	const char *address, *program;
	int64_t first, last;
	int calls, refused;
};

static void
called(const struct known *k, str sid, const struct calls *c)
{
	sql_run(
	    "INSERT INTO secret_caller (secret_id, organization_id, address, program, first_at, "
	    "last_at, calls, refused) SELECT id, organization_id, '%s', '%s', '%.*s', '%.*s', %d, "
	    "%d FROM secret WHERE sid = '%.*s'",
	    c->address, c->program, STR(sql_time(k->now - c->first)),
	    STR(sql_time(k->now - c->last)), c->calls, c->refused, STR(sid));
}

#define CALLED(k, sid, ...) called(k, sid, &(struct calls){ __VA_ARGS__ })

static const struct evidence *
evidence(const struct known *k)
{
	struct request *rq = begin_as(&k->r.old.ann);

	rq->now = k->now;
	return evidence_of(rq, k->r.old.made.id);
}

/* One caller, who has moved long ago: safe. */
static struct known
moved(void)
{
	struct known k = known();

	last_used(&k, k.r.old.sid, 2 * HOUR, 100);
	last_used(&k, k.r.fresh.sid, MINUTE, 7);
	CALLED(&k, k.r.old.sid, "10.0.0.7", "curl", 20 * DAY, 2 * HOUR, 100, 0);
	CALLED(&k, k.r.fresh.sid, "10.0.0.7", "curl", 3 * HOUR, MINUTE, 7, 0);
	return k;
}

static void
nothing_is_known_without_a_rotation(void **state)
{
	struct known k = moved();
	struct request *rq;

	(void)state;
	assert_non_null(evidence(&k));
	rq = begin_as(&k.r.old.ann);
	rq->now = clock_now() + 8 * DAY;
	assert_null(evidence_of(rq, k.r.old.made.id));
	assert_int_equal(finish(&k.r, k.r.seen), ROTATED);
	assert_null(evidence(&k));
}

static void
another_organizations_is_not_shown(void **state)
{
	struct known k = moved();

	(void)state;
	k.r.old.ann = world_people();
	assert_null(evidence(&k));
}

static void
safe_when_all_have_moved(void **state)
{
	struct known k = moved();
	const struct evidence *e = evidence(&k);

	(void)state;
	assert_int_equal(e->verdict, EVIDENCE_SAFE);
	assert_int_equal(e->still, 0);
	assert_int_equal(e->n, 1);
	assert_int_equal(e->old.calls, 100);
	assert_int_equal(e->fresh.calls, 7);
	assert_int_equal(e->first_used_at, k.now - 3 * HOUR);
	CHECK_STR_EQ(e->sid, k.r.fresh.sid);
	/* What it was used before the rotation began does not count. */
	sql_run("UPDATE secret SET calls_before = 60 WHERE sid = '%.*s'", STR(k.r.old.sid));
	assert_int_equal(evidence(&k)->old.calls, 40);
}

static void
unknown_until_the_new_one_is_used(void **state)
{
	struct known k = known();

	(void)state;
	assert_int_equal(evidence(&k)->verdict, EVIDENCE_UNKNOWN);
	last_used(&k, k.r.old.sid, MINUTE, 5);
	CALLED(&k, k.r.old.sid, "10.0.0.7", "curl", DAY, MINUTE, 5, 0);
	assert_int_equal(evidence(&k)->verdict, EVIDENCE_UNKNOWN);
	/* Refused calls are no use. */
	CALLED(&k, k.r.fresh.sid, "10.0.0.7", "curl", DAY, MINUTE, 5, 5);
	assert_int_equal(evidence(&k)->verdict, EVIDENCE_UNKNOWN);
	assert_int_equal(evidence(&k)->callers[0].new_at, 0);
}

static void
an_hour_of_silence_to_the_moment(void **state)
{
	struct known k = moved();

	(void)state;
	last_used(&k, k.r.old.sid, HOUR, 100);
	assert_int_equal(evidence(&k)->verdict, EVIDENCE_SAFE);
	last_used(&k, k.r.old.sid, HOUR - 1, 100);
	assert_int_equal(evidence(&k)->verdict, EVIDENCE_NOT_YET);
	last_used(&k, k.r.old.sid, 2 * HOUR, 100);
	sql_run("UPDATE secret_caller SET first_at = '%.*s' WHERE last_at = '%.*s'",
	    STR(sql_time(k.now - HOUR)), STR(sql_time(k.now - MINUTE)));
	assert_int_equal(evidence(&k)->verdict, EVIDENCE_SAFE);
	sql_run("UPDATE secret_caller SET first_at = '%.*s' WHERE last_at = '%.*s'",
	    STR(sql_time(k.now - HOUR + 1)), STR(sql_time(k.now - MINUTE)));
	assert_int_equal(evidence(&k)->verdict, EVIDENCE_NOT_YET);
}

static void
not_yet_while_a_caller_has_not_moved(void **state)
{
	struct known k = moved();
	const struct evidence *e;

	(void)state;
	/* Another program of the same address, and the same program of another, are others. */
	CALLED(&k, k.r.old.sid, "10.0.0.7", "batch", 29 * DAY, 29 * DAY, 1, 0);
	CALLED(&k, k.r.old.sid, "10.0.0.8", "curl", 20 * DAY, 5 * HOUR, 1, 0);
	e = evidence(&k);
	assert_int_equal(e->verdict, EVIDENCE_NOT_YET);
	assert_int_equal(e->still, 2);
	assert_int_equal(e->n, 3);
	assert_string_equal(str_c(&world.hand.start, e->callers[0].address), "10.0.0.8");
	assert_string_equal(str_c(&world.hand.start, e->callers[1].program), "batch");
	assert_true(e->callers[0].still && e->callers[1].still && !e->callers[2].still);
	CALLED(&k, k.r.fresh.sid, "10.0.0.8", "curl", HOUR, HOUR, 1, 0);
	CALLED(&k, k.r.fresh.sid, "10.0.0.7", "batch", HOUR, HOUR, 1, 0);
	assert_int_equal(evidence(&k)->verdict, EVIDENCE_SAFE);
}

static void
callers_of_more_than_30_days_ago_are_left_out(void **state)
{
	struct known k = moved();

	(void)state;
	CALLED(&k, k.r.old.sid, "10.0.0.9", "yearly", 60 * DAY, 30 * DAY, 1, 0);
	assert_int_equal(evidence(&k)->verdict, EVIDENCE_SAFE);
	assert_int_equal(evidence(&k)->n, 1);
	sql_run("UPDATE secret_caller SET last_at = '%.*s' WHERE program = 'yearly'",
	    STR(sql_time(k.now - 30 * DAY + 1)));
	assert_int_equal(evidence(&k)->verdict, EVIDENCE_NOT_YET);
}

static void
refused_callers_are_none(void **state)
{
	struct known k = moved();

	(void)state;
	CALLED(&k, k.r.old.sid, "10.0.0.66", "thief", 2 * DAY, MINUTE, 3, 3);
	assert_int_equal(evidence(&k)->verdict, EVIDENCE_SAFE);
	assert_int_equal(evidence(&k)->n, 1);
}

static void
those_not_kept_apart_make_it_unknown(void **state)
{
	struct known k = moved();

	(void)state;
	CALLED(&k, k.r.old.sid, "", "other", 20 * DAY, 2 * HOUR, 9, 0);
	CALLED(&k, k.r.fresh.sid, "", "other", 20 * HOUR, 2 * HOUR, 9, 0);
	assert_int_equal(evidence(&k)->verdict, EVIDENCE_UNKNOWN);
	assert_true(evidence(&k)->others);
	assert_int_equal(evidence(&k)->n, 1);
	last_used(&k, k.r.old.sid, MINUTE, 9);
	assert_int_equal(evidence(&k)->verdict, EVIDENCE_NOT_YET);
	last_used(&k, k.r.old.sid, 2 * HOUR, 9);
	sql_run("UPDATE secret_caller SET last_at = '%.*s' WHERE address = ''",
	    STR(sql_time(k.now - 30 * DAY)));
	assert_int_equal(evidence(&k)->verdict, EVIDENCE_SAFE);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_known_without_a_rotation),
		cmocka_unit_test(another_organizations_is_not_shown),
		cmocka_unit_test(safe_when_all_have_moved),
		cmocka_unit_test(unknown_until_the_new_one_is_used),
		cmocka_unit_test(an_hour_of_silence_to_the_moment),
		cmocka_unit_test(not_yet_while_a_caller_has_not_moved),
		cmocka_unit_test(callers_of_more_than_30_days_ago_are_left_out),
		cmocka_unit_test(refused_callers_are_none),
		cmocka_unit_test(those_not_kept_apart_make_it_unknown),
	};

	return cmocka_run_group_tests(tests, open_with_keys, world_close);
}
