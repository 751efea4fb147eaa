/* again.c - how long what has met a conflict is tried again. */
#define _GNU_SOURCE
#include "core/again.h"

#include "base/clock.h"
#include "base/random.h"

#include <time.h>

enum {
	AGAIN_SECONDS = 3,
	STUBBORN_SECONDS = 30,
	LEAST_MICROSECONDS = 500,
	JITTER_MICROSECONDS = 5000,
	JITTERS = 10
};

struct again
again_begin(void)
{
	return (struct again){ .until = clock_monotonic() + AGAIN_SECONDS * SECOND };
}

void
again_stubborn(struct again *a)
{
	if (!a->stubborn)
		a->until += (STUBBORN_SECONDS - AGAIN_SECONDS) * SECOND;
	a->stubborn = true;
}

/* Longer from try to try, and never two alike, so that those who met do not meet again. */
static void
pause_a_little(int tries)
{
	uint32_t most = JITTER_MICROSECONDS * (uint32_t)(tries < JITTERS ? tries : JITTERS);
	struct timespec t = { 0, (long)(LEAST_MICROSECONDS + random_below(most)) * 1000 };

	nanosleep(&t, NULL);
}

bool
again(struct again *a, const struct fault *fault, const struct db *db)
{
	bool late = clock_monotonic() > a->until;

	if (fault->kind != FAULT_CONFLICT || (late && (a->late || !db_may_move(db))))
		return false;
	a->late = late;
	pause_a_little(++a->tries);
	return true;
}
