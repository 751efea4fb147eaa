/* audit_read.c - an export that was tampered with is found, by the key ring alone and by checkpoints. */
#define _GNU_SOURCE
#include "core/exported.h"

/* Line n of the file, from 0 on, with its end; the lines as they stand one after the other. */
static str
take_line(str file, int n)
{
	str rest = file;

	while (n-- > 0)
		str_cut(rest, '\n', &rest);
	return str_part(rest, 0, str_find_char(rest, '\n') + 1);
}

static int
lines_in(str file)
{
	int n = 0;

	for (size_t i = 0; i < file.n; i++)
		n += file.at[i] == '\n';
	return n;
}

/* The file with its lines in another order: each letter is a line, a for the first. */
static str
rearranged(str file, const char *order)
{
	str made = { 0 };

	for (; *order; order++) {
		str line = take_line(file, *order - 'a');

		made = fmt(&world.hand.start, "%.*s%.*s", STR(made), STR(line));
	}
	return made;
}

/* The text that stands in it once, replaced. */
static str
replaced(str file, const char *from, const char *to)
{
	size_t at = str_find(file, str_of(from));

	assert_true(at < file.n);
	return fmt(&world.hand.start, "%.*s%s%.*s", STR(str_part(file, 0, at)), to,
	    STR(str_part(file, at + strlen(from), file.n)));
}

static bool
says(const struct audit_read *read, const char *words)
{
	for (int64_t i = 0; i < read->wrong && i < AUDIT_READ_WRONGS; i++)
		if (str_find(read->wrongs[i].what, str_of(words)) < read->wrongs[i].what.n)
			return true;
	return false;
}

/* Each byte in turn: each bit of it, another digit; left out; doubled. Nothing of it goes unseen. */
static void
no_byte_can_be_changed(void **state)
{
	int64_t org = chain_of(2);
	str file;
	char *copy;

	(void)state;
	world.settings.machine = 2;
	chain_on(org, 1);
	world_test();
	file = export_json(org);
	assert_int_equal(wrong_in(file), 0);
	copy = NEW(&world.hand.start, char, file.n + 1);
	for (size_t i = 0; i < file.n; i++) {

		memcpy(copy, file.at, file.n);
		for (int bit = 0; bit <= 8; bit++) {
			copy[i] = (char)(bit < 8 ? file.at[i] ^ 1 << bit : '1');
			if (copy[i] != file.at[i] && wrong_in((str){ copy, file.n }) == 0) {
				print_error("byte %zu as %02x\n", i, (unsigned)copy[i]);
				fail();
			}
		}
		memmove(copy + i, file.at + i + 1, file.n - i - 1);
		assert_true(wrong_in((str){ copy, file.n - 1 }) > 0);
		memcpy(copy + i, file.at + i, 1);
		memcpy(copy + i + 1, file.at + i, file.n - i);
		assert_true(wrong_in((str){ copy, file.n + 1 }) > 0);
	}
}

static void
no_end_can_be_cut(void **state)
{
	str file = export_json(chain_of(3));

	(void)state;
	for (size_t n = 0; n < file.n; n++)
		assert_true(wrong_in(str_part(file, 0, n)) > 0);
}

/* What is wrong with entries is said by their numbers. */
static void
lines_that_are_changed(void **state)
{
	str file = export_json(chain_of(6));
	const struct audit_read *read;

	(void)state;
	assert_int_equal(lines_in(file), 8);
	assert_int_equal(wrong_in(rearranged(file, "abcdefgh")), 0);
	read = read_back(
	    replaced(file, "\"object\":\"object 3\"", "\"object\":\"object 4\""), (str){ 0 });
	assert_true(report_has(&read->report, AUDIT_CHANGED, 3, 3));
	assert_int_equal(read->report.wrong, 1);
	assert_true(says(read, "is not the seal of what stands before it"));
	read = read_back(rearranged(file, "abcdfgh"), (str){ 0 });
	assert_true(report_has(&read->report, AUDIT_MISSING, 4, 4));
	read = read_back(rearranged(file, "abcddefgh"), (str){ 0 });
	assert_true(report_has(&read->report, AUDIT_NO_NUMBER, 3, 3));
	read = read_back(rearranged(file, "abcedfgh"), (str){ 0 });
	assert_true(report_has(&read->report, AUDIT_MISSING, 3, 3));
	assert_true(report_has(&read->report, AUDIT_NO_NUMBER, 3, 3));
	read = read_back(rearranged(file, "acdefgh"), (str){ 0 });
	assert_true(report_has(&read->report, AUDIT_MISSING, 1, 1));
	read = read_back(rearranged(file, "abcdef"), (str){ 0 });
	assert_true(says(read, "no seal follows: the file was cut"));
	read = read_back(rearranged(file, "abcdefh"), (str){ 0 });
	assert_true(says(read, "is not the seal"));
	read = read_back(rearranged(file, "abcdefghg"), (str){ 0 });
	assert_true(says(read, "stands behind the end"));
	read = read_back(rearranged(file, "aabcdefgh"), (str){ 0 });
	assert_true(says(read, "is no entry: machine is missing"));
	read = read_back(rearranged(file, "bcdefgh"), (str){ 0 });
	assert_true(says(read, "is not the beginning of an export: keydesk_audit is missing"));
	assert_true(wrong_in((str){ 0 }) > 0);
	assert_true(wrong_in(S("\n")) > 0);
	assert_true(wrong_in(S("{}")) > 0);
}

static void
lines_of_another_file(void **state)
{
	int64_t org = chain_of(4);
	str file, other = export_json(chain_of(4));
	const struct audit_read *read;

	(void)state;
	world.settings.machine = 2;
	chain_on(org, 4);
	world_test();
	file = export_json(org); /* a head, b-e of machine 1, f-i of machine 2, j */
	assert_int_equal(wrong_in(file), 0);
	read = read_back(fmt(&world.hand.start, "%.*s%.*s%.*s", STR(rearranged(file, "abc")),
			     STR(rearranged(other, "d")), STR(rearranged(file, "efghij"))),
	    (str){ 0 });
	assert_true(says(read, "is an entry of another organization"));
	assert_true(report_has(&read->report, AUDIT_MISSING, 3, 3));
	read = read_back(rearranged(file, "afghibcdej"), (str){ 0 });
	assert_true(says(read, "is an entry of a machine that stands before"));
	read = read_back(rearranged(file, "abcdej"), (str){ 0 });
	assert_true(says(read, "is not the seal"));
	/* The seal of one under the entries of another. */
	assert_true(wrong_in(fmt(&world.hand.start, "%.*s%.*s", STR(rearranged(other, "abcde")),
			STR(rearranged(file, "j")))) > 0);
}

/* Somebody who does not have the ring seals what was changed. */
static void
sealed_under_another_ring(void **state)
{
	struct keyring ring = *world.hand.desk.keyring;
	const struct keyring *ours = world.hand.desk.keyring;
	int64_t org = chain_of(3);
	const struct audit_read *read;
	str file;

	(void)state;
	ring.keys[1].audit = digest_sha256(S("theirs"));
	world.hand.desk.keyring = &ring;
	file = export_json(org);
	world.hand.desk.keyring = ours;
	read = read_back(file, (str){ 0 });
	assert_int_equal(read->report.wrong, 0);
	assert_true(says(read, "is not the seal"));

	/* And one of a key that there is no more. */
	ring = *ours;
	ring.keys[1].status = KEY_ABSENT;
	file = export_json(org);
	world.hand.desk.keyring = &ring;
	assert_true(says(read_back(file, (str){ 0 }), "a key that the ring does not have"));
	ring.keys[1].status = KEY_RETIRED;
	assert_int_equal(wrong_in(file), 0);
	world.hand.desk.keyring = ours;
}

/* What was tampered with before it was exported is in the export, sealed, and found in it. */
static void
an_export_of_a_tampered_log(void **state)
{
	static const struct {
		const char *what;
		enum audit_wrong found;
		int64_t first, last;
	} all[] = {
		{ "UPDATE audit_entry SET act = 'x' WHERE organization_id = ORG AND seq = 5",
		    AUDIT_CHANGED, 5, 5 },
		{ "DELETE FROM audit_entry WHERE organization_id = ORG AND seq = 5", AUDIT_MISSING,
		    5, 5 },
		{ "DELETE FROM audit_entry WHERE organization_id = ORG AND seq = 1", AUDIT_MISSING,
		    1, 1 },
		{ "UPDATE audit_entry SET seq = -4 WHERE organization_id = ORG AND seq = 5",
		    AUDIT_NO_NUMBER, -4, -4 },
		{ "UPDATE audit_entry SET key_number = 9 WHERE organization_id = ORG AND seq = 5",
		    AUDIT_NO_KEY, 5, 5 },
		{ "UPDATE audit_entry SET machine = 2 WHERE organization_id = ORG AND seq = 10",
		    AUDIT_MISSING, 1, 9 },
		{ "UPDATE audit_entry SET mac = '' WHERE organization_id = ORG AND seq = 5",
		    AUDIT_MISSING, 5, 5 },
		{ "UPDATE audit_entry SET person = 'a\\nb' WHERE organization_id = ORG AND seq = 5",
		    AUDIT_MISSING, 5, 5 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		int64_t org = chain_of(ENTRIES);
		const struct audit_read *read;

		tamper(all[i].what, org);
		read = read_back(export_json(org), (str){ 0 });
		if (!report_has(&read->report, all[i].found, all[i].first, all[i].last)) {
			print_error("%s\n", all[i].what);
			report_print(&read->report);
			fail();
		}
	}
}

/* ---- with checkpoints */

static void
whole_files_fit(void **state)
{
	int64_t org = chain_of(3);
	str log = logged_anew(), file;

	(void)state;
	chain_on(org, 4);
	log = both(log, logged());
	world.settings.machine = 2;
	chain_on(org, 2);
	log = both(log, logged_anew());
	world_test();
	file = export_json(org);
	assert_int_equal(read_back(file, log)->known_n, 3);
	assert_int_equal(read_back(file, log)->wrong, 0);
	assert_int_equal(read_back(file, log)->report.wrong, 0);

	/* A checkpoint that is newer than the file knows more, and that is no fault of the file. */
	chain_on(org, 5);
	log = both(log, logged_anew());
	file = replaced(file, "\"exported_at\":\"20", "\"exported_at\":\"19");
	assert_int_equal(read_back(file, log)->report.wrong, 0);
}

static void
a_cut_before_the_export(void **state)
{
	int64_t org = chain_of(5);
	str log = logged_anew();
	const struct audit_read *read;

	(void)state;
	chain_on(org, 5);
	log = both(log, logged());
	tamper("DELETE FROM audit_entry WHERE organization_id = ORG AND seq > 7;UPDATE audit_head "
	       "SET seq = 7, mac = (SELECT mac FROM audit_entry WHERE organization_id = ORG AND "
	       "seq = 7) WHERE organization_id = ORG",
	    org);
	assert_int_equal(wrong_in(export_json(org)), 0);
	read = read_back(export_json(org), log);
	assert_int_equal(read->report.wrong, 1);
	assert_true(report_has(&read->report, AUDIT_PAST_GONE, 8, 10));

	chain_on(org, 5);
	read = read_back(export_json(org), log);
	assert_int_equal(read->report.wrong, 1);
	assert_true(report_has(&read->report, AUDIT_PAST_CHANGED, 10, 10));

	tamper("DELETE FROM audit_entry WHERE organization_id = ORG", org);
	read = read_back(export_json(org), log);
	assert_int_equal(read->report.wrong, 1);
	assert_true(report_has(&read->report, AUDIT_PAST_GONE, 1, 10));
}

/* A machine's whole chain, before and behind one that is whole. */
static void
a_machine_that_is_gone(void **state)
{
	int64_t org = chain_of(5);
	str log;

	(void)state;
	world.settings.machine = 2;
	chain_on(org, 6);
	log = logged_anew();
	world_test();
	log = both(log, logged_anew());
	assert_int_equal(read_back(export_json(org), log)->report.wrong, 0);
	sql_run("UPDATE audit_entry SET organization_id = 5 WHERE organization_id = %d AND machine "
		"= 1",
	    (int)org);
	assert_true(report_has(&read_back(export_json(org), log)->report, AUDIT_PAST_GONE, 1, 5));
	sql_run("UPDATE audit_entry SET organization_id = %d WHERE organization_id = 5", (int)org);
	sql_run("DELETE FROM audit_entry WHERE organization_id = %d AND machine = 2", (int)org);
	assert_true(report_has(&read_back(export_json(org), log)->report, AUDIT_PAST_GONE, 1, 6));
}

/* A part of the log, held against checkpoints of all of it. */
static void
a_part_and_all_checkpoints(void **state)
{
	const int64_t begin = clock_now() - DAY;
	struct request *rq = hand_begin(&world.hand, 780001);
	struct audit_export wish = { .org = 780001,
		.format = AUDIT_JSONL,
		.from = begin + 3 * HOUR,
		.to = begin + 8 * HOUR };
	const struct audit_read *read;
	str log = { 0 };

	(void)state;
	world.hand.desk.checkpoints = NULL;
	for (int i = 1; i <= 10; i++) {
		rq->now = begin + i * HOUR;
		audit(rq, S("test"), S("x"), (str){ 0 });
		commit(rq);
		log = both(log, logged());
		rq = hand_begin(&world.hand, 780001);
	}
	db_rollback(rq->db);
	read = read_back(export_of(&wish), log);
	assert_int_equal(read->report.entries, 5);
	assert_int_equal(read->report.wrong + read->wrong, 0);
	/* To its end, its last entries are asked for. */
	wish.to = 0;
	assert_int_equal(read_back(export_of(&wish), log)->report.wrong, 0);
	sql_run("DELETE FROM audit_entry WHERE organization_id = 780001 AND seq > 8");
	read = read_back(export_of(&wish), log);
	assert_true(report_has(&read->report, AUDIT_PAST_GONE, 9, 10));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_byte_can_be_changed),
		cmocka_unit_test(no_end_can_be_cut),
		cmocka_unit_test(lines_that_are_changed),
		cmocka_unit_test(lines_of_another_file),
		cmocka_unit_test(sealed_under_another_ring),
		cmocka_unit_test(an_export_of_a_tampered_log),
		cmocka_unit_test(whole_files_fit),
		cmocka_unit_test(a_cut_before_the_export),
		cmocka_unit_test(a_machine_that_is_gone),
		cmocka_unit_test(a_part_and_all_checkpoints),
	};

	return GROUP(tests);
}
