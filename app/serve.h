/* serve.h - the life of one request. */
#ifndef SERVE_H
#define SERVE_H

#include "core/desk.h"
#include "http/reply.h"

/* What is only read: checks the route table and links every page's template. The master does it before it forks, so
 * that its children share the memory. Faults with file, line and reason. */
const struct desk *serve_link(struct arena *start, const struct settings *);

/* Once in each process, before any thread: loads the key ring. In the start arena; only read afterwards. Faults with
 * file, line and reason. */
struct desk *
serve_open(struct arena *start, const struct desk *linked, struct shared *, struct permits *);

/* Once in each request thread: the same with a database connection (not yet made) and signing keys of
 * its own. */
struct desk *serve_thread(struct arena *start, const struct desk *);

/* Answers rq, whose parts above the line are filled in and whose arena is the request's own. Does not
 * fault: whatever goes wrong inside becomes a 500 or 503. The reply lives in rq->arena. Writes the
 * request's line to the log.
 *
 * A reply of status 0 is none yet: only where the desk says `queued`. Once rq->hash is computed or given up, serve() is
 * called again with the same rq, by any thread's desk, and begins anew: rows are read that hold then. */
struct reply serve(struct desk *, struct request *);

/* The next piece of a reply that is a stream, in rq->arena; by any thread's desk. False when it ends here: a fault, or
 * the session of whoever asked is over. */
struct serve_piece {
	str text;
	bool last;
};
bool serve_more(struct desk *, struct request *, const struct stream *, struct serve_piece *);

/* Whether a request is a program's, by its route or, without one, by its address: such are answered with JSON. */
bool serve_for_program(const struct request *);

#endif
