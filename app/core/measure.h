/* measure.h - how requests end, how long they take and who waits: in shared memory, for /metrics.
 *
 * Nothing here grows with keys, people or addresses: each label has one of a few words.
 */
#ifndef CORE_MEASURE_H
#define CORE_MEASURE_H

#include "core/shared.h"

/* What a request is to us. Its route would be one of many, its path one of any. */
enum measure_class {
	MEASURE_NONE, /* no route */
	MEASURE_VERIFY,
	MEASURE_AUTH,
	MEASURE_PROGRAM, /* all else that is for programs */
	MEASURE_SIGN_IN, /* the form that was sent: slow on purpose */
	MEASURE_PAGE,
	MEASURE_ACT, /* any other form that was sent */
	MEASURE_CLASSES
};

enum {
	MEASURE_STATUSES = 6, /* by the hundreds */
	MEASURE_BUCKETS =
	    14, /* of durations, each with a bound of measure_bounds, and one without */
	MEASURE_VERDICTS = 32, /* the values of enum verdict, and some to come */
};

/* Upper bounds of the buckets, in microseconds. */
extern const int64_t measure_bounds[MEASURE_BUCKETS];

/* What one process has or does now. */
enum measure_gauge {
	GAUGE_CONNECTIONS,        /* to the database */
	GAUGE_PROGRAMS_COMPUTING, /* Argon2, and who waits for a permit: core/permits.h */
	GAUGE_PROGRAMS_WAITING,
	GAUGE_PEOPLE_COMPUTING,
	GAUGE_PEOPLE_WAITING,
	GAUGES
};

/* What the housekeeper of this machine does again and again. */
enum measure_work {
	WORK_UNMEASURED,
	WORK_ROUND,
	WORK_USES,
	WORK_REFUSALS,
	WORK_CHECKPOINTS,
	WORKS
};

/* How it lies in the shared memory. */
struct measure_process {
	_Atomic int64_t pid; /* 0 where the slot is free */
	_Atomic int64_t gauges[GAUGES];
};
struct measures {
	_Atomic int64_t requests[MEASURE_CLASSES][MEASURE_STATUSES];
	_Atomic int64_t buckets[MEASURE_CLASSES][MEASURE_BUCKETS + 1];
	_Atomic int64_t microseconds[MEASURE_CLASSES];
	_Atomic int64_t verdicts[MEASURE_VERDICTS];
	_Atomic int64_t
	    done_at[WORKS]; /* by clock_monotonic(), which the processes of a machine share */
	struct measure_process processes[SHARED_WORKERS_MAX];
};

/* Where it lies: in core/shared.c. */
struct measures *shared_measures(struct shared *);

void measure_request(struct measures *, enum measure_class, int status, int64_t microseconds);
void measure_verdict(struct measures *, int verdict);
void measure_done(struct measures *, enum measure_work);

/* A slot for the process of that number, zeroed; NULL when all are taken. It is the master that says when
 * the process is gone: what it had then is nobody's. */
struct measure_process *measure_here(struct measures *, int64_t pid);
void measure_gone(struct measures *, int64_t pid);

/* The sum over all processes; and how long ago a work was last done, in seconds, or -1 when it never was. */
int64_t measure_sum(struct measures *, enum measure_gauge);
int64_t measure_age(struct measures *, enum measure_work);

#endif
