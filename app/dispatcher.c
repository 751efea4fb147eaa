/* dispatcher.c - hands readable connections to request threads.
 *
 * Idle connections are in an epoll set of their own, in which the request threads wait: the kernel wakes one
 * of them for each that becomes readable, the one that came last, and no other thread stands between. The
 * dispatcher accepts, and closes what has been idle for too long. A connection whose visitor is slow waits in
 * that set too, with what has been done for it. State is under one mutex, which nobody holds while waiting, nor
 * over one of the calls of the system that answer a request. libfcgi cannot wait: its accept spins at a pending
 * connection, and a thread that waits on a kept connection is owned by it.
 */
#define _GNU_SOURCE
#include "dispatcher_parts.h"

#include "base/clock.h"
#include "exchange.h"
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum {
	IDLE_SECONDS = 75, /* more than nginx keeps one (keepalive_timeout 60s) */
	EVENTS = 64,
	POLITE_NANOSECONDS = 50000, /* about what another process takes to wake */
	BRIEF_MANY = 32,
};

static bool
has_room(const struct dispatcher *d)
{
	return d->used < CONNECTIONS_MAX && d->busy < d->threads;
}

/* ---- the dispatcher; the mutex is held but in dispatcher_run() itself */

/* Not EPOLLEXCLUSIVE: it would wake one worker, and when just that one then stops accepting, the others
 * would not hear of what it has left in the backlog. */
static void
set_accepting(struct dispatcher *d, bool accepting)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = &d->listen_fd };

	if (d->accepting != accepting)
		epoll_ctl(
		    d->epoll_fd, accepting ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, d->listen_fd, &event);
	d->accepting = accepting;
}

/* There is one: has_room(). */
static struct connection *
connection_new(struct dispatcher *d)
{
	struct connection *c = d->free;

	if (c)
		d->free = c->next;
	else
		c = &d->connections[d->made++];
	d->used++;
	return c;
}

static bool
accept_one(struct dispatcher *d)
{
	struct timeval wait = { d->wait_seconds, 0 };
	struct connection *c;
	int fd = accept4(d->listen_fd, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0)
		return false;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
	c = connection_new(d);
	c->fd = fd;
	c->next = NULL;
	c->state = CONNECTION_IDLE;
	c->idle_since = clock_monotonic();
	connection_wait(d, c, EPOLL_CTL_ADD);
	return true;
}

/* Every worker was woken by a new connection. One that has some lets those go first that have none, or a
 * few of them would serve all. Not where connections carry one request each: there is nothing to share out then, and each of
 * them would have to wait. So are nginx's for auth_request, which it does not keep (1.22). The mutex is not held. */
static void
be_polite(struct dispatcher *d, const struct epoll_event *events, int n)
{
	struct timespec moment = { 0, POLITE_NANOSECONDS };
	bool polite = false;

	for (int i = 0; i < n; i++)
		polite |= events[i].data.ptr == &d->listen_fd;
	pthread_mutex_lock(&d->mutex);
	polite = polite && d->used > 0 && d->brief < BRIEF_MANY;
	pthread_mutex_unlock(&d->mutex);
	if (polite)
		nanosleep(&moment, NULL);
}

/* Then it takes as many as it has already, so a burst is gone in a few rounds, but no more than it has
 * threads for: what would have to wait here is left to others. */
static void
accept_some(struct dispatcher *d)
{
	int n = 0, most = d->threads - d->busy;

	if (!d->accepting)
		return;
	if (most > d->used)
		most = d->used;
	while (accept_one(d))
		if (++n >= most || !has_room(d))
			break;
	/* Without a descriptor to spare the next tick tries again; until then others may. */
	if (!has_room(d) || (n == 0 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM)))
		set_accepting(d, false);
}

static void
accept_again(struct dispatcher *d)
{
	if (!d->draining && has_room(d))
		set_accepting(d, true);
}

static void
drain_begin(struct dispatcher *d)
{
	if (d->draining)
		return;
	set_accepting(d, false);
	close(d->listen_fd);
	d->draining = true;
	d->drain_begun = clock_monotonic();
}

/* The threads that compute take no lock, so the dispatcher says that somebody goes on. What does not fit is an event of its
 * own. */
static void
hashes_go_on(struct dispatcher *d)
{
	int32_t places[EVENTS];
	ssize_t n = read(d->hashed_fds[0], places, sizeof places);

	for (ssize_t i = 0; i < n / (ssize_t)sizeof places[0]; i++)
		connection_go_on(d, &d->connections[places[i]]);
}

static void
handle_event(struct dispatcher *d, const struct epoll_event *event)
{
	const void *source = event->data.ptr;
	uint64_t count;

	if (source == &d->listen_fd) {
		accept_some(d);
	} else if (source == &d->signal_fd) {
		if (process_signal(d->signal_fd) == SIGTERM)
			drain_begin(d);
	} else if (source == &d->hashed_fds) {
		hashes_go_on(d);
	} else if (source == &d->wake_fd) {
		if (read(d->wake_fd, &count, sizeof count) > 0)
			accept_again(d);
	}
}

/* Closes what has been idle for too long. While draining that is a second: long enough for a web server
 * that was about to use the connection. */
static void
sweep(struct dispatcher *d, int64_t now)
{
	int64_t limit = d->draining ? SECOND : IDLE_SECONDS * SECOND;

	for (int i = 0; i < d->made; i++) {
		struct connection *c = &d->connections[i];

		if (c->state == CONNECTION_IDLE && now - c->idle_since >= limit &&
		    connection_has_ended(c))
			connection_close(d, c);
		if (c->state == CONNECTION_PARKED && now >= c->until)
			connection_hurry(d, c);
	}
	accept_again(d);
}

/* How often that is done: often while somebody waits for it. */
static int64_t
pace(const struct dispatcher *d)
{
	return d->draining || d->held.n ? SECOND / 10 : SECOND;
}

/* Those that were held back go on, and as many may be refused at once again. */
static void
send_held_back(struct dispatcher *d)
{
	for (const struct connection *c = d->held_back; c; c = c->next)
		connection_go_on(d, c);
	d->held_back = NULL;
	d->refused = 0;
}

/* Nothing is left, or the time for it is up. */
static bool
is_drained(const struct dispatcher *d, int64_t now)
{
	return d->draining && (d->used == 0 || now - d->drain_begun > d->drain_seconds * SECOND);
}

/* Whether nobody has asked since this was last called. */
static bool
is_quiet(struct dispatcher *d)
{
	bool quiet = d->busy == 0 && d->taken == d->taken_before;

	d->taken_before = d->taken;
	return quiet;
}

/* What a load has left free goes back to the system, once. */
static void
rest(struct dispatcher *d)
{
	pthread_mutex_lock(&d->mutex);
	while (d->warm_n) {
		struct exchange *x = d->warm[--d->warm_n];

		exchange_rest(x);
		d->exchanges[d->exchanges_n++] = x;
	}
	pthread_mutex_unlock(&d->mutex);
	malloc_trim(0);
}

/* How many requests are; who lingers has its answer. */
static int
unanswered(const struct dispatcher *d)
{
	int n = 0;

	for (int i = 0; i < d->made; i++) {
		const struct connection *c = &d->connections[i];
		bool lingers = c->placed && c->what == PARK_LINGERS;

		n += (c->state == CONNECTION_BUSY || c->state == CONNECTION_PARKED) && !lingers;
	}
	return n;
}

int
dispatcher_run(struct dispatcher *d)
{
	struct epoll_event events[EVENTS];
	int64_t now, swept = 0, wait = SECOND;
	bool drained = false, quiet = false, rests = false;
	int cut;

	while (!drained) {
		int n = epoll_wait(d->epoll_fd, events, EVENTS, (int)(wait * 1000 / SECOND));

		be_polite(d, events, n);
		now = clock_monotonic();
		pthread_mutex_lock(&d->mutex);
		for (int i = 0; i < n; i++)
			handle_event(d, &events[i]);
		if (now - swept >= pace(d)) {
			sweep(d, now);
			send_held_back(d);
			swept = now;
			quiet = is_quiet(d);
		}
		wait = pace(d);
		drained = is_drained(d, now);
		pthread_mutex_unlock(&d->mutex);
		if (quiet && !rests)
			rest(d);
		rests = quiet;
	}
	pthread_mutex_lock(&d->mutex);
	cut = unanswered(d);
	pthread_mutex_unlock(&d->mutex);
	dispatcher_tell(d->leave_fd);
	dispatcher_queue(d, NULL);
	return cut;
}

static void
watch(int set, int fd, void *source)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = source };

	epoll_ctl(set, EPOLL_CTL_ADD, fd, &event);
}

/* It is never held for longer than a few loads and stores take while requests come: who finds it taken looks again
 * some times before it sleeps. */
static void
make_mutex(pthread_mutex_t *mutex)
{
	pthread_mutexattr_t kind;

	pthread_mutexattr_init(&kind);
	pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_ADAPTIVE_NP);
	pthread_mutex_init(mutex, &kind);
	pthread_mutexattr_destroy(&kind);
}

struct dispatcher *
dispatcher_make(struct arena *start, const struct dispatcher_post *post)
{
	static const int signals[] = { SIGTERM };
	struct dispatcher *d = NEW(start, struct dispatcher, 1);
	size_t exchanges = (size_t)(post->threads + post->hashes) + DISPATCHER_PLACES;

	*d = (struct dispatcher){ .listen_fd = post->listen_fd,
		.epoll_fd = epoll_create1(EPOLL_CLOEXEC),
		.idle_fd = epoll_create1(EPOLL_CLOEXEC),
		.wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC),
		.leave_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC),
		.signal_fd = process_signals(start->fault, signals, 1),
		.threads = post->threads,
		.drain_seconds = post->drain_seconds,
		.wait_seconds = post->wait_seconds,
		.reads.most = DISPATCHER_READS_MAX,
		.writes.most = DISPATCHER_WRITES_MAX,
		.lingers.most = DISPATCHER_LINGERS_MAX,
		.hashes.most = post->hashes,
		.held.most = DISPATCHER_HELD_MAX,
		.settings = post->settings,
		.start = start,
		.exchanges = NEW(start, struct exchange *, exchanges),
		.exchanges_n = exchanges,
		.warm = NEW(start, struct exchange *, (size_t)post->threads),
		.connections = NEW(start, struct connection, CONNECTIONS_MAX) };
	if (d->epoll_fd < 0 || d->idle_fd < 0 || d->wake_fd < 0 || d->leave_fd < 0 ||
	    pipe2(d->hash_fds, O_CLOEXEC) < 0 || pipe2(d->hashed_fds, O_CLOEXEC) < 0)
		fault(start->fault, "epoll: %s", strerror(errno));
	make_mutex(&d->mutex);
	watch(d->epoll_fd, d->wake_fd, &d->wake_fd);
	watch(d->epoll_fd, d->signal_fd, &d->signal_fd);
	watch(d->epoll_fd, d->hashed_fds[0], &d->hashed_fds);
	watch(d->idle_fd, d->leave_fd, NULL);
	set_accepting(d, true);
	return d;
}
