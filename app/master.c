/* master.c - starts workers and a housekeeper, replaces the fallen, drains, reloads. */
#define _GNU_SOURCE
#include "master.h"

#include "backoff.h"
#include "base/log.h"
#include "children.h"
#include "core/measure.h"
#include "core/shared_recent.h"
#include "core/shared_ring.h"
#include "core/shared_use.h"
#include "handover.h"
#include "housekeeper.h"
#include "listener.h"
#include "notify.h"
#include "process.h"
#include "reload.h"
#include "serve.h"
#include "worker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	HOUSEKEEPER_SECONDS = 15, /* for its last round; a database may answer late */
	CHECK_SECONDS = 60,
	SPARE_SECONDS = 2, /* a worker ends by itself after drain_seconds */
};

struct master {
	struct arena *arena;
	const struct settings *settings;
	int workers; /* how many there are to be, until the program begins anew */
	char **argv; /* the program's own, to execute it anew */
	struct listener listener;
	struct shared *shared;
	int shared_fd, signal_fd, ready_read, ready_write;
	int ready_fd; /* -1: nobody asked to hear of it */
	struct children *children;
	struct backoff backoff[CHILD_CHECK]; /* by kind, of what is replaced */
	const struct desk *linked; /* NULL: each child does that itself, and says what is wrong */
	bool announced;            /* all workers were ready once */
	bool reload;               /* asked for */
	bool stopping;
	int result;
};

/* ---- children */

struct birth {
	struct master *master;
	enum child_kind kind;
	pid_t parent;
};

/* In the child: what the master has open is of no use here. */
static void
child_main(void *arg)
{
	struct birth *birth = arg;
	struct master *m = birth->master;
	struct worker_post worker = { m->listener.fd, m->ready_write, m->linked };
	struct housekeeper_post housekeeper = { m->ready_write, m->linked };

	close(m->signal_fd);
	close(m->ready_read);
	close(m->shared_fd);
	process_become(m->arena->fault, m->settings, birth->parent);
	if (birth->kind == CHILD_WORKER)
		worker_run(m->arena, m->settings, m->shared, &worker);
	close(m->listener.fd);
	housekeeper_run(m->arena, m->settings, m->shared, &housekeeper);
}

static void
start_child(struct master *m, enum child_kind kind)
{
	struct birth birth = { m, kind, getpid() };
	pid_t pid = m->children->n < CHILDREN_MAX ? fork() : -1;

	if (pid == 0) {
		attempt(m->arena->fault, child_main, &birth); /* it does not return */
		log_say("a process cannot begin: %s", m->arena->fault->what);
		_exit(WORKER_CANNOT_BEGIN);
	}
	if (pid < 0) {
		log_say("no process can be started: %s", strerror(errno));
		backoff_failed(&m->backoff[kind]);
		return;
	}
	children_add(m->children, pid, kind);
}

static bool
lacks(const struct master *m, enum child_kind kind)
{
	int wanted = kind == CHILD_WORKER ? m->workers : 1;

	return children_count(m->children, kind, false) < wanted;
}

/* Starts what is missing, unless it is to wait. */
static void
fill(struct master *m)
{
	for (enum child_kind kind = CHILD_WORKER; kind <= CHILD_HOUSEKEEPER; kind++)
		while (
		    !m->stopping && lacks(m, kind) && clock_monotonic() >= m->backoff[kind].until)
			start_child(m, kind);
}

static void
stop(struct master *m, int result)
{
	if (m->stopping) { /* asked twice */
		children_kill(m->children, INT64_MAX);
		return;
	}
	m->stopping = true;
	m->result = result;
	listener_remove(&m->listener, m->arena, m->settings);
	close(m->listener.fd);
	for (int old = 0; old < 2; old++) {
		children_end(
		    m->children, CHILD_WORKER, old, m->settings->drain_seconds + SPARE_SECONDS);
		children_end(m->children, CHILD_CHECK, old, SPARE_SECONDS);
	}
}

/* One that is to be replaced has ended. */
static void
replace(struct master *m, const struct child *child, int status)
{
	bool could_not = WIFEXITED(status) && WEXITSTATUS(status) == WORKER_CANNOT_BEGIN;
	bool alone = children_count(m->children, CHILD_WORKER, true) == 0;

	if (could_not && !m->announced && alone) {
		stop(m, 1);
		return;
	}
	backoff_fell(&m->backoff[child->kind], child->begun);
}

static void
log_end_of(const struct child *child, int status)
{
	static const char *const kinds[] = {
		[CHILD_NONE] = "process",
		[CHILD_WORKER] = "worker",
		[CHILD_HOUSEKEEPER] = "housekeeper",
		[CHILD_CHECK] = "check",
	};

	if (WIFSIGNALED(status))
		log_say("%s %d was killed by signal %d", kinds[child->kind], (int)child->pid,
		    WTERMSIG(status));
	else if (WEXITSTATUS(status) != 0)
		log_say("%s %d ended with %d", kinds[child->kind], (int)child->pid,
		    WEXITSTATUS(status));
}

static void
exec_anew(struct master *m)
{
	struct handover handover = { m->listener, m->shared_fd, m->children };

	shared_recent_pause(m->shared, true); /* advance() ends it, if this returns */
	reload_exec(m->arena, &handover, m->argv);
}

static void
child_ended(struct master *m, pid_t pid, int status)
{
	struct child *found = children_find(m->children, pid), child;

	if (!found)
		return;
	child = *found;
	children_remove(m->children, found);
	log_end_of(&child, status);
	shared_worker_gone(m->shared, pid);
	measure_gone(shared_measures(m->shared), pid);
	shared_ring_gone(m->shared, pid);
	shared_uses_left(m->shared, pid);
	if (m->stopping)
		return;
	if (child.kind == CHILD_CHECK && status != 0)
		log_say("reload refused: the check found what is wrong");
	else if (child.kind == CHILD_CHECK && !m->reload) /* or advance() starts another one */
		exec_anew(m);
	else if (child.kind != CHILD_CHECK && !child.old)
		replace(m, &child, status);
}

static void
reap(struct master *m)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		child_ended(m, pid, status);
}

/* ---- readiness */

static void
announce(struct master *m)
{
	m->announced = true;
	log_say("ready: %d workers with %d threads each", m->workers, (int)m->settings->threads);
	notify("READY=1");
	if (m->ready_fd < 0)
		return;
	if (write(m->ready_fd, "\n", 1) < 0)
		log_say("nobody hears that we are ready: %s", strerror(errno));
	close(m->ready_fd);
}

static void
hear_ready(struct master *m)
{
	int32_t pid;

	while (read(m->ready_read, &pid, sizeof pid) == sizeof pid) {
		struct child *child = children_find(m->children, pid);

		if (!child)
			continue;
		child->ready = true;
		if (child->kind == CHILD_WORKER)
			shared_worker_here(m->shared, pid);
	}
}

/* ---- the loop */

static void
hear_signals(struct master *m)
{
	int signal;

	while ((signal = process_signal(m->signal_fd)) != 0) {
		if (signal == SIGHUP)
			m->reload = true;
		else if (signal != SIGCHLD)
			stop(m, 0);
	}
}

/* The settings and templates are looked at by another process first; child_ended() hears the result. */
static void
start_check(struct master *m)
{
	struct child *child;
	pid_t pid;

	m->reload = false;
	if (m->children->n + (size_t)m->workers + 2 > CHILDREN_MAX) {
		log_say("reload refused: too many workers are still draining");
		return;
	}
	pid = reload_check(m->argv[0]);
	child = pid < 0 ? NULL : children_add(m->children, pid, CHILD_CHECK);
	if (child)
		child->kill_at = clock_monotonic() + CHECK_SECONDS * SECOND;
}

/* What follows from who is there. */
static void
advance(struct master *m)
{
	int64_t drain = m->settings->drain_seconds + SPARE_SECONDS;
	int old = children_count(m->children, CHILD_WORKER, true);

	shared_recent_pause(m->shared, old > 0);
	fill(m);
	if (!m->announced && !m->stopping &&
	    children_ready(m->children, CHILD_WORKER) == m->workers)
		announce(m);
	if (m->announced && old > 0)
		children_end(m->children, CHILD_WORKER, true, drain);
	if ((m->announced || m->stopping) && old == 0)
		children_end(m->children, CHILD_HOUSEKEEPER, true, HOUSEKEEPER_SECONDS);
	if (m->stopping && old + children_count(m->children, CHILD_WORKER, false) == 0)
		children_end(m->children, CHILD_HOUSEKEEPER, false, HOUSEKEEPER_SECONDS);
	if (m->reload && m->announced && !m->stopping &&
	    children_count(m->children, CHILD_CHECK, false) == 0)
		start_check(m);
	children_kill(m->children, clock_monotonic());
}

/* For what no signal tells of. */
static bool
is_waiting(const struct master *m)
{
	return m->stopping || lacks(m, CHILD_WORKER) || lacks(m, CHILD_HOUSEKEEPER);
}

static int
run(struct master *m)
{
	struct pollfd from[2] = { { m->signal_fd, POLLIN, 0 }, { m->ready_read, POLLIN, 0 } };

	while (!m->stopping || m->children->n != 0) {
		advance(m);
		poll(from, 2, is_waiting(m) ? 50 : 1000);
		hear_signals(m);
		hear_ready(m);
		reap(m);
	}
	log_say("the master leaves");
	return m->result;
}

/* ---- the beginning */

static void
map_shared(void *arg)
{
	struct master *m = arg;

	m->shared = shared_map(m->arena->fault, (size_t)m->settings->cache_entries, m->shared_fd);
}

/* The socket and the memory of the former program, or new ones. Memory of another size or version is
 * left to the old workers; what they had noted in it is written by the old housekeeper. */
static void
take_over(struct master *m)
{
	struct handover handover = { .children = m->children };
	bool left = handover_read(m->arena, &handover);

	m->listener = left ? handover.listener : listener_open(m->arena, m->settings);
	if (left) {
		m->ready_fd = -1; /* the former program has used it */
		m->shared_fd = handover.shared_fd;
		if (attempt(m->arena->fault, map_shared, m))
			return;
		log_say("the shared memory is made anew: %s", m->arena->fault->what);
		close(m->shared_fd);
	}
	m->shared = shared_make(m->arena->fault, (size_t)m->settings->cache_entries, &m->shared_fd);
}

static void
link_pages(void *arg)
{
	struct master *m = arg;

	m->linked = m->linked ? m->linked : serve_link(m->arena, m->settings);
}

int
master_run(
    struct arena *start, const struct settings *settings, const struct desk *linked, int ready_fd)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP, SIGCHLD };
	struct master m = { start, settings, .linked = linked, .ready_fd = ready_fd };
	int ready[2];
	sigset_t set;

	/* They stay blocked when the program is executed anew, so that none is lost meanwhile. */
	sigemptyset(&set);
	for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
		sigaddset(&set, signals[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	process_hide();

	m.workers = worker_count(settings);
	m.argv = handover_arguments(start);
	m.children = NEW(start, struct children, 1);
	m.signal_fd = process_signals(start->fault, signals, sizeof signals / sizeof signals[0]);
	if (pipe2(ready, O_CLOEXEC | O_NONBLOCK) != 0)
		fault(start->fault, "pipe2: %s", strerror(errno));
	m.ready_read = ready[0];
	m.ready_write = ready[1];
	take_over(&m);
	attempt(start->fault, link_pages, &m);
	return run(&m);
}
