/* measure.c - how requests end, how long they take and who waits: in shared memory, for /metrics. */
#include "core/measure.h"

#include <stdatomic.h>

const int64_t measure_bounds[MEASURE_BUCKETS] = { 500, 1000, 2500, 5000, 10000, 25000, 50000,
	100000, 250000, 500000, 1000000, 2500000, 5000000, 10000000 };

static void
add(_Atomic int64_t *to, int64_t n)
{
	atomic_fetch_add_explicit(to, n, memory_order_relaxed);
}

void
measure_request(struct measures *m, enum measure_class what, int status, int64_t microseconds)
{
	int hundreds = status / 100, bucket = 0;

	while (bucket < MEASURE_BUCKETS && microseconds > measure_bounds[bucket])
		bucket++;
	add(&m->requests[what][hundreds > 0 && hundreds < MEASURE_STATUSES ? hundreds : 0], 1);
	add(&m->buckets[what][bucket], 1);
	add(&m->microseconds[what], microseconds);
}

void
measure_verdict(struct measures *m, int verdict)
{
	if (verdict >= 0 && verdict < MEASURE_VERDICTS)
		add(&m->verdicts[verdict], 1);
}

void
measure_done(struct measures *m, enum measure_work work)
{
	atomic_store(&m->done_at[work], clock_monotonic());
}

/* Nobody else writes to a slot before its process has it, or after it is gone. */
struct measure_process *
measure_here(struct measures *m, int64_t pid)
{
	for (int i = 0; i < SHARED_WORKERS_MAX; i++) {
		int64_t none = 0;

		if (!atomic_compare_exchange_strong(&m->processes[i].pid, &none, pid))
			continue;
		for (int k = 0; k < GAUGES; k++)
			atomic_store(&m->processes[i].gauges[k], 0);
		return &m->processes[i];
	}
	return NULL;
}

void
measure_gone(struct measures *m, int64_t pid)
{
	for (int i = 0; i < SHARED_WORKERS_MAX; i++) {
		int64_t expected = pid;

		atomic_compare_exchange_strong(&m->processes[i].pid, &expected, 0);
	}
}

int64_t
measure_sum(struct measures *m, enum measure_gauge gauge)
{
	int64_t sum = 0;

	for (int i = 0; i < SHARED_WORKERS_MAX; i++)
		if (atomic_load(&m->processes[i].pid) != 0)
			sum += atomic_load(&m->processes[i].gauges[gauge]);
	return sum;
}

int64_t
measure_age(struct measures *m, enum measure_work work)
{
	int64_t at = atomic_load(&m->done_at[work]);

	return at == 0 ? -1 : (clock_monotonic() - at) / SECOND;
}
