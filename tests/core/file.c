/* file.c - whole files read, and those that cannot be. */
#define _GNU_SOURCE
#include "check.h"

#include "core/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { MOST_BYTES = 1 << 20 };

static char folder[] = "/tmp/keydesk-file.XXXXXX", path[64];

struct reading {
	struct arena *arena;
	str path;
};

static void
read_work(void *arg)
{
	struct reading *reading = arg;

	file_read(reading->arena, reading->path);
}

static void
make_file(size_t n)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	for (size_t i = 0; i < n; i++)
		fputc('a' + (int)(i % 23), file);
	fclose(file);
}

static void
all_of_it_is_read(void **state)
{
	static const size_t sizes[] = { 0, 1, 4096, 65537, MOST_BYTES };

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		str text;

		make_file(sizes[i]);
		text = file_read(test_arena(), str_of(path));
		assert_non_null(text.at);
		assert_int_equal(text.n, sizes[i]);
		for (size_t k = 0; k < text.n; k++)
			if (text.at[k] != 'a' + (char)(k % 23))
				fail();
	}
}

static void
one_byte_too_many_is_a_fault(void **state)
{
	struct reading reading = { test_arena(), str_of(path) };

	(void)state;
	make_file(MOST_BYTES + 1);
	CHECK_FAULT(reading.arena, read_work, &reading, "is larger than 1048576 bytes");
}

static void
what_is_not_there_has_no_text(void **state)
{
	(void)state;
	assert_null(file_read(test_arena(), S("/nonexistent/f")).at);
	assert_null(file_read(test_arena(), S("")).at);
}

static void
a_folder_cannot_be_read(void **state)
{
	struct reading reading = { test_arena(), str_of(folder) };

	(void)state;
	CHECK_FAULT(reading.arena, read_work, &reading, "cannot be read");
}

/* A file that cannot be read is closed all the same. */
static void
nothing_stays_open(void **state)
{
	struct reading reading = { test_arena(), str_of(folder) };
	int before = dup(0), after;

	(void)state;
	close(before);
	for (int i = 0; i < 10; i++)
		CHECK_FAULT(reading.arena, read_work, &reading, "cannot be read");
	make_file(3);
	file_read(reading.arena, str_of(path));
	after = dup(0);
	close(after);
	assert_int_equal(after, before);
}

static int
make_folder(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof path, "%s/f", folder);
	return 0;
}

static int
remove_folder(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_of_it_is_read),
		cmocka_unit_test(one_byte_too_many_is_a_fault),
		cmocka_unit_test(what_is_not_there_has_no_text),
		cmocka_unit_test(a_folder_cannot_be_read),
		cmocka_unit_test(nothing_stays_open),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
