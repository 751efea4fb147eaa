/* session_races.c - a write on its way while its sender loses what it takes: whoever takes it away hears of all that was committed.
 *
 * A write begins with a statement that decides whether its sender may: it holds the row that whoever takes it away must change. So
 * either the write is committed before the change returns, or it is refused.
 */
#define _GNU_SOURCE
#include "core/adding.h"
#include "site/visit.h"

#include "core/data_api.h"
#include "core/tenure.h"

#include <stdatomic.h>

enum { WRITER, FLIPPER, BOTH };

/* A hundred rounds where there is time for them: tests/soak.sh. */
static int
rounds(int few)
{
	const char *soak = getenv("SOAK");

	return soak && soak[0] == '1' ? 100 : few;
}

/* ---- what decides, and what takes it away */

static bool
by_role_and_status(struct request *rq)
{
	return sql_user_acts(rq->db, .me = rq->me, .role = role_text(rq->actor->role)) == 1;
}

static bool
by_session(struct request *rq)
{
	return by_role_and_status(rq) && session_alive(rq);
}

static bool
by_operator(struct request *rq)
{
	return sql_person_acts(rq->db, .person = rq->actor->person) == 1;
}

static bool
by_access(struct request *rq)
{
	return by_session(rq) && data_listed(rq);
}

static bool
by_owner(struct request *rq)
{
	return sql_additional_owner_hold(rq->db, .user = rq->me) == 1;
}

static bool
by_invited(struct request *rq)
{
	return sql_invitation_hold(rq->db, .user = rq->me) == 1;
}

static bool
by_tenure(struct request *rq)
{
	sql_tenure_hold(rq->db, .user = rq->me);
	return sql_tenure_live(rq->db, .user = rq->me) != NULL;
}

/* before: how things stand at first. flip: one transaction. Both of the user @user, whose person is @person. */
struct deciding {
	const char *name;
	bool (*decides)(struct request *);
	const char *before, *flip[2];
};

#define OFF  "UPDATE user SET status = 'deactivated' WHERE id = @user"
#define ON   "UPDATE user SET status = 'active' WHERE id = @user"
#define HOLD "UPDATE user SET acts = acts + 1 WHERE id = @user"

static const struct deciding all[] = {
	{ "status", by_role_and_status, NULL, { OFF, NULL } },
	{ "role", by_role_and_status, NULL,
	    { "UPDATE user SET role = 'compliance_admin' WHERE id = @user", NULL } },
	{ "session, off and on", by_session, NULL, { OFF, ON } },
	{ "session, ended", by_session, NULL,
	    { HOLD, "DELETE FROM session WHERE user_id = @user" } },
	{ "operator", by_operator, "UPDATE person SET is_operator = 1 WHERE id = @person",
	    { "UPDATE person SET is_operator = 0 WHERE id = @person", NULL } },
	{ "access to the Data API", by_access,
	    "INSERT INTO data_access (user_id, tenure_id, organization_id, granted_at) "
	    "SELECT live_id, id, organization_id, UTC_TIMESTAMP(6) FROM tenure WHERE live_id = "
	    "@user",
	    { HOLD, "DELETE FROM data_access WHERE user_id = @user" } },
	{ "owner", by_owner, NULL, { OFF, NULL } },
	{ "invited", by_invited, "UPDATE user SET status = 'invited' WHERE id = @user",
	    { OFF, NULL } },
	{ "tenure, off and on", by_tenure, NULL, { OFF, ON } },
};

/* ---- one of each at the same time */

enum order { AS_IT_COMES, WRITE_FIRST, FLIP_FIRST };

struct flight {
	const struct deciding *by;
	enum order order;
	struct people who;
	MYSQL *flips, *watches;
	atomic_bool *decided, *flipped;
};

static void
pause_a_moment(void)
{
	usleep(1000);
}

static void
ask(MYSQL *on, const char *text)
{
	if (mysql_query(on, text)) {
		print_error("%s\n%s\n", text, mysql_error(on));
		abort();
	}
}

/* A connection of whoever changes rows by hand. */
static MYSQL *
another_connection(const struct people *who)
{
	MYSQL *made = scratch_connect();
	char text[100];

	if (mysql_select_db(made, scratch_name))
		abort();
	snprintf(text, sizeof text, "SET @user = %ld, @person = %ld", (long)who->user,
	    (long)who->person);
	ask(made, text);
	return made;
}

static int
number(MYSQL *on, const char *text)
{
	MYSQL_RES *rows;
	int n;

	ask(on, text);
	rows = mysql_store_result(on);
	n = (int)strtol(mysql_fetch_row(rows)[0], NULL, 10);
	mysql_free_result(rows);
	return n;
}

static int
written(MYSQL *on)
{
	return number(on,
	    "SELECT COUNT(*) FROM audit_entry WHERE act = 'test.write' AND person_id = @person");
}

/* Until a transaction waits for a row. InnoDB shows what it has shown before to whoever asks again within a tenth of a second. */
static void
until_one_waits(MYSQL *on)
{
	do
		usleep(120000);
	while (!number(on, "SELECT COUNT(*) FROM information_schema.innodb_trx "
			   "WHERE trx_state = 'LOCK WAIT'"));
}

static void
until(const atomic_bool *so)
{
	while (!atomic_load(so))
		pause_a_moment();
}

static void
write_one(struct hand *hand, const struct flight *f)
{
	struct request *rq;

	if (f->order == FLIP_FIRST)
		until(f->flipped);
	rq = act_as(hand_begin(hand, f->who.org), &f->who);
	hand->result = f->by->decides(rq);
	atomic_store(f->decided, true);
	if (hand->result) {
		if (f->order == WRITE_FIRST)
			until_one_waits(f->watches);
		audit(rq, S("test.write"), S("aaaaaaaaaa"), (str){ 0 });
		commit(rq);
	}
	db_rollback(rq->db);
}

/* Its result is what had been written when it returned. */
static void
flip_one(struct hand *hand, const struct flight *f)
{
	if (f->order == WRITE_FIRST)
		until(f->decided);
	ask(f->flips, "START TRANSACTION");
	for (int i = 0; i < 2 && f->by->flip[i]; i++)
		ask(f->flips, f->by->flip[i]);
	atomic_store(f->flipped, true);
	if (f->order == FLIP_FIRST)
		until_one_waits(f->watches);
	ask(f->flips, "COMMIT");
	hand->result = written(f->flips);
}

static void
either(struct hand *hand)
{
	if (hand->n == WRITER)
		write_one(hand, hand->with);
	else
		flip_one(hand, hand->with);
}

/* The member's session of now is the request's. */
static struct people
somebody(const struct people *ann)
{
	struct people who = colleague(ann, "May Field", ROLE_MEMBER);

	sign_in(&who);
	who.actor.session =
	    sql_number("SELECT MAX(id) FROM session WHERE user_id = %d", (int)who.user);
	return who;
}

/* One flight; whether the write was committed. */
static bool
fly(const struct people *ann, const struct deciding *by, enum order order)
{
	static struct hand hands[BOTH];
	atomic_bool decided = false, flipped = false;
	struct flight f = { .by = by,
		.order = order,
		.who = somebody(ann),
		.decided = &decided,
		.flipped = &flipped };
	int after;

	f.flips = another_connection(&f.who);
	f.watches = another_connection(&f.who);
	if (by->before)
		ask(f.flips, by->before);
	hands_together(hands, BOTH, either, &f);
	after = written(f.watches);
	mysql_close(f.flips);
	mysql_close(f.watches);
	if (hands[WRITER].result != after || hands[FLIPPER].result != after)
		fail_msg("%s: %d written when it was taken away, %d afterwards, %d said", by->name,
		    hands[FLIPPER].result, after, hands[WRITER].result);
	return after == 1;
}

static void
each(enum order order, int n, int *wrote)
{
	struct people ann = world_people();

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		size_t mark = arena_mark(&world.hand.start);

		for (int k = 0; k < n; k++)
			*wrote += fly(&ann, &all[i], order);
		arena_wipe(&world.hand.start, mark);
	}
}

static const int kinds = sizeof all / sizeof all[0];

/* ---- the tests */

static void
a_write_that_was_let_in_is_committed_before_it_is_taken_away(void **state)
{
	int wrote = 0;

	(void)state;
	each(WRITE_FIRST, 1, &wrote);
	assert_int_equal(wrote, kinds);
}

static void
a_write_that_comes_while_it_is_taken_away_waits_and_is_refused(void **state)
{
	int wrote = 0;

	(void)state;
	each(FLIP_FIRST, 1, &wrote);
	assert_int_equal(wrote, 0);
}

static void
at_the_same_moment_nothing_is_committed_after(void **state)
{
	int wrote = 0;

	(void)state;
	each(AS_IT_COMES, rounds(5), &wrote);
	assert_in_range(wrote, 0, kinds * rounds(5));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_write_that_was_let_in_is_committed_before_it_is_taken_away),
		cmocka_unit_test(a_write_that_comes_while_it_is_taken_away_waits_and_is_refused),
		cmocka_unit_test(at_the_same_moment_nothing_is_committed_after),
	};

	return GROUP(tests);
}
