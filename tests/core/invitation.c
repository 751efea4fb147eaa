/* invitation.c - links into an organization: used once, by whom they are for, and never after their end. */
#define _GNU_SOURCE
#include "core/operated.h"

#include "core/leaving.h"

#include <sched.h>
#include <stdatomic.h>

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

/* ---- an operator's link brings in the first admin, and nobody after them */

static struct person_wish
another_admin(struct arena *a)
{
	return (struct person_wish){ .name = S("Gus Hale"),
		.email = fmt(a, "%.*s@example.test", STR(str_lower(a, random_base62(a, 12)))),
		.password = chosen,
		.role = ROLE_ADMIN };
}

static int64_t
admin_added(const struct founded_one *one)
{
	struct request *rq = hand_begin(&world.hand, 0);
	struct person_wish wish = another_admin(rq->arena);
	int64_t user = person_join(rq, one->org, &wish);

	commit(rq);
	return user;
}

static void
it_ends_with_an_admin_wherever_they_come_from(void **state)
{
	struct founded_one one = found_one();
	int64_t user = admin_added(&one);
	struct proven who;

	(void)state;
	assert_null(invitation_open(hand_ask(&world.hand, 0), one.token));
	assert_int_equal(accept(one.token, chosen, &who), ACCEPTED_GONE);
	assert_int_equal(users(&one, "active"), 1);
	/* Who is no admin, or is not active, is none that it has. */
	sql_run("UPDATE user SET role = 'compliance_admin' WHERE id = %d", (int)user);
	assert_non_null(invitation_open(hand_ask(&world.hand, 0), one.token));
	sql_run("UPDATE user SET role = 'admin', status = 'deactivated' WHERE id = %d", (int)user);
	assert_non_null(invitation_open(hand_ask(&world.hand, 0), one.token));
	sql_run("UPDATE user SET status = 'active' WHERE id = %d", (int)user);
	assert_int_equal(accept(one.token, chosen, &who), ACCEPTED_GONE);
	assert_int_equal(users(&one, "active"), 1);
}

static void
it_ends_with_its_makers_being_an_operator(void **state)
{
	struct founded_one one = found_one();
	struct proven who;

	(void)state;
	sql_run("UPDATE person SET is_operator = 0 WHERE id = %d", (int)olga.person);
	assert_null(invitation_open(hand_ask(&world.hand, 0), one.token));
	assert_int_equal(accept(one.token, chosen, &who), ACCEPTED_GONE);
	sql_run("UPDATE person SET is_operator = 1, operator_tenure_id = 9000000000 WHERE id = %d",
	    (int)olga.person); /* one that has ended */
	assert_null(invitation_open(hand_ask(&world.hand, 0), one.token));
	sql_run("UPDATE person SET operator_tenure_id = NULL WHERE id = %d", (int)olga.person);
	assert_int_equal(accept(one.token, chosen, &who), ACCEPTED);
}

struct race {
	struct founded_one one;
	str left; /* an admin who is let back in; empty: one is added */
	atomic_bool coming, asked;
};

static bool
somebody_waits(void)
{
	return sql_number("SELECT variable_value FROM information_schema.global_status "
			  "WHERE variable_name = 'Innodb_row_lock_current_waits'") > 0;
}

static void
bring_in(struct request *rq, const struct race *race)
{
	struct person_wish wish = another_admin(rq->arena);

	rq->org = race->one.org;
	if (race->left.n)
		assert_int_equal(user_reactivate(rq, race->left), LEAVING_DONE);
	else
		assert_true(person_join(rq, race->one.org, &wish) != 0);
}

/* The first brings an admin in, and commits once the second, who has the link, waits. */
static void
come_or_accept(struct hand *hand)
{
	struct race *race = (struct race *)(uintptr_t)hand->with;
	struct request *rq;
	struct proven who;

	if (hand->n == 0) {
		rq = hand_begin(hand, 0);
		bring_in(rq, race);
		atomic_store(&race->coming, true);
		while (!somebody_waits() && !atomic_load(&race->asked))
			sched_yield();
		commit(rq);
		return;
	}
	while (!atomic_load(&race->coming))
		sched_yield();
	rq = hand_begin(hand, 0);
	hand->result = (int)invitation_accept(rq, race->one.token, chosen, &who);
	atomic_store(&race->asked, true);
	if (hand->result == ACCEPTED)
		commit(rq);
	else
		db_rollback(rq->db);
}

static void
it_waits_for_an_admin_who_is_on_their_way(void **state)
{
	(void)state;
	for (int again = 0; again < 2; again++) {
		struct race race = { .one = found_one() };
		struct hand hands[2];

		if (again) {
			int64_t user = admin_added(&race.one);

			sql_run("UPDATE user SET status = 'deactivated', public_id = 'left%06d' "
				"WHERE id = %d",
			    (int)user, (int)user);
			race.left = fmt(&world.hand.start, "left%06d", (int)user);
		}
		hands_together(hands, 2, come_or_accept, &race);
		assert_int_equal(hands[1].result, ACCEPTED_GONE);
		assert_int_equal(users(&race.one, "active"), 1);
	}
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
		cmocka_unit_test(it_ends_with_an_admin_wherever_they_come_from),
		cmocka_unit_test(it_ends_with_its_makers_being_an_operator),
		cmocka_unit_test(it_waits_for_an_admin_who_is_on_their_way),
		cmocka_unit_test(a_token_is_kept_as_a_hash_only),
	};

	return cmocka_run_group_tests(tests, operated_open, world_close);
}
