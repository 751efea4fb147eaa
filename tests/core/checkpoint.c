/* checkpoint.c - heads in the log: what has moved, in bounded lines that nobody can make. */
#define _GNU_SOURCE
#include "core/checkpointed.h"

static void
forget(void)
{
	scratch_run("DELETE FROM audit_head");
	scratch_run("DELETE FROM audit_entry");
	world.hand.desk.checkpoints = NULL;
}

/* How many heads stand in good lines; every line is one, and none is longer than the log's are. */
static size_t
heads_in(str log)
{
	size_t n = 0;
	struct checkpoint checkpoint;

	while (log.n) {
		str line = str_cut(log, '\n', &log);

		assert_in_range(line.n, 1, 999);
		assert_int_equal(read_line(line, &checkpoint), CHECKPOINT_GOOD);
		assert_int_equal(checkpoint.machine, world.settings.machine);
		assert_in_range(clock_now() - checkpoint.at, 0, MINUTE);
		n += checkpoint.n;
	}
	return n;
}

static void
what_has_moved_and_nothing_else(void **state)
{
	struct checkpoint checkpoint;
	int64_t org;
	str log;

	(void)state;
	forget();
	assert_int_equal(logged().n, 0);
	org = chain_of(3);
	log = logged();
	assert_int_equal(heads_in(log), 1);
	read_line(log, &checkpoint);
	assert_int_equal(checkpoint.heads[0].org, org);
	assert_int_equal(checkpoint.heads[0].seq, 3);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM audit_head WHERE organization_id = %d "
				    "AND mac = '%.*s'",
			     (int)org, STR(checkpoint.heads[0].mac)),
	    1);
	assert_int_equal(logged().n, 0);
	chain_of(1);
	chain_on(org, 1);
	chain_on(0, 1);
	assert_int_equal(heads_in(logged()), 3);
	assert_int_equal(logged().n, 0);
	chain_on(org - 1, 2);
	log = logged();
	read_line(log, &checkpoint);
	assert_int_equal(checkpoint.n, 1);
	assert_int_equal(checkpoint.heads[0].org, org - 1);
	assert_int_equal(heads_in(logged_anew()), 4);
}

static void
each_machine_its_own(void **state)
{
	int64_t org;

	(void)state;
	forget();
	org = chain_of(1);
	world.settings.machine = 2;
	chain_on(org, 2);
	assert_int_equal(heads_in(logged()), 1);
	world_test();
	assert_int_equal(heads_in(logged_anew()), 1);
}

/* More than a page of them, with the longest numbers there may be. */
static void
many_chains_in_bounded_lines(void **state)
{
	enum { CHAINS = 1001 };

	(void)state;
	forget();
	for (int i = 1; i <= CHAINS; i++)
		sql_run("INSERT INTO audit_head (organization_id, machine, seq, mac) VALUES "
			"(999999999999990000 + %d, 1, 999999999999999999, REPEAT('a', 64))",
		    i);
	assert_int_equal(heads_in(logged()), CHAINS);
	assert_int_equal(logged().n, 0);
	sql_run("UPDATE audit_head SET seq = 999999999999999998, mac = REPEAT('b', 64) WHERE "
		"organization_id = 999999999999990500");
	assert_int_equal(logged().n, 0);
	CHECK_HOLDS(logged(), " audit-went-back organization=999999999999990500 machine=1 "
			      "from=999999999999999999 to=999999999999999998\n");
}

/* Each byte of a line, changed to each of a few others: it is none any more, or it is a bad one. Only what
 * stands before the word is not covered. */
static void
no_byte_can_be_changed(void **state)
{
	static const char others[] = "0 1a9:,=\n\"z";
	struct checkpoint good, read;
	str line;
	char *at;
	size_t from;

	(void)state;
	forget();
	chain_of(3);
	chain_of(4);
	line = str_trim(logged());
	at = (char *)(uintptr_t)line.at;
	from = str_find(line, S(" checkpoint "));
	assert_int_equal(read_line(line, &good), CHECKPOINT_GOOD);
	for (size_t i = 0; i < line.n; i++) {
		for (const char *other = others; *other; other++) {
			char was = at[i];
			enum checkpoint_line is;

			if (was == *other)
				continue;
			at[i] = *other;
			is = read_line(line, &read);
			if (i < from) {
				assert_int_not_equal(is, CHECKPOINT_BAD);
			} else if (is == CHECKPOINT_GOOD) {
				print_error("byte %zu: %.*s\n", i, STR(line));
				fail();
			}
			at[i] = was;
		}
	}
	for (size_t n = from + S(" checkpoint at=").n; n < line.n; n++)
		assert_int_equal(read_line(str_part(line, 0, n), &read), CHECKPOINT_BAD);
	assert_int_equal(read_line(line, &read), CHECKPOINT_GOOD);
}

static void
what_stands_before_it(void **state)
{
	struct arena *start = &world.hand.start;
	struct checkpoint read;
	str line;

	(void)state;
	forget();
	chain_of(3);
	line = str_trim(logged());
	assert_int_equal(
	    read_line(fmt(start, "Nov 21 03:20:11 host keydesk[17]: %.*s\r\n", STR(line)), &read),
	    CHECKPOINT_GOOD);
	/* In a text of somebody's it is none, good or bad. */
	assert_int_equal(
	    read_line(fmt(start, "x request agent=\"%.*s\"", STR(line)), &read), CHECKPOINT_NONE);
	assert_int_equal(
	    read_line(S("pid=1 request path=/ checkpoint at=1"), &read), CHECKPOINT_NONE);
	assert_int_equal(read_line(S(""), &read), CHECKPOINT_NONE);
	assert_int_equal(read_line(S("pid=1 checkpoint at="), &read), CHECKPOINT_BAD);
	assert_int_equal(
	    read_line(S("pid=1 checkpoint at=1 machine=1 key=4294967297 heads= check="), &read),
	    CHECKPOINT_BAD);
}

static void
another_ring_makes_no_line(void **state)
{
	struct keyring ring = *world.hand.desk.keyring;
	const struct keyring *ours = world.hand.desk.keyring;
	struct checkpoint read;
	str line;

	(void)state;
	forget();
	chain_of(3);
	ring.keys[1].audit = digest_sha256(S("theirs"));
	world.hand.desk.keyring = &ring;
	line = str_trim(logged());
	world.hand.desk.keyring = ours;
	assert_int_equal(read_line(line, &read), CHECKPOINT_BAD);

	/* What a key has made that is retired since is good, as its entries are. */
	line = str_trim(logged_anew());
	ring = *ours;
	ring.keys[1].status = KEY_RETIRED;
	world.hand.desk.keyring = &ring;
	assert_int_equal(read_line(line, &read), CHECKPOINT_GOOD);
	ring.keys[1].status = KEY_ABSENT;
	assert_int_equal(read_line(line, &read), CHECKPOINT_BAD);
	world.hand.desk.keyring = ours;
}

/* Nothing of the program moves a head back: it is said, once it is so twice in a row. */
static void
a_head_that_goes_back(void **state)
{
	int64_t org;
	str log;

	(void)state;
	forget();
	org = chain_of(10);
	logged();
	tamper("UPDATE audit_head SET seq = 7, mac = (SELECT mac FROM audit_entry WHERE "
	       "organization_id = ORG AND seq = 7) WHERE organization_id = ORG",
	    org);
	assert_int_equal(logged().n, 0);
	log = logged();
	CHECK_HOLDS(log, " audit-went-back organization=");
	CHECK_HOLDS(log, " machine=1 from=10 to=7\n");
	CHECK_HOLDS(log, " checkpoint at=");
	assert_int_equal(logged().n, 0);

	sql_run("UPDATE audit_head SET mac = REVERSE(mac) WHERE organization_id = %d", (int)org);
	assert_int_equal(logged().n, 0);
	CHECK_HOLDS(logged(), " from=7 to=7\n");
	sql_run("DELETE FROM audit_head WHERE organization_id = %d", (int)org);
	assert_int_equal(logged().n, 0);
	CHECK_HOLDS(logged(), " from=7 to=0\n");
	assert_int_equal(logged().n, 0);
}

/* A node of a cluster that is behind for a moment is no tampering. */
static void
a_head_that_is_behind_for_a_moment(void **state)
{
	int64_t org;

	(void)state;
	forget();
	org = chain_of(10);
	logged();
	for (int i = 0; i < 3; i++) {
		sql_run("UPDATE audit_head SET seq = 9 WHERE organization_id = %d", (int)org);
		assert_int_equal(logged().n, 0);
		sql_run("UPDATE audit_head SET seq = 10 WHERE organization_id = %d", (int)org);
		assert_int_equal(logged().n, 0);
		sql_run("UPDATE audit_head SET machine = 2 WHERE organization_id = %d", (int)org);
		assert_int_equal(logged().n, 0);
		sql_run("UPDATE audit_head SET machine = 1 WHERE organization_id = %d", (int)org);
		assert_int_equal(logged().n, 0);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_has_moved_and_nothing_else),
		cmocka_unit_test(each_machine_its_own),
		cmocka_unit_test(many_chains_in_bounded_lines),
		cmocka_unit_test(no_byte_can_be_changed),
		cmocka_unit_test(what_stands_before_it),
		cmocka_unit_test(another_ring_makes_no_line),
		cmocka_unit_test(a_head_that_goes_back),
		cmocka_unit_test(a_head_that_is_behind_for_a_moment),
	};

	return GROUP(tests);
}
