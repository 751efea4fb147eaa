/* invitation.c - links into an organization: used once, by whom they are for, and never after their end. */
#define _GNU_SOURCE
#include "core/operated.h"

enum { AT_ONCE = 12 };

static const str chosen = STR_INIT("seventeen tin boats");

static enum accepted
accept(str token, str password, struct proven *who)
{
	struct request *rq = hand_begin(&world.hand, 0);
	enum accepted accepted = invitation_accept(rq, token, password, who);

	if (accepted == ACCEPTED)
		commit(rq);
	else
		db_rollback(rq->db);
	return accepted;
}

static long
users(const struct founded_one *one, const char *status)
{
	return sql_number("SELECT COUNT(*) FROM user WHERE organization_id = %d AND status = '%s'",
	    (int)one->org, status);
}

static void
it_is_used_once(void **state)
{
	struct founded_one one = found_one();
	struct proven who;

	(void)state;
	assert_non_null(invitation_open(hand_ask(&world.hand, 0), one.token));
	assert_int_equal(accept(one.token, chosen, &who), ACCEPTED);
	assert_int_equal(who.org, one.org);
	assert_int_equal(who.user, one.user);
	assert_int_equal(
	    person_prove(hand_begin(&world.hand, 0), one.email, chosen, &who), PROOF_GOOD);
	assert_int_equal(accept(one.token, chosen, &who), ACCEPTED_GONE);
	assert_int_equal(who.person, 0);
	assert_null(invitation_open(hand_ask(&world.hand, 0), one.token));
	assert_int_equal(users(&one, "active"), 1);
}

static void
accept_one(struct hand *hand)
{
	struct request *rq = hand_begin(hand, 0);
	str password = fmt(rq->arena, "seventeen tin boats %d", hand->n);
	struct proven who;

	hand->result = (int)invitation_accept(rq, *(const str *)hand->with, password, &who);
	if (hand->result == ACCEPTED)
		commit(rq);
	else
		db_rollback(rq->db);
}

/* The others had the link in hand as well, each with a password of their own: one of these is the person's. */
static void
of_many_at_once_one_comes_in(void **state)
{
	struct founded_one one = found_one();
	struct hand hands[AT_ONCE];
	struct proven who;
	int good = 0;

	(void)state;
	hands_together(hands, AT_ONCE, accept_one, &one.token);
	assert_int_equal(results(hands, AT_ONCE, ACCEPTED), 1);
	for (int i = 0; i < AT_ONCE; i++) {
		struct request *rq = hand_begin(&world.hand, 0);
		str password = fmt(rq->arena, "seventeen tin boats %d", i);

		if (person_prove(rq, one.email, password, &who) == PROOF_GOOD) {
			assert_int_equal(hands[i].result, ACCEPTED);
			good++;
		}
	}
	assert_int_equal(good, 1);
}

static void
accept_or_withdraw(struct hand *hand)
{
	const struct founded_one *one = hand->with;
	struct request *rq;

	if (hand->n % 2) {
		struct proven who;

		rq = hand_begin(hand, 0);
		hand->result = invitation_accept(rq, one->token, chosen, &who) == ACCEPTED;
	} else {
		rq = begin_operator(hand);
		hand->result = invitation_withdraw(rq, one->org) ? -1 : 0;
	}
	if (hand->result)
		commit(rq);
	else
		db_rollback(rq->db);
}

static void
withdrawn_and_accepted_at_once_is_one_of_both(void **state)
{
	(void)state;
	for (int round = 0; round < 10; round++) {
		struct founded_one one = found_one();
		struct hand hands[4];

		hands_together(hands, 4, accept_or_withdraw, &one);
		assert_int_equal(results(hands, 4, 1) + results(hands, 4, -1), 1);
		assert_int_equal(users(&one, "active"), results(hands, 4, 1));
	}
}

/* The link alone does not let anybody in under the name of a person who has a password. */
static void
who_has_a_password_proves_it(void **state)
{
	struct people ann = world_people();
	struct founded_one one = found_for(ann.email);
	struct proven who;

	(void)state;
	assert_int_equal(accept(one.token, chosen, &who), ACCEPTED_WRONG);
	assert_int_equal(accept(one.token, S(""), &who), ACCEPTED_WRONG);
	assert_int_equal(users(&one, "invited"), 1);
	assert_int_equal(accept(one.token, S("correct horse battery"), &who), ACCEPTED);
	assert_int_equal(who.person, ann.person);
	assert_int_equal(who.org, one.org);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM user WHERE person_id = %d AND status = 'active'",
		(int)ann.person),
	    2);
}

/* Of two links of one person who has no password yet, the first that is used sets it, for both. */
static void
there_is_one_password(void **state)
{
	struct founded_one one = found_one(), two = found_for(one.email);
	struct proven who;

	(void)state;
	assert_int_equal(accept(two.token, chosen, &who), ACCEPTED);
	assert_int_equal(accept(one.token, S("nineteen glass doors"), &who), ACCEPTED_WRONG);
	assert_int_equal(accept(one.token, chosen, &who), ACCEPTED);
}

/* Whoever has a link of another organization's chooses no password for somebody who has become a user of ours meanwhile: that
 * password would be theirs here, too. */
static void
who_was_given_a_password_is_not_given_another(void **state)
{
	struct founded_one theirs = found_one();
	struct people ours = world_people();
	struct person_wish wish = { S("Eve"), theirs.email, S("eleven paper kites"), ROLE_ADMIN,
		false };
	struct request *rq = hand_begin(&world.hand, 0);
	struct proven who;

	(void)state;
	assert_true(person_join(rq, ours.org, &wish) > 0);
	commit(rq);
	assert_int_equal(accept(theirs.token, chosen, &who), ACCEPTED_WRONG);
	assert_int_equal(
	    person_prove(hand_begin(&world.hand, 0), theirs.email, chosen, &who), PROOF_WRONG);
	assert_int_equal(
	    person_prove(hand_begin(&world.hand, 0), theirs.email, wish.password, &who),
	    PROOF_GOOD);
	assert_int_equal(who.org, ours.org);
}

static void
what_has_ended_is_gone(void **state)
{
	static const char *const ends[] = {
		"UPDATE invitation SET expires_at = created_at WHERE organization_id",
		"UPDATE invitation SET open_for = NULL WHERE organization_id",
		"UPDATE user SET status = 'deactivated' WHERE organization_id",
		"UPDATE organization SET status = 'closed' WHERE id",
	};
	struct proven who;

	(void)state;
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		struct founded_one one = found_one();

		sql_run("%s = %d", ends[i], (int)one.org);
		assert_null(invitation_open(hand_ask(&world.hand, 0), one.token));
		assert_int_equal(accept(one.token, chosen, &who), ACCEPTED_GONE);
		assert_int_equal(users(&one, "active"), 0);
	}
	assert_int_equal(accept(S(""), chosen, &who), ACCEPTED_GONE);
}

/* The schema holds it too: whatever program writes, a user has one open link. */
static void
a_token_is_kept_as_a_hash_only(void **state)
{
	struct founded_one one = found_one();

	(void)state;
	assert_int_equal(sql_number("SELECT COUNT(*) FROM invitation WHERE token_hash = "
				    "UNHEX(SHA2('%.*s', 256)) AND open_for = user_id",
			     STR(one.token)),
	    1);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM audit_entry WHERE detail LIKE '%%%.*s%%'",
			     STR(one.token)),
	    0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_used_once),
		cmocka_unit_test(of_many_at_once_one_comes_in),
		cmocka_unit_test(withdrawn_and_accepted_at_once_is_one_of_both),
		cmocka_unit_test(who_has_a_password_proves_it),
		cmocka_unit_test(there_is_one_password),
		cmocka_unit_test(who_was_given_a_password_is_not_given_another),
		cmocka_unit_test(what_has_ended_is_gone),
		cmocka_unit_test(a_token_is_kept_as_a_hash_only),
	};

	return cmocka_run_group_tests(tests, operated_open, world_close);
}
