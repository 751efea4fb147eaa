/* rate.c - what a minute has room for, by credential and by network, and what is said of it. */
#define _GNU_SOURCE
#include "core/asked.h"

#include "core/rate.h"

static struct request *
fresh(void)
{
	return hand_ask(&world.hand, 0);
}

static void
without_limits_nothing_is_counted_or_said(void **state)
{
	struct request *rq = fresh();

	(void)state;
	world_test();
	for (int i = 0; i < 1000; i++) {
		assert_true(rate_of_address(rq, S("192.0.2.1")));
		assert_true(rate_of_client(rq, 1, 0));
	}
	assert_int_equal(rq->limits.policy.n, 0);
	assert_int_equal(rq->limits.left.n, 0);
}

static void
a_client_has_its_own_or_the_installations(void **state)
{
	struct request *rq = fresh();

	(void)state;
	world_test();
	world.settings.calls_per_minute = 2;
	assert_true(rate_of_client(rq, 11, 0));
	CHECK_STR(rq->limits.policy, "\"credential\";q=2;w=60");
	CHECK_STR(rq->limits.left, "\"credential\";r=1;t=30");
	assert_int_equal(rq->limits.retry, 0);
	assert_true(rate_of_client(fresh(), 11, 0));
	rq = fresh();
	assert_false(rate_of_client(rq, 11, 0));
	CHECK_STR(rq->limits.left, "\"credential\";r=0;t=30");
	assert_int_equal(rq->limits.retry, 30);
	for (int i = 0; i < 10; i++)
		assert_true(rate_of_client(fresh(), 12, 10));
	assert_false(rate_of_client(fresh(), 12, 10));
}

static void
none_has_more_than_the_installation_allows(void **state)
{
	struct settings *settings = &world.settings;

	(void)state;
	world_test();
	assert_int_equal(rate_in_force(settings, 0), 0);
	assert_int_equal(rate_in_force(settings, 7), 7);
	settings->calls_per_minute_max = 5;
	assert_int_equal(rate_in_force(settings, 0), 5);
	assert_int_equal(rate_in_force(settings, 4), 4);
	assert_int_equal(rate_in_force(settings, 5), 5);
	assert_int_equal(rate_in_force(settings, 7), 5);
	settings->calls_per_minute = 3;
	assert_int_equal(rate_in_force(settings, 0), 3);
	for (int i = 0; i < 5; i++)
		assert_true(rate_of_client(fresh(), 21, 7));
	assert_false(rate_of_client(fresh(), 21, 7));
}

static void
a_network_has_one_budget_for_all_that_come_from_it(void **state)
{
	struct request *rq;

	(void)state;
	world_test();
	world.settings.calls_per_address = 2;
	assert_true(rate_of_address(fresh(), S("2001:db8:1:2::1")));
	assert_true(rate_of_address(fresh(), S("2001:db8:1:2:3:4:5:6")));
	rq = fresh();
	assert_false(rate_of_address(rq, S("2001:db8:1:2:ffff::")));
	CHECK_STR(rq->limits.policy, "\"address\";q=2;w=60");
	assert_true(rate_of_address(fresh(), S("2001:db8:1:3::1")));
	assert_true(rate_of_address(fresh(), S("::ffff:192.0.2.9")));
	assert_true(rate_of_address(fresh(), S("192.0.2.9")));
	assert_false(rate_of_address(fresh(), S("192.0.2.9")));
}

/* Who is refused is asked about anew when the catalogue has changed meanwhile: that is one call. */
static void
asked_anew_a_request_is_counted_once(void **state)
{
	struct presented unknown = { .client_id = S("nobody"), .address = S("198.51.100.77") };
	struct request *rq;
	struct caller caller;

	(void)state;
	world_test();
	world.settings.calls_per_address = 3;
	rq = fresh();
	for (int i = 0; i < 5; i++)
		assert_int_equal(verify_secret(rq, &unknown, &caller), VERDICT_MALFORMED);
	CHECK_STR(rq->limits.left, "\"address\";r=2;t=20");
	rq = fresh();
	assert_true(rate_of_address(rq, unknown.address));
	CHECK_STR(rq->limits.left, "\"address\";r=1;t=20");
}

/* One waits for the database until another, who came two seconds later, has been counted. */
/* As serve() goes on after a conflict. */
static void
tried_again_a_request_is_counted_once(void **state)
{
	struct request *rq = fresh();

	(void)state;
	world_test();
	world.settings.calls_per_minute = 2;
	world.settings.calls_per_address = 2;
	for (int i = 0; i < 20; i++) {
		assert_true(rate_of_address(rq, S("192.0.2.77")));
		assert_true(rate_of_client(rq, 31, 0));
		assert_true(rate_of_revocation(rq, 31));
		rq->counted_before = rq->counted;
	}
	assert_true(rate_of_address(fresh(), S("192.0.2.77")));
	assert_true(rate_of_client(fresh(), 31, 0));
	assert_true(rate_of_revocation(fresh(), 31));
	assert_false(rate_of_address(fresh(), S("192.0.2.77")));
	for (int i = 0; i < 2; i++) { /* nor is one let in that was refused */
		rq = i ? rq : fresh();
		assert_false(rate_of_client(rq, 31, 0));
		rq->counted_before = rq->counted;
	}
	assert_true(rate_of_client(rq, 32, 0)); /* another one's is */
	assert_true(rate_of_client(fresh(), 32, 0));
	assert_false(rate_of_client(fresh(), 32, 0));
}

static void
a_form_that_was_kept_waiting_is_none_too_many(void **state)
{
	static struct actor actor = { .session = 901, .person = 902 };
	struct request *rq = fresh();
	int64_t later = rq->now + 2 * SECOND;

	(void)state;
	world_test();
	world.settings.writes_per_second = 1;
	rq->actor = &actor;
	rq->now = later;
	assert_true(rate_of_forms(rq));
	assert_false(rate_of_forms(rq));
	rq->now = later - 2 * SECOND;
	assert_false(rate_of_forms(rq));
	rq->began = clock_monotonic() - 3 * SECOND;
	assert_true(rate_of_forms(rq));
	assert_false(rate_of_forms(rq));
}

/* So are tokens that are revoked. */
static void
a_revocation_that_was_kept_waiting_is_none_too_many(void **state)
{
	struct request *rq = fresh();

	(void)state;
	world_test();
	rq->now += 2 * SECOND;
	while (rate_of_revocation(rq, 903))
		;
	rq->now -= 2 * SECOND;
	assert_false(rate_of_revocation(rq, 903));
	rq->began = clock_monotonic() - 3 * SECOND;
	assert_true(rate_of_revocation(rq, 903));
}

/* It says that a second has come again which is spent; that ends at once, not when it has come once more. */
static void
forms_go_on_when_the_clock_is_set_back(void **state)
{
	static struct actor actor = { .session = 911, .person = 912 };
	struct request *rq = fresh();

	(void)state;
	world_test();
	world.settings.writes_per_second = 1;
	rq->actor = &actor;
	rq->began = clock_monotonic();
	assert_true(rate_of_forms(rq));
	assert_false(rate_of_forms(rq));
	rq->now -= 30 * SECOND;
	assert_true(rate_of_forms(rq));
	assert_false(rate_of_forms(rq));
}

/* Nothing is read for who is beyond it: no row, no hash; and what was never issued is counted too. */
static void
beyond_the_networks_no_row_is_read(void **state)
{
	struct asked a = key_of(S("production"));
	struct presented forged = { .client_id = a.made.client_id,
		.secret = S("kds_live_1nonsense"),
		.address = S("198.51.100.66") };
	struct presented good = {
		.client_id = a.made.client_id, .secret = a.made.secret, .address = forged.address
	};
	struct caller caller;
	int64_t reads;

	(void)state;
	world_test();
	world.settings.calls_per_address = 3;
	for (int i = 0; i < 3; i++)
		assert_int_equal(verify_secret(fresh(), &forged, &caller), VERDICT_MALFORMED);
	reads = shared_counted(world.hand.desk.shared, COUNT_SECRET_READS);
	assert_int_equal(verify_secret(fresh(), &good, &caller), VERDICT_LIMITED);
	assert_int_equal(shared_counted(world.hand.desk.shared, COUNT_SECRET_READS), reads);
	assert_int_equal(caller.secret, 0);
	good.address = S("198.51.100.67");
	assert_int_equal(verify_secret(fresh(), &good, &caller), VERDICT_GOOD);
}

/* A secret and the tokens made from it are one credential. */
static void
tokens_are_counted_with_their_credential(void **state)
{
	struct asked a = key_of(S("production"));
	struct request *rq;
	str token;

	(void)state;
	world_test();
	sql_run("UPDATE client SET calls_per_minute = 3 WHERE public_id = '%.*s'", STR(a.made.id));
	assert_int_equal(ask(&a), VERDICT_GOOD);
	rq = &world.hand.rq;
	token = str_copy(&world.hand.start, token_make(rq, &a.caller, token_scope(rq, &a.caller)));
	for (int i = 0; i < 2; i++)
		assert_int_equal(
		    verify_token(fresh(), &(struct presented){ .token = token }, &a.caller),
		    VERDICT_GOOD);
	assert_int_equal(verify_token(fresh(), &(struct presented){ .token = token }, &a.caller),
	    VERDICT_LIMITED);
	assert_int_equal(ask(&a), VERDICT_LIMITED);
	sql_run(
	    "UPDATE client SET calls_per_minute = NULL WHERE public_id = '%.*s'", STR(a.made.id));
	assert_int_equal(ask(&a), VERDICT_GOOD);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_limits_nothing_is_counted_or_said),
		cmocka_unit_test(a_client_has_its_own_or_the_installations),
		cmocka_unit_test(none_has_more_than_the_installation_allows),
		cmocka_unit_test(a_network_has_one_budget_for_all_that_come_from_it),
		cmocka_unit_test(asked_anew_a_request_is_counted_once),
		cmocka_unit_test(tried_again_a_request_is_counted_once),
		cmocka_unit_test(a_form_that_was_kept_waiting_is_none_too_many),
		cmocka_unit_test(forms_go_on_when_the_clock_is_set_back),
		cmocka_unit_test(a_revocation_that_was_kept_waiting_is_none_too_many),
		cmocka_unit_test(beyond_the_networks_no_row_is_read),
		cmocka_unit_test(tokens_are_counted_with_their_credential),
	};

	return cmocka_run_group_tests(tests, open_with_keys, world_close);
}
