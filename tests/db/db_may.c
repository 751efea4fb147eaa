/* db_may.c - what an account may do is really tried, and trying changes nothing. */
#define _GNU_SOURCE
#include "scratch.h"

#include "test_sql.h"

#include "test_sql_table.h"

static struct arena *arena;

/* "GRANT", "SELECT", "TO": the account has the database's name. */
static void
right(const char *act, const char *word, const char *toward)
{
	char text[300];

	snprintf(text, sizeof text, "%s %s ON %s.* %s %s@localhost", act, word, scratch_name,
	    toward, scratch_name);
	scratch_run(text);
}

static void
account(const char *act)
{
	char text[200];

	snprintf(text, sizeof text, "%s USER %s@localhost", act, scratch_name);
	scratch_run(text);
}

static struct db *
as(str user)
{
	struct db_place place = scratch_place();
	struct db *db;

	place.user = user;
	db = db_open(arena, &place);
	db_bind(db, arena);
	return db;
}

static void
each_right_by_itself(void **state)
{
	static const struct {
		enum db_right right;
		const char *word;
	} rights[] = {
		{ DB_MAY_CREATE, "CREATE" },
		{ DB_MAY_ALTER, "ALTER" },
		{ DB_MAY_DROP, "DROP" },
		{ DB_MAY_CHANGE_AUDIT, "UPDATE" },
		{ DB_MAY_REMOVE_AUDIT, "DELETE" },
	};
	enum { N = sizeof rights / sizeof rights[0] };
	struct db *root = as(S("root"));

	(void)state;
	account("CREATE");
	right("GRANT", "SELECT", "TO");
	scratch_run("CREATE TABLE audit_entry (seq INT)");
	scratch_run("INSERT INTO audit_entry VALUES (1)");
	for (size_t i = 0; i < N; i++) {
		assert_true(db_may(root, rights[i].right));
		right("GRANT", rights[i].word, "TO");
		for (size_t k = 0; k < N; k++) {
			struct db *db = as(str_of(scratch_name));

			assert_int_equal(db_may(db, rights[k].right), i == k);
			db_close(db);
		}
		right("REVOKE", rights[i].word, "FROM");
	}
	db_close(root);
	assert_int_equal(scratch_number("SELECT COUNT(*) FROM audit_entry"), 1);
	assert_int_equal(scratch_number("SELECT COUNT(*) FROM information_schema.tables WHERE "
					"table_schema = DATABASE()"),
	    1);
	account("DROP");
}

static void
ask(void *db)
{
	db_may(db, DB_MAY_CREATE);
}

static void
no_answer_is_no_no(void **state)
{
	struct db_place nowhere = scratch_place();
	struct db *db;

	(void)state;
	nowhere.socket = S("/nonexistent/socket");
	db = db_open(arena, &nowhere);
	db_bind(db, arena);
	CHECK_FAULT(arena, ask, db, "what the account may do");
	assert_int_equal(arena->fault->kind, FAULT_DATABASE);
	db_close(db);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_right_by_itself),
		cmocka_unit_test(no_answer_is_no_no),
	};

	arena = test_arena();
	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
