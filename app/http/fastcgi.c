/* fastcgi.c - bytes -> request; with fastcgi_send.c the only files that know libfcgi.
 *
 * What libfcgi 2.4.2 does and how it is met here:
 *   - It parses whatever follows an unread body as records of its own: a visitor could forge a request
 *     with any caller's address. So a body is read to its end-of-stream record, or the connection ends.
 *   - It waits for each byte of a body, and for room for each byte of a reply. So it is called when there
 *     is some, and the thread does something else meanwhile.
 *   - When a connection breaks between two parameters, FCGX_Accept_r() succeeds with those it has: the
 *     stream's error is looked at too.
 *   - Records that came behind the end of the body in the same read are lost with its buffer, and the
 *     next read may begin inside one. A web server sends none before it has the answer; if it does,
 *     the connection ends after this request.
 *   - It closes by reading, without a limit, for as long as the peer sends: FCGX_Detach() turns that
 *     off, and linger() does it with one.
 *   - It keeps parameters and bodies in malloc'd memory that it does not clear: it is lent the request's arena
 *     for that (base/wipe.h), which is wiped. The request's parameters are views of what it keeps there.
 *   - While it reads parameters it waits, and the deadline holds for each read(), not for all of them; and
 *     a parameter that says it is nearly 2 GiB long ends the process (CVE-2025-23016's fix leaves lengths
 *     of 0x7ffffffe). Both need a peer who may open the socket and writes records himself: what a visitor
 *     sends arrives inside them, after the web server has it whole. The socket's mode is the boundary.
 */
#define _GNU_SOURCE
#include "http/fastcgi.h"

#include "base/wipe.h"
#include "http/fastcgi_parts.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

enum {
	ROLE_RESPONDER = 1, /* FastCGI specification section 8 */
	ROLE_AUTHORIZER = 2,
	PARAMS_MAX = 500,   /* a web server sends about 25, and each header of the visitor */
	NUMBER_CHARS = 16,  /* 95 bits */
	SPARE_BYTES = 4096, /* of the arena, for what is small */
	LENT_BYTES =
	    49152, /* and for the library, beside parameters: two buffers of 8 kB, and 500 heads */
	RETRY_AFTER_SECONDS = 2,
};

/* What has become of a request: one of these, or the status it is refused with. */
enum { READ_WELL = 0, READ_BROKEN = -1, READ_WAITS = -2 };

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

int64_t
fastcgi_deadline(const struct fastcgi *f)
{
	return f->deadline;
}

/* ---- parameters */

/* What is needed of the arena at most, beside what the library is lent: also a parameter in small letters. */
static size_t
own_bytes(const struct fastcgi *f)
{
	return f->limits.body_bytes + f->limits.param_bytes + PARAMS_MAX * sizeof(struct pair) +
	       SPARE_BYTES;
}

/* Reads up to the end of the parameters. False when that did not work: the connection is closed. */
static bool
read_params(struct fastcgi *f)
{
	FCGX_Request *r = &f->request;
	bool accepted;

	r->ipcFd = f->fd;
	r->keepConnection = 1; /* or the FCGX_Finish_r() within FCGX_Accept_r() would close it */
	FCGX_Detach(r);
	lend_begin(f->arena, own_bytes(f));
	accepted = FCGX_Accept_r(r) == 0;
	lend_end();
	if (!accepted)
		return false;
	if ((r->role != ROLE_RESPONDER && r->role != ROLE_AUTHORIZER) ||
	    FCGX_GetError(r->in) != 0) {
		fastcgi_drop(f);
		return false;
	}
	/* An Authorizer is sent no body, by Apache not even its end: so nothing may be read after it. */
	if (r->role == ROLE_AUTHORIZER)
		r->keepConnection = 0;
	return true;
}

/* The library writes name=value; a zero byte from outside would end it before that. */
static int
take_params(const struct fastcgi *f, struct request *rq)
{
	size_t n = 0, room = f->limits.param_bytes;
	struct pair *params;

	while (f->request.envp[n])
		n++;
	if (n > PARAMS_MAX)
		return 431;

	params = NEW(rq->arena, struct pair, n);
	for (size_t i = 0; i < n; i++) {
		str param = str_of(f->request.envp[i]);

		if (param.n > room)
			return 431;
		room -= param.n;
		params[i].name = str_cut(param, '=', &params[i].value);
		if (params[i].name.n == param.n)
			return 400;
	}
	rq->params = params;
	rq->params_n = n;
	return READ_WELL;
}

/* ---- the body */

void
fastcgi_wait(struct fastcgi *f, int64_t microseconds)
{
	struct timeval wait = { microseconds / SECOND, microseconds % SECOND };

	setsockopt(f->fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
	f->waits = microseconds;
}

/* Lets a read wait for what is left of the deadline, to a second, if it has to: a web server may have sent half of a
 * record. False when nothing is. */
static bool
time_is_left(struct fastcgi *f)
{
	int64_t left = f->deadline - clock_monotonic();

	if (left > 0 && left < f->waits - SECOND)
		fastcgi_wait(f, left);
	return left > 0;
}

/* Whether the library will find something without waiting: in its buffer, where only the padding of the
 * last record does not count, or in the socket. */
static bool
has_come(const struct fastcgi *f)
{
	const FCGX_Stream *in = f->request.in;
	struct pollfd socket = { .fd = f->fd, .events = POLLIN };
	struct fastcgi_buffer b;

	if (in->rdNext != in->stop || in->isClosed || !fastcgi_buffer(in, &b))
		return true;
	return b.stop - in->rdNext > (b.content == 0 ? b.padding : 0) || poll(&socket, 1, 0) != 0;
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

static int
begin_body(struct fastcgi *f, struct request *rq)
{
	str text = request_param(rq, S("CONTENT_LENGTH"));
	int64_t length = 0;

	if (text.n && (!str_int(text, &length) || length < 0))
		return 400;
	if ((uint64_t)length > f->limits.body_bytes)
		return 413;
	f->length = (size_t)length;
	f->come = 0;
	f->body = NEW(rq->arena, char, f->length);
	return READ_WELL;
}

/* Reads what has come of the body, to its end-of-stream record: only CONTENT_LENGTH bytes would leave that
 * record to the next request. */
static int
read_body(struct fastcgi *f, struct request *rq)
{
	FCGX_Stream *in = f->request.in;
	int c = 0, error;

	while (c != EOF && time_is_left(f)) {
		if (!has_come(f))
			return READ_WAITS;
		c = FCGX_GetChar(in);
		if (c != EOF)
			f->come += take(in, c, f->body + f->come, f->length - f->come);
		if (f->come > f->length)
			return f->come > f->limits.body_bytes ? 413 : 400;
	}
	error = FCGX_GetError(in);
	if (!FCGX_HasSeenEOF(in) || error == EAGAIN)
		return 408;
	if (error != 0)
		return READ_BROKEN;
	if (f->come != f->length)
		return 400;
	rq->body = (str){ f->body, f->length };
	return READ_WELL;
}

/* ---- the whole */

/* A program that has sent JSON is answered in JSON (RFC 6749 section 5.2). */
static struct reply
refusal_of(struct request *rq, int status)
{
	str why = status == 408   ? S("The request came too slowly.")
	          : status == 413 ? S("The body is too large.")
	          : status == 431 ? S("The headers are too large.")
	          : status == 503 ? S("Too many slow requests. Try again in a few seconds.")
	                          : S("The request is malformed.");

	if (!str_eq(rq->type, S("application/json")))
		return reply_text(status, why);
	return reply_json(
	    status, fmt(rq->arena, "{\"error\":\"%s\",\"error_description\":\"%.*s\"}",
			status == 503 ? "temporarily_unavailable" : "invalid_request", STR(why)));
}

static void
refuse(struct fastcgi *f, struct request *rq, int status, struct reply *refusal)
{
	f->refused = true;
	*refusal = refusal_of(rq, status);
	*rq = (struct request){ .arena = rq->arena, .now = clock_now(), .number = rq->number };
	if (status == 503)
		reply_header(
		    rq, refusal, S("Retry-After"), fmt(rq->arena, "%d", RETRY_AFTER_SECONDS));
}

static enum fastcgi_got
got(struct fastcgi *f, struct request *rq, int status, struct reply *refusal)
{
	switch (status) {
	case READ_WELL:
		rq->now = clock_now();
		return FASTCGI_REQUEST;
	case READ_WAITS:
		return FASTCGI_WAITS;
	case READ_BROKEN:
		fastcgi_drop(f);
		return FASTCGI_CLOSED;
	default:
		refuse(f, rq, status, refusal);
		return FASTCGI_REFUSED;
	}
}

static int
read_request(struct fastcgi *f, struct request *rq)
{
	int status = take_params(f, rq);

	if (status == READ_WELL && !request_parse(rq))
		status = 400;
	rq->authorizes = f->request.role == ROLE_AUTHORIZER;
	if (status != READ_WELL || rq->authorizes)
		return status;
	status = begin_body(f, rq);
	return status == READ_WELL ? read_body(f, rq) : status;
}

enum fastcgi_got
fastcgi_receive(struct fastcgi *f, int fd, struct request *rq, struct reply *refusal)
{
	struct arena *a = rq->arena;
	size_t most = own_bytes(f) + 2 * f->limits.param_bytes + LENT_BYTES;
	int status;

	/* So that nothing below finds the arena full with the library's memory in hand. */
	if (a->size - a->used < most)
		fault(a->fault, "an arena that cannot hold a request of %zu bytes", most);
	if (f->request.in)
		fault(a->fault, "a request was received before the last one was answered");

	*rq = (struct request){ .arena = a, .number = random_number(a, &f->letters, NUMBER_CHARS) };
	f->arena = a;
	f->fd = fd;
	f->waits = f->limits.deadline_seconds * SECOND;
	f->deadline = clock_monotonic() + f->waits;
	f->refused = f->lingers = false;
	if (!read_params(f))
		return FASTCGI_CLOSED;

	a->fault->held++;
	status = read_request(f, rq);
	a->fault->held--;
	return got(f, rq, status, refusal);
}

enum fastcgi_got
fastcgi_receive_on(struct fastcgi *f, struct request *rq, struct reply *refusal)
{
	int status;

	rq->arena->fault->held++;
	status = read_body(f, rq);
	rq->arena->fault->held--;
	return got(f, rq, status, refusal);
}

struct reply
fastcgi_refuse(struct fastcgi *f, struct request *rq)
{
	struct reply refusal;

	refuse(f, rq, 503, &refusal);
	return refusal;
}
