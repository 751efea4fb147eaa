/* db_prepared.c - how many statements a connection keeps prepared. */
#include "scratch.h"

#include "db/db_parts.h"
#include "test_sql.h"

#include "test_sql_table.h"

#include <string.h>

static struct arena start;
static struct fault start_fault;
static struct db *db;

/* Prepared by our connection, as the server counts them. */
static int64_t
prepared_there(void)
{
	MYSQL_RES *rows;
	MYSQL_ROW row;
	int64_t n[2] = { 0 };

	assert_int_equal(mysql_query(db->connection, "SHOW SESSION STATUS WHERE Variable_name IN "
						     "('Com_stmt_close', 'Com_stmt_prepare')"),
	    0);
	rows = mysql_store_result(db->connection);
	for (size_t i = 0; i < 2 && (row = mysql_fetch_row(rows)); i++)
		assert_true(str_int(str_of(row[1]), &n[i]));
	mysql_free_result(rows);
	return n[1] - n[0];
}

/* What all of the fillers of statements.sql look like. */
static const struct db_statement *
filler(void)
{
	for (size_t i = 0; i < sql_statements_n; i++)
		if (strcmp(sql_statements[i]->name, "filler_a") == 0)
			return sql_statements[i];
	return NULL;
}

/* Each index is a statement of its own; the one that was asked longest ago makes room. */
static void
only_some_stay_prepared(void **state)
{
	struct db_statement copy = *filler();

	(void)state;
	db_bind(db, test_arena());
	assert_true(sql_statements_n > DB_READY_MAX);
	db_close(db); /* the next connection has prepared nothing */
	for (copy.index = 0; copy.index < sql_statements_n; copy.index++)
		assert_int_equal(*(const int64_t *)db_one_(db, &copy, NULL), 1);
	assert_int_equal(prepared_there(), DB_READY_MAX);
	for (size_t i = 0; i < sql_statements_n; i++)
		assert_int_equal(db->ready[i].handle != NULL, i >= sql_statements_n - DB_READY_MAX);
	copy.index = 0; /* and is prepared again when it is asked */
	assert_int_equal(*(const int64_t *)db_one_(db, &copy, NULL), 1);
	assert_int_equal(prepared_there(), DB_READY_MAX);
	db_close(db);
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
		cmocka_unit_test(only_some_stay_prepared),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
