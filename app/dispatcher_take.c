/* dispatcher_take.c - what request threads do with connections: take one, park it, give it back. */
#define _GNU_SOURCE
#include "dispatcher_parts.h"

#include "base/clock.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- connections; the mutex is held */

void
dispatcher_tell(int event_fd)
{
	uint64_t one = 1;

	if (write(event_fd, &one, sizeof one) < 0)
		return; /* EAGAIN: it has been told already */
}

/* ONESHOT: one event, then nothing until it is waited for again. */
static void
wait_for(struct dispatcher *d, struct connection *c, int operation, uint32_t events)
{
	uint64_t place = (uint64_t)(c - d->connections) + 1; /* so that 0 is none */
	struct epoll_event event = { .events = events | EPOLLONESHOT,
		.data.u64 = place << 32 | c->generation };

	epoll_ctl(d->idle_fd, operation, c->fd, &event);
}

void
connection_wait(struct dispatcher *d, struct connection *c, int operation)
{
	c->state = CONNECTION_IDLE;
	c->idle_since = clock_monotonic();
	wait_for(d, c, operation, EPOLLIN | EPOLLRDHUP);
}

/* Not by an end to reading: what the web server still sends would fail, and it would not look at the answer. */
void
connection_hurry(struct dispatcher *d, struct connection *c)
{
	if (c->what == PARK_WRITES)
		shutdown(c->fd, SHUT_RDWR);
	else
		wait_for(d, c, EPOLL_CTL_MOD, EPOLLOUT);
}

/* The connection that the event is about. NULL when it was closed meanwhile. */
static struct connection *
connection_of(const struct dispatcher *d, const struct epoll_event *event)
{
	struct connection *c = &d->connections[(event->data.u64 >> 32) - 1];
	bool waits = c->state == CONNECTION_IDLE || c->state == CONNECTION_PARKED;

	return waits && c->generation == (uint32_t)event->data.u64 ? c : NULL;
}

static void
connection_free(struct dispatcher *d, struct connection *c)
{
	*c = (struct connection){ .fd = -1, .generation = c->generation + 1, .next = d->free };
	d->free = c;
	d->used--;
}

void
connection_close(struct dispatcher *d, struct connection *c)
{
	close(c->fd); /* which takes it out of epoll as well */
	connection_free(d, c);
}

static bool
is_readable(const struct connection *c)
{
	char byte;

	return recv(c->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

bool
connection_has_ended(const struct connection *c)
{
	shutdown(c->fd, SHUT_RD);
	return !is_readable(c);
}

/* A connection that is never quiet is closed in the second half of the time to drain, just when it has
 * been answered: the web server sees the end together with the answer, and hardly ever uses it again. */
static bool
ends_now(const struct dispatcher *d, const struct connection *c)
{
	return d->draining && clock_monotonic() - d->drain_begun > d->drain_seconds * SECOND / 2 &&
	       connection_has_ended(c);
}

static void
count_parked(struct dispatcher *d, enum park_for what, int more)
{
	*(what == PARK_LINGERS ? &d->lingers : &d->parked) += more;
}

/* The connection of an event, now this thread's, with an exchange: there is one for each thread and for each
 * connection that may be parked. NULL when it has ended instead. */
static struct connection *
claim(struct dispatcher *d, const struct epoll_event *event)
{
	struct connection *c = connection_of(d, event);

	if (!c)
		return NULL;
	if (c->state == CONNECTION_PARKED) {
		count_parked(d, c->what, -1);
	} else if ((event->events & ~(uint32_t)EPOLLIN) && !is_readable(c)) {
		connection_close(d, c);
		return NULL;
	} else {
		c->exchange = d->exchanges[--d->exchanges_n];
	}
	c->state = CONNECTION_BUSY;
	d->busy++;
	return c;
}

/* The thread has a hand free again. */
static void
unhand(struct dispatcher *d)
{
	d->busy--;
	if (!d->accepting)
		dispatcher_tell(d->wake_fd);
}

/* ---- what threads call */

struct connection *
dispatcher_take(struct dispatcher *d)
{
	struct connection *c = NULL;
	struct epoll_event event;

	while (!c) {
		if (epoll_wait(d->idle_fd, &event, 1, -1) != 1)
			continue;
		if (event.data.ptr == NULL)
			return NULL;
		pthread_mutex_lock(&d->mutex);
		c = claim(d, &event);
		pthread_mutex_unlock(&d->mutex);
	}
	return c;
}

int
connection_fd(const struct connection *c)
{
	return c->fd;
}

struct exchange *
connection_exchange(const struct connection *c)
{
	return c->exchange;
}

void
dispatcher_give_back(struct dispatcher *d, struct connection *c, bool kept)
{
	pthread_mutex_lock(&d->mutex);
	d->exchanges[d->exchanges_n++] = c->exchange;
	c->exchange = NULL;
	if (!kept)
		connection_free(d, c);
	else if (ends_now(d, c))
		connection_close(d, c);
	else
		connection_wait(d, c, EPOLL_CTL_MOD);
	unhand(d);
	pthread_mutex_unlock(&d->mutex);
}

/* A web server that has closed its half would be news without end to who waits for room. */
bool
dispatcher_park(struct dispatcher *d, struct connection *c, enum park_for what, int64_t until)
{
	bool room;

	pthread_mutex_lock(&d->mutex);
	room = what == PARK_LINGERS ? d->lingers < DISPATCHER_LINGERS_MAX
	                            : d->parked < DISPATCHER_PARKED_MAX;
	if (room) {
		count_parked(d, what, 1);
		c->state = CONNECTION_PARKED;
		c->what = what;
		c->until = until;
		wait_for(
		    d, c, EPOLL_CTL_MOD, what == PARK_WRITES ? EPOLLOUT : EPOLLIN | EPOLLRDHUP);
		unhand(d);
	}
	pthread_mutex_unlock(&d->mutex);
	return room;
}
