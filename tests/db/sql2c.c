/* sql2c.c - what the generator refuses, and what the compiler says to calls of what it made. */
#define _GNU_SOURCE
#include "base/buf.h"
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Runs from the project's folder, as make does. */

static char folder[] = "/tmp/keydesk-sql2c-XXXXXX";

static void
put(const char *name, const char *text)
{
	char path[100];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

/* Runs a command of the shell; gives what it printed, in *status how it ended. */
static str
output_of(struct arena *a, const char *command, int *status)
{
	enum { ROOM = 1 << 18 };
	char *at = NEW(a, char, ROOM);
	FILE *pipe = popen(command, "r"); // NOLINT(cert-env33-c): what is tested are commands
	size_t n;

	assert_non_null(pipe);
	n = fread(at, 1, ROOM, pipe);
	*status = pclose(pipe);
	return (str){ at, n };
}

/* Makes sql.h and sql.c of t.sql, and of u.sql when there is one. */
static str
generate(struct arena *a, int *status)
{
	const char *awk = getenv("AWK") ? getenv("AWK") : "awk";
	str command =
	    fmt(a, "%s -v out_h=%s/sql.h -v out_c=%s/sql.c -f app/db/sql2c.awk %s/?.sql 2>&1", awk,
		folder, folder, folder);

	return output_of(a, str_c(a, command), status);
}

struct refusal {
	const char *sql, *words;
};

static const struct refusal refusals[] = {
	{ "-- one a() -> b int\nSELECT :x AS b;\n",
	    "t.sql:2: :x is not declared as an input of a" },
	{ "\n-- run a(x int, y int)\nUPDATE t SET a = :x;\n",
	    "t.sql:2: input 'y' of a is declared but not used" },
	{ "-- run a(x int)\nUPDATE t SET a = ':x'; -- :x\n", "declared but not used" },
	{ "-- run a(x integer)\nUPDATE t SET a = :x;\n",
	    "'x integer': the types are int text flag time" },
	{ "-- one a() -> b\nSELECT 1 AS b;\n", "'b' is not NAME TYPE" },
	{ "-- run a() -> b\nUPDATE t SET b = 1;\n", "'b' is not NAME TYPE" },
	{ "-- one a() -> b int\nSELECT 1 AS b;\n-- run c() -> a\nUPDATE t SET b = 1;\n",
	    "t.sql:3: 'run' gives no columns" },
	{ "-- one a(x int, x int) -> b int\nSELECT :x AS b;\n", "'x' is declared twice" },
	{ "-- run a(x flag?)\nUPDATE t SET a = :x;\n", "a flag is sent as true or false" },
	{ "-- fetch a() -> b int\nSELECT 1 AS b;\n",
	    "t.sql:1: 'fetch' is not one of one rows run" },
	{ "-- one aB() -> b int\nSELECT 1 AS b;\n", "'aB' is not a name" },
	{ "-- run a(x int\nUPDATE t SET a = :x;\n", "lacks the )" },
	{ "-- run a(x int) b\nUPDATE t SET a = :x;\n", "'b' after the inputs" },
	{ "-- run a()\nUPDATE t SET b = 1;\n-- run a()\nUPDATE t SET b = 2;\n",
	    "t.sql:3: a was declared before, in " },
	{ "-- one a() -> b int\nSELECT * FROM t;\n", "SELECT *" },
	{ "-- one a() -> b int\nSELECT t.* FROM t;\n", "SELECT *" },
	{ "-- rows a() -> b int\nSELECT b FROM t;\n", "t.sql:1: a is a list without LIMIT" },
	{ "-- rows a() -> b int\nSELECT b FROM t LIMIT 10 OFFSET 10;\n", "OFFSET" },
	{ "-- rows a() -> b int\nSELECT b FROM t\n LIMIT 10, 20;\n", "OFFSET" },
	{ "-- run a()\nUPDATE t SET b = now();\n", "the time is the input :now" },
	{ "-- run a()\nUPDATE t SET b = CURRENT_TIMESTAMP;\n", "the time is the input :now" },
	{ "-- run a()\nUPDATE t SET b = utc_timestamp(6);\n", "the time is the input :now" },
	{ "-- one a()\nSELECT 1;\n", "'one' needs columns" },
	{ "-- rows a()\nSELECT 1 LIMIT 1;\n", "'rows' needs columns" },
	{ "-- run a() -> b int\nUPDATE t SET b = 1;\n", "'run' gives no columns" },
	{ "-- run a()\nUPDATE t SET b = 1\n", "t.sql:1: a has no ; at the end of a line" },
	{ "-- run a()\nUPDATE t SET b = 1\n\n-- run b()\nUPDATE t SET b = 2;\n",
	    "t.sql:1: a has no ; at the end of a line" },
	{ "-- run a()\nUPDATE t SET b = 1; SELECT 2;\n", "something follows the ;" },
	{ "-- run a()\nUPDATE t SET b = ?;\n", "a ? in the text" },
	{ "-- run a()\nUPDATE t SET b = 1 /* why */;\n", "comments begin with --" },
	{ "UPDATE t SET b = 1;\n", "t.sql:1: a statement without a signature above it" },
};

static void
each_mistake_stops_with_file_and_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
		struct arena *a = test_arena();
		int status;
		str said;

		put("t.sql", refusals[i].sql);
		said = generate(a, &status);
		if (status == 0)
			fail_msg("was accepted: %s", refusals[i].sql);
		check_holds_(said, str_of(refusals[i].words), __FILE__, __LINE__);
		CHECK_HOLDS(said, "t.sql:");
	}
}

static void
what_is_too_long_stops(void **state)
{
	struct arena *a = test_arena();
	struct buf columns = buf_new(a, 1000);
	char *text = NEW(a, char, 5000);
	int status;

	(void)state;
	for (int i = 0; i < 41; i++)
		buf_fmt(&columns, "%sc%d int", i ? ", " : "", i);
	put("t.sql", str_c(a, fmt(a, "-- one a() -> %.*s\nSELECT 1;\n", STR(buf_str(&columns)))));
	CHECK_HOLDS(generate(a, &status), "a has 41 members here, 40 are the most");

	memset(text, 'x', 4000);
	put("t.sql", str_c(a, fmt(a, "-- run a()\nUPDATE %s SET a = 1;\n", text)));
	CHECK_HOLDS(generate(a, &status), "longer than 4000 characters");
}

static void
a_name_of_another_file_stops(void **state)
{
	struct arena *a = test_arena();
	char path[100];
	int status;

	(void)state;
	put("t.sql", "-- run a()\nUPDATE t SET b = 1;\n");
	put("u.sql", "\n-- run a()\nUPDATE t SET b = 1;\n");
	CHECK_HOLDS(generate(a, &status), "u.sql:2: a was declared before, in ");
	put("t.sql", "-- run a()\nUPDATE t SET b = 1\n");
	CHECK_HOLDS(generate(a, &status), "t.sql:1: a has no ; at the end");
	snprintf(path, sizeof path, "%s/u.sql", folder);
	unlink(path);
	CHECK_HOLDS(
	    output_of(a, "awk -f app/db/sql2c.awk 2>&1 </dev/null", &status), "give -v out_h");
	assert_int_not_equal(status, 0);
}

static const char good[] = "-- Some statements.\n"
			   "\n"
			   "-- one thing_get(id int, name text?) -> id int,\n"
			   "--     name text?, seen_at time, active flag\n"
			   "-- Why it is so.\n"
			   "SELECT id, name, seen_at, active -- a \"comment\" with :name\n"
			   "  FROM thing\n"
			   " WHERE id = :id AND name <> ':no;?' AND name <> \"\\\"\" AND id = :id\n"
			   "   AND name = :name;\n"
			   "\n"
			   "-- rows thing_all() -> id int\n"
			   "SELECT id FROM thing ORDER BY id LIMIT 10;\n"
			   "-- run thing_save(id int)\n"
			   "UPDATE thing SET seen = seen + 1 WHERE id = :id;\n";

/* Compiles a function that returns the expression; gives what the compiler said. */
static str
compile(struct arena *a, const char *compiler, const char *expression, int *status)
{
	put("t.c", str_c(a, fmt(a,
				"#include \"sql.h\"\n"
				"SHAPE(view, list(all, thing_all_row), part(one, thing_get_row));\n"
				"int64_t use(struct db *db);\n"
				"int64_t\nuse(struct db *db)\n{\n\treturn %s;\n}\n",
				expression)));
	return output_of(a,
	    str_c(a, fmt(a,
			 "%s -std=c17 -Wall -Wextra -Wpedantic -Wshadow -Wconversion "
			 "-Wmissing-prototypes -Iapp -I%s -fsyntax-only %s/t.c %s/sql.c 2>&1",
			 compiler, folder, folder, folder)),
	    status);
}

static const struct refusal calls[] = {
	{ "sql_thing_get(db, .id = 1)->id", "give every input, by name" },
	{ "sql_thing_get(db, .id = 1, .name = S(\"\"), .id = 2)->id", "give every input, by name" },
	{ "sql_thing_get(db, .id = 1, .id = 2)->id", "initiali" },
	{ "sql_thing_get(db, .id = 1, .nme = S(\"\"))->id", "nme" },
	{ "sql_thing_get(db, .id = 1, .name = S(\"\"))->di", "di" },
	{ "sql_thing_get(db, .id = S(\"\"), .name = S(\"\"))->id", "incompatible" },
	{ "sql_thing_save(db)", "give every input, by name" },
	{ "sql_thing_save(db, )", "give every input, by name" },
	{ "sql_thing_save(db, 1)", "initial" },
	{ "(int64_t)sql_thing_all(db, .id = 1).n", "sql_thing_all" },
};

static void
check_compiler(const char *compiler)
{
	struct arena *a = test_arena();
	int status;
	str said;

	CHECK_STR(compile(a, compiler,
		      "sql_thing_save(db, .id = sql_thing_save(db, .id = 1)) + "
		      "sql_thing_get(db, .name = S(\"a\"), .id = 1)->seen_at + "
		      "(int64_t)sql_thing_all(db).n + (int64_t)view_shape.n",
		      &status),
	    "");
	assert_int_equal(status, 0);
	for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
		said = compile(a, compiler, calls[i].sql, &status);
		if (status == 0)
			fail_msg("%s compiled %s", compiler, calls[i].sql);
		check_holds_(said, str_of(calls[i].words), __FILE__, __LINE__);
		CHECK_HOLDS(said, "t.c:");
	}
}

static void
a_call_that_does_not_name_every_input_does_not_compile(void **state)
{
	static const char *const compilers[] = { "gcc", "clang" };
	struct arena *a = test_arena();
	int status, tried = 0;

	(void)state;
	put("t.sql", good);
	CHECK_STR(generate(a, &status), "");
	assert_int_equal(status, 0);
	for (size_t i = 0; i < 2; i++) {
		str found = fmt(a, "command -v %s", compilers[i]);

		output_of(a, str_c(a, found), &status);
		if (status != 0)
			continue;
		check_compiler(compilers[i]);
		tried++;
		a = test_arena();
	}
	assert_true(tried > 0);
}

static void
the_text_is_what_was_written_without_its_comments(void **state)
{
	struct arena *a = test_arena();
	int status;
	str made;

	(void)state;
	put("t.sql", good);
	generate(a, &status);
	made = output_of(a, str_c(a, fmt(a, "cat %s/sql.c", folder)), &status);
	CHECK_HOLDS(made,
	    "\"SELECT id, name, seen_at, active\\n\"\n"
	    "\t    \"  FROM thing\\n\"\n"
	    "\t    \" WHERE id = ? AND name <> ':no;?' AND name <> \\\"\\\\\\\"\\\" AND "
	    "id = ?\\n\"\n"
	    "\t    \"   AND name = ?\"),");
	CHECK_HOLDS(made, "thing_get_use[] = { 0, 0, 1 };");
	CHECK_HOLDS(made, "thing_get_in_null[] = { false, true };");
	CHECK_HOLDS(made, "thing_get_row_null[] = { false, true, false, false };");
	CHECK_HOLDS(made, "sql_statements_n = 3;");
}

static void
an_output_that_would_be_the_same_is_left_alone(void **state)
{
	struct arena *a = test_arena();
	int status;
	str before, now;
	const char *look =
	    str_c(a, fmt(a, "ls -i %s/sql.h %s/sql.c; ls %s", folder, folder, folder));

	(void)state;
	put("t.sql", good);
	generate(a, &status);
	before = output_of(a, look, &status);
	generate(a, &status);
	now = output_of(a, look, &status);
	CHECK_STR_EQ(now, before);
	assert_int_equal(str_find(now, S(".new")), now.n);
	put("t.sql", "-- one x() -> a int\nSELECT * FROM t;\n");
	generate(a, &status);
	now = output_of(a, look, &status);
	CHECK_STR_EQ(now, before);
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
	struct arena *a = test_arena();
	int status;

	(void)state;
	output_of(a, str_c(a, fmt(a, "rm -rf %s", folder)), &status);
	return status;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_mistake_stops_with_file_and_line),
		cmocka_unit_test(what_is_too_long_stops),
		cmocka_unit_test(a_name_of_another_file_stops),
		cmocka_unit_test(a_call_that_does_not_name_every_input_does_not_compile),
		cmocka_unit_test(the_text_is_what_was_written_without_its_comments),
		cmocka_unit_test(an_output_that_would_be_the_same_is_left_alone),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
