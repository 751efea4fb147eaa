/* housekeeper.c - what nobody waits for, done by one process beside the workers. */
#define _GNU_SOURCE
#include "housekeeper.h"

#include "base/log.h"
#include "core/purge.h"
#include "core/usage.h"
#include "process.h"
#include "serve.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	ROUND_SECONDS = 2,
	PURGE_SECONDS = 60,
	JOBS_MAX = 32,
	USES = 256, /* in one transaction */
	TRIES = 5,  /* of one that meets deadlocks or failed certifications */
	ARENA_BYTES = 16 << 20,
	CANNOT_BEGIN = 1,
};

/* ---- the first job: when secrets were used */

struct use_batch {
	struct db *db;
	struct shared_use uses[USES];
	size_t n;
};

/* In one order everywhere, so that two machines that write the same rows do not deadlock. */
static int
by_secret(const void *a, const void *b)
{
	int64_t left = ((const struct shared_use *)a)->secret;
	int64_t right = ((const struct shared_use *)b)->secret;

	return (left > right) - (left < right);
}

static void
write_batch(void *arg)
{
	struct use_batch *batch = arg;

	db_begin(batch->db, DB_WRITE);
	usage_write(batch->db, batch->uses, batch->n);
	db_commit(batch->db);
}

/* Notes that were taken out are not put back: so a conflict is tried again here, with the same ones. */
static void
write_surely(struct use_batch *batch, struct fault *fault)
{
	for (int tries = 1; !attempt(fault, write_batch, batch); tries++) {
		db_rollback(batch->db);
		if (fault->kind != FAULT_CONFLICT || tries == TRIES)
			fault_as(fault, fault->kind, "%zu notes of use are lost: %s", batch->n,
			    fault->what);
	}
}

static void
write_uses(struct desk *desk, struct arena *arena)
{
	struct use_batch *batch = NEW(arena, struct use_batch, 1);

	batch->db = desk->db;
	while ((batch->n = shared_take_uses(desk->shared, batch->uses, USES)) != 0) {
		qsort(batch->uses, batch->n, sizeof batch->uses[0], by_secret);
		write_surely(batch, arena->fault);
	}
}

/* ---- the second job: what has had its time */

static void
purge_old(struct desk *desk, struct arena *arena)
{
	(void)arena;
	purge(desk->db, desk->settings, clock_now());
}

/* ---- the rounds */

const struct housekeeping_job housekeeping_jobs[] = {
	{ "write_uses", ROUND_SECONDS, write_uses },
	{ "purge_old", PURGE_SECONDS, purge_old },
};
const size_t housekeeping_jobs_n = sizeof housekeeping_jobs / sizeof housekeeping_jobs[0];

_Static_assert(sizeof housekeeping_jobs / sizeof housekeeping_jobs[0] <= JOBS_MAX, "JOBS_MAX");

struct job_call {
	const struct housekeeping_job *job;
	struct desk *desk;
	struct arena *arena;
};

static void
call_job(void *arg)
{
	struct job_call *call = arg;

	call->job->work(call->desk, call->arena);
}

static bool
do_job(const struct housekeeping_job *job, struct desk *desk, struct arena *arena)
{
	struct job_call call = { job, desk, arena };
	struct fault *fault = arena->fault;
	struct log_line line;
	bool done;

	db_bind(desk->db, arena);
	done = attempt(fault, call_job, &call);
	if (!done) {
		db_rollback(desk->db);
		log_begin(&line, "fault");
		log_text(&line, "job", str_of(job->name));
		log_text(&line, "at", str_of(fault->file));
		log_int(&line, "line", fault->line);
		log_text(&line, "what", str_of(fault->what));
		log_end(&line);
	}
	arena_wipe(arena, 0);
	return done;
}

/* next holds when each job is due; NULL: all are. The arena is empty, and is again afterwards. */
static int
do_round(struct desk *desk, struct arena *arena, int64_t *next)
{
	int64_t now = clock_monotonic();
	int failed = 0;

	for (size_t i = 0; i < housekeeping_jobs_n; i++) {
		if (next && now < next[i])
			continue;
		if (next)
			next[i] = now + housekeeping_jobs[i].every_seconds * SECOND;
		failed += !do_job(&housekeeping_jobs[i], desk, arena);
	}
	return failed;
}

int
housekeeping(struct desk *desk, struct arena *arena)
{
	return db_alive(desk->db) ? do_round(desk, arena, NULL) : -1;
}

/* Says once that the database has gone, and once that it is back. */
static bool
has_database(struct desk *desk, bool had)
{
	bool has = db_alive(desk->db);

	if (had && !has)
		log_say("the housekeeper has no database; it waits");
	if (!had && has)
		log_say("the housekeeper has its database again");
	return has;
}

struct beginning {
	struct arena *start;
	const struct settings *settings;
	struct shared *shared;
	struct desk *desk;
	struct arena arena;
	int signal_fd;
};

static void
begin(void *arg)
{
	static const int signals[] = { SIGTERM };
	struct beginning *b = arg;
	struct permits *permits = permits_make(b->start, 1, 1, 1);

	arena_open(&b->arena, b->start->fault, ARENA_BYTES);
	b->signal_fd = process_signals(b->start->fault, signals, 1);
	b->desk = serve_thread(b->start, serve_open(b->start, b->settings, b->shared, permits));
}

void
housekeeper_run(struct arena *start, const struct settings *settings, struct shared *shared,
    const struct housekeeper_post *post)
{
	struct beginning b = { .start = start, .settings = settings, .shared = shared };
	int64_t next[JOBS_MAX] = { 0 };
	int32_t pid = (int32_t)getpid();
	struct pollfd signalled = { .events = POLLIN };
	bool has = true;

	if (!attempt(start->fault, begin, &b)) {
		log_say("the housekeeper cannot begin: %s", start->fault->what);
		_exit(CANNOT_BEGIN);
	}
	if (write(post->ready_fd, &pid, sizeof pid) != sizeof pid)
		log_say("the master does not hear that the housekeeper is ready");
	close(post->ready_fd);

	signalled.fd = b.signal_fd;
	while (poll(&signalled, 1, ROUND_SECONDS * 1000) <= 0) {
		has = has_database(b.desk, has);
		if (has)
			do_round(b.desk, &b.arena, next);
	}
	housekeeping(b.desk, &b.arena);
	_exit(0);
}
