/* permits.c - who may compute Argon2 now, who waits, and who is sent away. */
#define _GNU_SOURCE
#include "core/permits.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

/* One kind. A permit that is given back while somebody waits is handed on, not freed: so whoever comes
 * later does not go first. handed is never more than waiting. */
struct gate {
	pthread_mutex_t mutex;
	pthread_cond_t hand;
	int at_once, queue, cap;
	int taken, waiting, handed;
	_Atomic int64_t *shown_taken, *shown_waiting; /* NULL where nobody looks */
};

struct permits {
	struct gate gates[PERMIT_KINDS];
};

static void
gate_open(struct gate *gate, int at_once, int queue)
{
	*gate = (struct gate){ .at_once = at_once, .queue = queue, .cap = at_once + queue };
	pthread_mutex_init(&gate->mutex, NULL);
	pthread_cond_init(&gate->hand, NULL);
}

struct permits *
permits_make(struct arena *start, int programs, int people, int queue)
{
	struct permits *permits = NEW(start, struct permits, 1);

	gate_open(&permits->gates[PERMIT_PROGRAMS], programs, queue);
	gate_open(&permits->gates[PERMIT_PEOPLE], people, queue);
	return permits;
}

void
permits_cap(struct permits *permits, enum permit kind, int n)
{
	permits->gates[kind].cap = n;
}

void
permits_show(
    struct permits *permits, enum permit kind, _Atomic int64_t *computing, _Atomic int64_t *waiting)
{
	permits->gates[kind].shown_taken = computing;
	permits->gates[kind].shown_waiting = waiting;
}

/* The mutex is held. */
static void
show(struct gate *gate)
{
	if (!gate->shown_taken)
		return;
	atomic_store_explicit(gate->shown_taken, gate->taken, memory_order_relaxed);
	atomic_store_explicit(gate->shown_waiting, gate->waiting, memory_order_relaxed);
}

static struct timespec
time_in(int ms)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += ms / 1000;
	t.tv_nsec += (long)(ms % 1000) * 1000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000;
	}
	return t;
}

/* Waits until a permit is handed on or the time is up; the mutex is held. */
static bool
wait_for_hand(struct gate *gate, int wait_ms)
{
	struct timespec until = time_in(wait_ms);
	int why = 0;
	bool got;

	gate->waiting++;
	show(gate);
	while (gate->handed == 0 && why == 0)
		why = pthread_cond_clockwait(&gate->hand, &gate->mutex, CLOCK_MONOTONIC, &until);
	got = gate->handed > 0;
	gate->handed -= got;
	gate->waiting--;
	return got;
}

static bool
take(struct gate *gate, int wait_ms)
{
	if (gate->taken < gate->at_once && gate->taken < gate->cap) {
		gate->taken++;
		return true;
	}
	if (gate->waiting >= gate->queue || gate->taken + gate->waiting >= gate->cap ||
	    wait_ms <= 0)
		return false;
	return wait_for_hand(gate, wait_ms);
}

bool
permit_take(struct permits *permits, enum permit kind, int wait_ms)
{
	struct gate *gate = &permits->gates[kind];
	bool got;

	pthread_mutex_lock(&gate->mutex);
	got = take(gate, wait_ms);
	show(gate);
	pthread_mutex_unlock(&gate->mutex);
	return got;
}

void
permit_give(struct permits *permits, enum permit kind)
{
	struct gate *gate = &permits->gates[kind];

	pthread_mutex_lock(&gate->mutex);
	if (gate->handed < gate->waiting) {
		gate->handed++;
		pthread_cond_signal(&gate->hand);
	} else {
		gate->taken--;
	}
	show(gate);
	pthread_mutex_unlock(&gate->mutex);
}
