/* db_statement.c - each type in and out, each verb, and what a statement must not do. */
#include "scratch.h"

#include "base/clock.h"
#include "test_sql.h"

#include "test_sql_table.h"

static struct arena start;
static struct fault start_fault;
static struct db *db;

static struct arena *
fresh(void)
{
	struct arena *a = test_arena();

	scratch_tables();
	db_bind(db, a);
	return a;
}

/* Adds a thing of that name, audited and committed; gives its number. */
static int64_t
add(const char *name)
{
	int64_t id;

	db_begin(db, DB_WRITE);
	sql_thing_add(db, .name = str_of(name), .note = S("a note"), .amount = 7, .active = true,
	    .made_at = 1763596800123456, .ended_at = 0, .hash = S("0123456789abcdef"));
	id = db_insert_id(db);
	sql_thing_audit(db, .what = S("add"));
	db_commit(db);
	return id;
}

static void
every_type(void **state)
{
	static const char bytes[] = { 0, 1, (char)0xff, (char)0xc3, '\'', '\\', 0 };
	str hash = { bytes, sizeof bytes };
	const struct thing_get_row *row;

	(void)state;
	fresh();
	db_begin(db, DB_WRITE);
	assert_int_equal(sql_thing_add(db, .name = S("Zo\xc3\xab \xf0\x9f\x94\x91"), .note = S("n"),
			     .amount = -3, .active = true, .made_at = 1763596800123456,
			     .ended_at = -1500000, .hash = hash),
	    1);
	row = sql_thing_get(db, .id = db_insert_id(db));
	assert_non_null(row);
	assert_int_equal(row->id, db_insert_id(db));
	CHECK_STR(row->name, "Zo\xc3\xab \xf0\x9f\x94\x91");
	CHECK_STR(row->note, "n");
	assert_int_equal(row->amount, -3);
	assert_true(row->active);
	assert_int_equal(row->made_at, 1763596800123456);
	assert_int_equal(row->ended_at, -1500000);
	CHECK_STR_EQ(row->hash, hash);
	assert_non_null(sql_thing_by_hash(db, .hash = hash, .also = S("")));
	assert_null(sql_thing_by_hash(db, .hash = hash, .also = S("no")));
	db_rollback(db);
}

static void
nothing_is_null_where_it_may_be(void **state)
{
	const struct thing_get_row *row;

	(void)state;
	fresh();
	db_begin(db, DB_WRITE);
	sql_thing_add(db, .name = S(""), .note = S(""), .amount = 0, .active = false, .made_at = 0,
	    .ended_at = 0, .hash = S(""));
	row = sql_thing_get(db, .id = db_insert_id(db));
	sql_thing_audit(db, .what = S("add"));
	db_commit(db);

	CHECK_STR(row->name, "");
	CHECK_STR(row->note, "");
	assert_int_equal(row->amount, 0);
	assert_false(row->active);
	assert_false(row->maybe);
	assert_int_equal(row->made_at, 0);
	assert_int_equal(row->ended_at, 0);
	assert_int_equal(
	    scratch_number("SELECT COUNT(*) FROM thing WHERE note IS NULL AND amount IS "
			   "NULL AND ended_at IS NULL AND name = '' AND hash = '' AND "
			   "made_at = '1970-01-01 00:00:00'"),
	    1);
}

static void
long_texts_come_back_whole(void **state)
{
	enum { LONG = 200000 };
	struct arena *a = fresh();
	char *text = NEW(a, char, LONG);
	const struct thing_get_row *row;
	int64_t id = add("long");

	(void)state;
	for (size_t i = 0; i < LONG; i++)
		text[i] = (char)('a' + i % 26);
	assert_int_equal(sql_thing_note(db, .id = id, .note = ((str){ text, LONG })), 1);
	row = sql_thing_get(db, .id = id);
	assert_int_equal(row->note.n, LONG + 6);
	CHECK_STR_EQ(str_part(row->note, 6, LONG), ((str){ text, LONG }));
}

static void
lists(void **state)
{
	struct thing_list_rows list;
	struct thing_sums_rows sums;

	(void)state;
	fresh();
	assert_int_equal(sql_thing_list(db, .after = 0, .count = 10).n, 0);
	add("one");
	add("two");
	add("three");
	list = sql_thing_list(db, .after = 1, .count = 10);
	assert_int_equal(list.n, 2);
	CHECK_STR(list.at[0].name, "two");
	CHECK_STR(list.at[1].name, "three");
	assert_int_equal(list.at[1].id, 3);
	assert_int_equal(sql_thing_list(db, .after = 0, .count = 1).n, 1);
	list = (struct thing_list_rows){ sql_thing_after(db, .after = 1),
		1 }; /* a row of the same kind */
	CHECK_STR(list.at[0].name, "two");

	sums = sql_thing_sums(db);
	assert_int_equal(sums.at[0].many, 3);
	assert_int_equal(sums.at[0].total, 21);
	assert_int_equal(sums.at[0].newest, 1763596800123456);
	assert_true(sums.at[0].any_active);
	CHECK_STR(sums.at[0].label, "a note");
}

static void
changes_count_the_rows_they_found(void **state)
{
	int64_t id;

	(void)state;
	fresh();
	id = add("same");
	db_begin(db, DB_WRITE);
	assert_int_equal(sql_thing_rename(db, .id = id, .name = S("same")), 1);
	assert_int_equal(sql_thing_rename(db, .id = id + 1, .name = S("other")), 0);
	assert_int_equal(db_insert_id(db), id);
	db_rollback(db);
}

static void
a_taken_claim_is_an_outcome(void **state)
{
	(void)state;
	fresh();
	db_begin(db, DB_WRITE);
	assert_int_equal(sql_thing_claim(db, .name = S("place"), .now = SECOND), 1);
	assert_true(db_changed(db));
	assert_int_equal(sql_thing_claim(db, .name = S("place"), .now = SECOND), 0);
	sql_thing_audit(db, .what = S("claim"));
	db_commit(db);
	assert_int_equal(scratch_number("SELECT COUNT(*) FROM thing"), 1);
}

static void
executed_counts_statements(void **state)
{
	int64_t before;

	(void)state;
	fresh();
	before = db_executed(db);
	sql_connection_get(db);
	sql_connection_get(db);
	assert_int_equal(db_executed(db), before + 2);
}

/* What faults. */

static void
add_one(void *arg)
{
	(void)arg;
	sql_thing_add(db, .name = S("s3cret"), .note = S(""), .amount = 1, .active = true,
	    .made_at = 1, .ended_at = 1, .hash = S(""));
}

static void
a_duplicate_key_faults_without_the_value(void **state)
{
	struct arena *a = fresh();
	str what;

	(void)state;
	db_begin(db, DB_WRITE);
	add_one(NULL);
	CHECK_FAULT(a, add_one, NULL, "thing_add: database error 1062");
	CHECK_HOLDS(str_of(a->fault->what), "statements.sql:");
	what = str_of(a->fault->what);
	assert_int_equal(str_find(what, S("s3cret")), what.n);
	assert_int_equal(a->fault->kind, FAULT_PROGRAM);
	db_rollback(db);
}

static void
a_change_while_reading_faults(void **state)
{
	struct arena *a = fresh();

	(void)state;
	db_begin(db, DB_READ);
	CHECK_FAULT(a, add_one, NULL, "thing_add: a change in a read-only transaction");
	assert_int_equal(a->fault->kind, FAULT_PROGRAM);
	db_rollback(db);
	assert_int_equal(scratch_number("SELECT COUNT(*) FROM thing"), 0);
}

static void
an_audited_change_needs_a_transaction(void **state)
{
	struct arena *a = fresh();

	(void)state;
	CHECK_FAULT(a, add_one, NULL, "thing_add: a change that is audited needs a transaction");
	db_begin(db, DB_NOTE);
	CHECK_FAULT(a, add_one, NULL, "thing_add: a change that is audited needs a transaction");
	db_rollback(db);
	assert_int_equal(scratch_number("SELECT COUNT(*) FROM thing"), 0);
}

static void
any(void *arg)
{
	(void)arg;
	sql_thing_any(db);
}

static void
a_second_row_faults(void **state)
{
	struct arena *a = fresh();

	(void)state;
	add("one");
	assert_non_null(sql_thing_any(db));
	add("two");
	CHECK_FAULT(a, any, NULL, "thing_any: 2 rows where one was expected");
}

static void
big(void *arg)
{
	(void)arg;
	sql_thing_big(db);
}

static void
a_number_that_does_not_fit_faults(void **state)
{
	struct arena *a = fresh();

	(void)state;
	CHECK_FAULT(a, big, NULL, "thing_big: a value of 'number' does not fit");
	assert_non_null(sql_connection_get(db));
}

static void
nonsense(void *arg)
{
	(void)arg;
	sql_server_nonsense(db);
}

static void
a_statement_that_cannot_be_prepared_faults(void **state)
{
	struct arena *a = fresh();

	(void)state;
	CHECK_FAULT(a, nonsense, NULL, "server_nonsense: database error 1146: Table");
}

static void
breaks(void *arg)
{
	(void)arg;
	sql_thing_breaks(db);
}

static void
an_error_after_the_first_rows_is_heard(void **state)
{
	struct arena *a = fresh();

	(void)state;
	add("one");
	add("two");
	assert_int_equal(sql_thing_breaks(db).n, 2);
	add("three");
	CHECK_FAULT(a, breaks, NULL, "thing_breaks: database error 1242");
	assert_int_equal(sql_thing_list(db, .after = 0, .count = 9).n, 3);
}

static void
list_all(void *arg)
{
	(void)arg;
	sql_thing_list(db, .after = 0, .count = 10);
}

static void
a_full_arena_leaves_a_usable_connection(void **state)
{
	struct fault fault = { 0 };
	struct arena small;

	(void)state;
	fresh();
	scratch_run("INSERT INTO thing (name, active, made_at, hash) "
		    "VALUES (REPEAT('x', 200), 1, '2026-01-01', ''), "
		    "(REPEAT('y', 200), 1, '2026-01-01', '')");
	arena_open(&small, &fault, 900);
	db_bind(db, &small);
	CHECK_FAULT(&small, list_all, NULL, "is full");
	arena_close(&small);
	db_bind(db, test_arena());
	assert_int_equal(sql_thing_list(db, .after = 0, .count = 10).n, 2);
}

static int
open_all(void **state)
{
	struct db_place place;

	scratch_open(state);
	place = scratch_place();
	arena_open(&start, &start_fault, 1 << 20);
	db = db_open(&start, &place);
	return 0;
}

static int
close_all(void **state)
{
	db_close(db);
	arena_close(&start);
	return scratch_close(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type),
		cmocka_unit_test(nothing_is_null_where_it_may_be),
		cmocka_unit_test(long_texts_come_back_whole),
		cmocka_unit_test(lists),
		cmocka_unit_test(changes_count_the_rows_they_found),
		cmocka_unit_test(a_taken_claim_is_an_outcome),
		cmocka_unit_test(executed_counts_statements),
		cmocka_unit_test(a_duplicate_key_faults_without_the_value),
		cmocka_unit_test(a_change_while_reading_faults),
		cmocka_unit_test(an_audited_change_needs_a_transaction),
		cmocka_unit_test(a_second_row_faults),
		cmocka_unit_test(a_number_that_does_not_fit_faults),
		cmocka_unit_test(a_statement_that_cannot_be_prepared_faults),
		cmocka_unit_test(an_error_after_the_first_rows_is_heard),
		cmocka_unit_test(a_full_arena_leaves_a_usable_connection),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
