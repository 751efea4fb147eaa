/* replacement.c - after a compromised secret: what is listed, what ticks it off, and when it is over. */
#define _GNU_SOURCE
#include "core/replacing.h"

/* ---- what is listed, and what ticks it off */

static void
each_ticks_where_the_new_secret_is_seen(void **state)
{
	struct rotating r = key_to_rotate();
	const struct replacement *list;

	(void)state;
	declare(&r, "Shop", "10.0.0.0/24");
	declare(&r, "Vault", "");
	called(r.seen, "10.0.0.7", "shop/2.1", 0);
	called(r.seen, "10.0.0.8", "shop/2.1", 2);
	called(r.seen, "192.0.2.1", "probe", 3); /* was never let through */
	assert_int_equal(compromise(&r), COMPROMISED);
	list = now(&r);
	assert_int_equal(list->n, 4);
	assert_int_equal(list->ticked, 0);
	assert_true(list->open && list->works && !list->complete);
	called(r.seen, "10.0.0.7", "shop/2.2", 0); /* the place, and no caller of that name */
	assert_int_equal(now(&r)->ticked, 1);
	called(r.seen, "10.0.0.8", "shop/2.1", 3); /* refused */
	assert_int_equal(now(&r)->ticked, 1);
	called(r.seen, "10.0.0.7", "shop/2.1", 0);
	list = now(&r);
	assert_int_equal(list->ticked, 2);
	assert_int_equal(list->items[0].tick, TICK_SEEN);
	CHECK_STR(list->items[0].address, "10.0.0.7");
	assert_int_equal(list->items[1].tick, TICK_NONE);
}

static void
a_use_of_the_old_secret_is_no_tick(void **state)
{
	struct rotating r = key_to_rotate();
	str old = r.seen;
	const struct replacement *list;
	struct replacement_trying_rows trying;

	(void)state;
	called(old, "10.0.0.7", "shop/2.1", 2);
	assert_int_equal(compromise(&r), COMPROMISED);
	assert_int_equal(replacement_trying(&world.hand.rq, now(&r)).n, 0);
	sql_run(
	    "UPDATE secret_caller SET calls = 17, refused = 14, last_at = UTC_TIMESTAMP(6) WHERE "
	    "address = '10.0.0.7' AND organization_id = %d",
	    (int)r.old.ann.org);
	list = now(&r);
	assert_int_equal(list->ticked, 0);
	trying = replacement_trying(&world.hand.rq, list);
	assert_int_equal(trying.n, 1);
	assert_int_equal(trying.at[0].calls, 12);
}

static void
what_counts_is_a_secret_that_works(void **state)
{
	struct rotating r = key_to_rotate();
	const struct replacement *list;
	str first;

	(void)state;
	called(r.seen, "10.0.0.7", "shop/2.1", 0);
	called(r.seen, "10.0.0.8", "shop/2.1", 0);
	assert_int_equal(compromise(&r), COMPROMISED);
	first = r.seen;
	called(first, "10.0.0.7", "shop/2.1", 0);
	tick_all(&r);
	assert_true(now(&r)->complete);
	/* A rotation: while both work, both count. */
	assert_int_equal(start(&r, first, S(""), HOUR), ROTATED);
	assert_int_equal(now(&r)->ticked, 2);
	assert_int_equal(finish(&r, r.seen), ROTATED);
	list = now(&r);
	assert_int_equal(list->ticked, 0);
	assert_int_equal(list->items[0].tick, TICK_STALE);
	assert_true(list->works);
	called(r.seen, "10.0.0.7", "shop/2.1", 0);
	assert_int_equal(now(&r)->ticked, 1);
	sql_run("UPDATE secret SET expires_at = UTC_TIMESTAMP(6) WHERE sid = '%.*s'", STR(r.seen));
	list = now(&r);
	assert_int_equal(list->ticked, 0);
	assert_false(list->works);
}

static void
a_tick_is_taken_back(void **state)
{
	struct rotating r = key_to_rotate(), theirs = key_to_rotate();
	struct request *rq;
	str id;

	(void)state;
	called(r.seen, "10.0.0.7", "shop/2.1", 0);
	assert_int_equal(compromise(&r), COMPROMISED);
	tick_all(&r);
	id = str_copy(&world.hand.start, now(&r)->items[0].item->id);
	rq = begin_as(&theirs.old.ann);
	assert_false(replacement_untick(rq, id));
	assert_false(replacement_tick(rq, id, S("Mine")));
	rq = begin_as(&r.old.ann);
	assert_true(replacement_untick(rq, id));
	commit(rq);
	assert_int_equal(now(&r)->ticked, 0);
	assert_int_equal(acts(&r, "replacement.untick"), 1);
}

static void
more_callers_than_are_kept_apart_are_one_item(void **state)
{
	struct rotating r = key_to_rotate();
	const struct replacement *list;

	(void)state;
	called(r.seen, "", "other", 2);
	assert_int_equal(compromise(&r), COMPROMISED);
	called(r.seen, "", "other", 2);
	list = now(&r);
	assert_int_equal(list->n, 1);
	CHECK_STR(list->items[0].item->kind, "others");
	assert_int_equal(list->ticked, 0);
}

/* ---- the end of it */

static void
it_is_over_when_all_is_ticked(void **state)
{
	struct rotating r = key_to_rotate(), empty = key_to_rotate();
	const struct replacement *list;

	(void)state;
	called(r.seen, "10.0.0.7", "shop/2.1", 0);
	assert_int_equal(compromise(&r), COMPROMISED);
	assert_int_equal(compromise(&empty), COMPROMISED);
	settle();
	assert_true(now(&r)->open);
	called(r.seen, "10.0.0.7", "shop/2.1", 0);
	settle();
	settle();
	list = now(&r);
	assert_false(list->open);
	assert_true(list->complete);
	CHECK_STR(list->row->outcome, "done");
	CHECK_STR(list->items[0].address, "10.0.0.7");
	assert_int_equal(acts(&r, "replacement.done"), 1);
	assert_true(now(&empty)->open); /* where nothing is listed, a person says so */
	check_chain(&r);
	/* What was written down stays, whatever becomes of the callers. */
	sql_run("DELETE FROM secret_caller WHERE organization_id = %d", (int)r.old.ann.org);
	assert_int_equal(now(&r)->ticked, 1);
}

/* Those behind 200 that go on wait for the next turn, and those before them for the one after the last. */
static void
a_turn_goes_on_where_the_last_one_was(void **state)
{
	struct rotating r = key_to_rotate();

	(void)state;
	called(r.seen, "10.0.0.7", "shop/2.1", 0);
	assert_int_equal(compromise(&r), COMPROMISED);
	called(r.seen, "10.0.0.7", "shop/2.1", 0);
	world.hand.desk.settled = sql_number("SELECT MAX(id) FROM replacement");
	settle();
	assert_true(now(&r)->open);
	assert_int_equal(world.hand.desk.settled, 0);
	settle();
	assert_false(now(&r)->open);
}

static void
a_person_closes_it_once(void **state)
{
	struct rotating r = key_to_rotate(), theirs = key_to_rotate();
	struct request *rq;

	(void)state;
	called(r.seen, "10.0.0.7", "shop/2.1", 0);
	assert_int_equal(compromise(&r), COMPROMISED);
	rq = begin_as(&theirs.old.ann);
	assert_false(replacement_close(rq, r.old.made.id, S("Mine")));
	rq = begin_as(&r.old.ann);
	assert_true(replacement_close(rq, r.old.made.id, S("A drill")));
	assert_false(replacement_close(rq, r.old.made.id, S("Again")));
	commit(rq);
	assert_int_equal(
	    replacements(&r, "outcome = 'closed' AND open_of IS NULL AND note = 'A drill'"), 1);
	assert_int_equal(now(&r)->ticked, 0);
	settle();
	assert_int_equal(acts(&r, "replacement.done"), 0);
}

static void
it_goes_with_its_client(void **state)
{
	struct rotating r = key_to_rotate();
	struct request *rq;

	(void)state;
	assert_int_equal(compromise(&r), COMPROMISED);
	rq = begin_as(&r.old.ann);
	assert_true(client_delete(rq, r.old.made.id));
	commit(rq);
	assert_null(now(&r));
	settle();
	assert_int_equal(replacements(&r, "outcome = 'deleted' AND open_of IS NULL"), 1);
	assert_int_equal(acts(&r, "replacement.end"), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_ticks_where_the_new_secret_is_seen),
		cmocka_unit_test(a_use_of_the_old_secret_is_no_tick),
		cmocka_unit_test(what_counts_is_a_secret_that_works),
		cmocka_unit_test(a_tick_is_taken_back),
		cmocka_unit_test(more_callers_than_are_kept_apart_are_one_item),
		cmocka_unit_test(it_is_over_when_all_is_ticked),
		cmocka_unit_test(a_turn_goes_on_where_the_last_one_was),
		cmocka_unit_test(a_person_closes_it_once),
		cmocka_unit_test(it_goes_with_its_client),
	};

	return GROUP(tests);
}
