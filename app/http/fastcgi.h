/* fastcgi.h - bytes <-> request and reply; the only file that knows libfcgi.
 *
 * libfcgi never accepts: the dispatcher hands over a connection that is readable. Bodies are read to
 * their end within a limit, or the connection is closed: what is left of a body on a kept connection
 * would be parsed as a forged request.
 */
#ifndef HTTP_FASTCGI_H
#define HTTP_FASTCGI_H

#include "http/reply.h"

struct fastcgi;

struct fastcgi_limits {
	size_t body_bytes;    /* more is answered 413 and the connection closed */
	size_t param_bytes;   /* all parameters together */
	int deadline_seconds; /* for reading one request, whatever the pace */
};

/* Once, before any thread. Ignores SIGPIPE; other signals are as before. */
void fastcgi_init(void);

/* One for each request thread, in the start arena. */
struct fastcgi *fastcgi_open(struct arena *start, const struct fastcgi_limits *);

enum fastcgi_got {
	FASTCGI_CLOSED,  /* the peer left or sent nonsense: the connection is closed already */
	FASTCGI_REQUEST, /* rq holds a request: answer it */
	FASTCGI_REFUSED, /* rq is empty but for arena, now and number; *refusal is the answer to send */
};

/* Reads one request of the readable connection fd into rq, whose arena the caller has set and which must
 * have room for a request at its limits: a fault otherwise. fd is blocking, and signals are blocked in
 * this thread: libfcgi takes an interrupted read for the end. Unless it is closed, fastcgi_send() must
 * come next. A connection on which a refusal was sent is always closed. */
enum fastcgi_got
fastcgi_receive(struct fastcgi *, int fd, struct request *rq, struct reply *refusal);

/* Sends the reply with its Status line and headers. True when the connection is kept by the web server
 * and may be waited on for another request; false when it has been closed. After a refusal that takes up
 * to a second, for as long as the web server goes on sending. */
bool fastcgi_send(struct fastcgi *, const struct request *, const struct reply *);

#endif
