/* housekeeper.h - what nobody waits for, done by one process beside the workers. */
#ifndef HOUSEKEEPER_H
#define HOUSEKEEPER_H

#include "core/desk.h"

enum {
	HOUSEKEEPING_SECONDS = 2, /* from round to round */
	HOUSEKEEPING_JOBS_MAX = 32,
};

/* A job is called through attempt(), so it may fault; what it had not committed is undone, and it is
 * tried again when it is next due. The arena is its own and wiped afterwards; the database is bound to
 * it. It begins and ends its own transactions. */
struct housekeeping_job {
	const char *name;
	int every_seconds;
	void (*work)(struct desk *, struct arena *);
	/* Only by who holds the lease (core/lease.h), of all machines. Otherwise each machine does it, and
	 * two processes of one machine do for a moment during a reload. */
	bool alone;
};

/* All of them (housekeeping.c). None while there is no database: nothing is taken out of shared memory then. */
extern const struct housekeeping_job housekeeping_jobs[];
extern const size_t housekeeping_jobs_n;

/* A job of the table by itself: what workers have noted in shared memory. */
void housekeeping_write_uses(struct desk *, struct arena *);

struct housekeeper_post {
	int ready_fd; /* its process id is written here, as an int32_t, once it works */
	const struct desk *linked; /* serve_link(); NULL: it does that itself */
};

/* Does what is due every 2 s until SIGTERM, which must be blocked; then everything once more, leaves the
 * lease, and ends the process with 0. */
_Noreturn void housekeeper_run(
    struct arena *start, const struct settings *, struct shared *, const struct housekeeper_post *);

#endif
