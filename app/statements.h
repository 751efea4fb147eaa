/* statements.h - all declared statements, compared with the columns of the database. */
#ifndef STATEMENTS_H
#define STATEMENTS_H

#include "core/settings.h"

#include <sys/types.h>

enum { STATEMENTS_PROCESSES = 2 };

/* One that is under way. */
struct statements_check {
	pid_t at[STATEMENTS_PROCESSES];
};

/* Begins it in processes of its own: the server prepares several statements at once, and the caller, who has one
 * thread, does something else meanwhile. The database answers, and its schema is the program's. Faults when no
 * process can be started. */
struct statements_check statements_check(struct arena *, const struct settings *);

/* Waits for its end. False when a statement does not fit, which its process has said on standard error. */
bool statements_fit(const struct statements_check *);

#endif
