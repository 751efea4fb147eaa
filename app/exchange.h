/* exchange.h - one request and its reply, from the first byte to the last, on whichever thread has a hand free.
 *
 * It is the memory of a request, which stays where it is while the visitor is slow: then no thread waits
 * for it.
 */
#ifndef EXCHANGE_H
#define EXCHANGE_H

#include "core/desk.h"

struct exchange;

/* One, in the start arena. Its own memory is taken when it is first used. */
struct exchange *exchange_make(struct arena *start, const struct settings *);

/* Between two requests: whether it keeps some of that memory for the next one, and that all of it goes back to the system. */
bool exchange_keeps(const struct exchange *);
void exchange_rest(struct exchange *);

enum exchange_end {
	EXCHANGE_CLOSED,  /* the connection has been closed */
	EXCHANGE_KEPT,    /* it is kept and may be waited on for another request */
	EXCHANGE_READS,   /* go on when the connection is readable */
	EXCHANGE_WRITES,  /* go on when it is writable */
	EXCHANGE_LINGERS, /* as EXCHANGE_READS; all is sent, and waits to be read */
	EXCHANGE_HASH,    /* go on when exchange_hash() is computed */
	EXCHANGE_HELD,    /* a refusal: go on a moment later, if there are many */
};

/* Does what can be done now for the readable connection fd: begins a request, or goes on with what has
 * begun. The desk and the fault point are those of the thread that calls. */
enum exchange_end exchange_go_on(struct exchange *, int fd, struct desk *, struct fault *);

/* After EXCHANGE_READS, EXCHANGE_WRITES or EXCHANGE_LINGERS: until when to wait, by clock_monotonic(). Past it, to go on is
 * to end: 408, or a reply that is cut. */
int64_t exchange_deadline(const struct exchange *);

/* What it waits for after EXCHANGE_HASH. */
struct hash_wait *exchange_hash(const struct exchange *);

/* Instead of waiting, for which there is no place: 503 to a body that has not come and to who waits for a hash, the
 * end of a reply that is not taken; a refusal is sent. May want to wait in its turn, and is then called again. */
enum exchange_end exchange_give_up(struct exchange *, struct desk *);

#endif
