/* together.c - tests of one statement for many: each hears what their own would have said. */
#define _GNU_SOURCE
#include "core/owned.h"

#include "core/together.h"

#include <stdatomic.h>
#include <unistd.h>

enum { HANDS = 9, ASKS = 13, LONG = 60, ROUNDS = 40, CHANGES = 5000 };

/* What may be asked: of secrets in each state, one of a member, with tokens revoked and not, of two APIs. */
static struct together_question questions[ASKS];

static void
revoke_token(str jti, const struct asked *a)
{
	sql_run("INSERT INTO token_revocation (jti, organization_id, client_id, expires_at, "
		"revoked_at) "
		"SELECT '%.*s', c.organization_id, c.id, '2099-01-01', '2026-01-01' FROM client c "
		"WHERE c.public_id = '%.*s'",
	    STR(jti), STR(a->made.id));
}

static str
some_jti(void)
{
	return random_base62(&world.hand.start, 22);
}

static void
questions_make(void)
{
	static const char *const states[] = { "s.status = 'active'", "s.status = 'pending'",
		"s.status = 'revoked', s.hash = NULL, s.current_of = NULL",
		"c.status = 'deactivated'", "c.networks = REPEAT('192.0.2.0/24\n', 150)" };
	struct asked a[5];
	str ended = some_jti(), other = some_jti();

	for (int i = 0; i < 5; i++) {
		a[i] = key_of(i % 2 ? S("integration") : S("production"));
		sql_run("UPDATE secret s JOIN client c ON c.id = s.client_id SET %s WHERE s.sid = "
			"'%.*s'",
		    states[i], STR(a[i].sid));
		questions[i] = (struct together_question){ .sid = a[i].sid };
	}
	revoke_token(ended, &a[0]);
	revoke_token(other, &a[3]);
	sql_run("INSERT INTO entitlement (organization_id, api_id, granted_at) "
		"SELECT %ld, MIN(id), '2024-01-01' FROM api",
	    (long)a[0].ann.org);
	questions[5] = (struct together_question){ a[0].sid, 0, ended };
	questions[6] = (struct together_question){ a[0].sid, 0, some_jti() };
	questions[7] = (struct together_question){ a[3].sid, 0, other };
	questions[8] = (struct together_question){ a[0].sid, 0, other };
	questions[9] = (struct together_question){ S("0000000000"), 0, ended };
	questions[10] = (struct together_question){ a[0].sid,
		scratch_number("SELECT MIN(id) FROM api"), ended };
	questions[12] = (struct together_question){ .sid = owned_secret().with.key.sid };
	questions[11] = (struct together_question){ a[1].sid, questions[10].api, (str){ 0 } };
}

/* All of it in words, in the hand's arena. */
static str
words_of(struct arena *a, const struct verify_secret_row *row)
{
	struct buf words = buf_new(a, 4096);

	for (size_t i = 0; row && i < verify_secret_row_shape.n; i++)
		buf_fmt(&words, "%.*s=%.*s\n", STR(verify_secret_row_shape.members[i].name),
		    STR(shape_text(a, &verify_secret_row_shape.members[i], row)));
	return buf_str(&words);
}

/* Whether it is what a statement of one's own says. */
static bool
heard(struct hand *hand, struct request *rq, const struct together_question *q)
{
	str together = words_of(rq->arena, together_ask(rq, q));
	str alone = words_of(
	    rq->arena, sql_verify_secret(rq->db, .sid = q->sid, .api = q->api, .jti = q->jti));

	if (str_eq(together, alone))
		return true;
	print_error("together:\n%.*s\nalone:\n%.*s\n", STR(together), STR(alone));
	hand->failed = true;
	return false;
}

/* ---- a statement that is held up */

static atomic_int statements;

/* Whether so many come to wait for the table. */
static bool
statements_wait(int n)
{
	for (int i = 0; i < LONG * 1000; i++) {
		if (scratch_number(
			"SELECT COUNT(*) FROM information_schema.processlist WHERE "
			"state LIKE 'Waiting for table%' AND info LIKE 'SELECT s.sid, s.id%'") >= n)
			return true;
		usleep(1000);
	}
	return false;
}

static void
ask_one(struct hand *hand, const struct together_question *q)
{
	struct request *rq = hand_ask(hand, 0);
	int64_t before = db_executed(rq->db);

	together_ask(rq, q);
	atomic_fetch_add(&statements, (int)(db_executed(rq->db) - before));
	hand->result = heard(hand, rq, q);
}

/* The first hand lets all go on when the statement of one has come to the table, and the others had a moment to stand in line. */
static void
ask_held(struct hand *hand)
{
	if (hand->n > 0) {
		ask_one(hand, &questions[hand->n % ASKS]);
		return;
	}
	hand->failed = !statements_wait(1);
	usleep(20000);
	scratch_run("UNLOCK TABLES");
}

static void
together_with(int64_t patience)
{
	world.hand.desk.together = together_make(&world.hand.start, patience);
	atomic_store(&statements, 0);
}

static void
held(struct hand *hands, int n, void (*work)(struct hand *))
{
	scratch_run("LOCK TABLES secret WRITE");
	hands_together(hands, n, work, NULL);
}

static void
one_statement_asks_for_all_who_wait(void **state)
{
	static struct hand hands[HANDS + 1];
	int fewest = HANDS;

	(void)state;
	questions_make();
	for (int round = 0; round < ROUNDS && fewest > 2; round++) {
		together_with(LONG * SECOND);
		held(hands, HANDS + 1, ask_held);
		if (atomic_load(&statements) < fewest)
			fewest = atomic_load(&statements);
	}
	assert_int_equal(fewest, 2);
}

/* ---- what is asked as it comes */

static void
ask_at_random(struct hand *hand)
{
	unsigned at = (unsigned)hand->n;

	for (int i = 0; i < 200 && !hand->failed; i++) {
		struct request *rq = hand_ask(hand, 0);

		at = at * 1103515245 + 12345;
		hand->result += heard(hand, rq, &questions[at / 65536 % ASKS]);
	}
}

static void
each_hears_what_their_own_would_have_said(void **state)
{
	static struct hand hands[HANDS];

	(void)state;
	questions_make();
	together_with(LONG * SECOND);
	hands_together(hands, HANDS, ask_at_random, NULL);
	assert_int_equal(results(hands, HANDS, 200), HANDS);
}

/* ---- what is committed holds */

static atomic_int committed;

/* The first hand changes a row again and again and says so; the others ask, and hear of no less than what was said before they
 * did. */
static void
ask_while_it_changes(struct hand *hand)
{
	const struct together_question *q = &questions[0];
	int known = 0;

	for (int i = 1; hand->n == 0 && i <= CHANGES; i++) {
		sql_run("UPDATE client c JOIN secret s ON s.client_id = c.id "
			"SET c.calls_per_minute = %d WHERE s.sid = '%.*s'",
		    i, STR(q->sid));
		atomic_store(&committed, i);
	}
	while (hand->n > 0 && known < CHANGES && !hand->failed) {
		known = atomic_load(&committed);
		hand->failed = together_ask(hand_ask(hand, 0), q)->per_minute < known;
	}
}

static void
what_was_committed_before_one_asked_is_heard(void **state)
{
	static struct hand hands[HANDS];

	(void)state;
	questions_make();
	together_with(LONG * SECOND);
	atomic_store(&committed, 0);
	hands_together(hands, HANDS, ask_while_it_changes, NULL);
}

/* ---- one who leads in vain, and one who is kept waiting */

static void
ask_once(void *arg)
{
	struct hand *hand = arg;

	together_ask(&hand->rq, &questions[0]);
}

/* Every third has no database: it fails, or is answered by another's statement. */
static void
ask_in_vain(struct hand *hand)
{
	struct db_place nowhere = {
		.socket = S("/nonexistent/socket"), .name = S("none"), .user = S("none")
	};
	struct db *db = hand->desk.db;

	if (hand->n % 3 == 0)
		hand->desk.db = db_open(&hand->start, &nowhere);
	for (int i = 0; i < 100 && !hand->failed; i++) {
		hand_ask(hand, 0);
		if (hand->n % 3)
			heard(hand, &hand->rq, &questions[i % ASKS]);
		else if (attempt(&hand->fault, ask_once, hand))
			hand->result++;
		else
			hand->failed = hand->fault.kind != FAULT_DATABASE;
	}
	hand->desk.db = db;
}

static void
who_fails_takes_nobody_along(void **state)
{
	static struct hand hands[HANDS];
	int answered = 0;

	(void)state;
	questions_make();
	for (int round = 0; round < ROUNDS && answered == 0; round++) {
		together_with(LONG * SECOND);
		hands_together(hands, HANDS, ask_in_vain, NULL);
		for (int i = 0; i < HANDS; i += 3)
			answered += hands[i].result;
	}
	assert_true(answered > 0);
}

/* All their statements are out at once, though the first one has no answer. */
static void
ask_late(struct hand *hand)
{
	if (hand->n > 0) {
		ask_one(hand, &questions[hand->n]);
		return;
	}
	hand->failed = !statements_wait(HANDS);
	scratch_run("UNLOCK TABLES");
}

static void
who_has_waited_for_long_enough_asks_alone(void **state)
{
	static struct hand hands[HANDS + 1];

	(void)state;
	questions_make();
	together_with(1000);
	held(hands, HANDS + 1, ask_late);
	assert_int_equal(atomic_load(&statements), HANDS);
}

static void
ask_within(struct hand *hand)
{
	if (hand->n == 0) {
		hand->failed = !statements_wait(2);
		scratch_run("UNLOCK TABLES");
	} else if (hand->n == 1) {
		ask_one(hand, &questions[0]);
	} else {
		db_begin(hand_ask(hand, 0)->db, DB_READ);
		hand->result = heard(hand, &hand->rq, &questions[1]);
	}
}

static void
within_a_transaction_each_asks_alone(void **state)
{
	static struct hand hands[3];

	(void)state;
	questions_make();
	together_with(LONG * SECOND);
	held(hands, 3, ask_within);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_statement_asks_for_all_who_wait),
		cmocka_unit_test(each_hears_what_their_own_would_have_said),
		cmocka_unit_test(what_was_committed_before_one_asked_is_heard),
		cmocka_unit_test(who_fails_takes_nobody_along),
		cmocka_unit_test(who_has_waited_for_long_enough_asks_alone),
		cmocka_unit_test(within_a_transaction_each_asks_alone),
	};

	return GROUP(tests);
}
