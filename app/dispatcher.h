/* dispatcher.h - hands connections to request threads when there is something to do for them.
 *
 * It accepts; each new connection, and each that the web server keeps, then waits in epoll for its next
 * byte. Only a connection that is readable is handed out, so an idle one holds no thread. One whose visitor
 * is slow, to send a body or to take a reply, is parked: it waits in the same way, with what has been done.
 * So is one that waits for a hash, in a queue of its own for the threads that compute.
 * Too many connections, or no thread without a request, and it stops accepting: what waits in the
 * listening socket's backlog goes to another worker, or waits there.
 */
#ifndef DISPATCHER_H
#define DISPATCHER_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

/* So many send slowly at a time, and so many read slowly, each in places of their own: whoever has an answer to get does not
 * lose it to those who have not asked yet. So many more linger: a refusal of one too many is to be read. So many refusals are held
 * back, beyond those that each tenth of a second sends at once: a program that is refused a hundred times a second in
 * each worker has not mistyped its secret. Each of them all holds the memory of its request: some 30 kB, and its body. Who may
 * wait for a hash is a setting. */
enum {
	DISPATCHER_READS_MAX = 128,
	DISPATCHER_WRITES_MAX = 128,
	DISPATCHER_LINGERS_MAX = 32,
	DISPATCHER_HELD_MAX = 128,
	DISPATCHER_PLACES = DISPATCHER_READS_MAX + DISPATCHER_WRITES_MAX + DISPATCHER_LINGERS_MAX +
	                    DISPATCHER_HELD_MAX,
	DISPATCHER_REFUSALS_AT_ONCE = 10,
};

enum park_for {
	PARK_READS,
	PARK_WRITES,
	PARK_LINGERS, /* reads, as long as the other side sends */
	PARK_HASH,    /* until dispatcher_hashed() */
	PARK_HELD,    /* a refusal, for a tenth of a second or two; the first ones are not */
};

struct dispatcher;
struct connection;
struct exchange;
struct settings;

struct dispatcher_post {
	const struct settings *settings; /* of the exchanges */
	int listen_fd;                   /* shared with other processes and non-blocking */
	int threads, drain_seconds;
	int wait_seconds; /* as long as a read or a write of a connection may wait at most */
	int hashes;       /* how many may wait for one, have it computed, or be answered with it */
};

/* Faults when the system refuses. Once threads take connections the arena is the dispatcher's: a connection or an exchange is
 * made when there is none free, and a worker holds no memory for hundreds that it never has. */
struct dispatcher *dispatcher_make(struct arena *start, const struct dispatcher_post *);

/* In a thread: waits for a connection that is readable, or writable if it was parked for that; NULL when the
 * thread is to end. It has an exchange, that of before if it was parked. */
struct connection *dispatcher_take(struct dispatcher *);
int connection_fd(const struct connection *);
struct exchange *connection_exchange(const struct connection *);

/* When it has been answered: whether it is kept and may be waited on; otherwise it has been closed. */
void dispatcher_give_back(struct dispatcher *, struct connection *, bool kept);

/* Instead: lets it wait until it is readable or writable, or until that time has passed; from then on it is
 * another thread's. False, and it is still ours, when too many wait already, or for what is not held back. */
bool dispatcher_park(struct dispatcher *, struct connection *, enum park_for, int64_t until);

/* In a thread that computes: the connection that has waited longest for a hash, with its exchange, which nobody else
 * touches until dispatcher_hashed() says that it is done; NULL when the thread is to end. None of the three takes a lock: this
 * thread has a low priority, and may be stopped anywhere. */
struct connection *dispatcher_take_hash(struct dispatcher *);
void dispatcher_hashed(struct dispatcher *, const struct connection *);

/* Whether somebody waits there now. */
bool dispatcher_has_hash(const struct dispatcher *);

/* In the thread that made it: until SIGTERM, which must be blocked, and then until every connection has
 * been answered and has been quiet for a second, drain_seconds at most. The listening socket is closed
 * at once. Returns how many requests are not yet answered: 0 when nothing is cut. Threads are told to
 * end. */
int dispatcher_run(struct dispatcher *);

#endif
