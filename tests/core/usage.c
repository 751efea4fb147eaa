/* usage.c - when and from where a secret was last used, and how often. */
#define _GNU_SOURCE
#include "core/fixture.h"

#include "core/usage.h"

struct note {
	int64_t at, calls;
	const char *remote;
};

static void
write_note(int64_t secret, struct note note)
{
	struct request *rq = hand_begin(&world.hand, 0);
	struct shared_use use = { .secret = secret, .last_used_at = note.at, .calls = note.calls };

	snprintf(use.remote, sizeof use.remote, "%s", note.remote);
	usage_write(rq->db, &use, 1);
	db_commit(rq->db);
}

static long
is(int64_t secret, const char *at, const char *remote, int calls)
{
	return sql_number("SELECT COUNT(*) FROM secret WHERE id = %d AND last_used_at = '%s' AND "
			  "last_used_from = '%s' AND calls = %d",
	    (int)secret, at, remote, calls);
}

/* Notes of several machines come in any order: the latest use is the last one. */
static void
the_latest_use_stays(void **state)
{
	struct people ann = world_people();
	struct client_made made = make_key(&ann, S("production"));
	int64_t secret = sql_number(
	    "SELECT id FROM secret WHERE sid = '%.*s'", STR(str_part(made.secret, 10, 10)));

	(void)state;
	write_note(secret, (struct note){ 1000 * SECOND, 3, "192.0.2.1" });
	assert_int_equal(is(secret, "1970-01-01 00:16:40", "192.0.2.1", 3), 1);
	write_note(secret, (struct note){ 2000 * SECOND, 4, "2001:db8::1" });
	assert_int_equal(is(secret, "1970-01-01 00:33:20", "2001:db8::1", 7), 1);
	write_note(secret, (struct note){ 1500 * SECOND, 5, "192.0.2.3" });
	assert_int_equal(is(secret, "1970-01-01 00:33:20", "2001:db8::1", 12), 1);
}

static void
many_are_written_each_to_its_own(void **state)
{
	struct people ann = world_people();
	struct request *rq;
	struct shared_use uses[3] = { { 0 } };

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct client_made made = make_key(&ann, S("production"));

		uses[i] = (struct shared_use){ .secret = sql_number("SELECT id FROM secret WHERE "
								    "sid = '%.*s'",
						   STR(str_part(made.secret, 10, 10))),
			.last_used_at = 1000 * SECOND,
			.calls = i + 1 };
	}
	/* One whose row is gone is no fault. */
	uses[2] = (struct shared_use){ .secret = 999999999, .last_used_at = SECOND, .calls = 9 };
	rq = hand_begin(&world.hand, 0);
	usage_write(rq->db, uses, 3);
	db_commit(rq->db);
	assert_int_equal(is(uses[0].secret, "1970-01-01 00:16:40", "", 1), 1);
	assert_int_equal(is(uses[1].secret, "1970-01-01 00:16:40", "", 2), 1);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_latest_use_stays),
		cmocka_unit_test(many_are_written_each_to_its_own),
	};

	return GROUP(tests);
}
