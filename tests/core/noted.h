/* noted.h - shared memory for notes of use, and what is noted and counted there. */
#ifndef TESTS_CORE_NOTED_H
#define TESTS_CORE_NOTED_H

#include "check.h"

#include "base/clock.h"
#include "core/shared_use.h"

#include <unistd.h>

enum { ENTRIES = 1024, TAKER = 7, SECRETS = 50 };

static const int64_t at_noon = 20000 * DAY + 12 * HOUR;

static inline struct shared *
make_one(void)
{
	int fd;
	struct shared *shared = shared_make(test_arena()->fault, ENTRIES, &fd);

	close(fd);
	return shared;
}

static inline void
note(struct shared *shared, int64_t secret, int64_t now, str program)
{
	shared_note_use(shared,
	    &(struct use_note){
		.secret = secret, .now = now, .address = S("192.0.2.1"), .program = program });
}

static inline int64_t
calls_of(const struct shared_use *use)
{
	int64_t n = 0;

	for (size_t i = 0; i < USE_OUTCOMES; i++)
		n += use->calls[i];
	return n;
}

#endif
