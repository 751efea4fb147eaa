/* children.h - the processes that the master has started: the only place that knows them. */
#ifndef CHILDREN_H
#define CHILDREN_H

#include "base/clock.h"

#include <sys/types.h>

enum child_kind { CHILD_NONE, CHILD_WORKER, CHILD_HOUSEKEEPER, CHILD_CHECK };

struct child {
	pid_t pid;
	enum child_kind kind;
	bool old;   /* from before the last reload: to be ended, not to be replaced */
	bool ready; /* it has said so */
	int64_t begun;
	int64_t kill_at; /* by clock_monotonic(); 0 until it was told to end */
};

/* Two generations of 64 workers, and some that still drain. */
enum { CHILDREN_MAX = 256 };

struct children {
	struct child at[CHILDREN_MAX];
	size_t n;
};

/* NULL when the table is full. */
struct child *children_add(struct children *, pid_t, enum child_kind);
struct child *children_find(struct children *, pid_t);
void children_remove(struct children *, struct child *);
int children_count(const struct children *, enum child_kind, bool old);
int children_ready(const struct children *, enum child_kind);

/* Sends SIGTERM to those that have not been told yet; they have so many seconds to end. */
void children_end(struct children *, enum child_kind, bool old, int64_t seconds);

/* Kills those whose time is up; or, with now = INT64_MAX, all that were told to end. */
void children_kill(struct children *, int64_t now);

#endif
