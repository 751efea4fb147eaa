/* housekeeper.c - what nobody waits for, done by one process beside the workers. */
#define _GNU_SOURCE
#include "housekeeper.h"

#include "base/log.h"
#include "base/random.h"
#include "confine.h"
#include "core/again.h"
#include "core/lease.h"
#include "core/mail_send.h"
#include "core/measure.h"
#include "process.h"
#include "serve.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	ARENA_BYTES = 16 << 20,
	HOLDER_CHARS = 16, /* 95 bits */
	CANNOT_BEGIN = 1,
	LEASE_FRESH = SECOND, /* for so long, of LEASE_SECONDS, it is not asked for again */
};

/* What goes from round to round. */
struct rounds {
	struct desk *desk;
	struct arena *arena; /* empty between two jobs */
	struct lease lease;
	bool holds;                          /* the lease, when it was last asked for */
	int64_t asked;                       /* when that was, by clock_monotonic() */
	int64_t next[HOUSEKEEPING_JOBS_MAX]; /* when each job is due, by clock_monotonic() */
};

struct job_call {
	const struct housekeeping_job *job;
	struct rounds *rounds;
};

static void
call_job(void *arg)
{
	struct job_call *call = arg;

	call->job->work(call->rounds->desk, call->rounds->arena);
}

/* What may fault, in the arena; false when it did, which is logged under that name. */
static bool
do_surely(struct rounds *r, const char *name, void (*work)(void *), void *with)
{
	struct fault *fault = r->arena->fault;
	struct log_line line;
	struct again tried = again_begin();
	bool done;

	db_bind(r->desk->db, r->arena);
	while (!(done = attempt(fault, work, with))) {
		db_rollback(r->desk->db);
		arena_wipe(r->arena, 0);
		if (!again(&tried, fault, r->desk->db))
			break;
	}
	if (!done) {
		log_begin(&line, "fault");
		log_text(&line, "job", str_of(name));
		log_text(&line, "at", str_of(fault->file));
		log_int(&line, "line", fault->line);
		log_text(&line, "what", str_of(fault->what));
		log_end(&line);
	}
	arena_wipe(r->arena, 0);
	return done;
}

static void
take_lease(void *rounds)
{
	struct rounds *r = rounds;

	r->holds = lease_take(r->desk->db, &r->lease);
}

static void
leave_lease(void *rounds)
{
	struct rounds *r = rounds;

	lease_leave(r->desk->db, &r->lease);
}

/* Asked for in each round, so that it stays with one; and again before a job that is done alone, when those before it have
 * taken long. */
static bool
is_ours(struct rounds *r)
{
	int64_t now = clock_monotonic();

	if (r->holds && now - r->asked < LEASE_FRESH)
		return true;
	r->holds = false;
	r->asked = now;
	return do_surely(r, "lease", take_lease, r) && r->holds;
}

/* What is due, or all; what another machine does stays due, for when it does it no more. */
static void
do_round(struct rounds *r, bool all)
{
	int64_t now = clock_monotonic();
	bool held = is_ours(r);

	for (size_t i = 0; i < housekeeping_jobs_n; i++) {
		const struct housekeeping_job *job = &housekeeping_jobs[i];
		struct job_call call = { job, r };

		if (!all && now < r->next[i])
			continue;
		if (job->alone && !(held && is_ours(r)))
			continue;
		r->next[i] = now + job->every_seconds * SECOND;
		do_surely(r, job->name, call_job, &call);
	}
	measure_done(shared_measures(r->desk->shared), WORK_ROUND);
}

static void
rounds_begin(struct rounds *r, struct arena *start, struct desk *desk)
{
	*r = (struct rounds){ .desk = desk,
		.lease = { .name = S("housekeeping"),
		    .machine = desk->settings->machine,
		    .holder = random_base62(start, HOLDER_CHARS) } };
}

/* Says once that the database has gone, and once that it is back. */
static bool
has_database(struct desk *desk, bool had)
{
	bool has;

	db_settle(desk->db);
	has = db_alive(desk->db);
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
	struct rounds rounds;
	struct arena arena;
	int signal_fd;
	const struct desk *linked;
};

static void
begin(void *arg)
{
	static const int signals[] = { SIGTERM };
	struct beginning *b = arg;
	struct permits *permits = permits_make(b->start, 1, 1, 1);
	const struct desk *linked = b->linked ? b->linked : serve_link(b->start, b->settings);

	arena_open(&b->arena, b->start->fault, ARENA_BYTES);
	b->signal_fd = process_signals(b->start->fault, signals, 1);
	rounds_begin(&b->rounds, b->start,
	    serve_thread(b->start, serve_open(b->start, linked, b->shared, permits)));
	b->rounds.arena = &b->arena;
	db_warm(b->start, &b->settings->db);
	mail_send_warm(b->start, &b->settings->mail);
	confine(b->start->fault, CONFINE_HOUSEKEEPER);
}

void
housekeeper_run(struct arena *start, const struct settings *settings, struct shared *shared,
    const struct housekeeper_post *post)
{
	struct beginning b = {
		.start = start, .settings = settings, .shared = shared, .linked = post->linked
	};
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
	while (poll(&signalled, 1, HOUSEKEEPING_SECONDS * 1000) <= 0) {
		has = has_database(b.rounds.desk, has);
		if (has)
			do_round(&b.rounds, false);
	}
	if (db_alive(b.rounds.desk->db)) {
		do_round(&b.rounds, true);
		do_surely(&b.rounds, "lease", leave_lease, &b.rounds);
	}
	_exit(0);
}
