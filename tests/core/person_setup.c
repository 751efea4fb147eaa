/* person_setup.c - the first set-up: a link, used once, by one. */
#define _GNU_SOURCE
#include "core/fixture.h"

static struct setup_wish
wish_of(str token)
{
	return (struct setup_wish){ .token = token,
		.organization = S("Northwind Trading"),
		.person = { .name = S("Olga Petrov"),
		    .email = S("Olga@Example.test"),
		    .password = S("correct horse battery"),
		    .role = ROLE_ADMIN,
		    .is_operator = true } };
}

/* As if nothing had been set up yet; an open link. */
static str
begin_anew(void)
{
	struct request *rq = hand_begin(&world.hand, 0);
	str token;

	scratch_run("DELETE FROM installation");
	scratch_run("UPDATE person SET email = CONCAT('old-', id), is_operator = 0");
	token = str_copy(&world.hand.start, setup_begin(rq));
	commit(rq);
	return token;
}

static bool
open_now(str token)
{
	return setup_open(hand_ask(&world.hand, 0), token);
}

static bool
finish(const struct setup_wish *wish, struct proven *who)
{
	struct request *rq = hand_begin(&world.hand, 0);
	bool done = setup_finish(rq, wish, who);

	if (done)
		commit(rq);
	else
		db_rollback(rq->db);
	return done;
}

static void
a_link_ends_the_ones_before(void **state)
{
	str first = begin_anew(), second = begin_anew();

	(void)state;
	assert_int_equal(first.n, 43);
	assert_false(open_now(first));
	assert_true(open_now(second));
	assert_true(open_now(second));
	assert_false(open_now(S("")));
	assert_int_equal(sql_number("SELECT COUNT(*) FROM setup_link WHERE token_hash = "
				    "UNHEX(SHA2('%.*s', 256))",
			     STR(second)),
	    1);
}

static void
a_link_works_once(void **state)
{
	struct setup_wish wish = wish_of(begin_anew());
	struct proven who;

	(void)state;
	assert_true(finish(&wish, &who));
	CHECK_STR(who.name, "olga@example.test");
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM user u JOIN person p ON p.id = "
		       "u.person_id JOIN organization o ON o.id = u.organization_id "
		       "WHERE u.id = %d AND p.id = %d AND o.id = %d AND u.role = "
		       "'admin' AND u.status = 'active' AND p.is_operator = 1 AND "
		       "p.email = 'olga@example.test' AND o.name = 'Northwind Trading'",
		(int)who.user, (int)who.person, (int)who.org),
	    1);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM audit_entry WHERE organization_id IN (0, %d) AND act "
		       "IN ('setup.finish', 'organization.create', 'user.create') AND person_id = "
		       "%d AND person = 'olga@example.test'",
		(int)who.org, (int)who.person),
	    3);
	assert_false(open_now(wish.token));
	wish.person.email = S("eve@example.test");
	assert_false(finish(&wish, &who));
	assert_int_equal(who.person, 0);
	assert_int_equal(scratch_number("SELECT COUNT(*) FROM person WHERE email = "
					"'eve@example.test'"),
	    0);
	assert_int_equal(setup_begin(hand_begin(&world.hand, 0)).n, 0);
}

/* By a link that was made before, once somebody has set it up in another way. */
static void
there_is_no_second_first_time(void **state)
{
	struct setup_wish wish = wish_of(begin_anew());
	struct proven who;

	(void)state;
	scratch_run("INSERT INTO installation (id, created_at) VALUES (1, UTC_TIMESTAMP(6))");
	assert_false(open_now(wish.token));
	assert_false(finish(&wish, &who));
	assert_int_equal(scratch_number("SELECT COUNT(*) FROM person WHERE email = "
					"'olga@example.test'"),
	    0);
}

static void
finish_one(struct hand *hand)
{
	const str *tokens = hand->with;
	struct setup_wish wish = wish_of(tokens[hand->n % 2]);
	struct request *rq = hand_begin(hand, 0);
	struct proven who;

	wish.person.email = fmt(rq->arena, "olga%d@example.test", hand->n);
	hand->result = setup_finish(rq, &wish, &who);
	if (hand->result)
		commit(rq);
	else
		db_rollback(rq->db);
}

/* By one link, and by two that are both open. */
static void
of_many_at_once_one_sets_up(void **state)
{
	struct hand hands[6];

	(void)state;
	for (int round = 0; round < 6; round++) {
		str tokens[2] = { begin_anew() };

		tokens[1] = round % 2 ? tokens[0] : S("another token");
		sql_run("INSERT INTO setup_link (token_hash, created_at) SELECT "
			"UNHEX(SHA2('another token', 256)), UTC_TIMESTAMP(6) WHERE %d",
		    round % 2 == 0);
		hands_together(hands, 6, finish_one, tokens);
		assert_int_equal(results(hands, 6, true), 1);
		assert_int_equal(
		    scratch_number("SELECT COUNT(*) FROM person WHERE is_operator"), 1);
		scratch_run("DELETE FROM setup_link");
	}
}

/* Somebody was added at the command line before: the installation must not stay without an operator. */
static void
who_is_there_already_becomes_the_operator(void **state)
{
	struct setup_wish wish = wish_of(begin_anew());
	struct people ann = world_people();
	struct proven who;
	int64_t before;

	(void)state;
	sql_run("UPDATE person SET email = 'olga@example.test' WHERE id = %d", (int)ann.person);
	wish.person.password = S("what was typed just now");
	before = counted(COUNT_ARGON2);
	assert_true(finish(&wish, &who));
	assert_int_equal(counted(COUNT_ARGON2), before + 1);
	assert_int_equal(who.person, ann.person);
	assert_int_not_equal(who.org, ann.org);
	assert_int_equal(
	    sql_number("SELECT is_operator FROM person WHERE id = %d", (int)ann.person), 1);
	assert_int_equal(person_prove(hand_begin(&world.hand, 0), S("olga@example.test"),
			     S("correct horse battery"), &who),
	    PROOF_WRONG);
	assert_int_equal(person_prove(hand_begin(&world.hand, 0), S("olga@example.test"),
			     wish.person.password, &who),
	    PROOF_GOOD);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_link_ends_the_ones_before),
		cmocka_unit_test(a_link_works_once),
		cmocka_unit_test(there_is_no_second_first_time),
		cmocka_unit_test(of_many_at_once_one_sets_up),
		cmocka_unit_test(who_is_there_already_becomes_the_operator),
	};

	return GROUP(tests);
}
