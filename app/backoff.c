/* backoff.c - when a process that fell may be replaced. */
#include "backoff.h"

enum { FIRST_MS = 100, DOUBLED_MOST = 6 };

void
backoff_fell(struct backoff *backoff, int64_t begun)
{
	int64_t now = clock_monotonic();

	if (now - begun >= SECOND) {
		backoff->quick = 0;
		return;
	}
	backoff->until = now + ((int64_t)FIRST_MS << backoff->quick) * (SECOND / 1000);
	backoff->quick += backoff->quick < DOUBLED_MOST;
}

void
backoff_failed(struct backoff *backoff)
{
	backoff->until = clock_monotonic() + SECOND;
}
