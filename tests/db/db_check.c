/* db_check.c - each way in which a declared statement can differ from the database. */
#include "scratch.h"

#include "test_sql.h"

#include "test_sql_table.h"

static struct arena start;
static struct fault start_fault;
static struct db *db;

struct checked {
	const struct db_statement *const *at;
	size_t n;
};

static void
check(void *arg)
{
	const struct checked *c = arg;

	db_check(db, c->at, c->n);
}

static void
what_is_declared_rightly_passes(void **state)
{
	(void)state;
	db_bind(db, test_arena());
	for (size_t i = 0; i < sql_statements_n; i++)
		if (strstr(sql_statements[i]->file, "statements.sql") &&
		    strcmp(sql_statements[i]->name, "server_nonsense") != 0)
			db_check(db, &sql_statements[i], 1);
}

static void
each_difference_is_named(void **state)
{
	static const struct {
		const char *name, *words;
	} all[] = {
		{ "wrong_name", "wrong.sql:3: wrong_name: column 2 is 'name', not 'nme'" },
		{ "wrong_int", "wrong_int: column 'name' is no int" },
		{ "wrong_sum", "wrong_sum: column 'price' is no int" },
		{ "wrong_flag", "wrong_flag: column 'amount' is no flag" },
		{ "wrong_text", "wrong_text: column 'id' is no text" },
		{ "wrong_time", "wrong_time: column 'name' is no time" },
		{ "wrong_null", "wrong_null: column 'note' may be NULL: declare text?" },
		{ "wrong_join", "wrong_join: column 'name' may be NULL: declare text?" },
		{ "wrong_flag_null", "wrong_flag_null: column 'maybe' may be NULL: declare flag?" },
		{ "wrong_count", "wrong_count: it gives 2 columns, 1 are declared" },
		{ "wrong_run", "wrong_run: it gives 1 columns, 0 are declared" },
		{ "wrong_table", "wrong_table: database error 1146: Table" },
	};
	struct arena *a = test_arena();
	size_t seen = 0;

	(void)state;
	db_bind(db, a);
	for (size_t i = 0; i < sql_statements_n; i++)
		for (size_t k = 0; k < sizeof all / sizeof all[0]; k++) {
			struct checked one = { &sql_statements[i], 1 };

			if (strcmp(sql_statements[i]->name, all[k].name) != 0)
				continue;
			assert_false(attempt(a->fault, check, &one));
			check_holds_(
			    str_of(a->fault->what), str_of(all[k].words), __FILE__, __LINE__);
			seen++;
		}
	assert_int_equal(seen, sizeof all / sizeof all[0]);
}

static void
the_first_difference_of_many_is_told(void **state)
{
	struct arena *a = test_arena();
	struct checked all = { sql_statements, sql_statements_n };

	(void)state;
	db_bind(db, a);
	CHECK_FAULT(a, check, &all, "tests/db/statements.sql:");
}

static void
a_lost_connection_is_made_anew_and_none_is_a_fault(void **state)
{
	struct arena *a = test_arena();
	struct db_place nowhere = { .socket = S("/nonexistent/socket"), .user = S("root") };
	struct checked none = { sql_statements, 0 };
	struct db *kept = db;

	(void)state;
	db_bind(db, a);
	scratch_kill(sql_connection_get(db)->id);
	check(&none);

	db = db_open(a, &nowhere);
	CHECK_FAULT(a, check, &none, "the statements cannot be checked: database error 2002");
	assert_int_equal(a->fault->kind, FAULT_DATABASE);
	db = kept;
}

static int
open_all(void **state)
{
	struct db_place place;

	scratch_open(state);
	scratch_tables();
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
		cmocka_unit_test(what_is_declared_rightly_passes),
		cmocka_unit_test(each_difference_is_named),
		cmocka_unit_test(the_first_difference_of_many_is_told),
		cmocka_unit_test(a_lost_connection_is_made_anew_and_none_is_a_fault),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
