/* housekeeper.h - what nobody waits for, done by one process beside the workers. */
#ifndef HOUSEKEEPER_H
#define HOUSEKEEPER_H

#include "core/desk.h"

/* A job is called through attempt(), so it may fault; what it had not committed is undone, and it is
 * tried again when it is next due. The arena is its own and wiped afterwards; the database is bound to
 * it. It begins and ends its own transactions. Several machines do the same jobs, and two processes of
 * one machine do for a moment during a reload. */
struct housekeeping_job {
	const char *name;
	int every_seconds;
	void (*work)(struct desk *, struct arena *);
};

/* All of them. */
extern const struct housekeeping_job housekeeping_jobs[];
extern const size_t housekeeping_jobs_n;

/* Does each job once, whether it is due or not; returns how many ended in a fault, which are logged.
 * Nothing is done, and nothing taken out of shared memory, while there is no database: then -1. */
int housekeeping(struct desk *, struct arena *);

struct housekeeper_post {
	int ready_fd; /* its process id is written here, as an int32_t, once it works */
};

/* Does what is due every 2 s until SIGTERM, which must be blocked; then everything once more, and ends
 * the process with 0. */
_Noreturn void housekeeper_run(
    struct arena *start, const struct settings *, struct shared *, const struct housekeeper_post *);

#endif
