/* audit_export.c - an export holds what was there when it began, in a form that nothing executes. */
#define _GNU_SOURCE
#include "core/exported.h"

#include <jansson.h>

/* Line n of a file, from 0 on. */
static str
line_of(str file, int n)
{
	str line = str_cut(file, '\n', &file);

	while (n-- > 0)
		line = str_cut(file, '\n', &file);
	return line;
}

static int
lines_in(str file)
{
	int n = 0;

	for (size_t i = 0; i < file.n; i++)
		n += file.at[i] == '\n';
	return n;
}

static void
every_entry_is_a_line(void **state)
{
	struct people ann = world_people();
	struct request *rq = begin_as(&ann);
	json_t *json;
	str file;

	(void)state;
	rq->now = INT64_C(1795183389) * SECOND + 42;
	audit(rq, S("thing.edit"), S("0123456789"), S("{\"name\":[\"a\",\"<\\u0022>\"]}"));
	commit(rq);
	file = export_json(ann.org);
	assert_int_equal(lines_in(file), 1 + 3 + 1);
	json = json_loadb(line_of(file, 0).at, line_of(file, 0).n, JSON_REJECT_DUPLICATES, NULL);
	assert_int_equal(json_integer_value(json_object_get(json, "keydesk_audit")), 1);
	assert_string_equal(
	    json_string_value(json_object_get(json, "organization")), str_c(rq->arena, ann.org_id));
	assert_string_equal(json_string_value(json_object_get(json, "name")), "Northwind Trading");
	json_decref(json);
	json = json_loadb(line_of(file, 3).at, line_of(file, 3).n, JSON_REJECT_DUPLICATES, NULL);
	assert_int_equal(json_object_size(json), 13);
	assert_int_equal(json_integer_value(json_object_get(json, "entry")), 3);
	assert_string_equal(
	    json_string_value(json_object_get(json, "at")), "2026-11-20T14:03:09.000042Z");
	assert_string_equal(json_string_value(json_object_get(json, "act")), "thing.edit");
	assert_string_equal(
	    json_string_value(json_object_get(json, "detail")), "{\"name\":[\"a\",\"<\\u0022>\"]}");
	assert_int_equal(json_integer_value(json_object_get(json, "person_id")), (int)ann.person);
	assert_int_equal(strlen(json_string_value(json_object_get(json, "mac"))), AUDIT_MAC_CHARS);
	json_decref(json);
	assert_int_equal(wrong_in(file), 0);
}

/* More than one page, more than one machine, and the same bytes each time. */
static void
all_of_it_in_a_stable_order(void **state)
{
	int64_t org = chain_of(450);
	str file, again;

	(void)state;
	world.settings.machine = 3;
	chain_on(org, 199);
	world.settings.machine = 2;
	chain_on(org, 201);
	world_test();
	file = export_json(org);
	assert_int_equal(lines_in(file), 850 + 2);
	assert_int_equal(wrong_in(file), 0);
	assert_int_equal(read_back(file, (str){ 0 })->report.entries, 850);
	again = export_json(org);
	for (int i = 1; i <= 850; i += 53)
		CHECK_STR_EQ(line_of(file, i), line_of(again, i));
	CHECK_HOLDS(line_of(file, 1), "\"machine\":1,\"entry\":1,");
	CHECK_HOLDS(line_of(file, 450), "\"machine\":1,\"entry\":450,");
	CHECK_HOLDS(line_of(file, 451), "\"machine\":2,\"entry\":1,");
	CHECK_HOLDS(line_of(file, 850), "\"machine\":3,\"entry\":199,");
}

static void
nothing_is_an_export_too(void **state)
{
	str file = export_json(699999);

	(void)state;
	assert_int_equal(lines_in(file), 2);
	assert_int_equal(wrong_in(file), 0);
	assert_true(str_eq(export_of(&(struct audit_export){ .org = 699999, .format = AUDIT_CSV }),
	    S("chain,machine,entry,at,person_id,person,act,object,detail,remote,request,key,"
	      "mac\r\n")));
}

struct meanwhile {
	int64_t org;
	bool exporting;
};

static void
write_or_export(struct hand *hand)
{
	const struct meanwhile *m = hand->with;

	if (hand->n) {
		for (; hand->result < 60; hand->result++) {
			struct request *rq = hand_begin(hand, m->org);

			audit(rq, S("test"), S("x"), (str){ 0 });
			commit(rq);
		}
		return;
	}
	for (; hand->result < 30; hand->result++) {
		FILE *file = tmpfile();
		struct lines lines;
		struct audit_read *read;
		struct request *rq = hand_ask(hand, m->org);
		int64_t before, after, n;

		before = sql_audit_head_get(rq->db, .org = m->org, .machine = 1)->seq;
		n = audit_export(
		    rq, &(struct audit_export){ .org = m->org, .format = AUDIT_JSONL }, file);
		after = sql_audit_head_get(rq->db, .org = m->org, .machine = 1)->seq;
		hand->failed |= n < before || n > after;
		rewind(file);
		lines_open(rq->arena, &lines, S("-"));
		lines.fd = dup(fileno(file));
		read = NEW(rq->arena, struct audit_read, 1);
		hand->failed |= !audit_read_begin(read, rq->arena, hand->desk.keyring, &lines);
		audit_read_rest(read, &lines);
		hand->failed |= read->wrong || read->report.wrong || read->report.entries != n;
		lines_close(&lines);
		fclose(file);
	}
}

/* While others write, each export is whole, and of one moment. */
static void
a_snapshot_while_it_grows(void **state)
{
	struct meanwhile m = { .org = chain_of(300) };
	struct hand hands[3];

	(void)state;
	hands_together(hands, 3, write_or_export, &m);
	check_whole(m.org, 420);
}

/* Ten entries, an hour apart; entry n is at hour n. */
static void
entries_of_a_time(void **state)
{
	const int64_t begin = INT64_C(1795183200) * SECOND;
	static const struct {
		int from, to, first, last;
	} wishes[] = { { 0, 0, 1, 10 }, { 3, 0, 3, 10 }, { 0, 3, 1, 2 }, { 3, 5, 3, 4 },
		{ 10, 0, 10, 10 }, { 11, 0, 0, -1 }, { 0, 1, 0, -1 }, { 1, 11, 1, 10 } };
	int64_t org = chain_of(ENTRIES);
	struct request *rq = hand_begin(&world.hand, ++org + 5000);
	int64_t of = rq->org;

	(void)state;
	for (int i = 1; i <= 10; i++) {
		rq->now = begin + i * HOUR;
		audit(rq, S("test"), fmt(rq->arena, "%d", i), (str){ 0 });
		audit_write(rq);
		rq->audit = NULL;
	}
	db_commit(rq->db);
	for (size_t i = 0; i < sizeof wishes / sizeof wishes[0]; i++) {
		struct audit_export wish = { .org = of,
			.format = AUDIT_JSONL,
			.from = wishes[i].from ? begin + wishes[i].from * HOUR : 0,
			.to = wishes[i].to ? begin + wishes[i].to * HOUR : 0 };
		str file = export_of(&wish);

		assert_int_equal(lines_in(file) - 2, wishes[i].last - wishes[i].first + 1);
		assert_int_equal(wrong_in(file), 0);
		if (wishes[i].last > 0)
			assert_true(str_find(line_of(file, 1),
					fmt(&world.hand.start, "\"entry\":%d,", wishes[i].first)) <
				    line_of(file, 1).n);
	}
}

/* One that came first may have been written second: the run between is whole all the same. */
static void
times_that_go_back(void **state)
{
	const int64_t begin = INT64_C(1795183200) * SECOND;
	static const int minutes[] = { 1, 3, 2, 5, 4, 6 };
	struct request *rq = hand_begin(&world.hand, 790001);
	struct audit_export wish = { .org = 790001,
		.format = AUDIT_JSONL,
		.from = begin + 3 * MINUTE,
		.to = begin + 5 * MINUTE };
	str file;

	(void)state;
	for (size_t i = 0; i < sizeof minutes / sizeof minutes[0]; i++) {
		rq->now = begin + minutes[i] * MINUTE;
		audit(rq, S("test"), S("x"), (str){ 0 });
		audit_write(rq);
		rq->audit = NULL;
	}
	db_commit(rq->db);
	file = export_of(&wish);
	assert_int_equal(lines_in(file) - 2, 4); /* entries 2 to 5 */
	assert_int_equal(wrong_in(file), 0);
}

/* ---- CSV */

static str
cell(str text)
{
	struct buf b = buf_new(&world.hand.start, 1000);

	audit_csv_cell(&b, text);
	return buf_str(&b);
}

static void
cells_that_nothing_executes(void **state)
{
	static const struct {
		str text, cell;
	} cells[] = {
		{ STR_INIT(""), STR_INIT("") },
		{ STR_INIT("plain text"), STR_INIT("plain text") },
		{ STR_INIT("a,b"), STR_INIT("\"a,b\"") },
		{ STR_INIT("say \"x\""), STR_INIT("\"say \"\"x\"\"\"") },
		{ STR_INIT("two\r\nlines"), STR_INIT("\"two\r\nlines\"") },
		{ STR_INIT("a=b-c@d+e"), STR_INIT("a=b-c@d+e") },
		{ STR_INIT("=1+1"), STR_INIT("\"'=1+1\"") },
		{ STR_INIT("+1"), STR_INIT("\"'+1\"") },
		{ STR_INIT("-1"), STR_INIT("\"'-1\"") },
		{ STR_INIT("@SUM(A1)"), STR_INIT("\"'@SUM(A1)\"") },
		{ STR_INIT("\t=1"), STR_INIT("\"'\t'=1\"") },
		{ STR_INIT("\r=1"), STR_INIT("\"'\r'=1\"") },
		{ STR_INIT("\n=1"), STR_INIT("\"\n'=1\"") },
		{ STR_INIT(" =1"), STR_INIT(" '=1") },
		{ STR_INIT("x;=1"), STR_INIT("\"x;'=1\"") },
		{ STR_INIT("x\";\"=1"), STR_INIT("\"x\"\";\"\"'=1\"") },
		{ STR_INIT("{\"name\":[\"x\",\";@cmd\"]}"),
		    STR_INIT("\"{\"\"name\"\":[\"\"x\"\",\"\";'@cmd\"\"]}\"") },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++)
		CHECK_STR_EQ(cell(cells[i].text), cells[i].cell);
}

/* RFC 4180: each line has as many cells, lines end with CR LF, and what stands in quotes comes back. */
static int
cells_of_line(str *file)
{
	int cells = 1;
	bool quoted = false;
	size_t i = 0;

	for (; i < file->n; i++) {
		char c = file->at[i];

		quoted ^= c == '"';
		cells += c == ',' && !quoted;
		if (c == '\n' && !quoted) {
			assert_true(i > 0 && file->at[i - 1] == '\r');
			break;
		}
	}
	assert_true(i < file->n);
	*file = str_part(*file, i + 1, file->n);
	return cells;
}

static void
csv_of_hostile_entries(void **state)
{
	struct request *rq = hand_begin(&world.hand, 790002);
	struct audit_who who = { .org = 790002, .name = S("=cmd|' /C calc'!A0") };
	str file;
	int lines = 0;

	(void)state;
	audit_by(rq, &who, &(struct audit_act){ S("+act"), S("@object\r\n,\""), S("-detail;=x") });
	audit_by(rq, &who, &(struct audit_act){ S("x"), S("\t"), S("{\"a\":\",\r\n\"}") });
	commit(rq);
	file = export_of(&(struct audit_export){ .org = 790002, .format = AUDIT_CSV });
	CHECK_HOLDS(
	    file, ",\"'=cmd|' /C calc'!A0\",\"'+act\",\"'@object\r\n,\"\"\",\"'-detail;'=x\",");
	while (file.n) {
		assert_int_equal(cells_of_line(&file), 13);
		lines++;
	}
	assert_int_equal(lines, 3);
}

static void
times_as_they_are_typed(void **state)
{
	static const char *const none[] = { "2026", "2026-1-1", "2026-13-01", "2026-02-30",
		"2026-11-20T", "2026-11-20T14:03", "2026-11-20T14:03:09", "2026-11-20 14:03:09Z",
		"2026-11-20T24:00:00Z", "2026-11-20T14:03:09.42Z", "2026-11-20T14:03:09.000042",
		"2026-11-20T14:03:09ZZ", "2026-11-20T14:03:09.000042ZZ", "-026-11-20", "today",
		"2026-11-20x" };
	int64_t time;

	(void)state;
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
		assert_false(audit_time_read(str_of(none[i]), &time));
	assert_true(audit_time_read(S(""), &time));
	assert_int_equal(time, 0);
	assert_true(audit_time_read(S("2026-11-20"), &time));
	CHECK_STR(audit_time(&world.hand.start, time), "2026-11-20T00:00:00.000000Z");
	assert_true(audit_time_read(S("2026-11-20T14:03:09Z"), &time));
	assert_true(time == INT64_C(1795183389) * SECOND);
	assert_true(audit_time_read(S("2026-11-20T14:03:09.000042Z"), &time));
	assert_true(time == INT64_C(1795183389) * SECOND + 42);
	CHECK_STR(audit_time(&world.hand.start, 0), "");
}

static void
export_to_full(void *file)
{
	audit_export(
	    &world.hand.rq, &(struct audit_export){ .org = 0, .format = AUDIT_JSONL }, file);
}

static void
a_full_disk_is_a_fault(void **state)
{
	FILE *full = fopen("/dev/full", "w");

	(void)state;
	hand_ask(&world.hand, 0);
	CHECK_FAULT(&world.hand.arena, export_to_full, full,
	    "the export cannot be written: No space left on device");
	fclose(full);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_entry_is_a_line),
		cmocka_unit_test(all_of_it_in_a_stable_order),
		cmocka_unit_test(nothing_is_an_export_too),
		cmocka_unit_test(a_snapshot_while_it_grows),
		cmocka_unit_test(entries_of_a_time),
		cmocka_unit_test(times_that_go_back),
		cmocka_unit_test(cells_that_nothing_executes),
		cmocka_unit_test(csv_of_hostile_entries),
		cmocka_unit_test(times_as_they_are_typed),
		cmocka_unit_test(a_full_disk_is_a_fault),
	};

	return GROUP(tests);
}
