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
	bool missed;               /* an event came while it was busy still */
	unsigned requests;         /* that have begun on it */
	struct exchange *exchange; /* while it is parked or busy */
	bool placed; /* among those that are parked, also while a thread has it in hand again */
	enum park_for what;      /* while it is placed */
	int64_t until;           /* while it is parked */
	struct connection *next; /* among the free ones, or those held back */
};

/* The places of those that wait for one kind of thing. */
struct parked {
	int n, most;
};

struct dispatcher {
	int listen_fd, wake_fd, signal_fd;
	int epoll_fd; /* of these three, for the dispatcher */
	int leave_fd; /* becomes readable when threads are to end, and stays so */
	int idle_fd;  /* an epoll set of that one and of the idle connections, for the threads */
	int threads, drain_seconds, wait_seconds;
	const struct settings *settings;
	int hash_fds[2];   /* a pipe: the places of connections that wait for a hash */
	int hashed_fds[2]; /* the same, of those that wait no more; for the dispatcher */

	pthread_mutex_t mutex; /* over all that follows */
	struct arena *start;
	struct connection *connections, *free;
	int made; /* of CONNECTIONS_MAX: the others have never been used */
	/* Those that no connection has, the last one used last; the first ones are NULL, and not made yet. Those that keep memory
	 * are taken first and stand apart: so there are no more of them than threads, whatever waits. */
	struct exchange **exchanges, **warm;
	size_t exchanges_n, warm_n;
	int used, busy;
	unsigned brief; /* how many have ended in a row that had carried one request each */
	uint64_t taken, taken_before; /* by threads: in all, and when it was last looked at */
	struct parked reads, writes, lingers, hashes, held;
	struct connection *held_back; /* those of held whose time begins */
	int refused;                  /* programs, since held_back was emptied */
	bool accepting;
	bool draining; /* no new connections; what is there is answered */
	int64_t drain_begun;
};

/* Wakes who waits for that eventfd. */
void dispatcher_tell(int event_fd);

/* Puts it behind those that wait for a hash; NULL ends the threads that compute. */
void dispatcher_queue(struct dispatcher *, const struct connection *);

/* Waits for the next byte of a connection that is new (EPOLL_CTL_ADD) or was a thread's (EPOLL_CTL_MOD). */
void connection_wait(struct dispatcher *, const struct connection *, int operation);

/* The mutex is held, here and below. Makes an event, once, for a parked connection whose time is up: a thread goes on
 * with it, and so ends it. */
void connection_hurry(struct dispatcher *, struct connection *);

void connection_close(struct dispatcher *, struct connection *);

/* Lets threads go on with what is parked and waited for by nothing. */
void connection_go_on(struct dispatcher *, const struct connection *);

/* Takes nothing more: what is sent from now on fails at the web server's side, which so knows that it
 * was not delivered. False when something had come before; it is answered first. */
bool connection_has_ended(const struct connection *);

#endif
