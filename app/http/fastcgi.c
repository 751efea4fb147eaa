/* fastcgi.c - bytes <-> request and reply; the only file that knows libfcgi.
 *
 * What libfcgi 2.4.2 does and how it is met here:
 *   - It parses whatever follows an unread body as records of its own: a visitor could forge a request
 *     with any caller's address. So a body is read to its end-of-stream record, or the connection ends.
 *   - When a connection breaks between two parameters, FCGX_Accept_r() succeeds with those it has: the
 *     stream's error is looked at too.
 *   - Records that came behind the end of the body in the same read are lost with its buffer, and the
 *     next read may begin inside one. A web server sends none before it has the answer; if it does,
 *     the connection ends after this request.
 *   - It closes by reading, without a limit, for as long as the peer sends: FCGX_Detach() turns that
 *     off, and close_politely() does it with one.
 *   - It keeps parameters and bodies in malloc'd memory that it does not clear: release() does. The
 *     parameters of a request that broke off before their end FCGX_Accept_r() frees itself: those only
 *     our free() clears (base/wipe.h).
 *   - While it reads parameters the deadline holds for each read(), not for all of them; and a parameter
 *     that says it is nearly 2 GiB long ends the process (CVE-2025-23016's fix leaves lengths of
 *     0x7ffffffe). Both need a peer who may open the socket and writes records himself: what a visitor
 *     sends arrives inside them, after the web server has it whole. The socket's mode is the boundary.
 */
#define _GNU_SOURCE
#include "http/fastcgi.h"

#include "base/random.h"

#include <errno.h>
#include <fcgiapp.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum {
	ROLE_RESPONDER = 1, /* FastCGI specification section 8 */
	PARAMS_MAX = 500,   /* a web server sends about 25, and each header of the visitor */
	NUMBER_CHARS = 16,  /* 95 bits */
	LINGER_MILLISECONDS = 1000, /* for a refusal to be read; libfcgi takes 2 s for each read */
	STREAM_BUFFER_BYTES = 8192, /* what libfcgi reads and writes at a time */
	SPARE_BYTES = 4096,         /* of the arena, for what is small */
};

/* What has become of a request: one of these, or the status it is refused with. */
enum { READ_WELL = 0, READ_BROKEN = -1 };

struct fastcgi {
	FCGX_Request request; /* in is NULL between two requests */
	struct fastcgi_limits limits;
	int fd;
	int64_t deadline; /* by clock_monotonic() */
	bool refused;     /* the body was not read to its end: nothing may be read after it */
};

void
fastcgi_init(void)
{
	struct sigaction usr1, term;

	/* FCGX_Init() takes signals for itself; they are given back. */
	sigaction(SIGUSR1, NULL, &usr1);
	sigaction(SIGTERM, NULL, &term);
	if (FCGX_Init() != 0) { /* not tested: it fails only without memory */
		perror("keydesk: FCGX_Init");
		abort();
	}
	sigaction(SIGUSR1, &usr1, NULL);
	sigaction(SIGTERM, &term, NULL);
	signal(SIGPIPE, SIG_IGN); /* a peer that has left is an error of write() */
}

struct fastcgi *
fastcgi_open(struct arena *start, const struct fastcgi_limits *limits)
{
	struct fastcgi *f = NEW(start, struct fastcgi, 1);

	FCGX_InitRequest(&f->request, -1, FCGI_FAIL_ACCEPT_ON_INTR);
	f->limits = *limits;
	f->fd = -1;
	return f;
}

/* ---- the library's memory and the connection's end */

/* How libfcgi's private stream data begin (fcgiapp.c, struct FCGX_Stream_Data, unchanged from 1997 to
 * 2.4.2). There is no other way to the parameters' bytes in the buffer and to what lies behind the body. */
struct stream_buffer {
	unsigned char *at;
	int size;
	unsigned char *allocated;
	unsigned char *stop;
};

/* False when the data do not look as expected, as they might in a later version. */
static bool
stream_buffer(const FCGX_Stream *stream, struct stream_buffer *b)
{
	memcpy(b, stream->data, sizeof *b);
	return b->size > 0 && b->size <= STREAM_BUFFER_BYTES && b->at <= stream->rdNext &&
	       stream->rdNext <= b->at + b->size;
}

static void
stream_wipe(const FCGX_Stream *stream)
{
	struct stream_buffer b;

	if (stream_buffer(stream, &b))
		explicit_bzero(b.at, (size_t)b.size);
}

/* Overwrites and frees what the library holds. The connection stays as it is. */
static void
release(struct fastcgi *f)
{
	FCGX_Request *r = &f->request;

	for (char **param = r->envp; *param; param++)
		explicit_bzero(*param, malloc_usable_size(*param));
	stream_wipe(r->in);
	stream_wipe(r->out);
	stream_wipe(r->err);
	FCGX_Free(r, 0);
	r->ipcFd = -1;
}

/* Without a reply: the peer has left, or is no web server. */
static void
drop(struct fastcgi *f)
{
	release(f);
	close(f->fd);
}

/* A peer that is still sending would not read a refusal, and close() would throw it away: so what comes
 * is thrown away for a while. */
static void
close_politely(int fd)
{
	int64_t until = clock_monotonic() + LINGER_MILLISECONDS * (SECOND / 1000);
	struct pollfd waiting = { .fd = fd, .events = POLLIN };
	char trash[4096];
	int64_t left;

	shutdown(fd, SHUT_WR);
	while ((left = until - clock_monotonic()) > 0 &&
	       poll(&waiting, 1, (int)(left / (SECOND / 1000)) + 1) > 0 &&
	       recv(fd, trash, sizeof trash, MSG_DONTWAIT) > 0)
		;
	explicit_bzero(trash, sizeof trash);
	close(fd);
}

/* Ends the request with its last records. True when the connection is kept. */
static bool
finish(struct fastcgi *f)
{
	FCGX_Request *r = &f->request;
	struct stream_buffer in;
	bool keep = r->keepConnection && !f->refused && stream_buffer(r->in, &in) &&
	            in.stop == r->in->rdNext;

	/* What FCGX_Finish_r() does, which closes in its own way. err first: so both ends and the end
	 * of the request are one write with the rest of the reply. */
	keep = FCGX_FClose(r->err) == 0 && keep;
	keep = FCGX_FClose(r->out) == 0 && keep;
	release(f);
	if (keep)
		return true;
	if (f->refused)
		close_politely(f->fd);
	else
		close(f->fd);
	return false;
}

/* ---- reading */

/* Lets the next read wait for what is left of the deadline. False when nothing is. */
static bool
time_is_left(const struct fastcgi *f)
{
	int64_t left = f->deadline - clock_monotonic();
	struct timeval wait = { left / SECOND, left % SECOND };

	if (left <= 0)
		return false;
	setsockopt(f->fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
	return true;
}

/* Reads up to the end of the parameters. False when that did not work: the connection is closed. */
static bool
read_params(struct fastcgi *f)
{
	FCGX_Request *r = &f->request;
	struct timeval wait = { f->limits.deadline_seconds, 0 };

	setsockopt(f->fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
	setsockopt(f->fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
	r->ipcFd = f->fd;
	r->keepConnection = 1; /* or the FCGX_Finish_r() within FCGX_Accept_r() would close it */
	FCGX_Detach(r);
	if (FCGX_Accept_r(r) != 0)
		return false;
	if (r->role != ROLE_RESPONDER || FCGX_GetError(r->in) != 0) {
		drop(f);
		return false;
	}
	return true;
}

static int
copy_params(const struct fastcgi *f, struct request *rq)
{
	size_t bytes = 0, n = 0;
	struct pair *params;
	char *at;

	for (char **param = f->request.envp; *param; param++, n++)
		bytes += strlen(*param);
	if (bytes > f->limits.param_bytes || n > PARAMS_MAX)
		return 431;

	at = NEW(rq->arena, char, bytes);
	params = NEW(rq->arena, struct pair, n);
	for (size_t i = 0; i < n; i++) {
		str param = str_of(f->request.envp[i]);

		/* The library writes name=value; a zero byte from outside would end it before that. */
		if (str_find_char(param, '=') == param.n)
			return 400;
		memcpy(at, param.at, param.n);
		params[i].name = str_cut((str){ at, param.n }, '=', &params[i].value);
		at += param.n;
	}
	rq->params = params;
	rq->params_n = n;
	return READ_WELL;
}

/* The bytes that are there; they are wiped from the library's buffer. c is the first of them. */
static size_t
take(FCGX_Stream *in, int c, char *to, size_t room)
{
	size_t n = (size_t)(in->stop - in->rdNext);

	if (n + 1 > room)
		return n + 1;
	to[0] = (char)c;
	FCGX_GetStr(to + 1, (int)n, in);
	explicit_bzero(in->rdNext - n - 1, n + 1);
	return n + 1;
}

/* Reads the body to its end-of-stream record: only CONTENT_LENGTH bytes would leave that record to the
 * next request. */
static int
read_body(struct fastcgi *f, struct request *rq)
{
	FCGX_Stream *in = f->request.in;
	str length_text = request_param(rq, S("CONTENT_LENGTH"));
	int64_t length = 0;
	size_t n = 0;
	char *at;
	int c, error;

	if (length_text.n && (!str_int(length_text, &length) || length < 0))
		return 400;
	if ((uint64_t)length > f->limits.body_bytes)
		return 413;
	at = NEW(rq->arena, char, (size_t)length);
	while (time_is_left(f) && (c = FCGX_GetChar(in)) != EOF) {
		n += take(in, c, at + n, (size_t)length - n);
		if (n > (size_t)length)
			return n > f->limits.body_bytes ? 413 : 400;
	}
	error = FCGX_GetError(in);
	if (!FCGX_HasSeenEOF(in) || error == EAGAIN)
		return 408;
	if (error != 0)
		return READ_BROKEN;
	if (n != (size_t)length)
		return 400;
	rq->body = (str){ at, n };
	return READ_WELL;
}

static int
read_request(struct fastcgi *f, struct request *rq)
{
	int status = copy_params(f, rq);

	if (status != READ_WELL)
		return status;
	return request_parse(rq) ? read_body(f, rq) : 400;
}

/* A program that has sent JSON is answered in JSON (RFC 6749 section 5.2). */
static struct reply
refusal_of(struct request *rq, int status)
{
	str why = status == 408   ? S("The request came too slowly.")
	          : status == 413 ? S("The body is too large.")
	          : status == 431 ? S("The headers are too large.")
	                          : S("The request is malformed.");

	if (!str_eq(rq->type, S("application/json")))
		return reply_text(status, why);
	return reply_json(
	    status, fmt(rq->arena, "{\"error\":\"invalid_request\",\"error_description\":\"%.*s\"}",
			STR(why)));
}

enum fastcgi_got
fastcgi_receive(struct fastcgi *f, int fd, struct request *rq, struct reply *refusal)
{
	struct arena *a = rq->arena;
	size_t most = f->limits.body_bytes + 2 * f->limits.param_bytes +
	              PARAMS_MAX * sizeof(struct pair) + SPARE_BYTES;
	int status;

	/* So that nothing below finds the arena full with the library's memory in hand. */
	if (a->size - a->used < most)
		fault(a->fault, "an arena that cannot hold a request of %zu bytes", most);
	if (f->request.in)
		fault(a->fault, "a request was received before the last one was answered");

	*rq = (struct request){ .arena = a, .now = clock_now() };
	rq->number = random_base62(a, NUMBER_CHARS);
	f->fd = fd;
	f->deadline = clock_monotonic() + f->limits.deadline_seconds * SECOND;
	f->refused = false;
	if (!read_params(f))
		return FASTCGI_CLOSED;

	a->fault->held++;
	status = read_request(f, rq);
	a->fault->held--;
	if (status == READ_WELL)
		return FASTCGI_REQUEST;
	f->refused = true;
	*refusal = refusal_of(rq, status);
	*rq = (struct request){ .arena = a, .now = rq->now, .number = rq->number };
	if (status != READ_BROKEN)
		return FASTCGI_REFUSED;
	drop(f);
	return FASTCGI_CLOSED;
}

/* ---- sending */

static void
put_header(FCGX_Stream *out, str name, str value)
{
	FCGX_PutStr(name.at, (int)name.n, out);
	FCGX_PutStr(": ", 2, out);
	FCGX_PutStr(value.n ? value.at : "", (int)value.n, out);
	FCGX_PutStr("\r\n", 2, out);
}

static void
put_head(FCGX_Stream *out, const struct reply *reply)
{
	char text[128];

	snprintf(text, sizeof text, "%d %s", reply->status, reply_reason(reply->status));
	put_header(out, S("Status"), str_of(text));
	if (reply->type.n)
		put_header(out, S("Content-Type"), reply->type);
	snprintf(text, sizeof text, "%zu", reply->body.n);
	if (reply->status != 204 && reply->status != 304)
		put_header(out, S("Content-Length"), str_of(text));
	for (const struct header *header = reply->headers; header; header = header->next)
		put_header(out, header->name, header->value);
	FCGX_PutStr("\r\n", 2, out);
}

bool
fastcgi_send(struct fastcgi *f, const struct request *rq, const struct reply *reply)
{
	FCGX_Stream *out = f->request.out;
	str rest = rq->head ? (str){ 0 } : reply->body;

	f->deadline = clock_monotonic() + f->limits.deadline_seconds * SECOND;
	put_head(out, reply);
	for (str part; rest.n; rest = str_part(rest, part.n, rest.n)) {
		part = str_part(rest, 0, STREAM_BUFFER_BYTES);
		if (clock_monotonic() > f->deadline || FCGX_PutStr(part.at, (int)part.n, out) < 0) {
			drop(f);
			return false;
		}
	}
	return finish(f);
}
