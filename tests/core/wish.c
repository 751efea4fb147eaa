/* wish.c - what an organization asks the operator for: one wish for each API. */
#define _GNU_SOURCE
#include "core/operated.h"

#include "core/wish.h"

enum { AT_ONCE = 20 };

static str
profile(void)
{
	struct request *rq = hand_ask(&world.hand, 0);

	return str_copy(&world.hand.start, sql_catalogue_api(rq->db, .word = S("profile"))->id);
}

static enum wished
ask_as(const struct people *ann, str api, str note)
{
	struct request *rq = begin_as(ann);
	enum wished wished = wish_ask(rq, api, note);

	if (wished == WISHED)
		commit(rq);
	else
		db_rollback(rq->db);
	return wished;
}

static long
waiting(const struct people *ann)
{
	return sql_number("SELECT COUNT(*) FROM entitlement_wish WHERE organization_id = %d AND "
			  "declined_at IS NULL",
	    (int)ann->org);
}

struct asking {
	const struct people *ann;
	str api;
};

static void
ask(struct hand *hand, const struct asking *asking)
{
	struct request *rq = act_as(hand_begin(hand, asking->ann->org), asking->ann);

	hand->result = (int)wish_ask(rq, asking->api, S("for the shop"));
	if (hand->result == WISHED)
		commit(rq);
	else
		db_rollback(rq->db);
}

static void
ask_one(struct hand *hand)
{
	ask(hand, hand->with);
}

static void
twenty_at_once_are_one_wish(void **state)
{
	struct people ann = world_people();
	struct asking asking = { &ann, profile() };
	struct hand hands[AT_ONCE];

	(void)state;
	hands_together(hands, AT_ONCE, ask_one, &asking);
	assert_int_equal(results(hands, AT_ONCE, WISHED), 1);
	assert_int_equal(results(hands, AT_ONCE, WISHED_BEFORE), AT_ONCE - 1);
	assert_int_equal(waiting(&ann), 1);
}

static void
declined_it_can_be_asked_for_again(void **state)
{
	struct people ann = world_people();
	str api = profile();
	struct request *rq;

	(void)state;
	assert_int_equal(ask_as(&ann, api, S("one")), WISHED);
	rq = begin_operator(&world.hand);
	assert_true(wish_decline(rq, ann.org, S("profile")));
	assert_false(wish_decline(rq, ann.org, S("profile")));
	commit(rq);
	assert_int_equal(waiting(&ann), 0);
	assert_int_equal(ask_as(&ann, api, S("two")), WISHED);
	assert_int_equal(waiting(&ann), 1);
}

static void
what_is_given_is_not_asked_for(void **state)
{
	struct people ann = world_people(), ben = world_people();
	str api = profile();
	struct request *rq;

	(void)state;
	assert_int_equal(ask_as(&ann, api, S("")), WISHED);
	assert_int_equal(ask_as(&ben, api, S("")), WISHED);
	rq = begin_operator(&world.hand);
	assert_true(organization_entitle(rq, ann.org, S("profile")));
	commit(rq);
	assert_int_equal(
	    sql_number(
		"SELECT COUNT(*) FROM entitlement_wish WHERE organization_id = %d", (int)ann.org),
	    0);
	assert_int_equal(waiting(&ben), 1);
	assert_int_equal(ask_as(&ann, api, S("")), WISHED_NOTHING);
	assert_int_equal(ask_as(&ann, S("0000000000"), S("")), WISHED_NOTHING);
}

/* Whether Ann's request has come to the row that the operator's holds. */
static bool
somebody_waits(void)
{
	return sql_number("SELECT COUNT(*) FROM information_schema.processlist WHERE db = "
			  "DATABASE() AND command = 'Execute' AND time_ms > 20") > 0;
}

struct giving {
	struct asking asking;
	pthread_barrier_t *given;
};

static void
give(struct hand *hand, const struct giving *giving)
{
	const struct people *ann = giving->asking.ann;
	struct request *rq = begin_operator(hand);

	organization_entitle(rq, ann->org, S("profile"));
	pthread_barrier_wait(giving->given);
	while (!somebody_waits() && waiting(ann) == 0)
		usleep(1000);
	commit(rq);
}

static void
give_or_ask(struct hand *hand)
{
	const struct giving *giving = hand->with;

	if (hand->n == 0) {
		give(hand, giving);
		return;
	}
	if (!hand->tries) /* again after a conflict: the operator was waited for too long */
		pthread_barrier_wait(giving->given);
	ask(hand, &giving->asking);
}

static void
what_is_given_meanwhile_is_not_asked_for(void **state)
{
	struct people ann = world_people();
	pthread_barrier_t given;
	struct giving giving = { { &ann, profile() }, &given };
	struct hand hands[2];

	(void)state;
	pthread_barrier_init(&given, NULL, 2);
	hands_together(hands, 2, give_or_ask, &giving);
	pthread_barrier_destroy(&given);
	assert_int_equal(hands[1].result, WISHED_NOTHING);
	assert_int_equal(waiting(&ann), 0);
}

/* Two nodes of a cluster may let that happen. */
static void
a_wish_for_what_is_given_goes_when_it_is_given_again(void **state)
{
	struct people ann = world_people();
	struct request *rq = begin_operator(&world.hand);

	(void)state;
	assert_true(organization_entitle(rq, ann.org, S("profile")));
	commit(rq);
	sql_run("INSERT INTO entitlement_wish (organization_id, api_id, asked_by, asked_at, note) "
		"SELECT %d, id, %d, NOW(6), '' FROM api WHERE word = 'profile'",
	    (int)ann.org, (int)ann.user);
	rq = begin_operator(&world.hand);
	assert_false(organization_entitle(rq, ann.org, S("profile")));
	commit(rq);
	assert_int_equal(waiting(&ann), 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(twenty_at_once_are_one_wish),
		cmocka_unit_test(declined_it_can_be_asked_for_again),
		cmocka_unit_test(what_is_given_is_not_asked_for),
		cmocka_unit_test(what_is_given_meanwhile_is_not_asked_for),
		cmocka_unit_test(a_wish_for_what_is_given_goes_when_it_is_given_again),
	};

	return cmocka_run_group_tests(tests, operated_open, world_close);
}
