/* fuzz.h - what the fuzzers share: an arena that is wiped for each input, must(), a file of an input. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#define _GNU_SOURCE

#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

/* Where fuzz_file() writes, once it has been called. */
static inline char *
fuzz_path(void)
{
	static char path[] = "/tmp/keydesk-fuzz.XXXXXX";

	return path;
}

static inline void
fuzz_file_end(void)
{
	unlink(fuzz_path());
}

/* The path of a file of mode 0600 that holds the input, for what reads files. It ends with the process. */
static inline const char *
fuzz_file(const uint8_t *data, size_t n)
{
	static int fd = -1;

	if (fd < 0) {
		fd = mkstemp(fuzz_path());
		must(fd >= 0 && atexit(fuzz_file_end) == 0);
	}
	must(ftruncate(fd, 0) == 0 && pwrite(fd, data, n, 0) == (ssize_t)n);
	return fuzz_path();
}

/* Lays the input over made text: a blank keeps what stands there. A near miss, which no fuzzer guesses. */
static inline void
fuzz_lay_over(char *at, size_t n, str input)
{
	for (size_t i = 0; i < n && i < input.n; i++)
		if (input.at[i] != ' ')
			at[i] = input.at[i];
}

#endif
