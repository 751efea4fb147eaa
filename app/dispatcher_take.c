/* dispatcher_take.c - what request threads do with connections: take one, park it, give it back. */
#define _GNU_SOURCE
#include "dispatcher_parts.h"

#include "base/clock.h"
#include "exchange.h"

#include <poll.h>
#include <stdlib.h>
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

/* A pipe has room for 16,384 of them, more than there are connections. */
void
dispatcher_queue(struct dispatcher *d, const struct connection *c)
{
	int32_t place = c ? (int32_t)(c - d->connections) : -1;

	if (write(d->hash_fds[1], &place, sizeof place) != sizeof place)
		abort(); /* not tested: it would wait for ever */
}

/* ONESHOT: one event, then nothing until it is waited for again. */
static void
wait_for(struct dispatcher *d, const struct connection *c, int operation, uint32_t events)
{
	uint64_t place = (uint64_t)(c - d->connections) + 1; /* so that 0 is none */
	struct epoll_event event = { .events = events | EPOLLONESHOT,
		.data.u64 = place << 32 | c->generation };

	epoll_ctl(d->idle_fd, operation, c->fd, &event);
}

void
connection_wait(struct dispatcher *d, const struct connection *c, int operation)
{
	wait_for(d, c, operation, EPOLLIN | EPOLLRDHUP);
}

/* There is room for a reply, or an end. */
void
connection_go_on(struct dispatcher *d, const struct connection *c)
{
	wait_for(d, c, EPOLL_CTL_MOD, EPOLLOUT);
}

/* Not by an end to reading: what the web server still sends would fail, and it would not look at the answer. */
void
connection_hurry(struct dispatcher *d, struct connection *c)
{
	c->until = INT64_MAX;
	if (c->what == PARK_WRITES) {
		shutdown(c->fd, SHUT_RDWR);
		return;
	}
	c->generation++; /* an event that a thread may have in hand is of before */
	connection_go_on(d, c);
}

/* The connection that the event is about. NULL when it was closed meanwhile, or is just being given back. */
static struct connection *
connection_of(const struct dispatcher *d, const struct epoll_event *event)
{
	struct connection *c = &d->connections[(event->data.u64 >> 32) - 1];

	if (c->state == CONNECTION_FREE || c->generation != (uint32_t)event->data.u64)
		return NULL;
	if (c->state != CONNECTION_BUSY)
		return c;
	c->missed = true;
	return NULL;
}

static void
connection_free(struct dispatcher *d, struct connection *c)
{
	if (c->requests)
		d->brief = c->requests == 1 ? d->brief + 1 : 0;
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

static struct parked *
parked_of(struct dispatcher *d, enum park_for what)
{
	switch (what) {
	case PARK_LINGERS:
		return &d->lingers;
	case PARK_HASH:
		return &d->hashes;
	case PARK_HELD:
		return &d->held;
	case PARK_WRITES:
		return &d->writes;
	case PARK_READS:
		break;
	}
	return &d->reads;
}

/* There is one for each thread and for each connection that may be parked. */
static struct exchange *
take_exchange(struct dispatcher *d)
{
	struct exchange *x = d->warm_n ? d->warm[--d->warm_n] : d->exchanges[--d->exchanges_n];

	return x ? x : exchange_make(d->start, d->settings);
}

static void
put_exchange(struct dispatcher *d, struct exchange *x)
{
	if (exchange_keeps(x) && d->warm_n < (size_t)d->threads)
		d->warm[d->warm_n++] = x;
	else
		d->exchanges[d->exchanges_n++] = x;
}

/* It has had its place for as long as a thread had it in hand: nobody who came later was given it meanwhile. */
static void
leave_place(struct dispatcher *d, struct connection *c)
{
	if (c->placed)
		parked_of(d, c->what)->n--;
	c->placed = false;
}

/* The connection of an event, now this thread's, with an exchange. NULL when it has ended instead. */
static struct connection *
claim(struct dispatcher *d, const struct epoll_event *event)
{
	struct connection *c = connection_of(d, event);

	if (!c)
		return NULL;
	if (c->state == CONNECTION_IDLE) {
		if ((event->events & ~(uint32_t)EPOLLIN) && !is_readable(c)) {
			connection_close(d, c);
			return NULL;
		}
		c->exchange = take_exchange(d);
		c->requests++;
	}
	c->state = CONNECTION_BUSY;
	d->busy++;
	d->taken++;
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

/* It is idle from now on. An event that came before that is made once more. */
static void
make_idle(struct dispatcher *d, struct connection *c, int64_t now)
{
	c->state = CONNECTION_IDLE;
	c->idle_since = now;
	if (c->missed)
		connection_wait(d, c, EPOLL_CTL_MOD);
	c->missed = false;
}

/* It is waited for before the mutex is taken: nobody else is to wait for that call of the system. */
void
dispatcher_give_back(struct dispatcher *d, struct connection *c, bool kept)
{
	int64_t now = clock_monotonic();

	if (kept)
		connection_wait(d, c, EPOLL_CTL_MOD);
	pthread_mutex_lock(&d->mutex);
	leave_place(d, c);
	put_exchange(d, c->exchange);
	c->exchange = NULL;
	if (!kept)
		connection_free(d, c);
	else if (ends_now(d, c))
		connection_close(d, c);
	else
		make_idle(d, c, now);
	unhand(d);
	pthread_mutex_unlock(&d->mutex);
}

static bool
has_place(struct dispatcher *d, enum park_for what)
{
	if (what == PARK_HELD && d->refused <= DISPATCHER_REFUSALS_AT_ONCE)
		return false;
	return parked_of(d, what)->n < parked_of(d, what)->most;
}

static void
hold_back(struct dispatcher *d, struct connection *c)
{
	c->next = d->held_back;
	d->held_back = c;
	if (!c->next)
		dispatcher_tell(d->wake_fd); /* which may be asleep for a second */
}

/* A web server that has closed its half would be news without end to who waits for room. For the last two nothing is
 * waited for in the set: there was one event, and the next one is made. */
static void
park(struct dispatcher *d, struct connection *c, enum park_for what)
{
	parked_of(d, what)->n++;
	c->placed = true;
	c->state = CONNECTION_PARKED;
	c->what = what;
	c->generation++; /* an event of before is not meant for what waits now */
	if (what == PARK_HELD)
		hold_back(d, c);
	else if (what != PARK_HASH)
		wait_for(
		    d, c, EPOLL_CTL_MOD, what == PARK_WRITES ? EPOLLOUT : EPOLLIN | EPOLLRDHUP);
	unhand(d);
}

bool
dispatcher_park(struct dispatcher *d, struct connection *c, enum park_for what, int64_t until)
{
	bool room;

	pthread_mutex_lock(&d->mutex);
	d->refused += what == PARK_HELD;
	leave_place(d, c);
	room = has_place(d, what);
	if (room) {
		c->until = until;
		park(d, c, what);
	}
	pthread_mutex_unlock(&d->mutex);
	if (room && what == PARK_HASH)
		dispatcher_queue(d, c);
	return room;
}

/* ---- what threads call that compute */

struct connection *
dispatcher_take_hash(struct dispatcher *d)
{
	int32_t place;

	if (read(d->hash_fds[0], &place, sizeof place) != sizeof place)
		abort(); /* not tested: whoever writes, writes a whole number */
	if (place >= 0)
		return &d->connections[place];
	dispatcher_queue(d, NULL); /* for the next one */
	return NULL;
}

bool
dispatcher_has_hash(const struct dispatcher *d)
{
	struct pollfd pipe = { .fd = d->hash_fds[0], .events = POLLIN };

	return poll(&pipe, 1, 0) == 1;
}

void
dispatcher_hashed(struct dispatcher *d, const struct connection *c)
{
	int32_t place = (int32_t)(c - d->connections);

	if (write(d->hashed_fds[1], &place, sizeof place) != sizeof place)
		abort(); /* not tested: as above */
}
