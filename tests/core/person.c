/* person.c - people are proven, join organizations, and get passwords. */
#define _GNU_SOURCE
#include "core/fixture.h"

static const str good = STR_INIT("correct horse battery");

static str
fresh_email(void)
{
	struct arena *start = &world.hand.start;

	return fmt(start, "%.*s@example.test", STR(str_lower(start, random_base62(start, 12))));
}

/* ---- proof */

static void
the_right_password_proves(void **state)
{
	struct people ann = world_people();
	struct request *rq = hand_begin(&world.hand, 0);
	struct proven who;
	str shouted = fmt(rq->arena, "%.*sTEST", STR(str_part(ann.email, 0, ann.email.n - 4)));

	(void)state;
	assert_int_equal(person_prove(rq, shouted, good, &who), PROOF_GOOD);
	assert_int_equal(who.person, ann.person);
	assert_int_equal(who.user, ann.user);
	assert_int_equal(who.org, ann.org);
	CHECK_STR_EQ(who.name, ann.email);
}

static void
a_wrong_one_says_nothing(void **state)
{
	struct people ann = world_people();
	struct request *rq = hand_begin(&world.hand, 0);
	const str wrong[] = { S(""), S("correct horse batter"), S("Correct horse battery"),
		S("correct horse battery ") };
	struct proven who;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		assert_int_equal(person_prove(rq, ann.email, wrong[i], &who), PROOF_WRONG);
		assert_int_equal(who.person, 0);
		assert_int_equal(who.name.n, 0);
	}
}

struct proving {
	struct request *rq;
	const struct proven *who;
};

static void
hold_work(void *arg)
{
	const struct proving *proving = arg;

	person_hold_proven(proving->rq, proving->who);
}

/* A sign-in that computes its hash while the password is changed is no sign-in. */
static void
what_was_proven_before_a_change_is_proven_no_more(void **state)
{
	struct people ann = world_people();
	struct request *rq = hand_begin(&world.hand, 0);
	struct proven who;
	struct proving proving = { rq, &who };

	(void)state;
	assert_int_equal(person_prove(rq, ann.email, good, &who), PROOF_GOOD);
	assert_true(attempt(rq->arena->fault, hold_work, &proving));
	db_rollback(rq->db);
	sql_run("UPDATE person SET password_hash = 'another' WHERE id = %d", (int)ann.person);
	db_begin(rq->db, DB_WRITE);
	assert_false(attempt(rq->arena->fault, hold_work, &proving));
	assert_int_equal(rq->arena->fault->kind, FAULT_CONFLICT);
	db_rollback(rq->db);
}

/* Each answer costs one computation, so that time does not tell who is known. */
static void
every_answer_costs_the_same(void **state)
{
	struct people known = world_people(), empty = world_people(), lost = world_people();
	const str emails[] = { known.email, empty.email, lost.email, fresh_email(), S(""),
		S("' OR 1=1 -- ") };
	struct request *rq;
	struct proven who;

	(void)state;
	sql_run("UPDATE person SET password_hash = NULL WHERE id = %d", (int)empty.person);
	sql_run("UPDATE person SET password_hash = REPLACE(password_hash, 'keyid=MQ', 'keyid=OQ') "
		"WHERE id = %d",
	    (int)lost.person);
	for (size_t i = 0; i < sizeof emails / sizeof emails[0]; i++) {
		int64_t before = counted(COUNT_ARGON2);

		rq = hand_begin(&world.hand, 0);
		assert_int_equal(
		    person_prove(rq, emails[i], S("something else"), &who), PROOF_WRONG);
		assert_int_equal(counted(COUNT_ARGON2), before + 1);
	}
}

static void
a_password_typed_as_an_address_is_not_asked_for(void **state)
{
	struct request *rq = hand_begin(&world.hand, 0);
	int64_t before = db_executed(rq->db);
	struct proven who;

	(void)state;
	assert_int_equal(person_prove(rq, good, S("something else"), &who), PROOF_WRONG);
	assert_int_equal(db_executed(rq->db), before);
}

static void
active_nowhere_is_no_way_in(void **state)
{
	struct people ann = world_people();
	struct proven who;

	(void)state;
	sql_run("UPDATE user SET status = 'deactivated' WHERE id = %d", (int)ann.user);
	assert_int_equal(
	    person_prove(hand_begin(&world.hand, 0), ann.email, good, &who), PROOF_NOWHERE);
	assert_int_equal(who.person, ann.person);
	assert_int_equal(who.user, 0);
	assert_int_equal(who.org, 0);

	/* The same of one who is active, in an organization that is closed. */
	sql_run("UPDATE user SET status = 'active' WHERE id = %d", (int)ann.user);
	sql_run("UPDATE organization SET status = 'closed' WHERE id = %d", (int)ann.org);
	assert_int_equal(
	    person_prove(hand_begin(&world.hand, 0), ann.email, good, &who), PROOF_NOWHERE);

	/* An operator comes in without an organization. */
	sql_run("UPDATE person SET is_operator = 1 WHERE id = %d", (int)ann.person);
	assert_int_equal(
	    person_prove(hand_begin(&world.hand, 0), ann.email, good, &who), PROOF_GOOD);
	assert_int_equal(who.user, 0);
	assert_int_equal(who.org, 0);
}

static void
a_changed_profile_makes_the_hash_anew(void **state)
{
	struct people ann = world_people();
	struct request *rq;
	struct proven who;

	(void)state;
	world.settings.people.memory_kib = 16;
	rq = hand_begin(&world.hand, 0);
	assert_int_equal(person_prove(rq, ann.email, S("wrong"), &who), PROOF_WRONG);
	assert_int_equal(person_prove(rq, ann.email, good, &who), PROOF_GOOD);
	db_commit(rq->db);
	assert_int_equal(
	    sql_number(
		"SELECT password_hash LIKE '%%m=16,%%' FROM person WHERE id = %d", (int)ann.person),
	    1);
	rq = hand_begin(&world.hand, 0);
	assert_int_equal(person_prove(rq, ann.email, good, &who), PROOF_GOOD);
	world_test();
}

/* ---- joining */

static int64_t
join(int64_t org, const struct person_wish *wish)
{
	struct request *rq = hand_begin(&world.hand, 0);
	int64_t user = person_join(rq, org, wish);

	if (user)
		commit(rq);
	else
		db_rollback(rq->db);
	return user;
}

static void
a_person_of_two_organizations(void **state)
{
	struct people ann = world_people(), bob = world_people();
	struct person_wish wish = { .name = S("Another Name"),
		.email = str_copy(&world.hand.start, ann.email),
		.password = S("another password"),
		.role = ROLE_MEMBER };
	int64_t second = join(bob.org, &wish);
	struct proven who;

	(void)state;
	assert_true(second > 0);
	assert_int_not_equal(second, ann.user);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM user WHERE person_id = %d AND status = "
				    "'active'",
			     (int)ann.person),
	    2);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM user WHERE id = %d AND role = 'member'", (int)second),
	    1);
	/* Name and password stay, and the first organization is home. */
	assert_int_equal(
	    person_prove(hand_begin(&world.hand, 0), ann.email, wish.password, &who), PROOF_WRONG);
	assert_int_equal(
	    person_prove(hand_begin(&world.hand, 0), ann.email, good, &who), PROOF_GOOD);
	assert_int_equal(who.user, ann.user);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM person WHERE id = %d AND name = 'Ann "
				    "Marsh' AND is_operator = 0",
			     (int)ann.person),
	    1);
	/* Put out of the first one, the person comes in by the second. */
	sql_run("UPDATE user SET status = 'deactivated' WHERE id = %d", (int)ann.user);
	assert_int_equal(
	    person_prove(hand_begin(&world.hand, 0), ann.email, good, &who), PROOF_GOOD);
	assert_int_equal(who.user, second);
	assert_int_equal(who.org, bob.org);
	assert_int_equal(join(bob.org, &wish), 0);
	assert_int_equal(join(ann.org, &wish), 0);
}

static void
each_role_is_kept(void **state)
{
	struct people ann = world_people();

	(void)state;
	for (enum role role = ROLE_MEMBER; role <= ROLE_ADMIN; role++) {
		struct person_wish wish = {
			.name = S("X"), .email = fresh_email(), .password = good, .role = role
		};
		int64_t user = join(ann.org, &wish);

		assert_int_equal(sql_number("SELECT COUNT(*) FROM user WHERE id = %d AND "
					    "role = '%.*s' AND status = 'active'",
				     (int)user, STR(role_text(role))),
		    1);
	}
}

static void
who_is_there_may_become_an_operator(void **state)
{
	struct people ann = world_people(), bob = world_people();
	struct person_wish wish = {
		.name = S("Ann"), .email = ann.email, .role = ROLE_ADMIN, .is_operator = true
	};

	(void)state;
	assert_true(join(bob.org, &wish) > 0);
	assert_int_equal(
	    sql_number("SELECT is_operator FROM person WHERE id = %d", (int)ann.person), 1);
	wish.is_operator = false;
	assert_true(join(world_people().org, &wish) > 0);
	assert_int_equal(
	    sql_number("SELECT is_operator FROM person WHERE id = %d", (int)ann.person), 1);
}

static void
the_entry_names_who_did_it(void **state)
{
	struct people ann = world_people();
	struct person_wish wish = {
		.name = S("X"), .email = fresh_email(), .password = good, .role = ROLE_MEMBER
	};
	struct request *rq = begin_as(&ann);

	(void)state;
	assert_true(person_join(rq, ann.org, &wish) > 0);
	commit(rq);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM audit_entry WHERE organization_id = %d "
				    "AND act = 'user.create' AND person_id = %d AND person = "
				    "'%.*s' AND detail LIKE '%%member%%'",
			     (int)ann.org, (int)ann.person, STR(ann.email)),
	    1);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM audit_entry WHERE organization_id = %d "
				    "AND act = 'user.create' AND person_id IS NULL AND person = "
				    "'command line' AND detail LIKE '%%admin%%'",
			     (int)ann.org),
	    1);
}

static void
join_both(struct hand *hand)
{
	const struct person_wish *wish = hand->with;
	struct request *rq = hand_begin(hand, 0);
	str id;

	hand->result = (int)person_join(rq, organization_create(rq, S("New"), &id), wish);
	commit(rq);
}

/* Two organizations that take a new person at the same moment take the same one. */
static void
joined_at_once_it_is_one_person(void **state)
{
	struct person_wish wish = {
		.name = S("X"), .email = fresh_email(), .password = good, .role = ROLE_MEMBER
	};
	struct hand hands[4];

	(void)state;
	hands_together(hands, 4, join_both, &wish);
	assert_int_equal(results(hands, 4, 0), 0);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM person WHERE email = '%.*s'", STR(wish.email)), 1);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM user u JOIN person p ON p.id = "
				    "u.person_id WHERE p.email = '%.*s'",
			     STR(wish.email)),
	    4);
}

/* ---- passwords */

static void
begin_session(int64_t person, const char *token)
{
	sql_run("INSERT INTO session (token_hash, person_id, environment, remote, program, "
		"created_at, seen_at) VALUES (UNHEX(SHA2('%s', 256)), %d, 'production', '', '', "
		"UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))",
	    token, (int)person);
}

static void
a_new_password_ends_the_sessions(void **state)
{
	struct people ann = world_people(), bob = world_people();
	struct request *rq;
	struct proven who;

	(void)state;
	begin_session(ann.person, "a");
	begin_session(ann.person, "b");
	begin_session(bob.person, "c");
	rq = hand_begin(&world.hand, 0);
	assert_true(person_set_password(rq, ann.email, S("quite another one")));
	commit(rq);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM session WHERE person_id = %d", (int)ann.person), 0);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM session WHERE person_id = %d", (int)bob.person), 1);
	rq = hand_begin(&world.hand, 0);
	assert_int_equal(person_prove(rq, ann.email, good, &who), PROOF_WRONG);
	assert_int_equal(person_prove(rq, ann.email, S("quite another one"), &who), PROOF_GOOD);
	assert_false(person_set_password(rq, fresh_email(), good));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_right_password_proves),
		cmocka_unit_test(a_wrong_one_says_nothing),
		cmocka_unit_test(what_was_proven_before_a_change_is_proven_no_more),
		cmocka_unit_test(every_answer_costs_the_same),
		cmocka_unit_test(a_password_typed_as_an_address_is_not_asked_for),
		cmocka_unit_test(active_nowhere_is_no_way_in),
		cmocka_unit_test(a_changed_profile_makes_the_hash_anew),
		cmocka_unit_test(a_person_of_two_organizations),
		cmocka_unit_test(each_role_is_kept),
		cmocka_unit_test(who_is_there_may_become_an_operator),
		cmocka_unit_test(the_entry_names_who_did_it),
		cmocka_unit_test(joined_at_once_it_is_one_person),
		cmocka_unit_test(a_new_password_ends_the_sessions),
	};

	return GROUP(tests);
}
