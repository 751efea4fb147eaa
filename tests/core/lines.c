/* lines.c - lines of every length, whole, with and without an end. */
#define _GNU_SOURCE
#include "check.h"

#include "core/lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char path[] = "/tmp/keydesk-lines.XXXXXX";

static void
write_all(const char *at, size_t n)
{
	FILE *file = fopen(path, "w");

	assert_int_equal(fwrite(at, 1, n, file), n);
	fclose(file);
}

static struct lines
opened(const char *text, size_t n)
{
	struct lines lines;

	write_all(text, n);
	assert_true(lines_open(test_arena(), &lines, str_of(path)));
	return lines;
}

static void
lines_as_they_are(void **state)
{
	struct lines lines = opened("one\n\ntwo \r\nlast", 15);
	str line;

	(void)state;
	assert_true(lines_next(&lines, &line));
	CHECK_STR(line, "one");
	assert_true(lines_next(&lines, &line));
	CHECK_STR(line, "");
	assert_true(lines_next(&lines, &line));
	CHECK_STR(line, "two \r");
	assert_true(lines.ended);
	assert_true(lines_next(&lines, &line));
	CHECK_STR(line, "last");
	assert_false(lines.ended);
	assert_int_equal(lines.number, 4);
	assert_false(lines_next(&lines, &line));
	assert_false(lines_next(&lines, &line));
	lines_close(&lines);
}

static void
nothing_has_no_line(void **state)
{
	struct lines lines = opened("", 0);
	str line;

	(void)state;
	assert_false(lines_next(&lines, &line));
	lines_close(&lines);
	assert_false(lines_open(test_arena(), &lines, S("/nonexistent/file")));
}

/* Lengths around the limit and around what is read at once; a longer line is cut, and the next is whole. */
static void
long_lines(void **state)
{
	static const long lengths[] = { LINES_MAX_BYTES - 1, LINES_MAX_BYTES, LINES_MAX_BYTES + 1,
		2 * LINES_MAX_BYTES - 1, 2 * LINES_MAX_BYTES, 2 * LINES_MAX_BYTES + 1,
		5 * LINES_MAX_BYTES };

	(void)state;
	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		size_t n = (size_t)lengths[i];
		char *text = test_malloc(n + 20);
		struct lines lines;
		str line;

		memset(text, 'x', n);
		memcpy(text + n, "\nnext\n", 6);
		lines = opened(text, n + 6);
		assert_true(lines_next(&lines, &line));
		assert_int_equal(line.n, n < LINES_MAX_BYTES ? n : LINES_MAX_BYTES);
		assert_true(lines_next(&lines, &line));
		CHECK_STR(line, "next");
		assert_int_equal(lines.number, 2);
		assert_false(lines_next(&lines, &line));
		lines_close(&lines);
		test_free(text);
	}
}

static void
read_a_folder(void *lines)
{
	str line;

	lines_next(lines, &line);
}

static void
what_cannot_be_read_is_a_fault(void **state)
{
	struct arena *a = test_arena();
	struct lines lines;

	(void)state;
	assert_true(lines_open(a, &lines, S("/tmp")));
	CHECK_FAULT(a, read_a_folder, &lines, "/tmp cannot be read: Is a directory");
}

static int
make_file(void **state)
{
	(void)state;
	close(mkstemp(path));
	return 0;
}

static int
remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_as_they_are),
		cmocka_unit_test(nothing_has_no_line),
		cmocka_unit_test(long_lines),
		cmocka_unit_test(what_cannot_be_read_is_a_fault),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
