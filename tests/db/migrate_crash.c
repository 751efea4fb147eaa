/* migrate_crash.c - schema/ itself, with a crash after each of its statements, before that one's step was written. */
#define _GNU_SOURCE
#include "scratch.h"

#include "db/migrate.h"
#include "db/schema.h"
#include "test_sql.h"

#include "test_sql_table.h"

static char folder[] = "/tmp/keydesk-migrate-XXXXXX";

/* Into the folder: the first statements of a file of schema/, up to that one. False when it has no more than that. */
static bool
put_part(struct arena *a, const struct schema_file *from, int statements, str *last)
{
	str text = schema_read(a, "schema", from), rest = text;
	FILE *file;

	for (int i = 0; i < statements; i++) {
		*last = schema_statement(a, from, &rest);
		if (!last->n)
			return false;
	}
	file = fopen(str_c(a, fmt(a, "%s/%s", folder, from->name)), "w");
	assert_non_null(file);
	fwrite(text.at, 1, text.n - rest.n, file);
	fclose(file);
	return true;
}

/* As if that step were the last one that was written. */
static void
crashed_after(const struct schema_file *file, int step)
{
	char text[200];

	snprintf(text, sizeof text,
	    "UPDATE %s.migration SET steps = %d, ran_at = NULL WHERE number = %d", scratch_name,
	    step, file->number);
	scratch_run(text);
}

static int
run(void)
{
	struct db_place place = scratch_place();

	return migrate_run(test_arena(), &place, folder);
}

/* A change of rows and its step are one transaction. */
static bool
changes_a_table(str statement)
{
	return str_starts(statement, S("ALTER ")) || str_starts(statement, S("CREATE ")) ||
	       str_starts(statement, S("DROP "));
}

static void
what_was_done_to_a_table_before_a_crash_is_no_failure(void **state)
{
	struct fault fault = { 0 };
	struct arena a; /* run() empties the other one */
	struct schema_files files;
	size_t mark;
	str last;

	(void)state;
	arena_open(&a, &fault, 1 << 20);
	files = schema_list(&a, "schema");
	mark = arena_mark(&a);
	assert_true(files.n > 0);
	for (size_t i = 0; i < files.n; i++)
		for (int step = 1; put_part(&a, &files.at[i], step, &last); step++) {
			if (step > 1)
				crashed_after(&files.at[i], step - 1);
			assert_int_equal(run(), 1);
			if (changes_a_table(last)) {
				crashed_after(&files.at[i], step - 1);
				assert_int_equal(run(), 1);
			}
			arena_wipe(&a, mark);
		}
	arena_close(&a);
}

static int
open_all(void **state)
{
	return mkdtemp(folder) ? scratch_open(state) : -1;
}

static int
close_all(void **state)
{
	struct schema_files files = schema_list(test_arena(), folder);
	char path[200];

	for (size_t i = 0; i < files.n; i++) {
		snprintf(path, sizeof path, "%s/%s", folder, files.at[i].name);
		remove(path);
	}
	return rmdir(folder) == 0 ? scratch_close(state) : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_done_to_a_table_before_a_crash_is_no_failure),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
