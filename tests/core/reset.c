/* reset.c - links for a new password: used once, by whom they are for, and never after their end. */
#define _GNU_SOURCE
#include "core/operated.h"

#include "core/mail_parts.h"
#include "core/reset.h"

enum { AT_ONCE = 20 };

static const str chosen = STR_INIT("seventeen tin boats");

static void
with_mail(void)
{
	scratch_run("DELETE FROM outbox");
	scratch_run("DELETE FROM forgotten");
	world.settings.mail = (struct mail_place){ .url = S("smtp://127.0.0.1:9"),
		.host = S("127.0.0.1"),
		.port = S("9"),
		.from = S("desk@keys.example") };
}

static void
ask(str email)
{
	struct request *rq = hand_begin(&world.hand, 0);

	reset_forgotten(rq, email);
	db_commit(rq->db);
}

static void
answer_all(void)
{
	hand_ask(&world.hand, 0);
	reset_forgotten_due(&world.hand.desk, &world.hand.arena);
}

/* The token of the mail that was queued last; in the start arena. */
static str
mailed(void)
{
	struct request *rq = hand_ask(&world.hand, 0);
	struct mail_due_rows rows = sql_mail_due(rq->db, .now = rq->now + SECOND, .count = 20);
	const struct mail_due_row *row = &rows.at[rows.n - 1];
	str text;

	assert_true(rows.n > 0);
	assert_true(mail_unseal(&world.hand.desk, rq->arena,
	    &(struct mail_seal){ row->public_id, row->key_number, row->sealed }, &text));
	return str_copy(&world.hand.start, str_part(text, str_find(text, S("/reset/")) + 7, 43));
}

static long
mails(void)
{
	return sql_number("SELECT COUNT(*) FROM outbox");
}

static bool
opens(str token)
{
	return reset_open(hand_ask(&world.hand, 0), token) != NULL;
}

static bool
finish(str token)
{
	struct request *rq = hand_begin(&world.hand, 0);
	bool good = reset_finish(rq, token, chosen);

	if (good)
		commit(rq);
	else
		db_rollback(rq->db);
	return good;
}

/* A second person of ann's organization, active. */
static struct people
beside(const struct people *ann)
{
	struct people ben = world_people();

	sql_run("UPDATE tenure SET organization_id = %d WHERE user_id = %d", (int)ann->org,
	    (int)ben.user);
	sql_run("UPDATE user SET organization_id = %d, role = 'member' WHERE id = %d",
	    (int)ann->org, (int)ben.user);
	return ben;
}

static str
id_of(const struct people *ben, int64_t org)
{
	struct request *rq = hand_ask(&world.hand, 0);

	return str_copy(
	    &world.hand.start, sql_invitation_user(rq->db, .org = org, .person = ben->person)->id);
}

static int64_t
org_of(const struct people *ben)
{
	return sql_number("SELECT organization_id FROM user WHERE id = %d", (int)ben->user);
}

static enum reset_made
make(const struct people *ann, const struct people *ben, str *token)
{
	str id = id_of(ben, org_of(ben));
	struct request *rq = begin_as(ann);
	struct reset_link made;
	enum reset_made done = reset_make(rq, id, &made);

	*token = str_copy(&world.hand.start, made.token);
	if (done == RESET_MADE)
		commit(rq);
	else
		db_rollback(rq->db);
	return done;
}

/* What is done before the answer is the same, row for row, whether or not somebody has the address. */
static void
known_or_not_asking_does_the_same(void **state)
{
	struct people ann = world_people();
	long entries = sql_number("SELECT COUNT(*) FROM audit_entry");
	int64_t hashes = counted(COUNT_ARGON2);

	(void)state;
	with_mail();
	ask(ann.email);
	ask(S("nobody@example.test"));
	assert_int_equal(sql_number("SELECT COUNT(*) FROM forgotten"), 2);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM audit_entry"), entries);
	assert_int_equal(mails(), 0);
	assert_int_equal(counted(COUNT_ARGON2), hashes);
	answer_all();
	assert_int_equal(sql_number("SELECT COUNT(*) FROM forgotten"), 0);
	assert_int_equal(mails(), 1);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM outbox WHERE recipient = '%.*s'", STR(ann.email)), 1);
	/* Those that are made up hold up nobody behind them. */
	for (int i = 0; i < 50; i++)
		ask(fmt(&world.hand.start, "%d@nobody.test", i));
	ask(ann.email);
	answer_all();
	assert_int_equal(mails(), 2);
}

static void
the_mailed_link_sets_the_password_once(void **state)
{
	struct people ann = world_people();
	struct proven who;
	str token;

	(void)state;
	with_mail();
	ask(str_lower(&world.hand.start, ann.email));
	answer_all();
	token = mailed();
	assert_true(opens(token));
	assert_true(finish(token));
	assert_int_equal(
	    person_prove(hand_begin(&world.hand, 0), ann.email, chosen, &who), PROOF_GOOD);
	assert_false(opens(token));
	assert_false(finish(token));
	assert_int_equal(sql_number("SELECT COUNT(*) FROM audit_entry WHERE organization_id = %d "
				    "AND act IN ('person.reset-link', 'person.reset')",
			     (int)ann.org),
	    2);
}

/* Nobody is flooded with mails, and the last one's link stays good. */
static void
three_mails_an_hour(void **state)
{
	struct people ann = world_people();
	str token;

	(void)state;
	with_mail();
	for (int i = 0; i < RESET_MAILS + 2; i++)
		ask(ann.email);
	answer_all();
	assert_int_equal(mails(), RESET_MAILS);
	token = mailed();
	ask(ann.email);
	answer_all();
	assert_int_equal(mails(), RESET_MAILS);
	assert_true(opens(token));
}

static void
who_is_active_nowhere_is_mailed_nothing(void **state)
{
	struct people ann = world_people();

	(void)state;
	with_mail();
	sql_run("UPDATE user SET status = 'deactivated' WHERE id = %d", (int)ann.user);
	ask(ann.email);
	answer_all();
	assert_int_equal(mails(), 0);
	sql_run("UPDATE person SET is_operator = 1 WHERE id = %d", (int)ann.person);
	ask(ann.email);
	answer_all();
	assert_int_equal(mails(), 1);
	assert_true(finish(mailed()));
}

static void
it_ends_sessions(void **state)
{
	struct people ann = world_people();

	(void)state;
	with_mail();
	sql_run("INSERT INTO session (public_id, token_hash, person_id, environment, created_at, "
		"seen_at, proven_at, remote, program) SELECT public_id, "
		"UNHEX(SHA2(public_id, 256)), id, 'production', NOW(6), NOW(6), NOW(6), '', '' "
		"FROM person WHERE id = %d",
	    (int)ann.person);
	ask(ann.email);
	answer_all();
	assert_true(finish(mailed()));
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM session WHERE person_id = %d", (int)ann.person), 0);
}

/* What ends a link, of whoever made it: %d is ben's person, user, or the admin's user. */
static void
what_has_ended_is_gone(void **state)
{
	static const struct {
		const char *first, *second;
		char of;
	} ends[] = {
		{ "UPDATE password_reset SET expires_at = created_at WHERE person_id", NULL, 'p' },
		{ "UPDATE password_reset SET open_for = NULL WHERE person_id", NULL, 'p' },
		{ "UPDATE person SET password_hash = CONCAT(password_hash, 'x') WHERE id", NULL,
		    'p' },
		{ "UPDATE person SET is_operator = 1 WHERE id", NULL, 'p' },
		{ "UPDATE user SET status = 'deactivated' WHERE id",
		    "UPDATE user SET status = 'active' WHERE id", 'u' },
		{ "UPDATE user SET status = 'deactivated' WHERE id",
		    "UPDATE user SET status = 'active' WHERE id", 'a' },
		{ "UPDATE user SET role = 'member' WHERE id", NULL, 'a' },
	};

	(void)state;
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		struct people ann = world_people(), ben = beside(&ann);
		int row = (int)(ends[i].of == 'p'   ? ben.person
				: ends[i].of == 'u' ? ben.user
						    : ann.user);
		str token;

		assert_int_equal(make(&ann, &ben, &token), RESET_MADE);
		assert_true(opens(token));
		sql_run("%s = %d", ends[i].first, row);
		if (ends[i].second)
			sql_run("%s = %d", ends[i].second, row);
		assert_false(opens(token));
		assert_false(finish(token));
	}
}

static void
the_next_link_ends_the_one_before(void **state)
{
	struct people ann = world_people(), ben = beside(&ann);
	str first, second;

	(void)state;
	assert_int_equal(make(&ann, &ben, &first), RESET_MADE);
	assert_int_equal(make(&ann, &ben, &second), RESET_MADE);
	assert_false(finish(first));
	assert_true(finish(second));
}

/* Their password is that of the other organization too, and an operator's is that of the installation. */
static void
an_admin_gets_into_nothing_else(void **state)
{
	struct people ann = world_people(), ben = beside(&ann), eve = world_people();
	str token;

	(void)state;
	assert_int_equal(make(&ann, &ann, &token), RESET_SELF);
	assert_int_equal(make(&eve, &ben, &token), RESET_NOBODY);
	sql_run("UPDATE person SET is_operator = 1 WHERE id = %d", (int)ben.person);
	assert_int_equal(make(&ann, &ben, &token), RESET_OPERATOR);
	sql_run("UPDATE person SET is_operator = 0 WHERE id = %d", (int)ben.person);
	assert_int_equal(make(&ann, &ben, &token), RESET_MADE);
	/* The person joins another organization while the link is open, and has left it again. */
	sql_run(
	    "INSERT INTO user (public_id, organization_id, person_id, role, status, created_at) "
	    "SELECT REVERSE(public_id), %d, person_id, 'member', 'deactivated', NOW(6) "
	    "FROM user WHERE id = %d",
	    (int)eve.org, (int)ben.user);
	sql_run("INSERT INTO tenure (organization_id, user_id, began_at) SELECT organization_id, "
		"id, created_at FROM user WHERE person_id = %d AND organization_id = %d",
	    (int)ben.person, (int)eve.org);
	assert_false(opens(token));
	assert_false(finish(token));
	assert_int_equal(make(&ann, &ben, &token), RESET_ELSEWHERE);
	sql_run("UPDATE user SET status = 'deactivated' WHERE id = %d", (int)ben.user);
	assert_int_equal(make(&ann, &ben, &token), RESET_INACTIVE);
}

static void
the_command_line_makes_one_for_them(void **state)
{
	struct people ann = world_people();
	struct request *rq = hand_begin(&world.hand, 0);
	struct reset_link made;
	str token;

	(void)state;
	sql_run("UPDATE person SET is_operator = 1 WHERE id = %d", (int)ann.person);
	assert_false(reset_command(rq, S("nobody@example.test"), &made));
	assert_true(reset_command(rq, ann.email, &made));
	assert_false(made.factor);
	token = str_copy(&world.hand.start, made.token);
	commit(rq);
	assert_true(finish(token));
	sql_run("INSERT INTO factor (person_id, key_number, sealed, session_id, begun_at, "
		"confirmed_at) VALUES (%d, 1, 'x', 0, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))",
	    (int)ann.person);
	rq = hand_begin(&world.hand, 0);
	assert_true(reset_command(rq, ann.email, &made));
	assert_true(made.factor);
	db_rollback(rq->db);
}

static void
finish_one(struct hand *hand)
{
	struct request *rq = hand_begin(hand, 0);

	hand->result = reset_finish(
	    rq, *(const str *)hand->with, fmt(rq->arena, "seventeen tin boats %d", hand->n));
	if (hand->result)
		commit(rq);
	else
		db_rollback(rq->db);
}

static void
of_twenty_at_once_one_sets_it(void **state)
{
	struct people ann = world_people(), ben = beside(&ann);
	struct hand hands[AT_ONCE];
	struct proven who;
	int good = 0;
	str token;

	(void)state;
	assert_int_equal(make(&ann, &ben, &token), RESET_MADE);
	hands_together(hands, AT_ONCE, finish_one, &token);
	assert_int_equal(results(hands, AT_ONCE, 1), 1);
	for (int i = 0; i < AT_ONCE; i++) {
		struct request *rq = hand_begin(&world.hand, 0);

		if (person_prove(rq, ben.email, fmt(rq->arena, "seventeen tin boats %d", i),
			&who) == PROOF_GOOD) {
			assert_int_equal(hands[i].result, 1);
			good++;
		}
	}
	assert_int_equal(good, 1);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_or_not_asking_does_the_same),
		cmocka_unit_test(the_mailed_link_sets_the_password_once),
		cmocka_unit_test(three_mails_an_hour),
		cmocka_unit_test(who_is_active_nowhere_is_mailed_nothing),
		cmocka_unit_test(it_ends_sessions),
		cmocka_unit_test(what_has_ended_is_gone),
		cmocka_unit_test(the_next_link_ends_the_one_before),
		cmocka_unit_test(an_admin_gets_into_nothing_else),
		cmocka_unit_test(the_command_line_makes_one_for_them),
		cmocka_unit_test(of_twenty_at_once_one_sets_it),
	};

	return cmocka_run_group_tests(tests, operated_open, world_close);
}
