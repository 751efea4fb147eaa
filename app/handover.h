/* handover.h - what a master leaves to itself when it executes the program anew: its socket, the shared
 * memory and its children. They travel in one environment variable; the process stays the same.
 */
#ifndef HANDOVER_H
#define HANDOVER_H

#include "children.h"
#include "listener.h"

struct handover {
	struct listener listener;
	int shared_fd;
	struct children *children;
};

/* Whether this process was left something. If so it is read, and the children are old. Faults when it
 * cannot be understood. */
bool handover_read(struct arena *, struct handover *);

/* Whether there is something to read, by the look of it: this process has served already and has just executed itself
 * anew. What was checked before that is not to be checked again, for if it ended now, so would all workers. */
bool handover_waits(void);

/* The arguments that this process was started with, as the kernel has them, ended by NULL. Faults when
 * it does not say. */
char **handover_arguments(struct arena *);

/* Executes argv anew with the handover. Returns only when that failed, and then nothing has changed. */
void handover_exec(struct arena *, const struct handover *, char *const *argv);

#endif
