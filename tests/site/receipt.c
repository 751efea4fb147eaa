/* receipt.c - the receipt of a departure: its counts are the truth, and each answer is asked for anew. */
#define _GNU_SOURCE
#include "core/departed.h"
#include "site/visit.h"

#include "core/leaving.h"
#include "site/receipt.h"

/* Ben, a member of Ann's organization. */
struct leaving_person {
	struct people ann;
	int64_t user, person;
	str id;
};

static struct leaving_person
somebody(void)
{
	struct leaving_person ben = { .ann = world_people() };

	ben.user = colleague(&ben.ann, "Ben Okafor");
	ben.person = sql_number("SELECT person_id FROM user WHERE id = %d", (int)ben.user);
	ben.id =
	    str_copy(&world.hand.start, sql_additional_owner(hand_ask(&world.hand, ben.ann.org)->db,
					    .org = ben.ann.org, .user = ben.user)
					    ->id);
	return ben;
}

static void
signs_in(const struct leaving_person *ben, int times)
{
	struct proven who = { .person = ben->person, .user = ben->user, .org = ben->ann.org };

	for (int i = 0; i < times; i++)
		sign_in_with((str){ 0 }, &who);
}

static void
leaves(const struct leaving_person *ben)
{
	struct request *rq = begin_as(&ben->ann);

	assert_int_equal(user_deactivate(rq, ben->id), LEAVING_DONE);
	commit(rq);
	rq->id = ben->id;
	user_sweep(rq);
}

static struct receipt
receipt(const struct leaving_person *ben)
{
	struct receipt made;

	assert_true(receipt_of(hand_ask(&world.hand, ben->ann.org), ben->id, 0, &made));
	return made;
}

/* Items as if there had been so many more, of which the last in the order of the walk is not listed. */
static void
many(const struct leaving_person *ben, const char *kind, int n)
{
	sql_run(
	    "INSERT INTO departure_item (organization_id, tenure_id, kind, object, name, "
	    "token_hash, at) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
	    "WHERE i < %d) SELECT t.organization_id, t.id, '%s', CONCAT('zz', LPAD(i, 8, '0')), "
	    "'zz', UNHEX(SHA2(CONCAT(t.id, ' ', i), 256)), UTC_TIMESTAMP(6) + INTERVAL 1 DAY "
	    "FROM n JOIN tenure t ON t.user_id = %d",
	    n, kind, (int)ben->user);
}

static void
who_never_left_has_none(void **state)
{
	struct leaving_person ben = somebody(), cat = somebody();
	struct receipt made;

	(void)state;
	assert_false(receipt_of(hand_ask(&world.hand, ben.ann.org), ben.id, 0, &made));
	leaves(&ben);
	assert_true(receipt_of(hand_ask(&world.hand, ben.ann.org), ben.id, 0, &made));
	assert_false(receipt_of(hand_ask(&world.hand, cat.ann.org), ben.id, 0, &made));
	assert_false(receipt_of(hand_ask(&world.hand, ben.ann.org), S("0000000000"), 0, &made));
}

static void
its_counts_are_the_truth(void **state)
{
	struct leaving_person ben = somebody();
	struct receipt made;

	(void)state;
	signs_in(&ben, 3);
	leaves(&ben);
	made = receipt(&ben);
	assert_int_equal(made.check.sessions.count, 3);
	assert_int_equal(made.check.sessions.checked, 3);
	assert_int_equal(made.check.sessions.accepted, 0);
	assert_int_equal(made.sessions.n, 3);
	CHECK_STR(made.sessions.at[2].answer, "unknown");
	CHECK_STR(made.check.sign_in.answer, "refused");
	CHECK_STR(made.departure.door, "console");
	CHECK_STR_EQ(made.departure.by_email, ben.ann.email);
	assert_true(made.departure.finished);
	assert_false(made.check.alarm);
}

/* Of a thousand sessions the last, which is on no list, is revived: the check finds it. */
static void
what_is_not_listed_is_asked_about_too(void **state)
{
	struct leaving_person ben = somebody();
	struct receipt made;

	(void)state;
	signs_in(&ben, 1);
	leaves(&ben);
	many(&ben, "session", 999);
	made = receipt(&ben);
	assert_int_equal(made.check.sessions.count, 1000);
	assert_int_equal(made.check.sessions.checked, 1000);
	assert_int_equal(made.check.sessions.accepted, 0);
	assert_int_equal(made.sessions.n, RECEIPT_SHOWN);
	assert_false(made.check.alarm);
	status(ben.user, "active");
	sql_run("INSERT INTO session (token_hash, public_id, person_id, user_id, tenure_id, "
		"environment, remote, program, created_at, seen_at) SELECT i.token_hash, "
		"CONCAT('z', i.id), %d, l.user_id, l.id, 'production', '', '', UTC_TIMESTAMP(6), "
		"UTC_TIMESTAMP(6) FROM departure_item i JOIN tenure l ON l.live_id = %d WHERE "
		"i.object = 'zz00000999' AND i.kind = 'session' AND i.tenure_id IN (SELECT t.id "
		"FROM tenure t WHERE t.user_id = l.user_id)",
	    (int)ben.person, (int)ben.user);
	made = receipt(&ben);
	assert_int_equal(made.check.sessions.count, 1000);
	assert_int_equal(made.check.sessions.accepted, 1);
	assert_true(made.check.alarm);
	assert_true(made.returned);
}

/* So many that not all are asked about: the receipt says how many were. */
static void
more_than_are_asked_about_are_said_to_be_more(void **state)
{
	struct leaving_person ben = somebody();
	struct receipt made;

	(void)state;
	leaves(&ben);
	sql_run("SET SESSION max_recursive_iterations = 100000");
	many(&ben, "session", RECEIPT_CHECKED_MAX + 1000);
	made = receipt(&ben);
	assert_int_equal(made.check.sessions.count, RECEIPT_CHECKED_MAX + 1000);
	assert_int_equal(made.check.sessions.checked, RECEIPT_CHECKED_MAX);
}

static void
a_departure_by_hand_is_one_before_it_is_swept(void **state)
{
	struct leaving_person ben = somebody();
	struct receipt made;

	(void)state;
	signs_in(&ben, 2);
	status(ben.user, "deactivated");
	made = receipt(&ben);
	assert_false(made.departure.finished);
	assert_int_equal(made.departure.door.n, 0);
	assert_int_equal(made.check.sessions.count, 2);
	assert_int_equal(made.check.sessions.accepted, 0);
	CHECK_STR(made.sessions.at[0].answer, "refused");
	assert_int_equal(made.sessions.at[0].ended_at, 0);
	assert_false(made.check.alarm);
	mark_due();
	made = receipt(&ben);
	assert_true(made.departure.finished);
	CHECK_STR(made.departure.door, "sql");
	CHECK_STR(made.sessions.at[0].answer, "unknown");
	assert_int_equal(made.check.sessions.count, 2);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_never_left_has_none),
		cmocka_unit_test(its_counts_are_the_truth),
		cmocka_unit_test(what_is_not_listed_is_asked_about_too),
		cmocka_unit_test(more_than_are_asked_about_are_said_to_be_more),
		cmocka_unit_test(a_departure_by_hand_is_one_before_it_is_swept),
	};

	return GROUP(tests);
}
