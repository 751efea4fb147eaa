/* worker.c - a process that serves: one dispatcher of connections and its request threads. */
#define _GNU_SOURCE
#include "worker.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/wipe.h"
#include "confine.h"
#include "core/hashing.h"
#include "core/measure.h"
#include "core/shared_ring.h"
#include "crypto/argon2.h"
#include "dispatcher.h"
#include "exchange.h"
#include "http/fastcgi.h"
#include "serve.h"

#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum {
	THREAD_STACK_BYTES = 512 * 1024,
	THREAD_ARENA_BYTES = 64 << 20, /* mapped; taken as it is used */
	EXIT_CUT = 4,
	WORKERS_MAX = 64,
	HASH_NICE = 10, /* beside one that answers a tenth of a core: setpriority(2) */
};

struct worker {
	const struct settings *settings;
	const struct desk *desk;
	struct dispatcher *dispatcher;
	int64_t cores;
	unsigned threads;       /* as many as were started, whatever becomes of the cores */
	pthread_barrier_t open; /* passed when each thread is ready */
};

/* One that answers, or one that computes. */
struct thread {
	pthread_t id;
	bool computes;
	int64_t known; /* the most that hash_known() has said */
	struct argon2_room room;
	struct worker *worker;
	struct fault fault;
	struct arena start;
	struct desk *desk;
};

/* What worker_begin() is given, and gives. */
struct beginning {
	struct arena *start;
	const struct settings *settings;
	struct shared *shared;
	const struct worker_post *post;
	struct worker *worker;
	struct thread *threads;
};

int
worker_count(const struct settings *settings)
{
	int64_t cores = sysconf(_SC_NPROCESSORS_ONLN);
	int64_t most = settings->db_connections / settings->threads;

	if (settings->workers != 0)
		return (int)settings->workers;
	if (most > WORKERS_MAX)
		most = WORKERS_MAX;
	if (cores < 2)
		cores = 2;
	return (int)(cores < most ? cores : most);
}

/* This worker's share of the machine's permits. */
static int
share_of_permits(const struct settings *settings)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	int64_t machine = settings->argon2_permits ? settings->argon2_permits : cores;
	int share = (int)(machine / worker_count(settings));

	return share < 1 ? 1 : share;
}

static void
note(const struct worker *w, enum measure_gauge gauge, int more)
{
	if (w->desk->measured)
		atomic_fetch_add(&w->desk->measured->gauges[gauge], more);
}

static enum park_for
park_for(enum exchange_end end)
{
	switch (end) {
	case EXCHANGE_READS:
		return PARK_READS;
	case EXCHANGE_WRITES:
		return PARK_WRITES;
	case EXCHANGE_HASH:
		return PARK_HASH;
	case EXCHANGE_HELD:
		return PARK_HELD;
	case EXCHANGE_LINGERS:
	case EXCHANGE_CLOSED:
	case EXCHANGE_KEPT:
		break;
	}
	return PARK_LINGERS;
}

/* Another thread may have it then. */
static bool
park(struct thread *t, struct connection *c, enum exchange_end end)
{
	const struct worker *w = t->worker;
	bool made_to_go_on = end == EXCHANGE_HASH || end == EXCHANGE_HELD;
	int64_t until = made_to_go_on ? INT64_MAX : exchange_deadline(connection_exchange(c));
	bool parked;

	if (end == EXCHANGE_HASH)
		note(w, GAUGE_PROGRAMS_WAITING, 1);
	parked = dispatcher_park(w->dispatcher, c, park_for(end), until);
	if (!parked && end == EXCHANGE_HASH)
		note(w, GAUGE_PROGRAMS_WAITING, -1);
	if (parked && end == EXCHANGE_HELD)
		shared_count(w->desk->shared, COUNT_HELD);
	return parked;
}

/* Does what can be done for the connection now. What is left waits beside it, without a thread, for as long as
 * the visitor takes. */
static void
work_on(struct thread *t, struct connection *c)
{
	struct exchange *x = connection_exchange(c);
	enum exchange_end end = exchange_go_on(x, connection_fd(c), t->desk, &t->fault);

	wipe_stack();
	while (end != EXCHANGE_CLOSED && end != EXCHANGE_KEPT) {
		if (park(t, c, end))
			return;
		end = exchange_give_up(x, t->desk);
		wipe_stack();
	}
	dispatcher_give_back(t->worker->dispatcher, c, end == EXCHANGE_KEPT);
}

static void
thread_open(void *arg)
{
	struct thread *t = arg;

	arena_open(&t->start, &t->fault, THREAD_ARENA_BYTES);
	if (!t->computes)
		t->desk = serve_thread(&t->start, t->worker->desk);
}

static _Noreturn void
cannot_begin(const struct fault *f)
{
	log_say("a worker cannot begin: %s:%d: %s", f->file, f->line, f->what);
	_exit(WORKER_CANNOT_BEGIN);
}

static void
thread_begin(struct thread *t)
{
	if (!attempt(&t->fault, thread_open, t))
		cannot_begin(&t->fault);
	pthread_barrier_wait(&t->worker->open);
}

static void *
thread_run(void *arg)
{
	struct thread *t = arg;
	struct connection *c;

	thread_begin(t);
	while ((c = dispatcher_take(t->worker->dispatcher))) {
		work_on(t, c);
		db_settle(t->desk->db);
	}
	return NULL;
}

static int64_t
cpu_time(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * SECOND + t.tv_nsec / 1000;
}

/* Computes for that connection. Returns how long to rest then. */
static int64_t
compute(struct thread *t, const struct connection *c)
{
	const struct worker *w = t->worker;
	int64_t began = cpu_time(), known;

	hash_compute(exchange_hash(connection_exchange(c)), w->desk, &t->start);
	wipe_stack();
	known = hash_known(w->desk) - t->known;
	if (known > 0)
		t->known += known;
	return hash_rest(cpu_time() - began, known, w->cores);
}

static void
rest(int64_t microseconds)
{
	struct timespec t = { microseconds / SECOND, (long)(microseconds % SECOND) * 1000 };

	if (microseconds)
		nanosleep(&t, NULL);
}

/* Callers whose secret is known do not wait for strangers, not even for a core. Nobody who has been computed for waits for the
 * rest. */
static void *
hash_run(void *arg)
{
	struct thread *t = arg;
	const struct worker *w = t->worker;
	struct connection *c;

	setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) + HASH_NICE); /* of this thread */
	thread_begin(t);
	t->known = hash_known(w->desk);
	argon2_stay(&t->room);
	while ((c = dispatcher_take_hash(w->dispatcher))) {
		int64_t tired;

		note(w, GAUGE_PROGRAMS_WAITING, -1);
		note(w, GAUGE_PROGRAMS_COMPUTING, 1);
		tired = compute(t, c);
		note(w, GAUGE_PROGRAMS_COMPUTING, -1);
		dispatcher_hashed(w->dispatcher, c);
		rest(tired);
		if (!dispatcher_has_hash(w->dispatcher))
			argon2_leave(&t->room);
	}
	return NULL;
}

/* Those that answer, and then those that compute. */
static struct thread *
threads_start(struct arena *start, struct worker *w)
{
	unsigned answer = (unsigned)w->settings->threads, n = w->threads;
	struct thread *threads = NEW(start, struct thread, n);
	pthread_attr_t attributes;

	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, THREAD_STACK_BYTES);
	pthread_barrier_init(&w->open, NULL, n + 1);
	for (unsigned i = 0; i < n; i++) {
		threads[i].worker = w;
		threads[i].computes = i >= answer;
		if (pthread_create(&threads[i].id, &attributes, i < answer ? thread_run : hash_run,
			&threads[i]) != 0)
			fault(start->fault, "no more threads than %u", i);
	}
	pthread_attr_destroy(&attributes);
	pthread_barrier_wait(&w->open);
	return threads;
}

/* People compute or wait in at most half of the threads: a flood of sign-ins leaves the others to programs, whose secrets
 * cannot be made up. */
static struct permits *
make_permits(struct arena *start, const struct settings *settings)
{
	int at_once = share_of_permits(settings);
	struct permits *permits =
	    permits_make(start, at_once, at_once, (int)settings->argon2_queue);

	permits_cap(permits, PERMIT_PEOPLE, (int)settings->threads / 2);
	return permits;
}

/* This process's slot for what it has and does now. */
static struct measure_process *
measured(struct shared *shared, struct permits *permits)
{
	struct measure_process *slot = measure_here(shared_measures(shared), getpid());

	if (!slot)
		return NULL;
	permits_show(permits, PERMIT_PEOPLE, &slot->gauges[GAUGE_PEOPLE_COMPUTING],
	    &slot->gauges[GAUGE_PEOPLE_WAITING]);
	return slot;
}

/* Each thread may have one request in hand, and there are places for as many as may wait. */
static struct dispatcher *
make_dispatcher(struct arena *start, const struct settings *settings, int listen_fd)
{
	struct dispatcher_post post = { .listen_fd = listen_fd,
		.settings = settings,
		.threads = (int)settings->threads,
		.drain_seconds = (int)settings->drain_seconds,
		.wait_seconds = (int)settings->deadline_seconds,
		.hashes = share_of_permits(settings) + (int)settings->argon2_queue };

	return dispatcher_make(start, &post);
}

static void
worker_begin(void *arg)
{
	struct beginning *b = arg;
	struct worker *w = NEW(b->start, struct worker, 1);
	struct permits *permits = make_permits(b->start, b->settings);
	const struct desk *linked =
	    b->post->linked ? b->post->linked : serve_link(b->start, b->settings);
	struct desk *desk = serve_open(b->start, linked, b->shared, permits);

	/* A worker has about one core: a heap of its own for each thread would only be room that is lost. */
	mallopt(M_ARENA_MAX, 1);
	fastcgi_init();
	w->settings = b->settings;
	w->desk = desk;
	w->cores = sysconf(_SC_NPROCESSORS_ONLN);
	w->threads = (unsigned)(b->settings->threads + share_of_permits(b->settings));
	desk->measured = measured(b->shared, permits);
	desk->queued = true;
	if (!shared_ring_note(b->shared, getpid(), w->desk->keyring))
		fault(b->start->fault, "no slot in shared memory for another worker");
	w->dispatcher = make_dispatcher(b->start, b->settings, b->post->listen_fd);
	db_warm(b->start, &b->settings->db);
	b->threads = threads_start(b->start, w);
	b->worker = w;
	confine(b->start->fault, CONFINE_WORKER);
}

void
worker_run(struct arena *start, const struct settings *settings, struct shared *shared,
    const struct worker_post *post)
{
	struct beginning b = {
		.start = start, .settings = settings, .shared = shared, .post = post
	};
	int32_t pid = (int32_t)getpid();
	int cut;

	if (!attempt(start->fault, worker_begin, &b))
		cannot_begin(start->fault);
	if (write(post->ready_fd, &pid, sizeof pid) != sizeof pid)
		log_say("the master does not hear that a worker is ready");
	close(post->ready_fd);

	cut = dispatcher_run(b.worker->dispatcher);
	if (cut != 0) {
		log_say("a worker leaves and cuts %d requests", cut);
		_exit(EXIT_CUT);
	}
	for (unsigned i = 0; i < b.worker->threads; i++)
		pthread_join(b.threads[i].id, NULL);
	_exit(0);
}
