/* arena.c - memory that ends with the request. */
#define _GNU_SOURCE
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

struct job {
	struct arena *arena;
	size_t size, n;
};

static void
ask(void *arg)
{
	struct job *job = arg;

	arena_new(job->arena, job->size, 1, job->n);
}

static void
open_arena(void *arg)
{
	struct job *job = arg;
	struct arena fresh;

	arena_open(&fresh, job->arena->fault, job->size);
}

static void
elements_are_zero_and_apart(void **state)
{
	struct arena *a = test_arena();
	int64_t *first = NEW(a, int64_t, 3), *second = NEW(a, int64_t, 1);

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(first[i], 0);
	first[0] = first[1] = first[2] = -1;
	assert_int_equal(*second, 0);
	assert_true(second >= first + 3);
}

static void
elements_are_aligned(void **state)
{
	struct arena *a = test_arena();

	(void)state;
	NEW(a, char, 1);
	assert_int_equal((uintptr_t)NEW(a, int64_t, 1) % alignof(int64_t), 0);
	NEW(a, char, 3);
	assert_int_equal((uintptr_t)NEW(a, int32_t, 1) % alignof(int32_t), 0);
	NEW(a, char, 1);
	assert_int_equal((uintptr_t)NEW(a, max_align_t, 1) % alignof(max_align_t), 0);
}

static void
none_is_not_null(void **state)
{
	struct arena *a = test_arena();

	(void)state;
	assert_non_null(NEW(a, int, 0));
	assert_int_equal(arena_mark(a), 0);
}

static void
full_arena_faults(void **state)
{
	struct fault fault = { 0 };
	struct arena a;
	struct job job = { &a, 1, 4097 };

	(void)state;
	arena_open(&a, &fault, 4096);
	CHECK_FAULT(&a, ask, &job, "the arena of 4096 bytes is full: 0 used, 4097 x 1 asked");
	job.n = 4096;
	assert_true(attempt(&fault, ask, &job));
	job.n = 1;
	CHECK_FAULT(&a, ask, &job, "4096 used");
	job.n = 0;
	assert_true(attempt(&fault, ask, &job));
	arena_close(&a);
}

/* A product past SIZE_MAX must not look small. */
static void
large_products_do_not_wrap(void **state)
{
	struct arena *a = test_arena();
	struct job job = { a, 16, SIZE_MAX / 16 + 2 };

	(void)state;
	CHECK_FAULT(a, ask, &job, "is full");
	job = (struct job){ a, SIZE_MAX, 1 };
	CHECK_FAULT(a, ask, &job, "is full");
	job = (struct job){ a, SIZE_MAX, SIZE_MAX };
	CHECK_FAULT(a, ask, &job, "is full");
}

static void
wipe_overwrites_down_to_the_mark(void **state)
{
	struct arena *a = test_arena();
	char *kept = NEW(a, char, 8), *gone;
	size_t mark;

	(void)state;
	memset(kept, 'k', 8);
	mark = arena_mark(a);
	gone = NEW(a, char, 8);
	memset(gone, 'g', 8);
	arena_wipe(a, mark);
	assert_memory_equal(gone, "\0\0\0\0\0\0\0", 8);
	assert_memory_equal(kept, "kkkkkkkk", 8);
	assert_int_equal(arena_mark(a), mark);
	assert_ptr_equal(NEW(a, char, 8), gone);
	arena_wipe(a, 0);
	assert_memory_equal(kept, "\0\0\0\0\0\0\0", 8);
}

static void
close_gives_the_memory_back(void **state)
{
	struct fault fault = { 0 };
	struct arena a;
	unsigned char resident;
	void *at;

	(void)state;
	arena_open(&a, &fault, 4096);
	at = a.at;
	NEW(&a, char, 1);
	assert_int_equal(mincore(at, 4096, &resident), 0);
	arena_close(&a);
	assert_null(a.at);
	assert_int_equal(mincore(at, 4096, &resident), -1);
	arena_close(&a); /* twice does no harm */
}

static void
no_memory_faults(void **state)
{
	struct arena *a = test_arena();
	struct job job = { a, SIZE_MAX / 2, 0 };

	(void)state;
	CHECK_FAULT(a, open_arena, &job, "no memory for an arena of 9223372036854775807 bytes");
}

/* The kernel's own list of mappings says whether a core dump would hold this one ("dd"). Neighbours may be one
 * mapping with it, as under valgrind. */
static void
what_is_kept_moves_to_the_mark(void **state)
{
	struct arena *a = test_arena();
	size_t mark;
	char *kept;

	(void)state;
	NEW(a, char, 3);
	mark = arena_mark(a);
	memset(NEW(a, char, 100), 'x', 100);
	kept = (char *)NEW(a, max_align_t, 4);
	memcpy(kept, "kept", 4);
	NEW(a, char, 50);
	kept = arena_keep(a, mark, kept, 4);
	assert_memory_equal(kept, "kept", 4);
	assert_int_equal((uintptr_t)kept % alignof(max_align_t), 0);
	assert_int_equal(arena_mark(a), (size_t)(kept + 4 - a->at));
	assert_true(arena_mark(a) < mark + alignof(max_align_t) + 4);
	for (size_t i = 0; i < 200; i++)
		assert_int_equal(kept[4 + i], 0);
}

static size_t
resident(const struct arena *a, size_t bytes)
{
	unsigned char pages[256];
	size_t n = 0;

	assert_int_equal(mincore(a->at, bytes, pages), 0);
	for (size_t i = 0; i < bytes / 4096; i++)
		n += pages[i] & 1;
	return n * 4096;
}

static void
rest_gives_back_what_was_much(void **state)
{
	enum { MUCH = 1 << 20, KEPT = 32768 };
	struct fault fault = { 0 };
	struct arena a;
	size_t half;

	(void)state;
	arena_open(&a, &fault, MUCH);
	half = arena_mark(&a) + MUCH / 2;
	memset(NEW(&a, char, MUCH), 'x', MUCH);
	assert_int_equal(resident(&a, MUCH), MUCH);
	arena_wipe(&a, half); /* what was given back before counts as well */
	arena_rest(&a, KEPT);
	assert_int_equal(arena_mark(&a), 0);
	assert_int_equal(resident(&a, MUCH), KEPT);
	arena_rest(&a, 0); /* also of what was kept before */
	assert_int_equal(resident(&a, MUCH), 0);
	for (size_t i = 0; i < MUCH; i++)
		assert_int_equal(a.at[i], 0);
	arena_close(&a);
}

static void
left_out_of_core_dumps(void **state)
{
	struct arena *a = test_arena();
	unsigned long at = (unsigned long)(uintptr_t)a->at, from, to;
	char line[512], *end;
	FILE *maps = fopen("/proc/self/smaps", "r");
	bool inside = false, left_out = false;

	(void)state;
	assert_non_null(maps);
	while (fgets(line, sizeof line, maps)) {
		from = strtoul(line, &end, 16);
		to = *end == '-' ? strtoul(end + 1, &end, 16) : 0;
		if (to && *end == ' ')
			inside = from <= at && at < to;
		else if (inside && strncmp(line, "VmFlags:", 8) == 0)
			left_out = strstr(line, " dd") != NULL;
	}
	fclose(maps);
	assert_true(left_out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(elements_are_zero_and_apart),
		cmocka_unit_test(elements_are_aligned),
		cmocka_unit_test(none_is_not_null),
		cmocka_unit_test(full_arena_faults),
		cmocka_unit_test(large_products_do_not_wrap),
		cmocka_unit_test(wipe_overwrites_down_to_the_mark),
		cmocka_unit_test(close_gives_the_memory_back),
		cmocka_unit_test(no_memory_faults),
		cmocka_unit_test(what_is_kept_moves_to_the_mark),
		cmocka_unit_test(rest_gives_back_what_was_much),
		cmocka_unit_test(left_out_of_core_dumps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
