/* fastcgi_parts.h - what the files of http/fastcgi share: the library's request and how it is ended. */
#ifndef HTTP_FASTCGI_PARTS_H
#define HTTP_FASTCGI_PARTS_H

#include "base/random.h"
#include "http/fastcgi.h"

#include <fcgiapp.h>

enum { STREAM_BUFFER_BYTES = 8192 /* what libfcgi reads and writes at a time */ };

struct fastcgi {
	FCGX_Request request; /* in is NULL between two requests */
	struct fastcgi_limits limits;
	struct arena *arena; /* of the request: the library's memory is there too */
	int fd;
	int64_t deadline;    /* by clock_monotonic() */
	int64_t waits;       /* how long a read of the socket waits */
	char *body;          /* of the request */
	size_t length, come; /* of it: what was said, and what is there */
	str rest;            /* of the reply, not yet sent */
	bool streams;        /* and there is more of it to come */
	int64_t stream_deadline;
	bool refused; /* the body was not read to its end: nothing may be read after it */
	bool lingers; /* all is sent, and what still comes is thrown away */
	struct random_letters letters; /* of the numbers of requests */
};

/* How libfcgi's private stream data begin (fcgiapp.c, struct FCGX_Stream_Data, unchanged from 1997 to
 * 2.4.2). There is no other way to the parameters' bytes in the buffer and to what lies behind the body. */
struct fastcgi_buffer {
	unsigned char *at;
	int size;
	unsigned char *allocated;
	unsigned char *stop; /* of what has been read */
	int type, ends_with_record, skips;
	int content, padding; /* of the current record, still to come */
};

/* Lets a read of the socket wait as long as that. */
void fastcgi_wait(struct fastcgi *, int64_t microseconds);

/* False when the data do not look as expected, as they might in a later version. */
bool fastcgi_buffer(const FCGX_Stream *, struct fastcgi_buffer *);

#endif
