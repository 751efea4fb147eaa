/* limit.c - at most n is a key, not a count. */
#include "core/limit.h"

#include "base/random.h"

#include <stdbool.h>

static int64_t
above(const int64_t *taken, size_t n, int64_t k)
{
	int64_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += taken[i] > k;
	return count;
}

int64_t
limit_pick(const int64_t *taken, size_t n, int64_t limit)
{
	int64_t k = limit < LIMIT_MAX ? limit : LIMIT_MAX, places[LIMIT_MAX];
	uint32_t free_places = 0;
	bool used[LIMIT_MAX + 1] = { false };

	while (k > 0 && k + above(taken, n, k) > limit)
		k--;
	for (size_t i = 0; i < n; i++)
		if (taken[i] >= 1 && taken[i] <= k)
			used[taken[i]] = true;
	for (int64_t place = 1; place <= k; place++)
		if (!used[place])
			places[free_places++] = place;
	return free_places ? places[random_below(free_places)] : 0;
}
