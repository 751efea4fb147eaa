/* shared_rate.c - how often somebody has asked lately: budgets in shared memory, of a fixed size, without locks.
 *
 * A slot says whose it is and until when their budget is spoken for: each call moves that on by window/most, and is
 * refused where it would lie more than a window ahead (the generic cell rate algorithm, ITU-T I.371). So one word
 * holds all of a budget, and one compare-and-swap takes of it: who is killed in between leaves nothing half done.
 */
#include "core/shared_parts.h"
#include "crypto/siphash.h"

#include <string.h>

enum { TRIES = 4 };

/* Requests are not served in the order in which they came: one that was late finds a budget that is spoken for further
 * ahead than it reaches. Only where that is more than a request may have waited was the clock set back, and the budget begins
 * anew: until then, for a minute at most, a clock that was set back may find it spent. */
static const int64_t LATE = MINUTE, AT_ONCE = SECOND;

/* A free place is one whose time is over: a slot needs no giving back. */
struct rate_found {
	struct rate_slot *slot;
	uint64_t who;
	int64_t until;
};

static struct rate_set *
sets_of(struct shared *shared, enum rate_part part, uint64_t *n)
{
	switch (part) {
	case RATE_WRITES:
		*n = RATE_WRITE_SETS;
		return shared->rate_writes;
	case RATE_CLIENTS:
		*n = RATE_CLIENT_SETS;
		return shared->rate_clients;
	case RATE_ADDRESSES:
	case RATE_PARTS:
		break;
	}
	*n = RATE_ADDRESS_SETS;
	return shared->rate_addresses;
}

static struct rate_set *
set_of(struct shared *shared, const struct rate *rate)
{
	uint64_t n, hash;
	struct rate_set *sets = sets_of(shared, rate->part, &n);

	hash = siphash(shared->head.boot_key, (str){ (const char *)&rate->who, sizeof rate->who });
	return &sets[hash % n];
}

/* Theirs, or the one that is spoken for least: its time may be over. */
static struct rate_found
look(struct rate_set *set, uint64_t who)
{
	struct rate_found least = { .until = INT64_MAX };

	for (int i = 0; i < RATE_WAYS; i++) {
		struct rate_found at = { &set->ways[i], atomic_load(&set->ways[i].who),
			atomic_load(&set->ways[i].until) };

		if (at.who == who)
			return at;
		if (at.until < least.until)
			least = at;
	}
	return least;
}

/* Their slot; NULL when others were faster at each. Who lost theirs finds another one. */
static struct rate_slot *
find_slot(struct rate_set *set, const struct rate *rate)
{
	for (int tries = 0; tries < TRIES; tries++) {
		struct rate_found found = look(set, rate->who);

		if (found.who == rate->who)
			return found.slot;
		if (!found.slot ||
		    !atomic_compare_exchange_strong(&found.slot->who, &found.who, rate->who))
			continue;
		/* What the last one had used is not theirs. Once its time is over it says nothing. */
		if (found.until > rate->now)
			atomic_compare_exchange_strong(&found.slot->until, &found.until, 0);
		return found.slot;
	}
	return NULL;
}

struct rate_left
rate_take(struct shared *shared, const struct rate *rate)
{
	int64_t most = rate->most < RATE_MOST_MAX ? rate->most : RATE_MOST_MAX;
	int64_t each = rate->window / most, whole = each * most, until, from, ahead, left;
	int64_t furthest = rate->now + rate->window + (rate->at_once ? AT_ONCE : LATE);
	struct rate_slot *slot = find_slot(set_of(shared, rate), rate);

	if (!slot)
		return (struct rate_left){ .within = true, .left = most - 1, .next = each };
	until = atomic_load(&slot->until);
	do {
		from = until > rate->now && until <= furthest ? until : rate->now;
		ahead = from + each - rate->now;
		if (ahead > whole)
			return (struct rate_left){ .next = ahead - whole };
	} while (!atomic_compare_exchange_weak(&slot->until, &until, from + each));
	left = (whole - ahead) / each;
	return (struct rate_left){ true, left, ahead - whole + (left + 1) * each };
}

uint64_t
rate_stranger(const struct shared *shared, str text)
{
	uint64_t hash = siphash(shared->head.boot_key, text);

	return hash ? hash : 1;
}
