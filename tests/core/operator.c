/* operator.c - who runs the installation, and how that ends. */
#define _GNU_SOURCE
#include "core/departed.h"

#include "core/leaving.h"
#include "core/operator.h"

static const str good = STR_INIT("correct horse battery");

/* ---- what is asked */

static bool
operates(const struct people *p)
{
	struct request *rq = hand_begin(&world.hand, 0);
	bool is = sql_person_by_email(rq->db, .email = p->email)->is_operator;

	db_rollback(rq->db);
	return is;
}

static enum proof
proves(const struct people *p)
{
	struct request *rq = hand_begin(&world.hand, 0);
	struct proven who;
	enum proof proof = person_prove(rq, p->email, good, &who);

	db_rollback(rq->db);
	return proof;
}

static bool
made(const struct people *p)
{
	struct request *rq = hand_begin(&world.hand, 0);
	struct person_wish wish = { .name = S("Ann"), .email = p->email, .is_operator = true };
	bool belongs = operator_add(rq, &wish);

	commit(rq);
	return belongs;
}

static bool
end(const struct people *p)
{
	struct request *rq = hand_begin(&world.hand, 0);
	bool ended = operator_end(rq, p->person);

	commit(rq);
	return ended;
}

/* An admin who is an operator by their organization, and another admin of it. */
static struct people
operator_here(struct people *other)
{
	struct people ann = world_people();

	*other = ann;
	other->user = colleague(&ann, "Bob");
	other->person = sql_number("SELECT person_id FROM user WHERE id = %d", (int)other->user);
	sql_run("UPDATE user SET role = 'admin' WHERE id = %d", (int)other->user);
	other->actor.person = other->person;
	other->actor.user = other->user;
	assert_true(made(&ann));
	return ann;
}

/* Of the installation's chain about that person, and of the organization's. */
static long
entries(const struct people *p, const char *act, int org)
{
	return sql_number("SELECT COUNT(*) FROM audit_entry WHERE act = '%s' AND organization_id = "
			  "%d AND object = (SELECT public_id FROM person WHERE id = %d)",
	    act, org, (int)p->person);
}

static void
leave(const struct people *p, const struct people *by)
{
	struct request *rq = begin_as(by);
	str id = str_copy(
	    &world.hand.start, sql_team_place_id(rq->db, .org = p->org, .user = p->user)->id);

	assert_int_equal(user_deactivate(rq, id), LEAVING_DONE);
	commit(rq);
}

/* ---- with an organization */

static void
who_leaves_is_none_from_that_moment_on(void **state)
{
	struct people bob, ann = operator_here(&bob);

	(void)state;
	assert_true(operates(&ann));
	assert_int_equal(entries(&ann, "operator.add", 0), 1);
	leave(&ann, &bob);
	assert_false(operates(&ann));
	assert_int_equal(proves(&ann), PROOF_NOWHERE);
	mark_due();
	assert_int_equal(sql_number("SELECT is_operator OR operator_tenure_id IS NOT NULL FROM "
				    "person WHERE id = %d",
			     (int)ann.person),
	    0);
	assert_int_equal(entries(&ann, "operator.end", 0), 1);
	assert_int_equal(entries(&ann, "operator.end", (int)ann.org), 1);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM departure_item i JOIN tenure t ON t.id = "
				    "i.tenure_id WHERE t.user_id = %d AND i.kind = 'operator'",
			     (int)ann.user),
	    1);
}

static void
by_plain_sql_too_and_not_again_when_they_come_back(void **state)
{
	struct people bob, ann = operator_here(&bob);

	(void)state;
	status(ann.user, "deactivated");
	assert_false(operates(&ann));
	assert_int_equal(proves(&ann), PROOF_NOWHERE);
	status(ann.user, "active"); /* before any sweep */
	assert_int_equal(proves(&ann), PROOF_GOOD);
	assert_false(operates(&ann));
	mark_due();
	assert_false(operates(&ann));
	assert_int_equal(entries(&ann, "operator.end", 0), 1);
	assert_true(made(&ann)); /* until somebody makes them one */
	assert_true(operates(&ann));
	mark_due();
	assert_true(operates(&ann));
}

static void
another_organization_does_not_end_it(void **state)
{
	struct people bob, ann = operator_here(&bob), cid = world_people(), there = cid;
	struct person_wish wish = { .name = S("Ann"), .email = ann.email, .role = ROLE_MEMBER };
	struct request *rq = hand_begin(&world.hand, 0);

	(void)state;
	there.user = person_join(rq, cid.org, &wish);
	commit(rq);
	leave(&there, &cid);
	mark_due();
	assert_true(operates(&ann));
	assert_int_equal(entries(&ann, "operator.end", 0), 0);
}

/* Signed in by the other organization, they go on there, and run the installation no more. */
static void
who_is_active_elsewhere_is_none_all_the_same(void **state)
{
	struct people bob, ann = operator_here(&bob), cid = world_people();
	struct person_wish wish = { .name = S("Ann"), .email = ann.email, .role = ROLE_MEMBER };
	struct request *rq = hand_begin(&world.hand, 0);

	(void)state;
	assert_true(person_join(rq, cid.org, &wish) > 0);
	commit(rq);
	leave(&ann, &bob);
	assert_int_equal(proves(&ann), PROOF_GOOD);
	assert_false(operates(&ann));
}

/* ---- without one */

static void
who_belongs_nowhere_is_one_until_it_is_ended(void **state)
{
	struct people ann = world_people();

	(void)state;
	status(ann.user, "deactivated");
	mark_due();
	assert_false(made(&ann));
	assert_true(operates(&ann));
	assert_int_equal(proves(&ann), PROOF_GOOD);
	mark_due();
	assert_true(operates(&ann));
	assert_true(end(&ann));
	assert_false(operates(&ann));
	assert_int_equal(proves(&ann), PROOF_NOWHERE);
	assert_int_equal(entries(&ann, "operator.end", 0), 1);
	assert_false(end(&ann));
	assert_int_equal(entries(&ann, "operator.end", 0), 1);
}

static void
a_session_that_was_good_for_it_alone_does_not_come_back(void **state)
{
	struct people ann = world_people();

	(void)state;
	made(&ann);
	sql_run("INSERT INTO session (token_hash, person_id, environment, remote, program, "
		"created_at, seen_at) VALUES (REPEAT('o', 32), %d, 'production', '192.0.2.1', '', "
		"UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))",
	    (int)ann.person);
	assert_true(end(&ann));
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM session WHERE person_id = %d", (int)ann.person), 0);
}

static void
somebody_new_is_made_with_a_password(void **state)
{
	struct request *rq = hand_begin(&world.hand, 0);
	struct people eve = { .email = fmt(&world.hand.start, "%.*s@example.test",
				  STR(str_lower(rq->arena, random_base62(rq->arena, 12)))) };
	struct person_wish wish = { S("Eve"), eve.email, good, ROLE_NONE, true };

	(void)state;
	assert_false(operator_add(rq, &wish));
	commit(rq);
	assert_int_equal(proves(&eve), PROOF_GOOD);
	assert_true(operates(&eve));
	rq = hand_begin(&world.hand, 0);
	assert_null(sql_person_home(
	    rq->db, .person = sql_person_by_email(rq->db, .email = eve.email)->person));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_leaves_is_none_from_that_moment_on),
		cmocka_unit_test(by_plain_sql_too_and_not_again_when_they_come_back),
		cmocka_unit_test(another_organization_does_not_end_it),
		cmocka_unit_test(who_is_active_elsewhere_is_none_all_the_same),
		cmocka_unit_test(who_belongs_nowhere_is_one_until_it_is_ended),
		cmocka_unit_test(a_session_that_was_good_for_it_alone_does_not_come_back),
		cmocka_unit_test(somebody_new_is_made_with_a_password),
	};

	return cmocka_run_group_tests(tests, world_open, world_close);
}
