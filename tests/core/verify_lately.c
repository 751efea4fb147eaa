/* verify_lately.c - tests of rows that were read a moment ago: what they spare, and what they never hide. */
#define _GNU_SOURCE
#include "core/called.h"

#include "core/revocation.h"
#include "core/shared_rate.h"

#define DATASETS S("/data/v1/datasets")

/* A key that may call, what it shows, and how old the rows may be. */
struct lately {
	struct caller_at c;
	struct presented shown;
};

static struct lately
key_with(int64_t max_age)
{
	struct lately l = { .c = account_key() };

	l.shown = (struct presented){ .client_id = l.c.key.made.client_id,
		.secret = l.c.key.made.secret,
		.max_age = max_age };
	return l;
}

static enum verdict
ask_lately(struct lately *l)
{
	return judged(&l->c, &l->shown, "GET", DATASETS);
}

/* The verdict, and how many statements it took. */
#define CHECK_ASKED(l, verdict, statements)                                              \
	do {                                                                             \
		int64_t before_ = db_executed(world.hand.desk.db);                       \
		assert_int_equal(ask_lately(l), VERDICT_##verdict);                      \
		assert_int_equal(db_executed(world.hand.desk.db) - before_, statements); \
	} while (0)

static void
change(const struct lately *l, const char *what)
{
	sql_run("UPDATE secret s JOIN client c ON c.id = s.client_id SET %s WHERE s.sid = '%.*s'",
	    what, STR(l->c.key.sid));
}

/* Whatever it is, somebody on this machine has decided something. */
static void
commit_something(const struct lately *l)
{
	struct request *rq = begin_as(&l->c.key.ann);

	audit(rq, S("organization.save"), l->c.key.ann.org_id, (str){ 0 });
	commit(rq);
}

static void
the_second_call_asks_nothing(void **state)
{
	struct lately l = key_with(HOUR);
	int64_t reads, reused;

	(void)state;
	ask_lately(&l); /* compiles the catalogue */
	commit_something(&l);
	reads = counted(COUNT_SECRET_READS);
	reused = counted(COUNT_REUSED);
	CHECK_ASKED(&l, GOOD, 1);
	for (int i = 0; i < 5; i++)
		CHECK_ASKED(&l, GOOD, 0);
	assert_int_equal(counted(COUNT_SECRET_READS) - reads, 1);
	assert_int_equal(counted(COUNT_REUSED) - reused, 5);
	CHECK_STR_EQ(l.c.key.caller.client_id, l.c.key.made.client_id);
	CHECK_STR_EQ(l.c.key.caller.organization, l.c.key.ann.org_id);
	CHECK_STR_EQ(l.c.key.caller.sid, l.c.key.sid);
	/* Who may not go by it asks, and finds it as it is. */
	l.shown.max_age = 0;
	CHECK_ASKED(&l, GOOD, 1);
	change(&l, "c.status = 'deactivated'");
	CHECK_ASKED(&l, CLIENT, 1);
}

static void
a_commit_here_is_seen_by_the_next_call(void **state)
{
	struct lately l = key_with(HOUR);

	(void)state;
	assert_int_equal(ask_lately(&l), VERDICT_GOOD);
	change(&l, "c.status = 'deactivated'");
	CHECK_ASKED(&l, GOOD, 0);
	commit_something(&l);
	CHECK_ASKED(&l, CLIENT, 1);
	/* What is refused is not kept: what is activated by hand works at once. */
	change(&l, "c.status = 'active'");
	CHECK_ASKED(&l, GOOD, 1);
	CHECK_ASKED(&l, GOOD, 0);
	change(&l, "s.status = 'revoked', s.hash = NULL, s.current_of = NULL");
	CHECK_ASKED(&l, GOOD, 0);
	commit_something(&l);
	CHECK_ASKED(&l, REVOKED, 1);
}

/* By hand, or from another machine: nobody here has heard of it. */
static void
what_others_change_holds_when_the_age_is_over(void **state)
{
	struct lately l = key_with(SECOND / 20);

	(void)state;
	assert_int_equal(ask_lately(&l), VERDICT_GOOD);
	change(&l, "c.status = 'deactivated'");
	while (ask_lately(&l) == VERDICT_GOOD)
		continue;
	CHECK_ASKED(&l, CLIENT, 1);
}

/* The time is that of the request, whenever the row was read. */
static void
an_end_holds_to_the_microsecond(void **state)
{
	struct asked a = key_of(S("production"));
	int64_t end = (clock_now() / SECOND + 3600) * SECOND, reads;
	struct clock_parts p = clock_split(end);
	struct presented shown = {
		.client_id = a.made.client_id, .secret = a.made.secret, .max_age = HOUR
	};
	struct request *rq;

	(void)state;
	sql_run("UPDATE secret SET expires_at = '%d-%d-%d %d:%d:%d' WHERE sid = '%.*s'", p.year,
	    p.month, p.day, p.hour, p.minute, p.second, STR(a.sid));
	for (int64_t at = end - 2; at <= end; at++) {
		reads = counted(COUNT_SECRET_READS);
		rq = hand_ask(&world.hand, 0);
		rq->now = at;
		assert_int_equal(verify_secret(rq, &shown, &a.caller),
		    at < end ? VERDICT_GOOD : VERDICT_EXPIRED);
		assert_int_equal(counted(COUNT_SECRET_READS) - reads, at == end - 2);
	}
}

/* What is shown, from where, in which environment and for which call is looked at each time. */
static void
all_but_the_row_is_looked_at_each_time(void **state)
{
	struct lately l = key_with(HOUR), other = key_with(HOUR);
	struct keyring ring;
	const struct keyring *before = world.hand.desk.keyring;

	(void)state;
	change(&l, "c.networks = '192.0.2.0/24', c.calls_per_minute = 5");
	assert_int_equal(ask_lately(&l), VERDICT_GOOD);
	assert_int_equal(ask_lately(&other), VERDICT_GOOD);
	l.shown.client_id = other.c.key.made.client_id;
	CHECK_ASKED(&l, MISMATCH, 0);
	l.shown.client_id = l.c.key.made.client_id;
	l.c.address = S("198.51.100.1");
	CHECK_ASKED(&l, ADDRESS, 0);
	l.c.address = S("192.0.2.1");
	assert_int_equal(judged(&l.c, &l.shown, "GET", profile(other.c.a1)), VERDICT_SCOPE);
	assert_int_equal(judged(&l.c, &l.shown, "GET", S("/data/v1/none")), VERDICT_ENDPOINT);
	CHECK_ASKED(&l, GOOD, 0);
	CHECK_ASKED(&l, GOOD, 0);
	CHECK_ASKED(&l, LIMITED, 0);
	/* A key of the ring that is retired here is no row. */
	ring_of_two(&ring, 2);
	ring.keys[1].status = KEY_RETIRED;
	world.hand.desk.keyring = &ring;
	assert_int_equal(ask_lately(&other), VERDICT_FORGED);
	world.hand.desk.keyring = before;
}

/* The text is of another secret's row than the one that was kept. */
static void
a_wrong_text_is_as_wrong_as_ever(void **state)
{
	struct lately l = key_with(HOUR), other = key_with(HOUR);

	(void)state;
	sql_run("UPDATE secret a JOIN secret b ON b.sid = '%.*s' SET a.hash = b.hash WHERE a.sid = "
		"'%.*s'",
	    STR(other.c.key.sid), STR(l.c.key.sid));
	assert_int_equal(ask_lately(&l), VERDICT_WRONG);
	CHECK_ASKED(&l, WRONG, 0);
}

/* An organization that may use one API is not let into another by a row that was read for the first. */
static void
a_row_is_of_the_api_that_it_was_read_for(void **state)
{
	struct lately l = key_with(HOUR);

	(void)state;
	sql_run("DELETE e FROM entitlement e JOIN api a ON a.id = e.api_id WHERE a.word = "
		"'analytics' AND "
		"e.organization_id = %ld",
	    (long)l.c.key.ann.org);
	CHECK_ASKED(&l, GOOD, 1);
	assert_int_equal(
	    judged(&l.c, &l.shown, "GET", S("/analytics/v1/dashboards")), VERDICT_PERMISSION);
	CHECK_ASKED(&l, GOOD, 0);
}

static void
each_token_has_a_row_of_its_own(void **state)
{
	struct lately l = key_with(HOUR), first = l, second = l;
	struct token_claims claims;
	struct request *rq;
	struct caller by;

	(void)state;
	assert_int_equal(ask(&l.c.key), VERDICT_GOOD);
	rq = &world.hand.rq;
	first.shown = (struct presented){ .token = token_make(rq, &l.c.key.caller, (str){ 0 }),
		.max_age = HOUR };
	second.shown = (struct presented){ .token = token_make(rq, &l.c.key.caller, (str){ 0 }),
		.max_age = HOUR };
	first.shown.token = str_copy(&world.hand.start, first.shown.token);
	second.shown.token = str_copy(&world.hand.start, second.shown.token);
	CHECK_ASKED(&first, GOOD, 1);
	CHECK_ASKED(&first, GOOD, 0);
	/* By hand the one is revoked: the other one has a row that does not say so. */
	rq = hand_ask(&world.hand, 0);
	assert_int_equal(token_read(rq, second.shown.token, &claims), VERDICT_GOOD);
	sql_run(
	    "INSERT INTO token_revocation (jti, organization_id, client_id, expires_at, "
	    "revoked_at) SELECT '%.*s', "
	    "organization_id, id, '2099-01-01', '2024-01-01' FROM client WHERE public_id = '%.*s'",
	    STR(claims.jti), STR(l.c.key.made.id));
	CHECK_ASKED(&second, TOKEN_REVOKED, 1);
	CHECK_ASKED(&second, TOKEN_REVOKED, 1);
	CHECK_ASKED(&first, GOOD, 0);
	/* By its client: the next call hears of it. */
	rq = hand_ask(&world.hand, 0);
	assert_int_equal(token_read(rq, first.shown.token, &claims), VERDICT_GOOD);
	assert_int_equal(verify_claims(rq, &claims, (str){ 0 }, &by), VERDICT_GOOD);
	token_revoke(rq, &claims, &by);
	CHECK_ASKED(&first, TOKEN_REVOKED, 1);
}

/* A receipt, an introspection: who asks whether something works now is told how it is now. */
static void
who_asks_for_now_is_told_of_now(void **state)
{
	struct lately l = key_with(HOUR);

	(void)state;
	assert_int_equal(ask_lately(&l), VERDICT_GOOD);
	change(&l, "c.status = 'deactivated'");
	CHECK_ASKED(&l, GOOD, 0);
	assert_int_equal(verify_state(hand_ask(&world.hand, 0), l.c.key.sid), VERDICT_CLIENT);
	assert_int_equal(ask(&l.c.key), VERDICT_CLIENT);
}

static void
grants_and_places_are_kept_by_what_was_asked(void **state)
{
	struct lately l = key_with(HOUR);
	int64_t before;

	(void)state;
	change(&l, "c.kind = 'scoped', c.place = NULL");
	grant(&l.c, "profile", "read");
	pick(&l.c, "workspace", l.c.a1);
	assert_int_equal(judged(&l.c, &l.shown, "GET", profile(l.c.a1)), VERDICT_GOOD);
	before = db_executed(world.hand.desk.db);
	assert_int_equal(judged(&l.c, &l.shown, "GET", profile(l.c.a1)), VERDICT_GOOD);
	assert_int_equal(db_executed(world.hand.desk.db), before);
	assert_int_equal(judged(&l.c, &l.shown, "GET", profile(l.c.a2)), VERDICT_SCOPE);
	assert_int_equal(judged(&l.c, &l.shown, "GET", DATASETS), VERDICT_PERMISSION);
	/* No is never kept. */
	pick(&l.c, "workspace", l.c.a2);
	assert_int_equal(judged(&l.c, &l.shown, "GET", profile(l.c.a2)), VERDICT_GOOD);
	sql_run("DELETE FROM client_grant WHERE organization_id = %ld", (long)l.c.key.ann.org);
	assert_int_equal(judged(&l.c, &l.shown, "GET", profile(l.c.a1)), VERDICT_GOOD);
	commit_something(&l);
	assert_int_equal(judged(&l.c, &l.shown, "GET", profile(l.c.a1)), VERDICT_PERMISSION);
}

/* Another machine has changed the catalogue, and a thread has compiled it: rows of before are of no use to it. */
static void
another_catalogue_is_asked_about_anew(void **state)
{
	struct lately l = key_with(HOUR), other = key_with(HOUR);

	(void)state;
	assert_int_equal(ask_lately(&l), VERDICT_GOOD);
	sql_run("UPDATE catalogue SET version = version + 1");
	CHECK_ASKED(&l, GOOD, 0);
	assert_int_equal(ask_lately(&other), VERDICT_GOOD); /* reads a row, and compiles */
	CHECK_ASKED(&l, GOOD, 1);
	CHECK_ASKED(&l, GOOD, 0);
}

/* ---- a question that takes long, and somebody who commits meanwhile */

static void
ask_slowly(struct hand *hand)
{
	const struct presented *shown = hand->with;
	struct caller caller;

	hand->result = (int)verify_secret(hand_ask(hand, 0), shown, &caller);
}

static void
wait_for_a_waiting_question(void)
{
	while (
	    scratch_number("SELECT COUNT(*) FROM information_schema.processlist WHERE state LIKE "
			   "'Waiting for table metadata lock%'") == 0)
		continue;
}

/* The answer of a question that was sent before a commit may be of before it. So it must not stand for what is asked
 * afterwards, although it came and was kept afterwards. */
static void
what_was_asked_before_a_commit_is_not_reused_after_it(void **state)
{
	struct asked a = key_of(S("production"));
	struct presented shown = {
		.client_id = a.made.client_id, .secret = a.made.secret, .max_age = HOUR
	};
	struct lately l = { .c = { .key = a } };
	struct hand slow;
	pthread_barrier_t begin;
	int64_t reads;

	(void)state;
	pthread_barrier_init(&begin, NULL, 1);
	hand_open(&slow, &world.hand.desk);
	slow.begin = &begin;
	slow.work = ask_slowly;
	slow.with = &shown;
	scratch_run("LOCK TABLES tenure WRITE");
	pthread_create(&slow.id, NULL, hand_run_, &slow);
	wait_for_a_waiting_question();
	commit_something(&l);
	scratch_run("UNLOCK TABLES");
	pthread_join(slow.id, NULL);
	assert_int_equal(slow.result, VERDICT_GOOD);

	for (int i = 0; i < 2; i++) {
		reads = counted(COUNT_SECRET_READS);
		assert_int_equal(
		    verify_secret(hand_ask(&world.hand, 0), &shown, &a.caller), VERDICT_GOOD);
		assert_int_equal(counted(COUNT_SECRET_READS) - reads, i == 0);
	}
	pthread_barrier_destroy(&begin);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_second_call_asks_nothing),
		cmocka_unit_test(a_commit_here_is_seen_by_the_next_call),
		cmocka_unit_test(what_others_change_holds_when_the_age_is_over),
		cmocka_unit_test(an_end_holds_to_the_microsecond),
		cmocka_unit_test(all_but_the_row_is_looked_at_each_time),
		cmocka_unit_test(a_wrong_text_is_as_wrong_as_ever),
		cmocka_unit_test(a_row_is_of_the_api_that_it_was_read_for),
		cmocka_unit_test(each_token_has_a_row_of_its_own),
		cmocka_unit_test(who_asks_for_now_is_told_of_now),
		cmocka_unit_test(grants_and_places_are_kept_by_what_was_asked),
		cmocka_unit_test(another_catalogue_is_asked_about_anew),
		cmocka_unit_test(what_was_asked_before_a_commit_is_not_reused_after_it),
	};

	return cmocka_run_group_tests(tests, open_with_keys, world_close);
}
