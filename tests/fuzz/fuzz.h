/* fuzz.h - what the fuzzers of app/http share: an arena that is wiped for each input, and must(). */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include "base/str.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* What has to hold for every input. */
static inline void
must(bool holds)
{
	if (!holds)
		abort();
}

static inline struct arena *
fuzz_arena(void)
{
	static struct fault fault;
	static struct arena arena;

	if (!arena.at)
		arena_open(&arena, &fault, (size_t)16 << 20);
	arena_wipe(&arena, 0);
	return &arena;
}

/* A copy with an end of its own, so that the sanitizer sees a byte too many. */
static inline str
fuzz_copy(const uint8_t *data, size_t n)
{
	char *at = malloc(n + !n);

	if (n)
		memcpy(at, data, n);
	return (str){ at, n };
}

static inline void
fuzz_free(str copy)
{
	free((void *)(uintptr_t)copy.at);
}

#endif
