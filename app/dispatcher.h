/* dispatcher.h - hands readable connections to request threads.
 *
 * It accepts; each new connection, and each that the web server keeps, then waits in epoll for its next
 * byte. Only a connection that is readable is handed out, so an idle one holds no thread. Too many
 * connections, or no thread without a request, and it stops accepting: what waits in the listening
 * socket's backlog goes to another worker, or waits there.
 */
#ifndef DISPATCHER_H
#define DISPATCHER_H

#include "base/arena.h"

#include <stdbool.h>

struct dispatcher;
struct connection;

/* For that many threads. Faults when the system refuses. The listening socket is shared with other
 * processes and non-blocking. */
struct dispatcher *
dispatcher_make(struct arena *start, int listen_fd, int threads, int drain_seconds);

/* In a thread: waits for a readable connection; NULL when the thread is to end. Then, when it has been
 * answered, whether it is kept and may be waited on; otherwise it has been closed. */
struct connection *dispatcher_take(struct dispatcher *);
int connection_fd(const struct connection *);
void dispatcher_give_back(struct dispatcher *, struct connection *, bool kept);

/* In the thread that made it: until SIGTERM, which must be blocked, and then until every connection has
 * been answered and has been quiet for a second, drain_seconds at most. The listening socket is closed
 * at once. Returns how many requests are not yet answered: 0 when nothing is cut. Threads are told to
 * end. */
int dispatcher_run(struct dispatcher *);

#endif
