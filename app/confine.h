/* confine.h - which calls of the system a process may still make once it is ready to serve. */
#ifndef CONFINE_H
#define CONFINE_H

#include "base/fault.h"

/* Whose filter it is. The housekeeper's libcurl makes pairs of sockets for itself; a worker has none. */
enum confined { CONFINE_WORKER, CONFINE_HOUSEKEEPER };

/* From here on, and in all threads of this process that there are: no other program, no process, no thread,
 * no file but to read, no memory that can be both filled and run, no socket that listens, no look into
 * others. What is refused is EPERM for whoever called, and a line in the log: `forbidden call=execve number=59`,
 * with the number alone for a call that is less known; on machines other than x86-64 and ARM64 that line is the
 * kernel's, in its audit log. Whatever would load code later must have done so, see db_warm() and
 * mail_send_warm(). Faults when the system has no seccomp. Does nothing in a sanitized program, whose run-time
 * has calls of its own. */
void confine(struct fault *, enum confined);

#endif
