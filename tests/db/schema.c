/* schema.c - the folder of schema files: which count, and how one is cut into statements. */
#define _GNU_SOURCE
#include "db/schema.h"
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/keydesk-schema-XXXXXX";

static void
put(const char *name, const char *text)
{
	char path[200];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void
take_away(const char *name)
{
	char path[200];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	assert_int_equal(remove(path), 0);
}

static void
files_come_in_order_and_others_are_passed_over(void **state)
{
	static const char *const others[] = { "1_x.sql", "00011_x.sql", "0003-x.sql", "0004_X.sql",
		"0005_x.sql~", "0006_x.txt", "readme", "0007_'.sql" };
	struct schema_files files;

	(void)state;
	put("0010_b.sql", "");
	put("0002_a.sql", "");
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		put(others[i], "");
	files = schema_list(test_arena(), folder);
	assert_int_equal(files.n, 2);
	assert_int_equal(files.at[0].number, 2);
	assert_string_equal(files.at[0].name, "0002_a.sql");
	assert_int_equal(files.at[1].number, 10);
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		take_away(others[i]);
	take_away("0010_b.sql");
	take_away("0002_a.sql");
}

static void
list(void *path)
{
	schema_list(test_arena(), path);
}

static void
a_folder_that_cannot_be_right_faults(void **state)
{
	struct arena *a = test_arena();
	char name[40];

	(void)state;
	CHECK_FAULT(a, list, "/nonexistent", "/nonexistent is no folder that can be read");
	put("0001_a.sql", "");
	put("0001_b.sql", "");
	CHECK_FAULT(a, list, folder, "have the same number");
	take_away("0001_a.sql");
	take_away("0001_b.sql");

	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof name, "%04d_many.sql", i);
		put(name, "");
	}
	CHECK_FAULT(a, list, folder, "holds 1000 schema files or more");
	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof name, "%04d_many.sql", i);
		take_away(name);
	}
}

static void
read_it(void *file)
{
	schema_read(test_arena(), folder, file);
}

static void
a_file_is_read_whole(void **state)
{
	struct schema_file file = { 1, "0001_a.sql" };
	struct arena *a = test_arena();
	char path[200];

	(void)state;
	put("0001_a.sql", "SELECT 1;\n");
	CHECK_STR(schema_read(a, folder, &file), "SELECT 1;\n");
	take_away("0001_a.sql");
	CHECK_FAULT(a, read_it, &file, "0001_a.sql cannot be read");
	snprintf(path, sizeof path, "%s/0001_a.sql", folder);
	mkdir(path, 0700);
	CHECK_FAULT(a, read_it, &file, "0001_a.sql cannot be read");
	rmdir(path);
}

static void
statements_end_at_the_end_of_a_line(void **state)
{
	struct schema_file file = { 1, "0001_a.sql" };
	struct arena *a = test_arena();
	str rest =
	    S("-- a comment; with its end;\n\n  ;\nCREATE TABLE a (\n  -- what b is;\n  b INT\n);"
	      "  \nINSERT INTO a VALUES ('x;y');\n\n-- the end");

	(void)state;
	CHECK_STR(schema_statement(a, &file, &rest), "CREATE TABLE a (\n  b INT\n)");
	CHECK_STR(schema_statement(a, &file, &rest), "INSERT INTO a VALUES ('x;y')");
	CHECK_STR(schema_statement(a, &file, &rest), "");
	CHECK_STR(schema_statement(a, &file, &rest), "");
}

static void
cut(void *rest)
{
	struct schema_file file = { 1, "0001_a.sql" };

	schema_statement(test_arena(), &file, rest);
}

static void
a_statement_without_an_end_faults(void **state)
{
	str rest = S("SELECT 1");

	(void)state;
	CHECK_FAULT(test_arena(), cut, &rest, "0001_a.sql: the last statement has no ; at its end");
}

static int
open_all(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int
close_all(void **state)
{
	(void)state;
	return rmdir(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_come_in_order_and_others_are_passed_over),
		cmocka_unit_test(a_folder_that_cannot_be_right_faults),
		cmocka_unit_test(a_file_is_read_whole),
		cmocka_unit_test(statements_end_at_the_end_of_a_line),
		cmocka_unit_test(a_statement_without_an_end_faults),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
