/* catalogue_lines.c - tests of app/core/catalogue_lines.c: permissions and endpoints as lines of a form. */
#include "check.h"

#include "base/buf.h"
#include "core/catalogue_lines.h"

static struct arena *arena;
static struct catalogue_lines read;

/* What was read, and which lines were not. */
static str
wrongs(void)
{
	struct buf b = buf_new(arena, 1 << 16);

	for (size_t i = 0; i < read.wrongs.n; i++)
		buf_fmt(&b, "%s%d", i ? " " : "", (int)read.wrongs.at[i].line);
	return buf_str(&b);
}

static void
permissions_are_read_and_written(void **state)
{
	struct api api = { .word = S("profile") };
	(void)state;
	arena = test_arena();

	api.permissions = permission_lines_read(arena,
	    S("\n read|Read-only |reads\n\nwrite | Read & write | writes | includes read \n"),
	    &read);
	assert_int_equal(read.n, 2);
	CHECK_STR(wrongs(), "");
	assert_int_equal(read.line[0], 2);
	assert_int_equal(read.line[1], 4);
	assert_true(api.permissions.at[0].only_reads);
	CHECK_STR(api.permissions.at[1].includes, "read");
	CHECK_STR(permission_lines_write(arena, &api),
	    "read | Read-only | reads\nwrite | Read & write | writes | includes read");
	permission_lines_read(arena, S(""), &read);
	assert_int_equal(read.n, 0);
}

static void
each_line_that_is_no_permission_is_named(void **state)
{
	(void)state;
	arena = test_arena();
	permission_lines_read(arena,
	    S("read\nread | Read\nread | Read | maybe\nread | Read | reads | write\n"
	      "read | Read | reads | includes \nread | Read | reads | includes a | "
	      "b\na|b|c|d|e|f|g\n"
	      "good | Good | reads"),
	    &read);
	CHECK_STR(wrongs(), "1 2 3 4 5 6 7");
	assert_int_equal(read.n, 1);
	assert_int_equal(read.line[0], 8);
}

static void
endpoints_are_read_and_written(void **state)
{
	struct api api = { .word = S("profile") };
	(void)state;
	arena = test_arena();

	api.endpoints = endpoint_lines_read(arena, api.word,
	    S("GET  /p/{user}\t profile:read\nPOST /p write\n\nGET /s profile:read key\nGET /o "
	      "open"),
	    &read);
	CHECK_STR(wrongs(), "");
	CHECK_STR(endpoint_lines_write(arena, &api),
	    "GET /p/{user} profile:read\nPOST /p profile:write\nGET "
	    "/s profile:read key\nGET /o open");
	CHECK_STR(api.endpoints.at[2].needs, "key");
	CHECK_STR(api.endpoints.at[3].permission, "");
	assert_int_equal(read.line[2], 4);
	/* Another API's permission is left as it is, and so is none of this one. */
	api.endpoints = endpoint_lines_read(arena, api.word, S("GET /p data:read"), &read);
	CHECK_STR(api.endpoints.at[0].permission, "data:read");
}

static void
each_line_that_is_no_endpoint_is_named(void **state)
{
	(void)state;
	arena = test_arena();
	endpoint_lines_read(arena, S("p"),
	    S("GET\nGET /p\nGET /p open key\nGET /p read secret\nGET /p read key key\na b c d e f "
	      "g\n"
	      "GET /p p:\n"
	      "GET /p p: key"),
	    &read);
	CHECK_STR(wrongs(), "1 2 3 4 5 6 7 8");
	assert_int_equal(read.n, 0);
}

static void
there_is_an_end_to_them(void **state)
{
	struct buf b;
	(void)state;
	arena = test_arena();
	b = buf_new(arena, 1 << 20);

	for (int i = 0; i < API_PERMISSIONS_MAX + 9; i++)
		buf_add(&b, S("a | b | reads\n"));
	permission_lines_read(arena, buf_str(&b), &read);
	assert_int_equal(read.n, API_PERMISSIONS_MAX);
	CHECK_STR(wrongs(), "51");
	b.n = 0;
	for (int i = 0; i < API_ENDPOINTS_MAX + 9; i++)
		buf_add(&b, S("GET / open\n"));
	endpoint_lines_read(arena, S("p"), buf_str(&b), &read);
	assert_int_equal(read.n, API_ENDPOINTS_MAX);
	CHECK_STR(wrongs(), "501");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(permissions_are_read_and_written),
		cmocka_unit_test(each_line_that_is_no_permission_is_named),
		cmocka_unit_test(endpoints_are_read_and_written),
		cmocka_unit_test(each_line_that_is_no_endpoint_is_named),
		cmocka_unit_test(there_is_an_end_to_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
