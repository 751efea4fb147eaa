/* master.h - the process that starts all others: it owns the socket and the shared memory, serves nobody
 * and outlives every worker. If it is killed, they drain and end.
 */
#ifndef MASTER_H
#define MASTER_H

#include "core/desk.h"

/* Serves until SIGTERM or SIGINT, then drains: no request is cut that ends within
 * settings->drain_seconds; a second signal does not wait for them. SIGHUP has settings and templates
 * checked by `keydesk check` and, if they are good, executes the program anew in this process: new
 * workers begin before the old ones drain, on the same socket. linked is what serve_link() has made, or NULL: then it is
 * made here. ready_fd gets one byte and is closed once
 * requests are answered; -1 is none. Returns the exit status: 0, or 1 when nothing could be served at
 * all. Faults when it cannot begin. */
int
master_run(struct arena *start, const struct settings *, const struct desk *linked, int ready_fd);

#endif
