/* children.c - the processes that the master has started. */
#define _GNU_SOURCE
#include "children.h"

#include "base/log.h"

#include <signal.h>

struct child *
children_add(struct children *children, pid_t pid, enum child_kind kind)
{
	struct child *child = &children->at[children->n];

	if (children->n == CHILDREN_MAX)
		return NULL;
	*child = (struct child){ .pid = pid, .kind = kind, .begun = clock_monotonic() };
	children->n++;
	return child;
}

struct child *
children_find(struct children *children, pid_t pid)
{
	for (size_t i = 0; i < children->n; i++)
		if (children->at[i].pid == pid)
			return &children->at[i];
	return NULL;
}

void
children_remove(struct children *children, struct child *child)
{
	*child = children->at[--children->n];
}

int
children_count(const struct children *children, enum child_kind kind, bool old)
{
	int n = 0;

	for (size_t i = 0; i < children->n; i++)
		n += children->at[i].kind == kind && children->at[i].old == old;
	return n;
}

int
children_ready(const struct children *children, enum child_kind kind)
{
	int n = 0;

	for (size_t i = 0; i < children->n; i++)
		n += children->at[i].kind == kind && !children->at[i].old && children->at[i].ready;
	return n;
}

void
children_end(struct children *children, enum child_kind kind, bool old, int64_t seconds)
{
	int64_t kill_at = clock_monotonic() + seconds * SECOND;

	for (size_t i = 0; i < children->n; i++) {
		struct child *child = &children->at[i];

		if (child->kind != kind || child->old != old || child->kill_at != 0)
			continue;
		child->kill_at = kill_at;
		kill(child->pid, SIGTERM);
	}
}

void
children_kill(struct children *children, int64_t now)
{
	for (size_t i = 0; i < children->n; i++) {
		struct child *child = &children->at[i];

		if (child->kill_at == 0 || child->kill_at > now)
			continue;
		log_say("process %d does not end and is killed", (int)child->pid);
		child->kill_at = INT64_MAX; /* once */
		kill(child->pid, SIGKILL);
	}
}
