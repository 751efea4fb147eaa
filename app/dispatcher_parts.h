/* dispatcher_parts.h - what the files of the dispatcher share: its connections, under one mutex. */
#ifndef DISPATCHER_PARTS_H
#define DISPATCHER_PARTS_H

#include "dispatcher.h"

#include <pthread.h>

enum { CONNECTIONS_MAX = 1024 };

enum connection_state {
	CONNECTION_FREE,
	CONNECTION_IDLE,   /* waited for in epoll */
	CONNECTION_PARKED, /* the same, with a request or a reply that is half done */
	CONNECTION_BUSY,   /* a thread has it */
};

struct connection {
	enum connection_state state;
	int fd;
	uint32_t generation; /* tells its events from those of a predecessor here */
	int64_t idle_since;
	struct exchange *exchange; /* while it is parked or busy */
	enum park_for what;        /* while it is parked */
	int64_t until;             /* while it is parked */
	struct connection *next;   /* among the free ones */
};

struct dispatcher {
	int listen_fd, wake_fd, signal_fd;
	int epoll_fd; /* of these three, for the dispatcher */
	int leave_fd; /* becomes readable when threads are to end, and stays so */
	int idle_fd;  /* an epoll set of that one and of the idle connections, for the threads */
	int threads, drain_seconds;

	pthread_mutex_t mutex; /* over all that follows */
	struct connection *connections, *free;
	struct exchange **exchanges; /* those that no connection has, the last one used last */
	size_t exchanges_n;
	int used, busy;
	int parked, lingers; /* of them */
	bool accepting;
	bool draining; /* no new connections; what is there is answered */
	int64_t drain_begun;
};

/* Wakes who waits for that eventfd. */
void dispatcher_tell(int event_fd);

/* The mutex is held, here and below. Waits for the next byte of a connection that is new (EPOLL_CTL_ADD) or
 * was a thread's (EPOLL_CTL_MOD). */
void connection_wait(struct dispatcher *, struct connection *, int operation);

/* Makes an event for a parked connection whose time is up: a thread goes on with it, and so ends it. */
void connection_hurry(struct dispatcher *, struct connection *);

void connection_close(struct dispatcher *, struct connection *);

/* Takes nothing more: what is sent from now on fails at the web server's side, which so knows that it
 * was not delivered. False when something had come before; it is answered first. */
bool connection_has_ended(const struct connection *);

#endif
