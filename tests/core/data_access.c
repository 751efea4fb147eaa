/* data_access.c - who reaches the page of the Data API, and who knows its key and should not. */
#define _GNU_SOURCE
#include "core/reaching.h"

#include "core/departure.h"
#include "core/leaver.h"

#include <unistd.h>

static void
access_is_given_and_taken_away(void **state)
{
	struct office o = office_make();

	(void)state;
	assert_false(data_listed(begin_as(&o.ben)));
	assert_int_equal(change(&o.ann, o.ben_id, data_grant), DATA_CHANGED);
	assert_true(data_listed(begin_as(&o.ben)));
	assert_int_equal(change(&o.ann, o.ben_id, data_grant), DATA_ALREADY);
	assert_int_equal(
	    sql_number("SELECT granted_by FROM data_access WHERE user_id = %d", (int)o.ben.user),
	    o.ann.user);
	assert_int_equal(change(&o.ann, o.ben_id, data_take), DATA_CHANGED);
	assert_false(data_listed(begin_as(&o.ben)));
	assert_int_equal(change(&o.ann, o.ben_id, data_take), DATA_ALREADY);
	assert_int_equal(acts(&o.ann, "data-access.grant"), 1);
	assert_int_equal(acts(&o.ann, "data-access.take"), 1);
}

static void
only_active_people_of_the_organization_are_given_it(void **state)
{
	struct office o = office_make(), other = office_make();
	struct people eve = another(&o.ann, ROLE_ADMIN);
	str eve_id;
	struct request *rq = begin_as(&o.ann);
	struct data_people_rows people = sql_data_people(
	    rq->db, .org = o.ann.org, .current = 0, .old = 0, .listed = false, .last = o.ann.user);

	(void)state;
	assert_int_equal(people.n, 1);
	CHECK_STR_EQ(people.at[0].email, eve.email);
	assert_true(people.at[0].by_role);
	eve_id = str_copy(&world.hand.start, people.at[0].id);
	assert_int_equal(change(&o.ann, other.ben_id, data_grant), DATA_NOBODY);
	assert_int_equal(change(&o.ann, other.ben_id, data_take), DATA_NOBODY);
	assert_int_equal(change(&o.ann, S("0000000000"), data_grant), DATA_NOBODY);
	assert_int_equal(change(&o.ann, eve_id, data_grant), DATA_BY_ROLE);
	assert_int_equal(change(&o.ann, eve_id, data_take), DATA_BY_ROLE);
	sql_run("UPDATE user SET status = 'deactivated' WHERE id = %d", (int)o.ben.user);
	assert_int_equal(change(&o.ann, o.ben_id, data_grant), DATA_NOBODY);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM data_access WHERE organization_id IN (%d, %d)",
		(int)o.ann.org, (int)other.ann.org),
	    0);
}

static void
grant_one(struct hand *hand)
{
	const struct office *o = hand->with;
	struct request *rq = act_as(hand_begin(hand, o->ann.org), &o->ann);

	hand->result = (int)data_grant(rq, o->ben_id);
	if (hand->result == DATA_CHANGED)
		commit(rq);
	else
		db_rollback(rq->db);
}

static void
of_twenty_grants_at_once_one_is_noted(void **state)
{
	struct office o = office_make();
	struct hand hands[AT_ONCE];

	(void)state;
	hands_together(hands, AT_ONCE, grant_one, &o);
	assert_int_equal(results(hands, AT_ONCE, DATA_CHANGED), 1);
	assert_int_equal(results(hands, AT_ONCE, DATA_ALREADY), AT_ONCE - 1);
	assert_int_equal(acts(&o.ann, "data-access.grant"), 1);
}

/* Two requests whose order is ours: Ben's is told of, and then waited for. */
struct race {
	const struct office *office;
	pthread_barrier_t *asked;
	str client;
};

/* Whether Ann's request has come to the row that Ben's holds. */
static bool
somebody_waits(void)
{
	return sql_number("SELECT COUNT(*) FROM information_schema.processlist WHERE db = "
			  "DATABASE() AND command = 'Execute' AND time_ms > 20") > 0;
}

static bool
taken(const struct office *o)
{
	return sql_number(
		   "SELECT COUNT(*) FROM data_access WHERE user_id = %d", (int)o->ben.user) == 0;
}

/* A person's write as serve() makes it: counted first, then asked whether they still reach the page. */
static void
replace_if_listed(struct hand *hand)
{
	const struct race *race = hand->with;
	const struct office *o = race->office;
	struct request *rq = act_as(hand_begin(hand, o->ann.org), &o->ben);
	struct client_made made;

	assert_int_equal(sql_user_acts(rq->db, .me = rq->me, .role = role_text(ROLE_MEMBER)), 1);
	assert_true(data_listed(rq));
	pthread_barrier_wait(race->asked);
	while (!somebody_waits() && !taken(o))
		usleep(1000);
	assert_int_equal(client_reset(rq, race->client, S(""), &made), MADE_NEW);
	commit(rq);
}

static void
take_or_replace(struct hand *hand)
{
	const struct race *race = hand->with;
	struct request *rq;

	if (hand->n) {
		replace_if_listed(hand);
		return;
	}
	if (!hand->tries) /* again after a conflict: Ben was waited for too long */
		pthread_barrier_wait(race->asked);
	rq = act_as(hand_begin(hand, race->office->ann.org), &race->office->ann);
	hand->result = (int)data_take(rq, race->office->ben_id);
	commit(rq);
}

/* Entries are numbered as they are committed: what Ben made stands before the loss of his access, which waited. */
static void
nothing_is_made_after_access_was_taken_away(void **state)
{
	struct office o = office_make();
	pthread_barrier_t asked;
	struct race race = { &o, &asked, { 0 } };
	struct hand hands[2];
	struct client_made made;

	(void)state;
	assert_int_equal(generate(&o.ann, S(""), &made), DATA_GENERATED);
	assert_int_equal(change(&o.ann, o.ben_id, data_grant), DATA_CHANGED);
	race.client = made.id;
	pthread_barrier_init(&asked, NULL, 2);
	hands_together(hands, 2, take_or_replace, &race);
	pthread_barrier_destroy(&asked);
	assert_int_equal(hands[0].result, DATA_CHANGED);
	assert_int_equal(sql_number("SELECT act = 'data-access.take' FROM audit_entry WHERE "
				    "organization_id = %d ORDER BY seq DESC LIMIT 1",
			     (int)o.ann.org),
	    1);
	assert_int_equal(acts(&o.ann, "client.reset"), 1);
}

/* ---- who knows the key and should not */

static struct data_leavers_rows
leavers(const struct people *ann)
{
	struct request *rq = begin_as(ann);
	const struct data_client_row *client =
	    sql_data_client(rq->db, .org = ann->org, .environment = S("production"));

	return sql_data_leavers(
	    rq->db, .org = ann->org, .current = client->current, .old = client->old);
}

static void
who_knew_the_key_and_left_is_named_until_it_is_replaced(void **state)
{
	struct office o = office_make();
	struct client_made made, next;
	struct rotation_wish wish = { .overlap = DAY };
	struct request *rq;

	(void)state;
	change(&o.ann, o.ben_id, data_grant);
	assert_int_equal(generate(&o.ben, S(""), &made), DATA_GENERATED);
	assert_int_equal(leavers(&o.ann).n, 0);
	change(&o.ann, o.ben_id, data_take);
	assert_int_equal(leavers(&o.ann).n, 1);
	CHECK_STR_EQ(leavers(&o.ann).at[0].name, S("Ben Okafor"));
	assert_false(leavers(&o.ann).at[0].gone);
	assert_true(leavers(&o.ann).at[0].since > 0);
	change(&o.ann, o.ben_id, data_grant);
	assert_int_equal(leavers(&o.ann).n, 0);
	sql_run("UPDATE user SET status = 'deactivated' WHERE id = %d", (int)o.ben.user);
	assert_int_equal(leavers(&o.ann).n, 1);
	assert_true(leavers(&o.ann).at[0].gone && leavers(&o.ann).at[0].knows);
	/* In a rotation the old key still works, and he knows that one only. */
	rq = begin_as(&o.ann);
	wish.id = made.id;
	wish.seen = str_part(made.secret, 10, 10);
	assert_int_equal(rotation_start(rq, &wish, &next), ROTATED);
	commit(rq);
	assert_int_equal(leavers(&o.ann).n, 1);
	assert_true(leavers(&o.ann).at[0].knew && !leavers(&o.ann).at[0].knows);
	rq = begin_as(&o.ann);
	assert_int_equal(rotation_finish(rq, made.id, S("")), ROTATED);
	commit(rq);
	assert_int_equal(leavers(&o.ann).n, 0);
}

/* Back again, they know what they knew, and an admin says anew whether they reach the page. */
static void
who_has_left_is_off_the_list(void **state)
{
	struct office o = office_make();

	(void)state;
	assert_int_equal(change(&o.ann, o.ben_id, data_grant), DATA_CHANGED);
	sql_run("UPDATE user SET status = 'deactivated' WHERE id = %d", (int)o.ben.user);
	hand_ask(&world.hand, 0);
	departure_sweep_due(&world.hand.desk, &world.hand.arena);
	sql_run("UPDATE user SET status = 'active' WHERE id = %d", (int)o.ben.user);
	assert_false(data_listed(begin_as(&o.ben)));
}

static void
opening_is_noted_once_a_minute(void **state)
{
	struct office o = office_make();
	struct request *rq = act_as(hand_ask(&world.hand, o.ann.org), &o.ann);
	int64_t first = rq->now;

	(void)state;
	data_opened(rq);
	rq->now = first + 59 * SECOND;
	data_opened(rq);
	assert_int_equal(sql_data_opened_get(rq->db, .me = rq->me)->opened_at, first);
	rq->now = first + 61 * SECOND;
	data_opened(rq);
	assert_int_equal(sql_data_opened_get(rq->db, .me = rq->me)->opened_at, first + 61 * SECOND);
	rq->me = 0;
	data_opened(rq);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(access_is_given_and_taken_away),
		cmocka_unit_test(only_active_people_of_the_organization_are_given_it),
		cmocka_unit_test(of_twenty_grants_at_once_one_is_noted),
		cmocka_unit_test(nothing_is_made_after_access_was_taken_away),
		cmocka_unit_test(who_knew_the_key_and_left_is_named_until_it_is_replaced),
		cmocka_unit_test(who_has_left_is_off_the_list),
		cmocka_unit_test(opening_is_noted_once_a_minute),
	};

	return GROUP(tests);
}
