/* wipe.c - tests of app/base/wipe.c: what is lent to a library. That freed memory is wiped: tests/http/fastcgi.c. */
#include "check.h"

#include "base/wipe.h"

#include <stdlib.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define MALLOC_IS_THEIRS 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MALLOC_IS_THEIRS 1
#endif

/* Not in a sanitized build; and valgrind has a malloc() of its own, which it loads before the program. */
static bool
lends(void)
{
#ifdef MALLOC_IS_THEIRS
	return false;
#else
	return str_find(str_of(getenv("LD_PRELOAD")), S("vgpreload")) >=
	       str_of(getenv("LD_PRELOAD")).n;
#endif
}

static bool
is_in(const struct arena *a, const char *block)
{
	return block >= a->at && block < a->at + a->size;
}

static void
a_library_is_lent_the_arena(void **state)
{
	struct arena *a = test_arena();
	char *first, *second;

	(void)state;
	NEW(a, char, 1);
	lend_begin(a, 0);
	first = malloc(100);
	memset(first, 'x', 100);
	second = malloc(1);
	lend_end();
	assert_int_equal(is_in(a, first), lends());
	assert_int_equal(is_in(a, second), lends());
	assert_true(second >= first + 100 || second < first);
	assert_int_equal((uintptr_t)first % alignof(max_align_t), 0);
	assert_int_equal((uintptr_t)second % alignof(max_align_t), 0);

	lend_begin(a, 0);
	first = realloc(first, 5000);
	/* NOLINTNEXTLINE(clang-analyzer-optin.portability.UnixAPI): what ours does then is what is asked */
	second = realloc(second, 0);
	lend_end();
	assert_null(second);
	assert_int_equal(is_in(a, first), lends());
	for (int i = 0; i < 100; i++)
		assert_int_equal(first[i], 'x');

	lend_begin(a, 0);
	free(first);
	free(NULL);
	lend_end();
	arena_wipe(a, 0);
}

static void
what_it_frees_is_wiped_with_the_arena(void **state)
{
	struct arena *a = test_arena();
	char *block;
	size_t used;

	(void)state;
	lend_begin(a, 0);
	block = malloc(64);
	memset(block, 'x', 64);
	free(block);
	lend_end();
	used = a->used;
	assert_int_equal(used >= 64, lends());
	arena_wipe(a, 0);
	for (size_t i = 0; i < used; i++)
		assert_int_equal(a->at[i], 0);
}

static void
others_have_what_is_kept_for_them(void **state)
{
	struct arena *a = test_arena();
	size_t left = a->size - a->used;
	char *block;

	(void)state;
	lend_begin(a, left - 1000);
	block = malloc(900);
	assert_int_equal(is_in(a, block), lends());
	free(block);
	block = malloc(900);
	assert_false(is_in(a, block));
	free(block);
	block = malloc((size_t)1 << 20);
	assert_false(is_in(a, block));
	block = realloc(block, (size_t)1 << 21);
	assert_false(is_in(a, block));
	free(block);
	lend_end();
	assert_true(a->size - a->used >= left - 1000);
}

static void
nothing_is_lent_otherwise(void **state)
{
	struct arena *a = test_arena();
	char *block;

	(void)state;
	lend_begin(a, 0);
	lend_end();
	block = malloc(10);
	assert_false(is_in(a, block));
	assert_int_equal(a->used, 0);
	free(block);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_library_is_lent_the_arena),
		cmocka_unit_test(what_it_frees_is_wiped_with_the_arena),
		cmocka_unit_test(others_have_what_is_kept_for_them),
		cmocka_unit_test(nothing_is_lent_otherwise),
	};

	return cmocka_run_group_tests_name("base/wipe", tests, NULL, NULL);
}
