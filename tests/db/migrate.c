/* migrate.c - to the newest schema: once, twice, at the same time, after a failure or a crash. */
#define _GNU_SOURCE
#include "scratch.h"

#include "db/migrate.h"
#include "test_sql.h"

#include "test_sql_table.h"

#include <sys/wait.h>

static char folder[] = "/tmp/keydesk-migrate-XXXXXX";

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

/* An empty folder; no database at all. */
static struct arena *
fresh(void)
{
	static const char *const names[] = { "0001_a.sql", "0002_b.sql", "0003_c.sql",
		"0004_d.sql" };
	char text[200];

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		snprintf(text, sizeof text, "%s/%s", folder, names[i]);
		remove(text);
	}
	snprintf(text, sizeof text, "DROP DATABASE IF EXISTS %s", scratch_name);
	scratch_run(text);
	return test_arena();
}

/* The number that a SELECT gives in the database that was migrated. */
static long
number(const char *text)
{
	mysql_select_db(scratch_root, scratch_name);
	return scratch_number(text);
}

static int
run(void)
{
	struct db_place place = scratch_place();

	return migrate_run(test_arena(), &place, folder);
}

static void
run_it(void *arg)
{
	(void)arg;
	run();
}

static int
current(void)
{
	struct db_place place = scratch_place();

	return migrate_current(test_arena(), &place);
}

static void
what_is_new_runs_once(void **state)
{
	struct arena *a = fresh();

	(void)state;
	put("0001_a.sql", "CREATE TABLE a (b INT);\nINSERT INTO a VALUES (1);\n");
	assert_int_equal(current(), 0);
	assert_int_equal(run(), 1);
	assert_int_equal(current(), 1);
	assert_int_equal(run(), 0);
	put("0003_c.sql", "INSERT INTO a VALUES (3);\n");
	put("0004_d.sql", "-- nothing yet\n");
	assert_int_equal(migrate_newest(a, folder), 4);
	assert_int_equal(current(), 1);
	assert_int_equal(run(), 2);
	/* A number that was left out and comes later. */
	put("0002_b.sql", "INSERT INTO a VALUES (2);\n");
	assert_int_equal(run(), 1);
	assert_int_equal(number("SELECT SUM(b) FROM a"), 6);
	assert_int_equal(current(), 4);
	assert_int_equal(number("SELECT COUNT(*) FROM migration_lock"), 0);
}

static void
an_empty_database_and_folder_are_number_0(void **state)
{
	struct arena *a = fresh();

	(void)state;
	assert_int_equal(migrate_newest(a, folder), 0);
	assert_int_equal(run(), 0);
	assert_int_equal(current(), 0);
	number("SELECT 1");
	scratch_run("DROP TABLE migration");
	assert_int_equal(current(), 0);
}

static void
a_changed_file_faults(void **state)
{
	struct arena *a = fresh();

	(void)state;
	put("0001_a.sql", "CREATE TABLE a (b INT);\n");
	run();
	put("0001_a.sql", "CREATE TABLE a (c INT);\n");
	CHECK_FAULT(a, run_it, NULL, "0001_a.sql was changed after it ran");
	assert_int_equal(number("SELECT COUNT(*) FROM migration_lock"), 0);
}

static void
a_failed_statement_faults_and_is_where_the_next_run_goes_on(void **state)
{
	struct arena *a = fresh();

	(void)state;
	put("0001_a.sql", "CREATE TABLE a (b INT NOT NULL);\nINSERT INTO a VALUES (1);\n"
			  "INSERT INTO a VALUES (2), (NULL);\nINSERT INTO a VALUES (4);\n");
	CHECK_FAULT(a, run_it, NULL, "0001_a.sql: statement 3: database error 1048: Column 'b'");
	CHECK_FAULT(a, run_it, NULL, "0001_a.sql: statement 3: database error 1048: Column 'b'");
	assert_int_equal(number("SELECT SUM(b) FROM a"), 1);
	assert_int_equal(current(), 0);
	put("0001_a.sql", "CREATE TABLE a (b INT NOT NULL);\nINSERT INTO a VALUES (1);\n"
			  "INSERT INTO a VALUES (2);\nINSERT INTO a VALUES (4);\n");
	assert_int_equal(run(), 1);
	assert_int_equal(number("SELECT SUM(b) FROM a"), 7);
}

static void
a_table_made_before_a_crash_is_no_failure_but_another_is(void **state)
{
	struct arena *a = fresh();

	(void)state;
	put("0001_a.sql", "CREATE TABLE a (b INT);\nCREATE TABLE c (d INT);\n"
			  "ALTER TABLE a ADD COLUMN e INT;\n");
	run();
	/* As after a crash between the table c and its step. */
	number("SELECT 1");
	scratch_run("UPDATE migration SET steps = 1, ran_at = NULL");
	CHECK_FAULT(a, run_it, NULL, "0001_a.sql: statement 3: database error 1060");
	assert_int_equal(number("SELECT steps FROM migration"), 2);
	assert_int_equal(run(), 1);
}

static void
two_at_once_run_everything_once(void **state)
{
	pid_t pids[2];

	(void)state;
	fresh();
	put("0001_a.sql", "CREATE TABLE a (b INT);\nDO SLEEP(0.2);\nINSERT INTO a VALUES (1);\n");
	put("0002_b.sql", "INSERT INTO a VALUES (2);\n");
	for (int i = 0; i < 2; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			run();
			_exit(0);
		}
	}
	for (int i = 0; i < 2; i++) {
		int status;

		waitpid(pids[i], &status, 0);
		assert_int_equal(status, 0);
	}
	assert_int_equal(number("SELECT SUM(b) FROM a"), 3);
	assert_int_equal(number("SELECT COUNT(*) FROM migration WHERE ran_at IS NOT NULL"), 2);
}

/* Runs it in another process until words are in its log, does what is to be done meanwhile, and gives
 * how it ended. */
static int
run_while(const char *meanwhile)
{
	char line[300];
	int log[2], status;
	pid_t child;
	FILE *lines;

	assert_int_equal(pipe(log), 0);
	fflush(NULL);
	child = fork();
	if (child == 0) {
		dup2(log[1], STDERR_FILENO);
		close(log[0]);
		close(log[1]);
		if (attempt(test_arena()->fault, run_it, NULL))
			exit(0);
		print_error("%s\n", test_arena()->fault->what);
		exit(1);
	}
	close(log[1]);
	lines = fdopen(log[0], "r");
	while (fgets(line, sizeof line, lines))
		if (strstr(line, "waiting for"))
			break;
	if (meanwhile)
		scratch_run(meanwhile);
	while (fgets(line, sizeof line, lines))
		continue;
	fclose(lines);
	waitpid(child, &status, 0);
	return status;
}

static void
it_waits_for_another_server(void **state)
{
	(void)state;
	fresh();
	run();
	put("0001_a.sql", "CREATE TABLE a (b INT);\n");
	number("SELECT 1");
	scratch_run("INSERT INTO migration_lock VALUES (1, 'elsewhere', UTC_TIMESTAMP(6))");
	assert_int_equal(run_while("DELETE FROM migration_lock"), 0);
	assert_int_equal(current(), 1);
}

static void
it_waits_for_the_same_server(void **state)
{
	char text[200];

	(void)state;
	fresh();
	run();
	put("0001_a.sql", "CREATE TABLE a (b INT);\n");
	snprintf(
	    text, sizeof text, "SELECT GET_LOCK(CONCAT('keydesk.', SHA1('%s')), 5)", scratch_name);
	assert_int_equal(number(text), 1);
	assert_int_equal(run_while("DO RELEASE_ALL_LOCKS()"), 0);
	assert_int_equal(current(), 1);
}

static void
it_does_not_steal_a_row_that_is_being_taken(void **state)
{
	(void)state;
	fresh();
	run();
	put("0001_a.sql", "CREATE TABLE a (b INT);\n");
	number("SELECT 1");
	scratch_run("START TRANSACTION");
	scratch_run("INSERT INTO migration_lock VALUES (1, 'elsewhere', UTC_TIMESTAMP(6))");
	assert_int_equal(run_while("ROLLBACK"), 0);
	assert_int_equal(current(), 1);
}

static void
a_stale_lock_is_taken_over(void **state)
{
	(void)state;
	fresh();
	run();
	put("0001_a.sql", "CREATE TABLE a (b INT);\n");
	number("SELECT 1");
	scratch_run("INSERT INTO migration_lock VALUES "
		    "(1, 'elsewhere', UTC_TIMESTAMP(6) - INTERVAL 11 MINUTE)");
	assert_int_equal(run(), 1);

	/* One of this server that has crashed, whatever its age. */
	put("0002_b.sql", "INSERT INTO a VALUES (1);\n");
	scratch_run("INSERT INTO migration_lock VALUES "
		    "(1, CONCAT(@@hostname, ':', @@port, ':', @@datadir), UTC_TIMESTAMP(6))");
	assert_int_equal(run(), 1);
}

static void
who_was_taken_over_stops(void **state)
{
	struct arena *a = fresh();

	(void)state;
	put("0001_a.sql", "UPDATE migration_lock SET holder = 'elsewhere';\n");
	CHECK_FAULT(a, run_it, NULL, "another server has taken over");
	assert_int_equal(a->fault->kind, FAULT_DATABASE);
}

static void
a_connection_that_is_lost_faults(void **state)
{
	struct arena *a = fresh();

	(void)state;
	put("0001_a.sql", "CREATE TABLE a (b INT);\nKILL CONNECTION_ID();\n");
	CHECK_FAULT(a, run_it, NULL, "0001_a.sql: statement 2: database error ");
	/* Its lock is left, and is no hindrance here. */
	put("0001_a.sql", "CREATE TABLE a (b INT);\nINSERT INTO a VALUES (1);\n");
	assert_int_equal(run(), 1);
}

static void
run_badly_named(void *arg)
{
	struct db_place place = scratch_place();

	place.name = *(const str *)arg;
	migrate_run(test_arena(), &place, folder);
}

static void
run_nowhere(void *arg)
{
	struct db_place place = { .socket = S("/nonexistent/socket"), .user = S("root") };

	(void)arg;
	migrate_run(test_arena(), &place, folder);
}

static void
ask_nowhere(void *arg)
{
	struct db_place place = { .socket = S("/nonexistent/socket"), .user = S("root") };

	(void)arg;
	migrate_current(test_arena(), &place);
}

static void
what_cannot_be_migrated_faults(void **state)
{
	struct arena *a = fresh();
	str name = S("a`b");

	(void)state;
	CHECK_FAULT(a, run_badly_named, &name, "not a name for a database");
	CHECK_FAULT(a, run_nowhere, NULL, "database error 2002");
	assert_int_equal(a->fault->kind, FAULT_DATABASE);
	CHECK_FAULT(a, ask_nowhere, NULL, "database error 2002");
	run();
	number("SELECT 1");
	scratch_run("DROP TABLE migration_lock");
	scratch_run("CREATE TABLE migration_lock (id INT)");
	CHECK_FAULT(a, run_it, NULL, "migration_lock: database error 1054");
	scratch_run("DROP TABLE migration_lock");
	put("0001_a.sql", "CREATE TABLE a (b INT);\n");
	scratch_run("ALTER TABLE migration DROP COLUMN name");
	CHECK_FAULT(a, run_it, NULL, "migration: database error 1054");
	scratch_run("ALTER TABLE migration DROP COLUMN number");
	CHECK_FAULT(a, run_it, NULL, "migration: database error 1054");
}

static int
open_all(void **state)
{
	return mkdtemp(folder) ? scratch_open(state) : -1;
}

static int
close_all(void **state)
{
	fresh();
	if (rmdir(folder) != 0)
		return -1;
	return scratch_close(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_new_runs_once),
		cmocka_unit_test(an_empty_database_and_folder_are_number_0),
		cmocka_unit_test(a_changed_file_faults),
		cmocka_unit_test(a_failed_statement_faults_and_is_where_the_next_run_goes_on),
		cmocka_unit_test(a_table_made_before_a_crash_is_no_failure_but_another_is),
		cmocka_unit_test(two_at_once_run_everything_once),
		cmocka_unit_test(it_waits_for_another_server),
		cmocka_unit_test(it_waits_for_the_same_server),
		cmocka_unit_test(it_does_not_steal_a_row_that_is_being_taken),
		cmocka_unit_test(a_stale_lock_is_taken_over),
		cmocka_unit_test(who_was_taken_over_stops),
		cmocka_unit_test(a_connection_that_is_lost_faults),
		cmocka_unit_test(what_cannot_be_migrated_faults),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
