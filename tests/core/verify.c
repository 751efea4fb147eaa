/* verify.c - each verdict from the state of rows that it is about, and what it costs. */
#define _GNU_SOURCE
#include "core/asked.h"

#include "core/secret.h"

#define RETIRING(FOR)                                                               \
	"s.status = 'retiring', s.current_of = NULL, s.retiring_of = s.client_id, " \
	"s.ends_at = UTC_TIMESTAMP(6) + INTERVAL " FOR

/* The verdict after `SQL`, and again from the token that was made before. */
static void
check_after(const char *text, enum verdict verdict)
{
	struct asked a = key_of(S("production"));
	struct request *rq;
	str token;

	assert_int_equal(ask(&a), VERDICT_GOOD);
	rq = &world.hand.rq;
	token = str_copy(&world.hand.start, token_make(rq, &a.caller, token_scope(rq, &a.caller)));
	assert_int_equal(
	    verify_token(rq, &(struct presented){ .token = token }, &a.caller), VERDICT_GOOD);
	assert_int_equal(ask(&a), VERDICT_GOOD);
	sql_run("UPDATE secret SET owner_id = %d WHERE sid = '%.*s' AND %d", (int)a.ann.user,
	    STR(a.sid), verdict == VERDICT_OWNER);
	sql_run("UPDATE secret s JOIN client c ON c.id = s.client_id JOIN organization o ON o.id = "
		"s.organization_id LEFT JOIN user u ON u.id = s.owner_id SET %s WHERE "
		"s.sid = '%.*s'",
	    text, STR(a.sid));
	CHECK_STR_EQ(verdict_word(ask(&a)), verdict_word(verdict));
	rq = hand_ask(&world.hand, 0);
	assert_int_equal(
	    verify_token(rq, &(struct presented){ .token = token }, &a.caller), verdict);
}

static void
a_good_secret_says_whose_it_is(void **state)
{
	struct asked a = key_of(S("production"));

	(void)state;
	assert_int_equal(ask(&a), VERDICT_GOOD);
	CHECK_STR_EQ(a.caller.sid, a.sid);
	CHECK_STR_EQ(a.caller.id, a.made.id);
	CHECK_STR_EQ(a.caller.client_id, a.made.client_id);
	CHECK_STR(a.caller.environment, "production");
	CHECK_STR_EQ(a.caller.organization, a.ann.org_id);
	assert_int_equal(
	    a.caller.secret, sql_number("SELECT id FROM secret WHERE sid = '%.*s'", STR(a.sid)));
}

static void
rows_decide(void **state)
{
	(void)state;
	check_after("s.status = 'pending'", VERDICT_PENDING);
	check_after("s.status = 'revoked', s.hash = NULL, s.current_of = NULL", VERDICT_REVOKED);
	check_after(RETIRING("1 HOUR"), VERDICT_GOOD);
	check_after(RETIRING("-1 SECOND"), VERDICT_REVOKED);
	check_after(RETIRING("1 HOUR") ", s.expires_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND",
	    VERDICT_EXPIRED);
	check_after("s.expires_at = UTC_TIMESTAMP(6) + INTERVAL 1 HOUR", VERDICT_GOOD);
	check_after("c.status = 'deactivated'", VERDICT_CLIENT);
	check_after("c.status = 'deleted'", VERDICT_CLIENT);
	check_after("c.expires_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND", VERDICT_CLIENT_EXPIRED);
	check_after("c.expires_at = UTC_TIMESTAMP(6) + INTERVAL 1 HOUR", VERDICT_GOOD);
	check_after("c.networks = '192.0.2.0/24'", VERDICT_ADDRESS);
	check_after("o.status = 'closed'", VERDICT_ORGANIZATION);
	check_after("u.status = 'deactivated'", VERDICT_OWNER);
	check_after("u.status = 'invited'", VERDICT_OWNER);
	check_after("s.owner_id = 999999999", VERDICT_OWNER);
	check_after("s.organization_id = 1", VERDICT_UNKNOWN);
	check_after("c.organization_id = 1, c.place = NULL", VERDICT_UNKNOWN);
	check_after("u.organization_id = 1", VERDICT_OWNER);
	check_after("s.calls = 5", VERDICT_GOOD);
}

/* The microsecond at which it expires is the first at which it is refused. */
static void
expiry_goes_by_the_time_of_the_request(void **state)
{
	struct asked a = key_of(S("production"));
	int64_t end = (clock_now() / SECOND + 3600) * SECOND;
	struct clock_parts p = clock_split(end);

	(void)state;
	sql_run("UPDATE secret SET expires_at = '%d-%d-%d %d:%d:%d' WHERE sid = '%.*s'", p.year,
	    p.month, p.day, p.hour, p.minute, p.second, STR(a.sid));
	assert_int_equal(ask_at(&a, S(""), end - 1), VERDICT_GOOD);
	assert_int_equal(ask_at(&a, S(""), end), VERDICT_EXPIRED);
}

/* So it is with the end of an overlap; nobody has to write anything for it. */
static void
an_overlap_ends_by_the_time_of_the_request(void **state)
{
	struct asked a = key_of(S("production"));
	int64_t end = (clock_now() / SECOND + 3600) * SECOND;
	struct clock_parts p = clock_split(end);

	(void)state;
	sql_run(
	    "UPDATE secret SET status = 'retiring', current_of = NULL, retiring_of = client_id, "
	    "ends_at = '%d-%d-%d %d:%d:%d' WHERE sid = '%.*s'",
	    p.year, p.month, p.day, p.hour, p.minute, p.second, STR(a.sid));
	assert_int_equal(ask_at(&a, S(""), end - 1), VERDICT_GOOD);
	assert_int_equal(ask_at(&a, S(""), end), VERDICT_REVOKED);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM secret WHERE sid = '%.*s' AND "
				    "status = 'retiring'",
			     STR(a.sid)),
	    1);
}

static void
each_environment_has_its_own(void **state)
{
	struct asked live = key_of(S("production")), test = key_of(S("integration"));

	(void)state;
	assert_int_equal(ask_at(&live, S("production"), 0), VERDICT_GOOD);
	assert_int_equal(ask_at(&live, S("integration"), 0), VERDICT_ENVIRONMENT);
	assert_int_equal(ask_at(&test, S("integration"), 0), VERDICT_GOOD);
	assert_int_equal(ask_at(&test, S("production"), 0), VERDICT_ENVIRONMENT);
	assert_int_equal(ask_at(&test, S("staging"), 0), VERDICT_ENVIRONMENT);
	assert_int_equal(ask_at(&test, S(""), 0), VERDICT_GOOD);
}

static void
another_clients_id_does_not_fit(void **state)
{
	struct asked a = key_of(S("production")), b = key_of(S("production"));

	(void)state;
	a.made.client_id = b.made.client_id;
	assert_int_equal(ask(&a), VERDICT_MISMATCH);
	a.made.client_id = client_id_make(&world.hand.start, true);
	assert_int_equal(ask(&a), VERDICT_MISMATCH);
}

static void
a_secret_without_its_row_or_hash(void **state)
{
	struct asked a = key_of(S("production")), b = key_of(S("production"));

	(void)state;
	sql_run("UPDATE secret a JOIN secret b ON b.sid = '%.*s' SET a.hash = b.hash WHERE "
		"a.sid = '%.*s'",
	    STR(b.sid), STR(a.sid));
	assert_int_equal(ask(&a), VERDICT_WRONG);
	sql_run("UPDATE secret SET hash = NULL WHERE sid = '%.*s'", STR(a.sid));
	assert_int_equal(ask(&a), VERDICT_WRONG);
	sql_run("UPDATE secret SET hash = '$argon2id$v=19$m=8,t=1,p=1$AA$AA' WHERE sid = '%.*s'",
	    STR(a.sid));
	assert_int_equal(ask(&a), VERDICT_WRONG);
	sql_run("UPDATE secret SET sid = '0000000000' WHERE sid = '%.*s'", STR(a.sid));
	assert_int_equal(ask(&a), VERDICT_UNKNOWN);
	sql_run("UPDATE secret SET sid = '%.*s' WHERE sid = '0000000000'", STR(a.sid));
}

/* ---- what it costs */

struct cost {
	int64_t reads, hashes, hits, forged, executed;
};

static struct cost
cost_now(void)
{
	return (struct cost){ counted(COUNT_SECRET_READS), counted(COUNT_ARGON2),
		counted(COUNT_CACHE_HITS), counted(COUNT_FORGED), db_executed(world.hand.desk.db) };
}

#define CHECK_COST(before, r, h, c, f)                                    \
	do {                                                              \
		struct cost now_ = cost_now();                            \
		assert_int_equal(now_.reads - (before).reads, r);         \
		assert_int_equal(now_.hashes - (before).hashes, h);       \
		assert_int_equal(now_.hits - (before).hits, c);           \
		assert_int_equal(now_.forged - (before).forged, f);       \
		assert_int_equal(now_.executed - (before).executed, (r)); \
	} while (0)

static void
a_forged_secret_costs_nothing(void **state)
{
	struct asked a = key_of(S("production"));
	struct keyring another = *world.hand.desk.keyring;
	const struct keyring *ring = world.hand.desk.keyring;
	struct cost before;
	str good = a.made.client_id;

	(void)state;
	another.keys[1].tag = digest_sha256(S("another installation"));
	a.made.secret = secret_make(&world.hand.start, &another, true).text;
	before = cost_now();
	assert_int_equal(ask(&a), VERDICT_FORGED);
	a.made.secret = S("kds_live_1");
	assert_int_equal(ask(&a), VERDICT_MALFORMED);
	a.made.secret = (str){ 0 };
	assert_int_equal(ask(&a), VERDICT_MALFORMED);
	a.made.secret = secret_make(&world.hand.start, ring, true).text;
	a.made.client_id = S("kdc_live_not one' OR 1=1");
	assert_int_equal(ask(&a), VERDICT_MALFORMED);
	CHECK_COST(before, 0, 0, 0, 4);
	assert_int_equal(a.caller.secret, 0);

	/* Of our making, but no row: one read, no hash. */
	a.made.client_id = good;
	before = cost_now();
	assert_int_equal(ask(&a), VERDICT_UNKNOWN);
	CHECK_COST(before, 1, 0, 0, 0);
}

static void
the_second_time_costs_a_read(void **state)
{
	struct asked a = key_of(S("production"));
	struct cost before = cost_now();

	(void)state;
	assert_int_equal(ask(&a), VERDICT_GOOD);
	CHECK_COST(before, 1, 1, 0, 0);
	before = cost_now();
	for (int i = 0; i < 5; i++)
		assert_int_equal(ask(&a), VERDICT_GOOD);
	CHECK_COST(before, 5, 0, 5, 0);
}

static void
what_rows_refuse_is_never_hashed(void **state)
{
	struct asked a = key_of(S("production"));
	struct cost before;

	(void)state;
	sql_run(
	    "UPDATE client SET status = 'deactivated' WHERE public_id = '%.*s'", STR(a.made.id));
	before = cost_now();
	assert_int_equal(ask(&a), VERDICT_CLIENT);
	CHECK_COST(before, 1, 0, 0, 0);
	sql_run("UPDATE client SET status = 'active' WHERE public_id = '%.*s'", STR(a.made.id));
	assert_int_equal(ask(&a), VERDICT_GOOD);

	/* The cache knows it by now, and does not decide. */
	before = cost_now();
	sql_run(
	    "UPDATE client SET status = 'deactivated' WHERE public_id = '%.*s'", STR(a.made.id));
	assert_int_equal(ask(&a), VERDICT_CLIENT);
	CHECK_COST(before, 1, 0, 0, 0);
}

static void
a_wrong_hash_is_not_remembered(void **state)
{
	struct asked a = key_of(S("production")), b = key_of(S("production"));
	struct cost before;

	(void)state;
	assert_int_equal(ask(&a), VERDICT_GOOD);
	sql_run("UPDATE secret a JOIN secret b ON b.sid = '%.*s' SET a.hash = b.hash WHERE "
		"a.sid = '%.*s'",
	    STR(b.sid), STR(a.sid));
	before = cost_now();
	for (int i = 0; i < 3; i++)
		assert_int_equal(ask(&a), VERDICT_WRONG);
	CHECK_COST(before, 3, 3, 0, 0);
}

static void
each_verdict_has_a_word(void **state)
{
	(void)state;
	for (enum verdict v = VERDICT_NONE; v < (enum verdict)VERDICTS; v++) {
		assert_true(verdict_word(v).n > 0);
		for (enum verdict w = VERDICT_NONE; w < v; w++)
			assert_false(str_eq(verdict_word(v), verdict_word(w)));
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_secret_says_whose_it_is),
		cmocka_unit_test(rows_decide),
		cmocka_unit_test(expiry_goes_by_the_time_of_the_request),
		cmocka_unit_test(an_overlap_ends_by_the_time_of_the_request),
		cmocka_unit_test(each_environment_has_its_own),
		cmocka_unit_test(another_clients_id_does_not_fit),
		cmocka_unit_test(a_secret_without_its_row_or_hash),
		cmocka_unit_test(a_forged_secret_costs_nothing),
		cmocka_unit_test(the_second_time_costs_a_read),
		cmocka_unit_test(what_rows_refuse_is_never_hashed),
		cmocka_unit_test(a_wrong_hash_is_not_remembered),
		cmocka_unit_test(each_verdict_has_a_word),
	};

	return cmocka_run_group_tests(tests, open_with_keys, world_close);
}
