/* replacement.c - after a compromised secret: what is listed, what ticks it off, and when it is over. */
#define _GNU_SOURCE
#include "core/rotating.h"

#include "core/compromise.h"
#include "core/declared_place.h"
#include "core/replacement.h"

enum { AT_ONCE = 20 };

static enum compromised
compromise_as(struct rotating *r, str seen, str once)
{
	struct request *rq = begin_as(&r->old.ann);
	struct compromise_wish wish = { .id = r->old.made.id, .seen = seen, .once = once };
	struct client_made made;
	enum compromised answer = secret_compromised(rq, &wish, &made);

	if (answer == COMPROMISED) {
		r->fresh = r->old;
		r->fresh.made.secret = str_copy(&world.hand.start, made.secret);
		r->seen = r->fresh.sid = str_part(r->fresh.made.secret, 10, 10);
		commit(rq);
	} else {
		db_rollback(rq->db);
	}
	return answer;
}

static enum compromised
compromise(struct rotating *r)
{
	return compromise_as(r, r->seen, (str){ 0 });
}

static void
called(str sid, const char *address, const char *program, int calls, int refused)
{
	sql_run(
	    "INSERT INTO secret_caller (secret_id, organization_id, address, program, first_at, "
	    "last_at, calls, refused) SELECT id, organization_id, '%s', '%s', "
	    "UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), %d, %d FROM secret WHERE sid = '%.*s'",
	    address, program, calls, refused, STR(sid));
}

static void
declare(const struct rotating *r, const char *name, const char *networks)
{
	struct request *rq = begin_as(&r->old.ann);
	struct place_wish wish = {
		.name = str_of(name), .owner = S("Ann"), .networks = str_of(networks)
	};

	assert_int_equal(declared_place_add(rq, r->old.made.id, &wish), PLACED);
	commit(rq);
}

static const struct replacement *
now(const struct rotating *r)
{
	return replacement_of(hand_ask(&world.hand, r->old.ann.org), r->old.made.id);
}

static void
settle(void)
{
	hand_ask(&world.hand, 0);
	replacement_settle(&world.hand.desk, &world.hand.arena);
}

static long
items(const struct rotating *r, const char *where)
{
	return sql_number("SELECT COUNT(*) FROM replacement_item WHERE organization_id = %d AND %s",
	    (int)r->old.ann.org, where);
}

static long
replacements(const struct rotating *r, const char *where)
{
	return sql_number("SELECT COUNT(*) FROM replacement WHERE organization_id = %d AND %s",
	    (int)r->old.ann.org, where);
}

static void
tick_all(const struct rotating *r)
{
	const struct replacement *list = now(r);
	str ids[8];
	size_t n = list->n;

	assert_true(n <= 8);
	for (size_t i = 0; i < n; i++)
		ids[i] = str_copy(&world.hand.start, list->items[i].item->id);
	for (size_t i = 0; i < n; i++) {
		struct request *rq = begin_as(&r->old.ann);

		assert_true(replacement_tick(rq, ids[i], S("Done")));
		commit(rq);
	}
}

/* ---- the end of the secret */

static void
both_secrets_end_and_the_next_one_works(void **state)
{
	struct rotating r = key_to_rotate();
	struct asked first = r.old, second;

	(void)state;
	assert_int_equal(start(&r, r.seen, S(""), DAY), ROTATED);
	second = r.fresh;
	assert_int_equal(compromise(&r), COMPROMISED);
	assert_int_equal(ask(&first), VERDICT_REVOKED);
	assert_int_equal(ask(&second), VERDICT_REVOKED);
	assert_int_equal(ask(&r.fresh), VERDICT_GOOD);
	assert_int_equal(secrets(&r, "ended_reason = 'compromised' AND hash IS NULL"), 2);
	assert_int_equal(acts(&r, "client.compromise"), 1);
	check_whole(&r);
	check_chain(&r);
}

static void
nobody_ends_a_secret_that_was_not_seen(void **state)
{
	struct rotating r = key_to_rotate();

	(void)state;
	assert_int_equal(compromise_as(&r, S("0000000000"), (str){ 0 }), COMPROMISED_CHANGED);
	assert_int_equal(compromise_as(&r, (str){ 0 }, (str){ 0 }), COMPROMISED_CHANGED);
	sql_run("UPDATE secret SET status = 'revoked', hash = NULL, current_of = NULL WHERE sid = "
	        "'%.*s'",
	    STR(r.seen));
	assert_int_equal(compromise_as(&r, (str){ 0 }, (str){ 0 }), COMPROMISED_CHANGED);
	r.old.made.id = S("0000000000");
	assert_int_equal(compromise(&r), COMPROMISED_NOTHING);
	assert_int_equal(replacements(&r, "1 = 1"), 0);
}

static void
one_number_ends_one(void **state)
{
	struct rotating r = key_to_rotate();
	str once = S("abcdefghijklmnopqrstuv"), seen = r.seen;

	(void)state;
	assert_int_equal(compromise_as(&r, seen, once), COMPROMISED);
	assert_int_equal(compromise_as(&r, seen, once), COMPROMISED_BEFORE);
	assert_int_equal(compromise_as(&r, r.seen, once), COMPROMISED_BEFORE);
	assert_int_equal(secrets(&r, "status = 'revoked'"), 1);
}

static void
compromise_once(struct hand *hand)
{
	const struct rotating *r = hand->with;
	struct request *rq = act_as(hand_begin(hand, r->old.ann.org), &r->old.ann);
	struct compromise_wish wish = { .id = r->old.made.id, .seen = r->seen };
	struct client_made made;
	enum compromised answer = secret_compromised(rq, &wish, &made);

	if (answer == COMPROMISED)
		commit(rq);
	hand->result = (int)answer;
}

static void
of_twenty_at_once_one_makes_the_next(void **state)
{
	struct rotating r = key_to_rotate();
	struct hand *hands = calloc(AT_ONCE, sizeof *hands);

	(void)state;
	called(r.seen, "10.0.0.7", "shop/2.1", 3, 0);
	hands_together(hands, AT_ONCE, compromise_once, &r);
	assert_int_equal(results(hands, AT_ONCE, COMPROMISED), 1);
	assert_int_equal(results(hands, AT_ONCE, COMPROMISED_CHANGED), AT_ONCE - 1);
	assert_int_equal(secrets(&r, "1 = 1"), 2);
	assert_int_equal(replacements(&r, "open_of = client_id"), 1);
	assert_int_equal(items(&r, "1 = 1"), 1);
	check_whole(&r);
	check_chain(&r);
	free(hands);
}

/* ---- what is listed, and what ticks it off */

static void
each_ticks_where_the_new_secret_is_seen(void **state)
{
	struct rotating r = key_to_rotate();
	const struct replacement *list;

	(void)state;
	declare(&r, "Shop", "10.0.0.0/24");
	declare(&r, "Vault", "");
	called(r.seen, "10.0.0.7", "shop/2.1", 3, 0);
	called(r.seen, "10.0.0.8", "shop/2.1", 3, 2);
	called(r.seen, "192.0.2.1", "probe", 3, 3); /* was never let through */
	assert_int_equal(compromise(&r), COMPROMISED);
	list = now(&r);
	assert_int_equal(list->n, 4);
	assert_int_equal(list->ticked, 0);
	assert_true(list->open && list->works && !list->complete);
	called(r.seen, "10.0.0.7", "shop/2.2", 3, 0); /* the place, and no caller of that name */
	assert_int_equal(now(&r)->ticked, 1);
	called(r.seen, "10.0.0.8", "shop/2.1", 3, 3); /* refused */
	assert_int_equal(now(&r)->ticked, 1);
	called(r.seen, "10.0.0.7", "shop/2.1", 3, 0);
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
	called(old, "10.0.0.7", "shop/2.1", 5, 2);
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
	called(r.seen, "10.0.0.7", "shop/2.1", 3, 0);
	called(r.seen, "10.0.0.8", "shop/2.1", 3, 0);
	assert_int_equal(compromise(&r), COMPROMISED);
	first = r.seen;
	called(first, "10.0.0.7", "shop/2.1", 1, 0);
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
	called(r.seen, "10.0.0.7", "shop/2.1", 1, 0);
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
	called(r.seen, "10.0.0.7", "shop/2.1", 3, 0);
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
	called(r.seen, "", "other", 30, 2);
	assert_int_equal(compromise(&r), COMPROMISED);
	called(r.seen, "", "other", 30, 2);
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
	called(r.seen, "10.0.0.7", "shop/2.1", 3, 0);
	assert_int_equal(compromise(&r), COMPROMISED);
	assert_int_equal(compromise(&empty), COMPROMISED);
	settle();
	assert_true(now(&r)->open);
	called(r.seen, "10.0.0.7", "shop/2.1", 3, 0);
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

static void
a_person_closes_it_once(void **state)
{
	struct rotating r = key_to_rotate(), theirs = key_to_rotate();
	struct request *rq;

	(void)state;
	called(r.seen, "10.0.0.7", "shop/2.1", 3, 0);
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

static void
the_next_one_takes_over_what_is_left(void **state)
{
	struct rotating r = key_to_rotate();
	const struct replacement *list;

	(void)state;
	declare(&r, "Shop", "10.0.0.0/24");
	called(r.seen, "10.0.0.7", "shop/2.1", 3, 0);
	called(r.seen, "10.9.9.9", "monthly", 3, 0);
	assert_int_equal(compromise(&r), COMPROMISED);
	assert_int_equal(now(&r)->n, 3);
	called(r.seen, "10.0.0.7", "shop/2.1", 3, 0);
	/* By now the monthly one is not of the last 30 days any more. */
	sql_run("UPDATE secret_caller SET last_at = UTC_TIMESTAMP(6) - INTERVAL 31 DAY WHERE "
		"address = '10.9.9.9' AND organization_id = %d",
	    (int)r.old.ann.org);
	assert_int_equal(compromise(&r), COMPROMISED);
	list = now(&r);
	assert_int_equal(list->n, 3);
	assert_int_equal(list->ticked, 0);
	assert_int_equal(replacements(&r, "outcome = 'followed'"), 1);
	assert_int_equal(replacements(&r, "open_of IS NOT NULL"), 1);
	assert_int_equal(items(&r, "seen_at IS NOT NULL"), 2);
	/* Ticked off in the one before, it is not taken over: but for the place, which is declared. */
	tick_all(&r);
	sql_run("UPDATE secret_caller SET last_at = UTC_TIMESTAMP(6) - INTERVAL 31 DAY WHERE "
		"organization_id = %d",
	    (int)r.old.ann.org);
	assert_int_equal(compromise(&r), COMPROMISED);
	assert_int_equal(now(&r)->n, 1);
	check_chain(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_secrets_end_and_the_next_one_works),
		cmocka_unit_test(nobody_ends_a_secret_that_was_not_seen),
		cmocka_unit_test(one_number_ends_one),
		cmocka_unit_test(of_twenty_at_once_one_makes_the_next),
		cmocka_unit_test(each_ticks_where_the_new_secret_is_seen),
		cmocka_unit_test(a_use_of_the_old_secret_is_no_tick),
		cmocka_unit_test(what_counts_is_a_secret_that_works),
		cmocka_unit_test(a_tick_is_taken_back),
		cmocka_unit_test(more_callers_than_are_kept_apart_are_one_item),
		cmocka_unit_test(it_is_over_when_all_is_ticked),
		cmocka_unit_test(a_person_closes_it_once),
		cmocka_unit_test(it_goes_with_its_client),
		cmocka_unit_test(the_next_one_takes_over_what_is_left),
	};

	return GROUP(tests);
}
