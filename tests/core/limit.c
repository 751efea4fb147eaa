/* limit.c - which places are given, for every set of taken ones. */
#include "check.h"

#include "core/limit.h"

enum { PLACES = 7, DRAWS = 150 };

/* The places of 1..PLACES that are in the set. */
static size_t
members(unsigned set, int64_t *taken)
{
	size_t n = 0;

	for (int64_t place = 1; place <= PLACES; place++)
		if (set & 1u << place)
			taken[n++] = place;
	return n;
}

/* Which places may be given, by the words of limit.h. */
static unsigned
allowed(unsigned set, int64_t limit)
{
	unsigned free_places = 0;
	int64_t k;

	for (k = limit; k > 0; k--) {
		int64_t above = 0;

		for (int64_t place = k + 1; place <= PLACES; place++)
			above += (set >> place) & 1;
		if (k + above <= limit)
			break;
	}
	for (int64_t place = 1; place <= k; place++)
		if (!(set & 1u << place))
			free_places |= 1u << place;
	return free_places;
}

static void
every_set_and_limit(void **state)
{
	(void)state;
	for (unsigned set = 0; set < 1u << (PLACES + 1); set += 2) {
		for (int64_t limit = 0; limit <= PLACES; limit++) {
			int64_t taken[PLACES];
			size_t n = members(set, taken);
			unsigned may = allowed(set, limit), seen = 0;

			for (int i = 0; i < DRAWS; i++)
				seen |= 1u << limit_pick(taken, n, limit);
			/* Each that may be given was given, and no other; 0 when there is none. */
			assert_int_equal(seen, may ? may : 1);
			assert_true(may == 0 || n < (size_t)limit);
		}
	}
}

/* However a limit goes up and down: never more than the limit of the moment are made. */
static void
never_more_than_the_limit(void **state)
{
	int64_t taken[LIMIT_MAX];
	size_t n = 0;

	(void)state;
	for (int64_t limit = 1; limit < 40; limit += limit % 3 == 0 ? 9 : 1) {
		int64_t place;

		while ((place = limit_pick(taken, n, limit)) != 0) {
			for (size_t i = 0; i < n; i++)
				assert_int_not_equal(taken[i], place);
			taken[n++] = place;
		}
		assert_int_equal(n, limit);
		assert_int_equal(limit_pick(taken, n, limit - 1), 0);
	}
	/* Lowered to 5: one is made only when 4 are left, whichever they are. */
	for (; n > 4; n--)
		assert_int_equal(limit_pick(taken, n, 5), 0);
	assert_int_not_equal(limit_pick(taken, n, 5), 0);
}

static void
limits_at_the_edges(void **state)
{
	int64_t taken[LIMIT_MAX], place;

	(void)state;
	for (size_t i = 0; i < LIMIT_MAX; i++)
		taken[i] = (int64_t)i + 1;
	assert_int_equal(limit_pick(taken, LIMIT_MAX, LIMIT_MAX), 0);
	assert_int_equal(limit_pick(taken, LIMIT_MAX - 1, LIMIT_MAX), LIMIT_MAX);
	assert_int_equal(limit_pick(taken + 1, LIMIT_MAX - 1, LIMIT_MAX), 1);
	place = limit_pick(taken, LIMIT_MAX - 1, 5 * LIMIT_MAX);
	assert_int_equal(place, LIMIT_MAX);
	assert_int_equal(limit_pick(NULL, 0, 1), 1);
	assert_int_equal(limit_pick(NULL, 0, 0), 0);
	assert_int_equal(limit_pick(NULL, 0, -3), 0);
	/* A row that is no place at all takes none. */
	taken[0] = 0;
	taken[1] = -4;
	assert_int_equal(limit_pick(taken, 2, 1), 1);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_set_and_limit),
		cmocka_unit_test(never_more_than_the_limit),
		cmocka_unit_test(limits_at_the_edges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
