/* invitation_team.c - an admin invites into their own organization: one link per user, none that outlives its maker. */
#define _GNU_SOURCE
#include "core/invited.h"

enum { AT_ONCE = 20 };

static str
address(void)
{
	struct arena *start = &world.hand.start;

	return fmt(start, "%.*s@example.test", STR(str_lower(start, random_base62(start, 12))));
}

/* In the start arena. */
static struct invitation
kept(const struct invitation *made)
{
	struct arena *start = &world.hand.start;

	return (struct invitation){ str_copy(start, made->user), str_copy(start, made->token),
		made->until };
}

static enum invite
invite(const struct people *ann, str email, struct invitation *made)
{
	struct request *rq = begin_as(ann);
	struct invited wish = { .name = S("Kim Adeyemi"), .email = email, .role = ROLE_MEMBER };
	enum invite invite = invitation_send(rq, &wish, made);

	*made = kept(made);
	if (invite == INVITE_MADE)
		commit(rq);
	else
		db_rollback(rq->db);
	return invite;
}

static struct invitation
invited(const struct people *ann, str email)
{
	struct invitation made;

	assert_int_equal(invite(ann, email, &made), INVITE_MADE);
	return made;
}

static bool
again(const struct people *ann, str user, struct invitation *made)
{
	struct request *rq = begin_as(ann);
	bool good = invitation_again(rq, user, made);

	*made = kept(made);
	if (good)
		commit(rq);
	else
		db_rollback(rq->db);
	return good;
}

static bool
forget(const struct people *ann, str user)
{
	struct request *rq = begin_as(ann);
	bool good = invitation_forget(rq, user);

	if (good)
		commit(rq);
	else
		db_rollback(rq->db);
	return good;
}

static void
each_user_has_a_link_of_their_own(void **state)
{
	struct people ann = world_people();
	struct invitation one = invited(&ann, address()), two = invited(&ann, address());

	(void)state;
	assert_true(opens(one.token));
	assert_true(opens(two.token));
	assert_int_equal(accept(one.token), ACCEPTED);
	assert_int_equal(accept(two.token), ACCEPTED);
	assert_int_equal(accept(two.token), ACCEPTED_GONE);
	/* In the organization's chain, and not in the installation's. */
	assert_int_equal(sql_number("SELECT COUNT(*) FROM audit_entry WHERE organization_id = %d "
				    "AND act = 'invitation.create'",
			     (int)ann.org),
	    2);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM audit_entry WHERE organization_id = 0 "
				    "AND person_id = %d",
			     (int)ann.person),
	    0);
}

static void
sent_again_the_old_link_is_worth_nothing(void **state)
{
	struct people ann = world_people();
	struct invitation one = invited(&ann, address()), next;

	(void)state;
	assert_true(again(&ann, one.user, &next));
	CHECK_STR_EQ(next.user, one.user);
	assert_int_equal(accept(one.token), ACCEPTED_GONE);
	assert_int_equal(accept(next.token), ACCEPTED);
	assert_false(again(&ann, one.user, &next));
	assert_false(forget(&ann, one.user));
}

static void
withdrawn_nothing_is_left(void **state)
{
	struct people ann = world_people();
	str email = address();
	struct invitation one = invited(&ann, email), next;

	(void)state;
	assert_true(forget(&ann, one.user));
	assert_int_equal(accept(one.token), ACCEPTED_GONE);
	assert_false(again(&ann, one.user, &next));
	assert_false(forget(&ann, one.user));
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM user WHERE organization_id = %d", (int)ann.org), 1);
	next = invited(&ann, email);
	assert_int_equal(accept(one.token), ACCEPTED_GONE);
	assert_int_equal(accept(next.token), ACCEPTED);
}

/* The row of who once was active is what their tenures and secrets refer to. */
static void
withdrawn_a_past_stays(void **state)
{
	struct people ann = world_people(), ben = world_people();
	struct invitation made;

	(void)state;
	sql_run("UPDATE user SET organization_id = %d, status = 'invited' WHERE id = %d",
	    (int)ann.org, (int)ben.user);
	sql_run("UPDATE user SET public_id = 'withapast1' WHERE id = %d", (int)ben.user);
	assert_true(again(&ann, S("withapast1"), &made));
	assert_true(opens(made.token));
	assert_true(forget(&ann, made.user));
	assert_false(opens(made.token));
	assert_int_equal(
	    sql_number(
		"SELECT COUNT(*) FROM user WHERE id = %d AND status = 'invited'", (int)ben.user),
	    1);
}

static void
who_is_there_is_not_invited(void **state)
{
	struct people ann = world_people();
	str email = address();
	struct invitation one = invited(&ann, email), next;

	(void)state;
	assert_int_equal(
	    invite(&ann, str_lower(&world.hand.start, ann.email), &next), INVITE_ACTIVE);
	assert_int_equal(invite(&ann, email, &next), INVITE_INVITED);
	CHECK_STR_EQ(next.user, one.user);
	assert_true(opens(one.token));
	assert_int_equal(accept(one.token), ACCEPTED);
	sql_run("UPDATE user SET status = 'deactivated' WHERE public_id = '%.*s'", STR(one.user));
	assert_int_equal(invite(&ann, email, &next), INVITE_DEACTIVATED);
	CHECK_STR_EQ(next.user, one.user);
}

static void
those_of_others_are_not_reached(void **state)
{
	struct people ann = world_people(), eve = world_people();
	struct invitation one = invited(&ann, address()), next;

	(void)state;
	assert_false(again(&eve, one.user, &next));
	assert_false(forget(&eve, one.user));
	assert_true(opens(one.token));
}

/* Who leaves, or is an admin no more, may have sent a link to an address of their own. */
static void
a_link_does_not_outlive_who_made_it(void **state)
{
	static const char *const ends[] = {
		"UPDATE user SET status = 'deactivated'",
		"UPDATE user SET role = 'member'",
	};

	(void)state;
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		struct people ann = world_people();
		struct invitation one = invited(&ann, address());

		sql_run("%s WHERE id = %d", ends[i], (int)ann.user);
		assert_false(opens(one.token));
		assert_int_equal(accept(one.token), ACCEPTED_GONE);
	}
}

/* Off and on by hand within one moment. */
static void
a_return_revives_no_link(void **state)
{
	struct people ann = world_people();
	struct invitation one = invited(&ann, address());

	(void)state;
	sql_run("UPDATE user SET status = 'deactivated' WHERE id = %d", (int)ann.user);
	sql_run("UPDATE user SET status = 'active' WHERE id = %d", (int)ann.user);
	assert_int_equal(accept(one.token), ACCEPTED_GONE);
}

/* A name that was mistyped is mended by inviting anew: they come by it. That of somebody who is known elsewhere is
 * theirs, and is what was typed to nobody but who has typed it. */
static void
a_name_is_nobody_elses_to_change(void **state)
{
	struct people ann = world_people(), eve = world_people();
	str email = address();
	struct invitation one = invited(&ann, email);

	(void)state;
	sql_run("UPDATE person SET name = 'Kym' WHERE email = '%.*s'", STR(email));
	assert_true(forget(&ann, one.user));
	one = invited(&ann, email);
	assert_int_equal(accept(one.token), ACCEPTED);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM person WHERE email = '%.*s' AND "
				    "name = 'Kim Adeyemi'",
			     STR(email)),
	    1);
	one = invited(&eve, ann.email);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM person WHERE id = %d AND "
				    "name = 'Ann Marsh'",
			     (int)ann.person),
	    1);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM user WHERE public_id = '%.*s' AND "
				    "called = 'Kim Adeyemi'",
			     STR(one.user)),
	    1);
}

/* ---- at once */

static void
accept_one(struct hand *hand)
{
	struct request *rq = hand_begin(hand, 0);
	struct proven who;

	hand->result = (int)invitation_accept(rq, *(const str *)hand->with, chosen, &who);
	if (hand->result == ACCEPTED)
		commit(rq);
	else
		db_rollback(rq->db);
}

static void
of_twenty_at_once_one_comes_in(void **state)
{
	struct people ann = world_people();
	struct invitation one = invited(&ann, address());
	struct hand hands[AT_ONCE];

	(void)state;
	hands_together(hands, AT_ONCE, accept_one, &one.token);
	assert_int_equal(results(hands, AT_ONCE, ACCEPTED), 1);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM audit_entry WHERE organization_id = %d "
				    "AND act = 'invitation.accept'",
			     (int)ann.org),
	    1);
}

struct asked {
	struct people ann;
	str email, user, token;
};

static void
invite_one(struct hand *hand)
{
	const struct asked *asked = hand->with;
	struct request *rq = act_as(hand_begin(hand, asked->ann.org), &asked->ann);
	struct invited wish = { .name = S("Kim"), .email = asked->email, .role = ROLE_ADMIN };
	struct invitation made;

	hand->result = (int)invitation_send(rq, &wish, &made);
	if (hand->result == INVITE_MADE)
		commit(rq);
	else
		db_rollback(rq->db);
}

static void
invited_twenty_times_at_once_there_is_one(void **state)
{
	struct asked asked = { .ann = world_people(), .email = address() };
	struct hand hands[AT_ONCE];

	(void)state;
	hands_together(hands, AT_ONCE, invite_one, &asked);
	assert_int_equal(results(hands, AT_ONCE, INVITE_MADE), 1);
	assert_int_equal(results(hands, AT_ONCE, INVITE_INVITED), AT_ONCE - 1);
	assert_int_equal(sql_number("SELECT COUNT(open_for) FROM invitation WHERE "
				    "organization_id = %d",
			     (int)asked.ann.org),
	    1);
}

static void
accept_again_or_forget(struct hand *hand)
{
	const struct asked *asked = hand->with;
	struct request *rq;
	struct invitation made;
	struct proven who;

	if (hand->n % 3 == 0) {
		rq = hand_begin(hand, 0);
		hand->result = invitation_accept(rq, asked->token, chosen, &who) == ACCEPTED;
	} else {
		rq = act_as(hand_begin(hand, asked->ann.org), &asked->ann);
		if (hand->n % 3 == 1)
			hand->result = invitation_again(rq, asked->user, &made) ? 2 : 0;
		else
			hand->result = invitation_forget(rq, asked->user) ? 3 : 0;
	}
	if (hand->result)
		commit(rq);
	else
		db_rollback(rq->db);
}

/* Whoever comes first: who has come in is neither withdrawn nor sent a link, and the other way round. */
static void
accepted_sent_again_and_withdrawn_at_once(void **state)
{
	(void)state;
	for (int round = 0; round < 10; round++) {
		struct asked asked = { .ann = world_people() };
		struct invitation one = invited(&asked.ann, address());
		struct hand hands[6];
		int in, out;

		asked.user = one.user;
		asked.token = one.token;
		hands_together(hands, 6, accept_again_or_forget, &asked);
		in = results(hands, 6, 1);
		out = results(hands, 6, 3);
		assert_int_equal(in + out, 1);
		assert_int_equal(
		    sql_number("SELECT COUNT(*) FROM user WHERE public_id = '%.*s'", STR(one.user)),
		    in);
		assert_int_equal(sql_number("SELECT COUNT(open_for) FROM invitation WHERE "
					    "organization_id = %d",
				     (int)asked.ann.org),
		    0);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_user_has_a_link_of_their_own),
		cmocka_unit_test(sent_again_the_old_link_is_worth_nothing),
		cmocka_unit_test(withdrawn_nothing_is_left),
		cmocka_unit_test(withdrawn_a_past_stays),
		cmocka_unit_test(who_is_there_is_not_invited),
		cmocka_unit_test(those_of_others_are_not_reached),
		cmocka_unit_test(a_link_does_not_outlive_who_made_it),
		cmocka_unit_test(a_return_revives_no_link),
		cmocka_unit_test(a_name_is_nobody_elses_to_change),
		cmocka_unit_test(of_twenty_at_once_one_comes_in),
		cmocka_unit_test(invited_twenty_times_at_once_there_is_one),
		cmocka_unit_test(accepted_sent_again_and_withdrawn_at_once),
	};

	return cmocka_run_group_tests(tests, operated_open, world_close);
}
