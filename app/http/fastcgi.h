/* fastcgi.h - bytes <-> request and reply; fastcgi.c and fastcgi_send.c are the only files that know libfcgi.
 *
 * libfcgi never accepts: the dispatcher hands over a connection that is readable. Bodies are read to
 * their end within a limit, or the connection is closed: what is left of a body on a kept connection
 * would be parsed as a forged request. Nobody waits for a visitor here: what comes slowly, or is slowly
 * taken, is gone on with when there is more, or room for more.
 *
 * Of the roles of FastCGI there are two: a Responder answers a request, an Authorizer is asked about one
 * (request.authorizes). Other ones are closed.
 */
#ifndef HTTP_FASTCGI_H
#define HTTP_FASTCGI_H

#include "http/reply.h"

struct fastcgi;

struct fastcgi_limits {
	size_t body_bytes;    /* more is answered 413 and the connection closed */
	size_t param_bytes;   /* all parameters together */
	int deadline_seconds; /* for reading one request, whatever the pace */
	int send_seconds;     /* for sending one reply, or a piece of a stream, whatever the pace */
	int stream_seconds;   /* for sending all of a stream */
};

/* Once, before any thread. Ignores SIGPIPE; other signals are as before. */
void fastcgi_init(void);

/* One for each request at a time, in the start arena. */
struct fastcgi *fastcgi_open(struct arena *start, const struct fastcgi_limits *);

enum fastcgi_got {
	FASTCGI_CLOSED,  /* the peer left or sent nonsense: the connection is closed already */
	FASTCGI_REQUEST, /* rq holds a request: answer it */
	FASTCGI_REFUSED, /* rq is empty but for arena, now and number; *refusal is the answer to send */
	FASTCGI_WAITS, /* more of the body is to come */
};

/* Reads one request of the readable connection fd into rq, whose arena the caller has set and which must have room for a
 * request at its limits: a fault otherwise. fd is blocking, for deadline_seconds at most (SO_RCVTIMEO and SO_SNDTIMEO), and
 * signals are blocked in this thread: libfcgi takes an interrupted read for the end. What rq says is good until its reply is
 * sent. Unless it is closed, fastcgi_send() must come next; or, after FASTCGI_WAITS, one of the next three. A connection on
 * which a refusal was sent is always closed. */
enum fastcgi_got
fastcgi_receive(struct fastcgi *, int fd, struct request *rq, struct reply *refusal);

/* After FASTCGI_WAITS, once fd is readable or fastcgi_deadline() has passed, which is a refusal with 408. In
 * any thread; rq and its arena are the same. */
enum fastcgi_got fastcgi_receive_on(struct fastcgi *, struct request *rq, struct reply *refusal);

/* After FASTCGI_WAITS: it cannot be waited for. The answer to send is 503 with Retry-After; rq is as after
 * FASTCGI_REFUSED. */
struct reply fastcgi_refuse(struct fastcgi *, struct request *rq);

enum fastcgi_sent {
	FASTCGI_ENDED,   /* the connection has been closed */
	FASTCGI_KEPT,    /* by the web server, and may be waited on for another request */
	FASTCGI_MORE,    /* of a stream, all that was given is sent: fastcgi_give() is next */
	FASTCGI_FULL,    /* the web server takes no more just now */
	FASTCGI_LINGERS, /* a refusal is sent and waits to be read: for 1 s, as long as they send */
};

/* Sends the reply with its Status line and headers, which must live as long as that takes. */
enum fastcgi_sent fastcgi_send(struct fastcgi *, const struct request *, const struct reply *);

/* After FASTCGI_MORE: the next piece of a stream, or its last one. It must live until there is another. Each may take
 * send_seconds. fastcgi_send_on() is next. */
void fastcgi_give(struct fastcgi *, str piece, bool last);

/* After FASTCGI_FULL, once fd is writable; after FASTCGI_LINGERS, once it is readable; after both once
 * fastcgi_deadline() has passed: then it ends. In any thread. */
enum fastcgi_sent fastcgi_send_on(struct fastcgi *);

/* By clock_monotonic(): until when to wait after FASTCGI_WAITS, FASTCGI_FULL, FASTCGI_LINGERS. */
int64_t fastcgi_deadline(const struct fastcgi *);

/* After one of these three: closes the connection without another word. */
void fastcgi_drop(struct fastcgi *);

#endif
