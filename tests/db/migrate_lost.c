/* migrate_lost.c - a migrator whose connection is lost: its lock may be somebody else's by then. */
#define _GNU_SOURCE
#include "proxy.h"
#include "scratch.h"

#include "db/migrate.h"
#include "test_sql.h"

#include "test_sql_table.h"

static char folder[] = "/tmp/keydesk-migrate-XXXXXX";
static char path[sizeof folder + 20];
static struct proxy proxy;

static void
run(void *answer)
{
	struct db_place place = scratch_place();

	place.socket = str_of(proxy.path);
	*(int *)answer = migrate_run(test_arena(), &place, folder);
}

/* Whichever answer is lost: who has begun with a file and then connects anew, to undo what it did, leaves the lock where it
 * is. It was free for another one of the same server once the first connection had ended. */
static void
a_lock_is_given_back_only_where_it_was_taken(void **state)
{
	int seen = 0, ran = 0;

	(void)state;
	for (int left = 1; !ran; left++) {
		struct fault *f = test_arena()->fault;

		scratch_run("DROP TABLE IF EXISTS a, migration, migration_lock");
		atomic_store(proxy.left, left);
		if (attempt(f, run, &ran) || !strstr(f->what, "0001_a.sql: statement"))
			continue;
		assert_int_equal(scratch_number("SELECT COUNT(*) FROM migration_lock"), 1);
		seen++;
	}
	assert_true(seen > 0);
}

static int
open_all(void **state)
{
	FILE *file;

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/0001_a.sql", folder);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs("CREATE TABLE a (b INT);\nINSERT INTO a VALUES (1);\n", file);
	fclose(file);
	proxy_open(&proxy);
	return scratch_open(state);
}

static int
close_all(void **state)
{
	proxy_close(&proxy);
	unlink(path);
	return rmdir(folder) == 0 ? scratch_close(state) : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_lock_is_given_back_only_where_it_was_taken),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
