/* worker.c - a process that serves: one dispatcher of connections and its request threads. */
#define _GNU_SOURCE
#include "worker.h"

#include "base/log.h"
#include "base/wipe.h"
#include "confine.h"
#include "core/measure.h"
#include "core/shared_ring.h"
#include "dispatcher.h"
#include "exchange.h"
#include "http/fastcgi.h"
#include "serve.h"

#include <pthread.h>
#include <unistd.h>

enum {
	THREAD_STACK_BYTES = 512 * 1024,
	THREAD_ARENA_BYTES = 64 << 20, /* mapped; taken as it is used */
	EXIT_CUT = 4,
	WORKERS_MAX = 64,
};

struct worker {
	const struct settings *settings;
	const struct desk *desk;
	struct dispatcher *dispatcher;
	pthread_barrier_t open; /* passed when each thread is ready */
};

struct request_thread {
	pthread_t id;
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
	struct request_thread *threads;
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

/* Does what can be done for the connection now. What is left waits beside it, without a thread, for as long as
 * the visitor takes; then another thread may have it already. */
static void
work_on(struct request_thread *t, struct connection *c)
{
	struct dispatcher *dispatcher = t->worker->dispatcher;
	struct exchange *x = connection_exchange(c);
	enum exchange_end end = exchange_go_on(x, connection_fd(c), t->desk, &t->fault);

	wipe_stack();
	while (end != EXCHANGE_CLOSED && end != EXCHANGE_KEPT) {
		enum park_for what = end == EXCHANGE_READS    ? PARK_READS
		                     : end == EXCHANGE_WRITES ? PARK_WRITES
		                                              : PARK_LINGERS;

		if (dispatcher_park(dispatcher, c, what, exchange_deadline(x)))
			return;
		end = exchange_give_up(x, t->desk);
	}
	dispatcher_give_back(dispatcher, c, end == EXCHANGE_KEPT);
}

static void
thread_open(void *arg)
{
	struct request_thread *t = arg;

	arena_open(&t->start, &t->fault, THREAD_ARENA_BYTES);
	t->desk = serve_thread(&t->start, t->worker->desk);
}

static _Noreturn void
cannot_begin(const struct fault *f)
{
	log_say("a worker cannot begin: %s:%d: %s", f->file, f->line, f->what);
	_exit(WORKER_CANNOT_BEGIN);
}

static void *
thread_run(void *arg)
{
	struct request_thread *t = arg;
	struct dispatcher *dispatcher = t->worker->dispatcher;
	struct connection *c;

	if (!attempt(&t->fault, thread_open, t))
		cannot_begin(&t->fault);
	pthread_barrier_wait(&t->worker->open);
	while ((c = dispatcher_take(dispatcher))) {
		work_on(t, c);
		db_settle(t->desk->db);
	}
	return NULL;
}

static struct request_thread *
threads_start(struct arena *start, struct worker *w)
{
	unsigned n = (unsigned)w->settings->threads;
	struct request_thread *threads = NEW(start, struct request_thread, n);
	pthread_attr_t attributes;

	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, THREAD_STACK_BYTES);
	pthread_barrier_init(&w->open, NULL, n + 1);
	for (unsigned i = 0; i < n; i++) {
		threads[i].worker = w;
		if (pthread_create(&threads[i].id, &attributes, thread_run, &threads[i]) != 0)
			fault(start->fault, "no more threads than %u", i);
	}
	pthread_attr_destroy(&attributes);
	pthread_barrier_wait(&w->open);
	return threads;
}

/* This worker's share of the machine's permits. People compute or wait in at most half of the threads:
 * a flood of sign-ins leaves the others to programs, whose secrets cannot be made up. */
static struct permits *
make_permits(struct arena *start, const struct settings *settings)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	int64_t machine = settings->argon2_permits ? settings->argon2_permits : cores;
	int share = (int)(machine / worker_count(settings));
	int at_once = share < 1 ? 1 : share;
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
	permits_show(permits, PERMIT_PROGRAMS, &slot->gauges[GAUGE_PROGRAMS_COMPUTING],
	    &slot->gauges[GAUGE_PROGRAMS_WAITING]);
	permits_show(permits, PERMIT_PEOPLE, &slot->gauges[GAUGE_PEOPLE_COMPUTING],
	    &slot->gauges[GAUGE_PEOPLE_WAITING]);
	return slot;
}

/* Each thread may have one request in hand, and there are places for as many as may wait. */
static struct dispatcher *
make_dispatcher(struct arena *start, const struct settings *settings, int listen_fd)
{
	size_t n = (size_t)settings->threads + DISPATCHER_PLACES;
	struct dispatcher_post post = { .listen_fd = listen_fd,
		.threads = (int)settings->threads,
		.drain_seconds = (int)settings->drain_seconds,
		.exchanges = NEW(start, struct exchange *, n) };

	for (size_t i = 0; i < n; i++)
		post.exchanges[i] = exchange_make(start, settings);
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

	fastcgi_init();
	w->settings = b->settings;
	w->desk = desk;
	desk->measured = measured(b->shared, permits);
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
	for (int64_t i = 0; i < settings->threads; i++)
		pthread_join(b.threads[i].id, NULL);
	_exit(0);
}
