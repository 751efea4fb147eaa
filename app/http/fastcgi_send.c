/* fastcgi_send.c - reply -> bytes, and how a request and its connection are ended; see fastcgi.c. */
#define _GNU_SOURCE
#include "http/fastcgi_parts.h"

#include "base/wipe.h"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	LINGER_MILLISECONDS = 1000, /* for a refusal to be read; libfcgi takes 2 s for each read */
	LINGER_READS = 16,          /* at a time */
};

/* ---- the library's memory and the connection's end */

bool
fastcgi_buffer(const FCGX_Stream *stream, struct fastcgi_buffer *b)
{
	memcpy(b, stream->data, sizeof *b);
	return b->size > 0 && b->size <= STREAM_BUFFER_BYTES && b->at <= stream->rdNext &&
	       stream->rdNext <= b->at + b->size;
}

static void
stream_wipe(const FCGX_Stream *stream)
{
	struct fastcgi_buffer b;

	if (fastcgi_buffer(stream, &b))
		wipe_freed(b.allocated);
}

/* Frees what the library holds; what was lent to it is overwritten with the request's arena. The connection stays as it
 * is. */
static void
release(struct fastcgi *f)
{
	FCGX_Request *r = &f->request;

	for (char **param = r->envp; *param; param++)
		wipe_freed(*param);
	stream_wipe(r->in);
	stream_wipe(r->out);
	stream_wipe(r->err);
	lend_begin(f->arena, 0);
	FCGX_Free(r, 0);
	lend_end();
	r->ipcFd = -1;
}

void
fastcgi_drop(struct fastcgi *f)
{
	if (f->request.in)
		release(f);
	close(f->fd);
}

/* A peer that is still sending would not read a refusal, and close() would throw it away: so what comes
 * is thrown away for a while. */
static enum fastcgi_sent
linger(struct fastcgi *f)
{
	char trash[4096];
	ssize_t n = 1;

	for (int i = 0; i < LINGER_READS && n > 0; i++)
		n = recv(f->fd, trash, sizeof trash, MSG_DONTWAIT);
	explicit_bzero(trash, sizeof trash);
	if (n != 0 && clock_monotonic() < f->deadline)
		return FASTCGI_LINGERS;
	close(f->fd);
	return FASTCGI_ENDED;
}

/* Ends the request with its last records. */
static enum fastcgi_sent
finish(struct fastcgi *f)
{
	FCGX_Request *r = &f->request;
	struct fastcgi_buffer in;
	bool keep = r->keepConnection && !f->refused && fastcgi_buffer(r->in, &in) &&
	            in.stop == r->in->rdNext;

	/* What FCGX_Finish_r() does, which closes in its own way. err first: so both ends and the end
	 * of the request are one write with the rest of the reply. */
	keep = FCGX_FClose(r->err) == 0 && keep;
	keep = FCGX_FClose(r->out) == 0 && keep;
	release(f);
	if (keep) {
		if (f->waits != f->limits.deadline_seconds * SECOND)
			fastcgi_wait(f, f->limits.deadline_seconds * SECOND);
		return FASTCGI_KEPT;
	}
	if (f->refused) {
		f->lingers = true;
		f->deadline = clock_monotonic() + LINGER_MILLISECONDS * (SECOND / 1000);
		shutdown(f->fd, SHUT_WR);
		return linger(f);
	}
	close(f->fd);
	return FASTCGI_ENDED;
}

/* ---- sending */

static void
put(FCGX_Stream *out, str s)
{
	FCGX_PutStr(s.n ? s.at : "", (int)s.n, out);
}

static void
put_head(FCGX_Stream *out, const struct reply *reply)
{
	char digits[STR_NUMBER_MAX];

	put(out, S("Status: "));
	put(out, str_number(digits, (uint64_t)reply->status));
	put(out, S(" "));
	put(out, str_of(reply_reason(reply->status)));
	if (reply->type.n) {
		put(out, S("\r\nContent-Type: "));
		put(out, reply->type);
	}
	if (reply->status != 204 && reply->status != 304 && !reply->stream) {
		put(out, S("\r\nContent-Length: "));
		put(out, str_number(digits, reply->body.n));
	}
	put(out, S("\r\n"));
	for (const struct header *header = reply->headers; header; header = header->next)
		put(out, header->line);
	put(out, S("\r\n"));
}

/* Whether a part may be written without waiting. A Unix socket says so while less than a quarter of its
 * 208 kB is taken. */
static bool
has_room(const struct fastcgi *f)
{
	struct pollfd socket = { .fd = f->fd, .events = POLLOUT };

	return poll(&socket, 1, 0) != 0;
}

enum fastcgi_sent
fastcgi_send_on(struct fastcgi *f)
{
	FCGX_Stream *out = f->request.out;

	if (f->lingers)
		return linger(f);
	for (str part; f->rest.n; f->rest = str_part(f->rest, part.n, f->rest.n)) {
		bool late = clock_monotonic() > f->deadline;

		if (!late && !has_room(f))
			return FASTCGI_FULL;
		part = str_part(f->rest, 0, STREAM_BUFFER_BYTES);
		if (late || FCGX_PutStr(part.at, (int)part.n, out) < 0) {
			fastcgi_drop(f);
			return FASTCGI_ENDED;
		}
	}
	return f->streams ? FASTCGI_MORE : finish(f);
}

static int64_t
sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

void
fastcgi_give(struct fastcgi *f, str piece, bool last)
{
	f->rest = piece;
	f->streams = !last;
	f->deadline =
	    sooner(clock_monotonic() + f->limits.send_seconds * SECOND, f->stream_deadline);
}

enum fastcgi_sent
fastcgi_send(struct fastcgi *f, const struct request *rq, const struct reply *reply)
{
	int64_t now = clock_monotonic();

	f->rest = rq->head ? (str){ 0 } : reply->body;
	f->streams = reply->stream && !rq->head;
	f->deadline = now + f->limits.send_seconds * SECOND;
	f->stream_deadline = now + f->limits.stream_seconds * SECOND;
	put_head(f->request.out, reply);
	return fastcgi_send_on(f);
}
