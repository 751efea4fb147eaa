/* organization.c - what an operator does with organizations, and what of it holds under a race. */
#define _GNU_SOURCE
#include "core/operated.h"

#include "core/verify.h"

enum { AT_ONCE = 8 };

static const str chosen = STR_INIT("seventeen tin boats");

static long
entries(int64_t org, const char *act)
{
	return sql_number(
	    "SELECT COUNT(*) FROM audit_entry WHERE organization_id = %d AND act = '%s'", (int)org,
	    act);
}

/* Of the installation, about the organization. */
static long
noted(const struct founded_one *one, const char *act)
{
	return sql_number("SELECT COUNT(*) FROM audit_entry WHERE organization_id = 0 AND act = "
			  "'%s' AND object = '%.*s'",
	    act, STR(one->id));
}

static bool
turned(bool (*turn)(struct request *, str), str id)
{
	struct request *rq = begin_operator(&world.hand);
	bool done = turn(rq, id);

	if (done)
		commit(rq);
	else
		db_rollback(rq->db);
	return done;
}

static void
each_act_stands_in_both_chains(void **state)
{
	struct founded_one one = found_one();
	struct request *rq = begin_operator(&world.hand);

	(void)state;
	assert_true(organization_entitle(rq, one.org, S("profile")));
	assert_false(organization_entitle(rq, one.org, S("profile")));
	assert_false(organization_entitle(rq, one.org, S("no-such-api")));
	assert_true(organization_withdraw(rq, one.org, S("profile")));
	assert_false(organization_withdraw(rq, one.org, S("profile")));
	commit(rq);
	assert_true(turned(organization_close, one.id));
	assert_false(turned(organization_close, one.id));
	assert_true(turned(organization_reopen, one.id));
	assert_false(turned(organization_reopen, one.id));
	assert_false(turned(organization_close, S("0000000000")));
	for (int i = 0; i < 6; i++) {
		static const char *const acts[] = { "organization.create", "invitation.create",
			"entitlement.give", "entitlement.withdraw", "organization.close",
			"organization.reopen" };

		assert_int_equal(entries(one.org, acts[i]), 1);
		assert_int_equal(noted(&one, acts[i]), 1);
	}
}

static void
closed_it_is_refused_at_once(void **state)
{
	struct people ann = world_people();
	struct client_made key = make_key(&ann, S("production"));
	struct presented seen = {
		.client_id = key.client_id, .secret = key.secret, .environment = S("production")
	};
	struct caller caller;
	struct proven who;

	(void)state;
	assert_int_equal(verify_secret(hand_ask(&world.hand, 0), &seen, &caller), VERDICT_GOOD);
	assert_true(turned(organization_close, ann.org_id));
	assert_int_equal(
	    verify_secret(hand_ask(&world.hand, 0), &seen, &caller), VERDICT_ORGANIZATION);
	assert_int_equal(
	    person_prove(hand_begin(&world.hand, 0), ann.email, S("correct horse battery"), &who),
	    PROOF_NOWHERE);
	assert_true(turned(organization_reopen, ann.org_id));
	assert_int_equal(verify_secret(hand_ask(&world.hand, 0), &seen, &caller), VERDICT_GOOD);
}

static int64_t
session_of(const struct people *ann)
{
	struct request *rq = hand_begin(&world.hand, 0);
	struct digest hash = digest_sha256(random_base62(rq->arena, 43));

	sql_session_add(rq->db, .token_hash = DIGEST_STR(hash),
	    .public_id = random_base62(rq->arena, 10), .person = ann->person, .user = ann->user,
	    .environment = S("production"), .remote = S("192.0.2.1"), .program = S("Test"),
	    .now = rq->now);
	commit(rq);
	return sql_number("SELECT MAX(id) FROM session WHERE user_id = %d", (int)ann->user);
}

/* What serve() asks before a write: the act is counted, then the session looked for. */
static bool
writes(struct request *rq, const struct people *ann, int64_t session)
{
	return sql_user_acts(rq->db, .me = ann->user, .role = S("admin")) == 1 &&
	       sql_session_there(rq->db, .session = session);
}

struct closing {
	const struct people *ann;
	int64_t session;
};

static void
close_while_writing(struct hand *hand)
{
	const struct closing *closing = hand->with;
	struct request *rq;

	hand->result = 0;
	if (hand->n == 0) {
		rq = begin_operator(hand);
		assert_true(organization_close(rq, closing->ann->org_id));
		commit(rq);
		return;
	}
	for (int i = 0; i < 20; i++) {
		rq = act_as(hand_begin(hand, closing->ann->org), closing->ann);
		if (!writes(rq, closing->ann, closing->session)) {
			db_rollback(rq->db);
			hand->result = 1;
			return;
		}
		audit(rq, S("test.write"), S(""), S(""));
		commit(rq);
	}
}

/* Heads of a chain are locked last, so the order of its entries is that of the commits. */
static void
nothing_is_written_in_it_afterwards(void **state)
{
	(void)state;
	for (int round = 0; round < 5; round++) {
		struct people ann = world_people();
		struct closing closing = { .ann = &ann, .session = session_of(&ann) };
		struct hand hands[AT_ONCE];

		hands_together(hands, AT_ONCE, close_while_writing, &closing);
		assert_int_equal(entries(ann.org, "organization.close"), 1);
		assert_int_equal(
		    sql_number("SELECT COUNT(*) FROM audit_entry WHERE organization_id = %d AND "
			       "act = 'test.write' AND id > (SELECT id FROM audit_entry c WHERE "
			       "c.organization_id = %d AND c.act = 'organization.close')",
			(int)ann.org, (int)ann.org),
		    0);
		assert_int_equal(
		    sql_number("SELECT COUNT(*) FROM session WHERE user_id = %d", (int)ann.user),
		    0);
	}
}

static enum invited_admin
invite_to(const struct founded_one *one, str email)
{
	struct request *rq = begin_operator(&world.hand);
	struct founding wish = { .admin_name = S("Gus"), .admin_email = email };
	str token;
	enum invited_admin invited = organization_invite(rq, one->id, &wish, &token);

	if (invited == INVITED)
		commit(rq);
	else
		db_rollback(rq->db);
	return invited;
}

/* Or an operator could bring themselves into any organization. */
static void
an_operator_brings_in_the_first_admin_only(void **state)
{
	struct founded_one one = found_one();
	struct proven who;
	struct request *rq;

	(void)state;
	assert_int_equal(invite_to(&one, one.email), INVITED);
	assert_int_equal(sql_number("SELECT COUNT(open_for) FROM invitation WHERE "
				    "organization_id = %d",
			     (int)one.org),
	    1);
	assert_null(invitation_open(hand_ask(&world.hand, 0), one.token));
	rq = begin_operator(&world.hand);
	one.token = invitation_make(
	    rq, &(struct invited){
		    .org = one.org, .name = S("Fay"), .email = one.email, .role = ROLE_ADMIN });
	assert_int_equal(invitation_accept(rq, one.token, chosen, &who), ACCEPTED);
	commit(rq);
	assert_int_equal(invite_to(&one, S("olga@example.test")), INVITED_HAS_ADMIN);
	assert_int_equal(invite_to(&one, one.email), INVITED_HAS_ADMIN);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM user WHERE organization_id = %d", (int)one.org), 1);
}

static void
found_same(struct hand *hand)
{
	struct request *rq = begin_operator(hand);
	struct founding wish = { .name = S("Twice"),
		.admin_name = S("Fay"),
		.admin_email = S("twice@example.test"),
		.once = *(const str *)hand->with,
		.production = true };
	struct founded_organization made;

	hand->result = (int)organization_found(rq, &wish, &made);
	if (hand->result == FOUNDED)
		commit(rq);
	else
		db_rollback(rq->db);
}

static void
a_form_sent_many_times_founds_one(void **state)
{
	str once = str_copy(&world.hand.start, random_base62(&world.hand.start, 22));
	struct hand hands[AT_ONCE];

	(void)state;
	hands_together(hands, AT_ONCE, found_same, &once);
	assert_int_equal(results(hands, AT_ONCE, FOUNDED), 1);
	assert_int_equal(results(hands, AT_ONCE, FOUNDED_BEFORE), AT_ONCE - 1);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM organization WHERE name = 'Twice'"), 1);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM client c JOIN organization o ON o.id = "
				    "c.organization_id WHERE o.name = 'Twice'"),
	    1);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_act_stands_in_both_chains),
		cmocka_unit_test(closed_it_is_refused_at_once),
		cmocka_unit_test(nothing_is_written_in_it_afterwards),
		cmocka_unit_test(an_operator_brings_in_the_first_admin_only),
		cmocka_unit_test(a_form_sent_many_times_founds_one),
	};

	return cmocka_run_group_tests(tests, operated_open, world_close);
}
