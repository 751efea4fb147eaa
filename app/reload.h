/* reload.h - the program is looked at by another process, and then executed anew in this one. */
#ifndef RELOAD_H
#define RELOAD_H

#include "handover.h"

/* Starts `PROGRAM check`, which looks at settings, templates, statements and key ring, in a process of its own. -1,
 * and a line in the log, when none can be started. */
pid_t reload_check(char *program);

/* After a good check: executes argv anew. Returns, with a line in the log, when that failed, or when the settings
 * have been changed since the check to what the program could not begin with; then nothing has changed. */
void reload_exec(struct arena *, const struct handover *, char *const *argv);

#endif
