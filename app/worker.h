/* worker.h - a process that serves: one dispatcher of connections and its request threads.
 *
 * Each thread has its own arena and its own connection to the database, and shares nothing that changes
 * but the dispatcher's connections, the permits and the atomics in shared memory.
 */
#ifndef WORKER_H
#define WORKER_H

#include "core/desk.h"

struct worker_post {
	int listen_fd;
	int ready_fd; /* its process id is written here, as an int32_t, once it serves */
	const struct desk *linked; /* serve_link(); NULL: it does that itself */
};

/* How many of them settings->workers means on this machine. */
int worker_count(const struct settings *);

enum { WORKER_CANNOT_BEGIN = 1 };

/* Serves until SIGTERM, which must be blocked: then it accepts nothing more, answers what has come,
 * closes kept connections once they are quiet, and ends the process with 0; with 4 when requests had to
 * be cut after settings->drain_seconds, with WORKER_CANNOT_BEGIN when it could not begin. */
_Noreturn void worker_run(
    struct arena *start, const struct settings *, struct shared *, const struct worker_post *);

#endif
