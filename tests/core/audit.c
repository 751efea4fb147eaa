/* audit.c - entries are written, chained, and say what has changed; many at once keep the chain whole. */
#define _GNU_SOURCE
#include "core/audited.h"

SHAPE(thing, int(version), text(name), flag(active), time(made_at), int(amount), text(note));

/* How much is wrong with an organization's chain. */
static int64_t
wrong_at(int64_t org, int64_t *entries)
{
	const struct audit_report *report = verify(org);

	*entries = report->entries;
	return report->wrong;
}

/* The column of an organization's newest entry. */
static str
newest(struct request *rq, int64_t org, size_t offset)
{
	struct audit_walk_rows rows =
	    sql_audit_walk(rq->db, .org = org, .machine = 1, .from = 1, .to = 1000, .count = 1000);

	assert_true(rows.n > 0);
	return *(const str *)(const void *)((const char *)&rows.at[rows.n - 1] + offset);
}

#define NEWEST(rq, org, column) newest(rq, org, offsetof(struct audit_walk_row, column))

static void
two_organizations_in_one_request(void **state)
{
	struct people ann = world_people(), bob = world_people();
	struct request *rq = begin_as(&ann);
	struct audit_who other = { .org = bob.org, .person = bob.person, .name = bob.email };
	int64_t entries;

	(void)state;
	for (int i = 0; i < 30; i++) {
		audit(rq, S("test.ours"), fmt(rq->arena, "%d", i), (str){ 0 });
		audit_by(rq, &other, &(struct audit_act){ S("test.theirs"), S("x"), S("{}") });
	}
	commit(rq);
	/* Before them stand the two of world_people(). */
	assert_int_equal(wrong_at(ann.org, &entries), 0);
	assert_int_equal(entries, 32);
	assert_int_equal(wrong_at(bob.org, &entries), 0);
	assert_int_equal(entries, 32);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM audit_entry WHERE organization_id = %d "
				    "AND act = 'test.ours' AND object = seq - 3",
			     (int)ann.org),
	    30);
}

static void
an_entry_says_who_and_from_where(void **state)
{
	struct people ann = world_people();
	struct request *rq = begin_as(&ann);

	(void)state;
	audit(rq, S("test"), S("0123456789"), S("{\"a\":1}"));
	commit(rq);
	CHECK_STR_EQ(NEWEST(rq, ann.org, person), ann.email);
	CHECK_STR(NEWEST(rq, ann.org, act), "test");
	CHECK_STR(NEWEST(rq, ann.org, object), "0123456789");
	CHECK_STR(NEWEST(rq, ann.org, detail), "{\"a\":1}");
	CHECK_STR(NEWEST(rq, ann.org, remote), "192.0.2.1");
	CHECK_STR(NEWEST(rq, ann.org, request), "0123456789abcdef");
	rq = hand_begin(&world.hand, ann.org);
	audit(rq, S("test"), S("x"), (str){ 0 });
	commit(rq);
	CHECK_STR(NEWEST(rq, ann.org, person), "command line");
}

static void
what_is_undone_leaves_nothing(void **state)
{
	struct people ann = world_people();
	struct request *rq = begin_as(&ann);
	int64_t entries;

	(void)state;
	audit(rq, S("test"), S("x"), (str){ 0 });
	audit_write(rq);
	db_rollback(rq->db);
	assert_int_equal(wrong_at(ann.org, &entries), 0);
	assert_int_equal(entries, 2);
}

static struct request *
change(const struct people *who, const struct thing *before, const struct thing *after)
{
	struct request *rq = begin_as(who);

	audit_change(rq, S("thing.edit"), S("id"), thing, before, after);
	commit(rq);
	return rq;
}

static void
a_change_lists_only_what_differs(void **state)
{
	struct people ann = world_people();
	struct thing before = { .version = 1,
		.name = S("Old \"name\""),
		.made_at = 5 * SECOND,
		.amount = 7,
		.note = S("same") };
	struct thing after = before;
	struct request *rq;
	int64_t entries;

	(void)state;
	after.version = 2;
	change(&ann, &before, &after);
	wrong_at(ann.org, &entries);
	assert_int_equal(entries, 2);

	after.name = S("<new>\n");
	after.active = true;
	after.made_at = 0;
	rq = change(&ann, &before, &after);
	CHECK_STR(NEWEST(rq, ann.org, detail),
	    "{\"name\":[\"Old \\u0022name\\u0022\",\"\\u003cnew\\u003e\\u000a\"],"
	    "\"active\":[\"no\",\"yes\"],\"made_at\":[\"1970-01-01T00:00:05Z\",\"\"]}");
	CHECK_STR(NEWEST(rq, ann.org, act), "thing.edit");
}

static str
long_text(size_t n, char c)
{
	char *at = NEW(&world.hand.start, char, n);

	memset(at, c, n);
	return (str){ at, n };
}

static void
a_long_change_is_cut_at_a_member(void **state)
{
	struct people ann = world_people();
	struct thing before = { .name = S("a"), .amount = 1 };
	struct thing after = {
		.name = S("b"), .amount = 2, .note = long_text(AUDIT_DETAIL_MAX_BYTES, 'n')
	};
	struct request *rq = change(&ann, &before, &after);

	(void)state;
	CHECK_STR(NEWEST(rq, ann.org, detail),
	    "{\"name\":[\"a\",\"b\"],\"amount\":[\"1\",\"2\"],\"more\":true}");

	/* Even the first one, and one whose every byte takes six; what comes behind it is noted. */
	after = (struct thing){ .name = long_text(100000, '<'), .amount = 2 };
	rq = change(&ann, &before, &after);
	CHECK_STR(NEWEST(rq, ann.org, detail), "{\"amount\":[\"1\",\"2\"],\"more\":true}");
}

static void
of_a_change_too_long_for_both_the_new_value_is_noted(void **state)
{
	struct people ann = world_people();
	struct thing before = { .name = long_text(5000, 'o'), .amount = 1 };
	struct thing after = { .name = long_text(5000, 'n'), .amount = 2 };
	struct request *rq = change(&ann, &before, &after);
	str expected = fmt(&world.hand.start,
	    "{\"name\":\"%.*s\",\"amount\":[\"1\",\"2\"],\"more\":true}", STR(after.name));

	(void)state;
	assert_true(str_eq(NEWEST(rq, ann.org, detail), expected));
}

static void
the_longest_detail_is_reached_and_not_passed(void **state)
{
	struct people ann = world_people();
	struct thing before = { 0 }, after = { 0 };
	size_t longest = 0;

	(void)state;
	for (size_t n = AUDIT_DETAIL_MAX_BYTES - 60; n < AUDIT_DETAIL_MAX_BYTES; n++) {
		struct request *rq;
		str detail;

		after.name = long_text(n, 'x');
		rq = change(&ann, &before, &after);
		detail = NEWEST(rq, ann.org, detail);
		assert_true(str_ends(detail, S("}")));
		assert_true(detail.n <= AUDIT_DETAIL_MAX_BYTES);
		if (detail.n > longest)
			longest = detail.n;
	}
	assert_in_range(longest, AUDIT_DETAIL_MAX_BYTES - 20, AUDIT_DETAIL_MAX_BYTES);
}

enum { WRITERS = 4, EACH = 15 };

/* Half of them note the two chains in the other order. */
static void
write_to_two(struct hand *hand)
{
	const struct people *both = hand->with;

	while (hand->result < EACH) {
		struct request *rq = hand_begin(hand, 0);

		for (int i = 0; i < 2; i++) {
			struct audit_who who = { .org = both[(hand->n + i) % 2].org,
				.name = S("writer") };
			audit_by(rq, &who, &(struct audit_act){ .act = S("test") });
		}
		commit(rq);
		hand->result++;
	}
}

static void
many_at_once_keep_the_chain_whole(void **state)
{
	struct people both[2] = { world_people(), world_people() };
	struct hand hands[WRITERS];

	(void)state;
	hands_together(hands, WRITERS, write_to_two, both);
	for (int i = 0; i < 2; i++) {
		int64_t entries;

		assert_int_equal(wrong_at(both[i].org, &entries), 0);
		assert_int_equal(entries, 2 + WRITERS * EACH);
	}
}

/* The first hand verifies as long as the others write; its result is how often it found the chain broken. */
static void
write_or_verify(struct hand *hand)
{
	const struct people *ann = hand->with;
	int64_t ends = 2 + (WRITERS - 1) * EACH;
	struct audit_report report = { 0 };

	if (hand->n > 0) {
		while (hand->result < EACH) {
			struct request *rq = act_as(hand_begin(hand, ann->org), ann);

			audit(rq, S("test"), S("x"), (str){ 0 });
			commit(rq);
			hand->result++;
		}
		return;
	}
	while (report.entries < ends && hand->result == 0) {
		report = (struct audit_report){ 0 };
		audit_verify(
		    hand_ask(hand, ann->org), &(struct audit_chain){ ann->org, 1 }, &report);
		hand->result = (int)report.wrong;
	}
}

static void
a_chain_that_grows_meanwhile_is_whole(void **state)
{
	(void)state;
	for (int round = 0; round < 8; round++) {
		struct people ann = world_people();
		struct hand hands[WRITERS];

		hands_together(hands, WRITERS, write_or_verify, &ann);
		assert_int_equal(hands[0].result, 0);
	}
}

static void
begin_chain(struct hand *hand)
{
	struct request *rq = hand_begin(hand, *(const int64_t *)hand->with);

	audit(rq, S("test"), S("x"), (str){ 0 });
	commit(rq);
}

static void
many_begin_one_chain(void **state)
{
	struct hand hands[WRITERS];

	(void)state;
	for (int64_t org = 900001; org < 900011; org++) {
		int64_t entries;

		hands_together(hands, WRITERS, begin_chain, &org);
		assert_int_equal(wrong_at(org, &entries), 0);
		assert_int_equal(entries, WRITERS);
	}
}

/* What the trigger says is what the database says when another transaction has just committed a head. */
static void
a_duplicate_head_is_a_conflict(void **state)
{
	struct request *rq = hand_begin(&world.hand, 900100);

	(void)state;
	scratch_run("CREATE TRIGGER faster BEFORE INSERT ON audit_head FOR EACH ROW "
		    "SIGNAL SQLSTATE '23000' SET MYSQL_ERRNO = 1062");
	audit(rq, S("test"), S("x"), (str){ 0 });
	CHECK_FAULT(rq->arena, commit_work, rq, "another transaction began the chain");
	assert_int_equal(rq->arena->fault->kind, FAULT_CONFLICT);
	db_rollback(rq->db);
	scratch_run("DROP TRIGGER faster");
}

static void
a_held_head_is_a_conflict_too(void **state)
{
	struct people ann = world_people();
	struct hand other;
	struct request *theirs, *rq;

	(void)state;
	hand_open(&other, &world.hand.desk);
	theirs = hand_begin(&other, ann.org);
	audit(theirs, S("test"), S("x"), (str){ 0 });
	audit_write(theirs);
	rq = begin_as(&ann);
	audit(rq, S("test"), S("x"), (str){ 0 });
	CHECK_FAULT(rq->arena, commit_work, rq, "audit_head_lock: database error 1205");
	assert_int_equal(rq->arena->fault->kind, FAULT_CONFLICT);
	db_commit(other.desk.db);
	hand_close(&other);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_organizations_in_one_request),
		cmocka_unit_test(an_entry_says_who_and_from_where),
		cmocka_unit_test(what_is_undone_leaves_nothing),
		cmocka_unit_test(a_change_lists_only_what_differs),
		cmocka_unit_test(a_long_change_is_cut_at_a_member),
		cmocka_unit_test(of_a_change_too_long_for_both_the_new_value_is_noted),
		cmocka_unit_test(the_longest_detail_is_reached_and_not_passed),
		cmocka_unit_test(many_at_once_keep_the_chain_whole),
		cmocka_unit_test(a_chain_that_grows_meanwhile_is_whole),
		cmocka_unit_test(many_begin_one_chain),
		cmocka_unit_test(a_duplicate_head_is_a_conflict),
		cmocka_unit_test(a_held_head_is_a_conflict_too),
	};

	return GROUP(tests);
}
