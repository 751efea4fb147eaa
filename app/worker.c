/* worker.c - a process that serves: one dispatcher of connections and its request threads. */
#define _GNU_SOURCE
#include "worker.h"

#include "base/log.h"
#include "base/wipe.h"
#include "confine.h"
#include "core/measure.h"
#include "core/shared_ring.h"
#include "dispatcher.h"
#include "http/fastcgi.h"
#include "serve.h"

#include <pthread.h>
#include <unistd.h>

enum {
	PARAM_BYTES = 65536, /* nginx itself answers 500 above this */
	THREAD_STACK_BYTES = 512 * 1024,
	THREAD_ARENA_BYTES = 64 << 20, /* mapped; taken as it is used */
	EXIT_CUT = 4,
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
	struct arena start, arena;
	struct desk *desk;
	struct fastcgi *fastcgi;
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
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	if (settings->workers != 0)
		return (int)settings->workers;
	return cores < 2 ? 2 : cores > 64 ? 64 : (int)cores;
}

/* serve() writes the line of each request that reaches it; these do not. */
static void
log_refusal(const struct request *rq, const struct reply *reply)
{
	struct log_line line;

	log_begin(&line, "request");
	log_text(&line, "number", rq->number);
	log_int(&line, "status", reply->status);
	log_end(&line);
}

/* One request of a readable connection. True when the connection is kept. */
static bool
answer(struct request_thread *t, int fd)
{
	struct request rq = { .arena = &t->arena };
	struct reply reply = { 0 };
	bool kept = false;

	switch (fastcgi_receive(t->fastcgi, fd, &rq, &reply)) {
	case FASTCGI_CLOSED:
		break;
	case FASTCGI_REQUEST:
		reply = serve(t->desk, &rq);
		kept = fastcgi_send(t->fastcgi, &rq, &reply);
		break;
	case FASTCGI_REFUSED:
		log_refusal(&rq, &reply);
		kept = fastcgi_send(t->fastcgi, &rq, &reply);
		break;
	}
	arena_wipe(&t->arena, 0);
	wipe_stack();
	return kept;
}

static void
thread_open(void *arg)
{
	struct request_thread *t = arg;
	const struct settings *settings = t->worker->settings;
	struct fastcgi_limits limits = { .body_bytes = (size_t)settings->body_bytes,
		.param_bytes = PARAM_BYTES,
		.deadline_seconds = (int)settings->deadline_seconds };

	arena_open(&t->start, &t->fault, THREAD_ARENA_BYTES);
	arena_open(&t->arena, &t->fault, (size_t)settings->arena_bytes);
	t->desk = serve_thread(&t->start, t->worker->desk);
	t->fastcgi = fastcgi_open(&t->start, &limits);
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
		dispatcher_give_back(dispatcher, c, answer(t, connection_fd(c)));
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

static void
worker_begin(void *arg)
{
	struct beginning *b = arg;
	struct worker *w = NEW(b->start, struct worker, 1);
	struct permits *permits = make_permits(b->start, b->settings);
	struct desk *desk = serve_open(b->start, b->settings, b->shared, permits);

	fastcgi_init();
	w->settings = b->settings;
	w->desk = desk;
	desk->measured = measured(b->shared, permits);
	if (!shared_ring_note(b->shared, getpid(), w->desk->keyring))
		fault(b->start->fault, "no slot in shared memory for another worker");
	w->dispatcher = dispatcher_make(b->start, b->post->listen_fd, (int)b->settings->threads,
	    (int)b->settings->drain_seconds);
	db_warm(b->start, &b->settings->db);
	b->threads = threads_start(b->start, w);
	b->worker = w;
	confine(b->start->fault);
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
