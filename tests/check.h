/* check.h - what unit tests say, over cmocka. */
#ifndef TESTS_CHECK_H
#define TESTS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/str.h"

/* A text is just this one (a literal, or a str with CHECK_STR_EQ). */
#define CHECK_STR(actual, literal)     check_str_(actual, S(literal), __FILE__, __LINE__)
#define CHECK_STR_EQ(actual, expected) check_str_(actual, expected, __FILE__, __LINE__)

/* A text holds these words somewhere. */
#define CHECK_HOLDS(actual, literal) check_holds_(actual, S(literal), __FILE__, __LINE__)

/* work(arg) faults, and the fault's message holds these words. */
#define CHECK_FAULT(arena, work, arg, literal) \
	check_fault_((arena)->fault, work, arg, S(literal), __FILE__, __LINE__)

/* An arena for one test, wiped when the next one asks for it. Not for two at a time. */
static inline struct arena *
test_arena(void)
{
	static struct fault fault;
	static struct arena arena;

	if (!arena.at)
		arena_open(&arena, &fault, (size_t)64 << 20);
	arena_wipe(&arena, 0);
	return &arena;
}

static inline void
check_str_(str actual, str expected, const char *file, int line)
{
	if (str_eq(actual, expected))
		return;
	print_error("is \"%.*s\"\nnot \"%.*s\"\n", STR(actual), STR(expected));
	_fail(file, line);
}

static inline void
check_holds_(str actual, str words, const char *file, int line)
{
	if (str_find(actual, words) < actual.n || words.n == 0)
		return;
	print_error("\"%.*s\"\nlacks \"%.*s\"\n", STR(actual), STR(words));
	_fail(file, line);
}

static inline void
check_fault_(
    struct fault *f, void (*work)(void *), void *arg, str words, const char *file, int line)
{
	if (attempt(f, work, arg)) {
		print_error("no fault where one was expected: %.*s\n", STR(words));
		_fail(file, line);
	}
	check_holds_(str_of(f->what), words, file, line);
}

/* Skips the test, saying why, unless root runs it. Needs <unistd.h>. */
#define ONLY_ROOT_CAN(what)                                                 \
	do {                                                                \
		if (geteuid() != 0) {                                       \
			print_message("skipped: only root can " what "\n"); \
			skip();                                             \
		}                                                           \
	} while (0)

#endif
