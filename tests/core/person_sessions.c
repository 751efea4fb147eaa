/* person_sessions.c - sessions end, and no write of theirs comes after; a password is changed. */
#define _GNU_SOURCE
#include "core/fixture.h"

#include <stdatomic.h>

/* A session of the admin's; its row's number. */
static int64_t
session_of(const struct people *p, str id)
{
	struct request *rq = hand_begin(&world.hand, p->org);
	struct digest hash = digest_sha256(random_base62(rq->arena, 43));
	int64_t session;

	sql_session_add(rq->db, .token_hash = DIGEST_STR(hash), .public_id = id,
	    .person = p->person, .user = p->user, .environment = S("production"),
	    .remote = S("192.0.2.1"), .program = S("Test"), .now = rq->now);
	session = db_insert_id(rq->db);
	commit(rq);
	return session;
}

static str
fresh_id(void)
{
	return random_base62(&world.hand.start, 10);
}

static int64_t
sessions_left(const struct people *p)
{
	return sql_number("SELECT COUNT(*) FROM session WHERE person_id = %d", (int)p->person);
}

static void
all_but_one_or_all(void **state)
{
	struct people ann = world_people(), bob = world_people();
	int64_t kept = session_of(&ann, fresh_id());
	struct request *rq;

	(void)state;
	session_of(&ann, fresh_id());
	session_of(&ann, fresh_id());
	session_of(&bob, fresh_id());
	rq = begin_as(&ann);
	assert_int_equal(person_sessions_end(rq, ann.person, kept), 2);
	commit(rq);
	assert_int_equal(sessions_left(&ann), 1);
	rq = begin_as(&ann);
	assert_int_equal(person_sessions_end(rq, ann.person, kept), 0);
	assert_int_equal(person_sessions_end(rq, ann.person, 0), 1);
	commit(rq);
	assert_int_equal(sessions_left(&ann), 0);
	assert_int_equal(sessions_left(&bob), 1);
}

static void
one_of_ones_own(void **state)
{
	struct people ann = world_people(), bob = world_people();
	str hers = fresh_id(), his = fresh_id();
	struct request *rq;

	(void)state;
	session_of(&ann, hers);
	session_of(&bob, his);
	rq = begin_as(&ann);
	assert_false(person_session_end(rq, ann.person, his));
	assert_false(person_session_end(rq, ann.person, (str){ 0 }));
	assert_true(person_session_end(rq, ann.person, hers));
	assert_false(person_session_end(rq, ann.person, hers));
	commit(rq);
	assert_int_equal(sessions_left(&bob), 1);
}

/* ---- a write that is under way while its session is ended */

struct race {
	struct people ann;
	int64_t session;
	atomic_bool ending, written;
};

static bool
somebody_waits(void)
{
	return sql_number("SELECT variable_value FROM information_schema.global_status "
			  "WHERE variable_name = 'Innodb_row_lock_current_waits'") > 0;
}

/* The first ends all sessions, and commits once the second waits for it. The second does what serve() does
 * before a handler may write; its result says whether that lets it. */
static void
end_or_write(struct hand *hand)
{
	struct race *race = (struct race *)(uintptr_t)hand->with;
	struct request *rq;

	while (hand->n == 1 && !atomic_load(&race->ending))
		sched_yield();
	rq = act_as(hand_begin(hand, race->ann.org), &race->ann);
	if (hand->n == 0) {
		person_sessions_end(rq, race->ann.person, 0);
		atomic_store(&race->ending, true);
		while (!somebody_waits() && !atomic_load(&race->written))
			sched_yield();
		db_commit(rq->db);
		return;
	}
	hand->result = sql_user_acts(rq->db, .me = rq->me, .role = S("admin")) == 1 &&
	               sql_session_there(rq->db, .session = race->session);
	atomic_store(&race->written, true);
	db_rollback(rq->db);
}

static void
no_write_comes_after_the_end_of_its_session(void **state)
{
	struct race race = { .ann = world_people() };
	struct hand hands[2];

	(void)state;
	race.session = session_of(&race.ann, fresh_id());
	hands_together(hands, 2, end_or_write, &race);
	assert_int_equal(hands[1].result, 0);
}

/* ---- passwords */

static void
a_changed_password_ends_the_others(void **state)
{
	struct people ann = world_people();
	struct request *rq;
	str hash;

	(void)state;
	ann.actor.session = session_of(&ann, fresh_id());
	session_of(&ann, fresh_id());
	rq = begin_as(&ann);
	assert_true(person_knows(rq, S("correct horse battery")));
	hash = person_password_hash(rq, S("seventeen tin boats"));
	person_change_password(rq, hash);
	commit(rq);
	assert_int_equal(sessions_left(&ann), 1);
	rq = begin_as(&ann);
	assert_true(person_knows(rq, S("seventeen tin boats")));
	assert_false(person_knows(rq, S("correct horse battery")));
	assert_false(person_knows(rq, S("")));
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM audit_entry WHERE organization_id = %d "
		       "AND act = 'person.change-password' AND detail = '{\"sessions\":1}'",
		(int)ann.org),
	    1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_but_one_or_all),
		cmocka_unit_test(one_of_ones_own),
		cmocka_unit_test(no_write_comes_after_the_end_of_its_session),
		cmocka_unit_test(a_changed_password_ends_the_others),
	};

	return GROUP(tests);
}
