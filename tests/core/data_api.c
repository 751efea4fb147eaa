/* data_api.c - the key of the Data API: one client, one key. */
#define _GNU_SOURCE
#include "core/reaching.h"

static void
the_first_key_makes_the_client(void **state)
{
	struct office o = office_make();
	struct client_made first, second;

	(void)state;
	assert_int_equal(generate(&o.ann, S(""), &first), DATA_GENERATED);
	CHECK_HOLDS(first.client_id, "kdc_live_");
	CHECK_HOLDS(first.secret, "kds_live_");
	assert_int_equal(clients(&o.ann), 1);
	assert_int_equal(keys(&o.ann, "s.current_of = c.id AND s.status = 'active'"), 1);
	assert_int_equal(rows_in("client_grant", first.id), 1);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM exposure WHERE organization_id = %d AND "
				    "user_id = %d AND how = 'made'",
			     (int)o.ann.org, (int)o.ann.user),
	    1);
	assert_int_equal(acts(&o.ann, "client.create"), 1);
	assert_int_equal(acts(&o.ann, "secret.reveal"), 1);
	assert_int_equal(generate(&o.ann, S(""), &second), DATA_THERE);
	assert_int_equal(keys(&o.ann, "1"), 1);
}

static void
an_organization_that_may_not_use_it_has_none(void **state)
{
	struct people ann = world_people();
	struct client_made made;

	(void)state;
	assert_int_equal(generate(&ann, S(""), &made), DATA_NOT_ENTITLED);
	assert_int_equal(made.secret.n, 0);
	assert_int_equal(clients(&ann), 0);
	assert_int_equal(acts(&ann, "secret.reveal"), 0);
}

static void
each_environment_has_its_own(void **state)
{
	struct office o = office_make();
	struct client_made live, test;
	struct request *rq;
	struct client_wish wish = { .environment = S("integration") };

	(void)state;
	assert_int_equal(generate(&o.ann, S(""), &live), DATA_GENERATED);
	rq = begin_as(&o.ann);
	assert_int_equal(data_generate(rq, &wish, &test), DATA_GENERATED);
	CHECK_HOLDS(test.client_id, "kdc_test_");
	CHECK_HOLDS(test.secret, "kds_test_");
	commit(rq);
	assert_int_equal(clients(&o.ann), 2);
}

static void
when_the_last_one_has_ended_the_next_one_is_of_the_same_client(void **state)
{
	struct office o = office_make();
	struct client_made first, next;

	(void)state;
	generate(&o.ann, S(""), &first);
	sql_run("UPDATE secret SET status = 'revoked', current_of = NULL, hash = NULL, ended_at = "
		"created_at WHERE organization_id = %d",
	    (int)o.ann.org);
	assert_int_equal(generate(&o.ann, S(""), &next), DATA_GENERATED);
	CHECK_STR_EQ(next.id, first.id);
	CHECK_STR_EQ(next.client_id, first.client_id);
	assert_false(str_eq(next.secret, first.secret));
	assert_int_equal(clients(&o.ann), 1);
	assert_int_equal(acts(&o.ann, "client.reset"), 1);
}

static void
generate_one(struct hand *hand)
{
	const struct office *o = hand->with;
	struct request *rq = act_as(hand_begin(hand, o->ann.org), &o->ann);
	struct client_wish wish = { .environment = S("production"),
		.once = random_base62(rq->arena, 22) };
	struct client_made made;

	hand->result = (int)data_generate(rq, &wish, &made);
	if (hand->result == DATA_GENERATED)
		commit(rq);
	else
		db_rollback(rq->db);
}

static void
of_twenty_at_once_one_generates(void **state)
{
	struct office o = office_make();
	struct hand hands[AT_ONCE];

	(void)state;
	hands_together(hands, AT_ONCE, generate_one, &o);
	assert_int_equal(results(hands, AT_ONCE, DATA_GENERATED), 1);
	assert_int_equal(results(hands, AT_ONCE, DATA_THERE), AT_ONCE - 1);
	assert_int_equal(clients(&o.ann), 1);
	assert_int_equal(keys(&o.ann, "1"), 1);
	assert_int_equal(keys(&o.ann, "s.current_of = c.id"), 1);
	assert_int_equal(acts(&o.ann, "secret.reveal"), 1);
	/* And again with a client that is there and has no key. */
	sql_run("UPDATE secret SET status = 'revoked', current_of = NULL, hash = NULL, ended_at = "
		"created_at WHERE organization_id = %d",
	    (int)o.ann.org);
	hands_together(hands, AT_ONCE, generate_one, &o);
	assert_int_equal(results(hands, AT_ONCE, DATA_GENERATED), 1);
	assert_int_equal(clients(&o.ann), 1);
	assert_int_equal(keys(&o.ann, "s.current_of = c.id"), 1);
}

static void
a_form_sent_twice_generates_once(void **state)
{
	struct office o = office_make();
	struct client_made first, again;

	(void)state;
	assert_int_equal(generate(&o.ann, S("abcdefghijklmnopqrstuv"), &first), DATA_GENERATED);
	assert_int_equal(generate(&o.ann, S("abcdefghijklmnopqrstuv"), &again), DATA_BEFORE);
	CHECK_STR_EQ(again.id, first.id);
	assert_int_equal(again.secret.n, 0);
	/* Somebody else's number says nothing of what it made. */
	assert_int_equal(generate(&o.ben, S("abcdefghijklmnopqrstuv"), &again), DATA_BEFORE);
	assert_int_equal(again.id.n, 0);
	assert_int_equal(keys(&o.ann, "1"), 1);
}

/* What is added to the API comes along with the next key; other kinds are given nothing by a reset. */
static void
each_new_key_takes_along_what_the_api_gives_today(void **state)
{
	struct office o = office_make();
	struct client_made made, reset, account = make_key(&o.ann, S("production"));
	struct request *rq;

	(void)state;
	generate(&o.ann, S(""), &made);
	permission_add("data", "draw", false);
	assert_int_equal(rows_in("client_grant", made.id), 1);
	rq = begin_as(&o.ann);
	assert_int_equal(client_reset(rq, made.id, S(""), &reset), MADE_NEW);
	commit(rq);
	assert_int_equal(rows_in("client_grant", made.id), 2);
	rq = begin_as(&o.ann);
	assert_int_equal(client_reset(rq, account.id, S(""), &reset), MADE_NEW);
	commit(rq);
	assert_int_equal(rows_in("client_grant", account.id), 0);
	sql_run("DELETE g FROM client_grant g JOIN permission p ON p.id = g.permission_id WHERE "
		"p.word = 'draw' AND g.organization_id = %d",
	    (int)o.ann.org);
	sql_run("DELETE FROM permission WHERE word = 'draw' AND api_id = (SELECT id FROM api WHERE "
		"word = 'data')");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_key_makes_the_client),
		cmocka_unit_test(an_organization_that_may_not_use_it_has_none),
		cmocka_unit_test(each_environment_has_its_own),
		cmocka_unit_test(when_the_last_one_has_ended_the_next_one_is_of_the_same_client),
		cmocka_unit_test(of_twenty_at_once_one_generates),
		cmocka_unit_test(a_form_sent_twice_generates_once),
		cmocka_unit_test(each_new_key_takes_along_what_the_api_gives_today),
	};

	return GROUP(tests);
}
