/* declared_place.c - places that people declare: as many as there may be, and who is seen there. */
#define _GNU_SOURCE
#include "core/asked.h"

#include "core/declared_place.h"

enum { AT_ONCE = 20 };

static const struct place_wish shop = { .name = STR_INIT("Shop servers"),
	.owner = STR_INIT("Web team"),
	.networks = STR_INIT("10.0.0.0/24"),
	.program = STR_INIT("Shop/") };

static enum placed
declare(const struct asked *a, const struct place_wish *wish)
{
	struct request *rq = begin_as(&a->ann);
	enum placed answer = declared_place_add(rq, a->made.id, wish);

	if (answer == PLACED)
		commit(rq);
	else
		db_rollback(rq->db);
	return answer;
}

static int64_t
client_of(const struct asked *a)
{
	return sql_number("SELECT id FROM client WHERE public_id = '%.*s'", STR(a->made.id));
}

static long
places(const struct asked *a, const char *where)
{
	return sql_number("SELECT COUNT(*) FROM declared_place WHERE organization_id = %d AND %s",
	    (int)a->ann.org, where);
}

/* Its first call 9 minutes ago, its last so many ago. */
static void
seen(const struct asked *a, const char *address, const char *program, int minutes)
{
	sql_run(
	    "INSERT INTO secret_caller (secret_id, organization_id, address, program, first_at, "
	    "last_at, calls, refused) SELECT id, organization_id, '%s', '%s', "
	    "UTC_TIMESTAMP(6) - INTERVAL 9 MINUTE, UTC_TIMESTAMP(6) - INTERVAL %d MINUTE, 3, 1 "
	    "FROM secret WHERE sid = '%.*s'",
	    address, program, minutes, STR(a->sid));
}

static struct sightings
look(const struct asked *a)
{
	struct request *rq = hand_ask(&world.hand, a->ann.org);

	return sightings_of(rq, client_of(a));
}

/* ---- declare, change, remove */

static void
a_hundred_and_no_more(void **state)
{
	struct asked a = key_of(S("production"));

	(void)state;
	for (int i = 0; i < DECLARED_PLACES_MAX; i++)
		assert_int_equal(declare(&a, &shop), PLACED);
	assert_int_equal(declare(&a, &shop), PLACED_FULL);
	assert_int_equal(places(&a, "place BETWEEN 1 AND 100"), DECLARED_PLACES_MAX);
	sql_run(
	    "DELETE FROM declared_place WHERE organization_id = %d AND place = 77", (int)a.ann.org);
	assert_int_equal(declare(&a, &shop), PLACED);
	assert_int_equal(places(&a, "place = 77"), 1);
}

static void
declare_one(struct hand *hand)
{
	const struct asked *a = hand->with;
	struct request *rq = act_as(hand_begin(hand, a->ann.org), &a->ann);
	enum placed answer = declared_place_add(rq, a->made.id, &shop);

	if (answer == PLACED)
		commit(rq);
	hand->result = (int)answer;
}

static void
of_twenty_at_once_as_many_as_there_is_room_for(void **state)
{
	struct asked a = key_of(S("production"));
	struct hand *hands = calloc(AT_ONCE, sizeof *hands);

	(void)state;
	for (int i = 0; i < DECLARED_PLACES_MAX - 3; i++)
		assert_int_equal(declare(&a, &shop), PLACED);
	hands_together(hands, AT_ONCE, declare_one, &a);
	assert_int_equal(results(hands, AT_ONCE, PLACED), 3);
	assert_int_equal(results(hands, AT_ONCE, PLACED_FULL), AT_ONCE - 3);
	assert_int_equal(places(&a, "1 = 1"), DECLARED_PLACES_MAX);
	free(hands);
}

static void
one_number_declares_once(void **state)
{
	struct asked a = key_of(S("production"));
	struct place_wish wish = shop;

	(void)state;
	wish.once = S("0123456789012345678901");
	assert_int_equal(declare(&a, &wish), PLACED);
	assert_int_equal(declare(&a, &wish), PLACED_BEFORE);
	assert_int_equal(places(&a, "1 = 1"), 1);
}

static void
anothers_is_not_there(void **state)
{
	struct asked ours = key_of(S("production")), theirs = key_of(S("production"));
	struct request *rq;
	str id;

	(void)state;
	assert_int_equal(declare(&theirs, &shop), PLACED);
	id = str_copy(&world.hand.start, look(&theirs).places[0].id);
	rq = begin_as(&ours.ann);
	assert_null(declared_place_of(rq, id));
	assert_int_equal(declared_place_save(rq, id, 1, &shop), PLACED_NOTHING);
	assert_false(declared_place_remove(rq, id));
	ours.made.id = theirs.made.id;
	assert_int_equal(declare(&ours, &shop), PLACED_NOTHING);
	assert_int_equal(places(&theirs, "version = 1"), 1);
}

static void
of_two_who_change_it_the_second_is_told(void **state)
{
	struct asked a = key_of(S("production"));
	struct place_wish wish = shop;
	struct request *rq;
	struct sightings seen_now;
	str id;

	(void)state;
	assert_int_equal(declare(&a, &shop), PLACED);
	seen_now = look(&a);
	id = str_copy(&world.hand.start, seen_now.places[0].id);
	wish.name = S("Shop");
	rq = begin_as(&a.ann);
	assert_int_equal(declared_place_save(rq, id, 1, &wish), PLACED);
	commit(rq);
	rq = begin_as(&a.ann);
	assert_int_equal(declared_place_save(rq, id, 1, &wish), PLACED_CHANGED);
	assert_int_equal(declared_place_save(rq, S("0000000000"), 1, &wish), PLACED_NOTHING);
	assert_true(declared_place_remove(rq, id));
	assert_false(declared_place_remove(rq, id));
	commit(rq);
	assert_int_equal(places(&a, "1 = 1"), 0);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM audit_entry WHERE object = '%.*s'", STR(id)), 3);
}

/* ---- who is seen there */

static bool
fits(const char *networks, const char *program, const char *address, const char *calls)
{
	struct arena *a = &world.hand.arena;
	struct place_rule rule = place_rule_of(a, str_of(networks), str_of(program));

	return place_fits(&rule, str_of(address), str_lower(a, str_of(calls)));
}

static void
both_must_fit_and_nothing_said_fits_nobody(void **state)
{
	(void)state;
	hand_ask(&world.hand, 0);
	assert_true(fits("10.0.0.0/24", "", "10.0.0.7", "shop/2.1"));
	assert_true(fits("10.0.0.0/24", "SHOP", "10.0.0.7", "Shop/2.1"));
	assert_true(fits("", "shop/", "192.0.2.1", "shop/2.1"));
	assert_true(fits("192.0.2.1 2001:db8::/32", "", "2001:db8::7", ""));
	assert_false(fits("10.0.0.0/24", "shop/", "10.0.1.7", "shop/2.1"));
	assert_false(fits("10.0.0.0/24", "shop/", "10.0.0.7", "shoe/2.1"));
	assert_false(fits("10.0.0.0/24", "shop/", "10.0.0.7", "sho"));
	assert_false(fits("", "", "10.0.0.7", "shop/2.1"));
	assert_false(fits("10.0.0.0/24", "", "", "other"));
	assert_false(fits("10.0.0.0/24", "", "no address", "shop/2.1"));
}

static void
the_latest_caller_is_the_one_that_was_seen(void **state)
{
	struct asked a = key_of(S("production"));
	struct sightings s;

	(void)state;
	declare(&a, &shop);
	declare(&a, &(struct place_wish){ .name = S("Vault"), .owner = S("Ann") });
	seen(&a, "10.0.0.7", "shop/2.1", 5);
	seen(&a, "10.0.0.8", "shop/2.2", 2);
	seen(&a, "10.0.0.8", "cron", 1);
	seen(&a, "192.0.2.1", "gone", 31 * 24 * 60);
	s = look(&a);
	assert_int_equal(s.places_n, 2);
	CHECK_STR(s.places[0].address, "10.0.0.8");
	CHECK_STR(s.places[0].by, "shop/2.2");
	assert_true(s.places[0].recognised);
	assert_false(s.places[1].recognised);
	assert_int_equal(s.unseen, 1);
	assert_int_equal(s.callers_n, 3);
	assert_int_equal(s.unknown, 1);
	assert_false(s.others);
}

static void
who_is_not_kept_apart_is_only_said(void **state)
{
	struct asked a = key_of(S("production"));
	struct sightings s;

	(void)state;
	declare(&a, &(struct place_wish){ .name = S("Any"), .owner = S("Ann"), .program = S("o") });
	seen(&a, "", "other", 1);
	s = look(&a);
	assert_true(s.others);
	assert_int_equal(s.callers_n, 0);
	assert_int_equal(s.unseen, 1);
}

static void
calls_with_a_secret_that_has_ended_do_not_count(void **state)
{
	struct asked a = key_of(S("production"));
	struct sightings s;

	(void)state;
	seen(&a, "10.0.0.7", "shop/2.1", 1);
	sql_run(
	    "UPDATE secret SET status = 'revoked', hash = NULL, current_of = NULL, ended_reason = "
	    "'reset', ended_at = UTC_TIMESTAMP(6) - INTERVAL 2 HOUR WHERE sid = '%.*s'",
	    STR(a.sid));
	s = look(&a);
	assert_int_equal(s.callers_n, 1);
	assert_true(s.callers[0].last_at < clock_now() - 119 * MINUTE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hundred_and_no_more),
		cmocka_unit_test(of_twenty_at_once_as_many_as_there_is_room_for),
		cmocka_unit_test(one_number_declares_once),
		cmocka_unit_test(anothers_is_not_there),
		cmocka_unit_test(of_two_who_change_it_the_second_is_told),
		cmocka_unit_test(both_must_fit_and_nothing_said_fits_nobody),
		cmocka_unit_test(the_latest_caller_is_the_one_that_was_seen),
		cmocka_unit_test(who_is_not_kept_apart_is_only_said),
		cmocka_unit_test(calls_with_a_secret_that_has_ended_do_not_count),
	};

	return GROUP(tests);
}
