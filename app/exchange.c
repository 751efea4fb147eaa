/* exchange.c - one request and its reply, from the first byte to the last. */
#include "exchange.h"

#include "base/log.h"
#include "core/hashing.h"
#include "http/fastcgi.h"
#include "serve.h"

#include <unistd.h>

enum {
	PARAM_BYTES = 65536,  /* nginx itself answers 500 above this */
	STREAM_SECONDS = 900, /* ten million entries of the audit log take two minutes to make */
	REST_BYTES = 40960,   /* what a call at /verify takes; the next one finds it */
	SEND_SECONDS = 30, /* as long as the web servers wait themselves, and as draining takes */
};

enum phase { PHASE_NONE, PHASE_READING, PHASE_HASHING, PHASE_HELD, PHASE_SENDING };

struct exchange {
	enum phase phase; /* what it waits in */
	bool waited;      /* so it was one more than there are threads, and is seldom needed */
	size_t arena_bytes;
	struct arena arena;
	struct fastcgi *fastcgi;
	struct request rq;
	struct reply reply;
	size_t mark; /* of the arena: above it stands a piece of a stream */
};

struct exchange *
exchange_make(struct arena *start, const struct settings *settings)
{
	struct exchange *x = NEW(start, struct exchange, 1);
	struct fastcgi_limits limits = { .body_bytes = (size_t)settings->body_bytes,
		.param_bytes = PARAM_BYTES,
		.deadline_seconds = (int)settings->deadline_seconds,
		.send_seconds = SEND_SECONDS,
		.stream_seconds = STREAM_SECONDS };

	x->arena_bytes = (size_t)settings->arena_bytes;
	x->fastcgi = fastcgi_open(start, &limits);
	return x;
}

bool
exchange_keeps(const struct exchange *x)
{
	return x->arena.top != 0;
}

void
exchange_rest(struct exchange *x)
{
	arena_rest(&x->arena, 0);
}

int64_t
exchange_deadline(const struct exchange *x)
{
	return fastcgi_deadline(x->fastcgi);
}

struct hash_wait *
exchange_hash(const struct exchange *x)
{
	return x->rq.hash;
}

/* serve() writes the line of each request that reaches it; these do not. */
static void
log_refusal(const struct exchange *x)
{
	struct log_line line;

	log_begin(&line, "request");
	log_text(&line, "number", x->rq.number);
	log_int(&line, "status", x->reply.status);
	log_end(&line);
}

static enum exchange_end
ended(struct exchange *x, enum exchange_end end)
{
	arena_rest(&x->arena, x->waited ? 0 : REST_BYTES);
	x->waited = false;
	x->phase = PHASE_NONE;
	return end;
}

static enum exchange_end
sent(struct exchange *x, enum fastcgi_sent sent)
{
	x->phase = PHASE_SENDING;
	switch (sent) {
	case FASTCGI_KEPT:
		return ended(x, EXCHANGE_KEPT);
	case FASTCGI_MORE: /* the next piece has its turn behind who waits for a thread */
	case FASTCGI_FULL:
		return EXCHANGE_WRITES;
	case FASTCGI_LINGERS:
		return EXCHANGE_LINGERS;
	case FASTCGI_ENDED:
		break;
	}
	return ended(x, EXCHANGE_CLOSED);
}

/* The next piece of a stream, once the one before is sent. */
static enum exchange_end
send_more(struct exchange *x, struct desk *desk)
{
	enum fastcgi_sent end = fastcgi_send_on(x->fastcgi);
	struct serve_piece piece;

	if (end != FASTCGI_MORE)
		return sent(x, end);
	arena_wipe(&x->arena, x->mark);
	if (!serve_more(desk, &x->rq, x->reply.stream, &piece)) {
		fastcgi_drop(x->fastcgi);
		return ended(x, EXCHANGE_CLOSED);
	}
	fastcgi_give(x->fastcgi, piece.text, piece.last);
	return sent(x, fastcgi_send_on(x->fastcgi));
}

static enum exchange_end
send_reply(struct exchange *x)
{
	return sent(x, fastcgi_send(x->fastcgi, &x->rq, &x->reply));
}

static enum exchange_end
send_refusal(struct exchange *x)
{
	log_refusal(x);
	return send_reply(x);
}

static enum exchange_end
answer(struct exchange *x, struct desk *desk)
{
	x->phase = PHASE_HASHING;
	x->reply = serve(desk, &x->rq);
	if (x->reply.status == 0)
		return EXCHANGE_HASH;
	x->mark = arena_mark(&x->arena);
	if (!x->reply.refuses)
		return send_reply(x);
	x->phase = PHASE_HELD;
	return EXCHANGE_HELD;
}

static enum exchange_end
received(struct exchange *x, struct desk *desk, enum fastcgi_got got)
{
	x->phase = PHASE_READING;
	switch (got) {
	case FASTCGI_WAITS:
		return EXCHANGE_READS;
	case FASTCGI_REQUEST:
		return answer(x, desk);
	case FASTCGI_REFUSED:
		return send_refusal(x);
	case FASTCGI_CLOSED:
		break;
	}
	return ended(x, EXCHANGE_CLOSED);
}

static void
open_arena(void *exchange)
{
	struct exchange *x = exchange;

	arena_open(&x->arena, x->arena.fault, x->arena_bytes);
}

static enum exchange_end
begin(struct exchange *x, int fd, struct desk *desk)
{
	struct fault *fault = x->arena.fault;

	if (!x->arena.at &&
	    !attempt(fault, open_arena, x)) { /* not tested: mmap() does not fail here */
		log_say("a request is not read: %s", fault->what);
		close(fd);
		return EXCHANGE_CLOSED;
	}
	x->rq = (struct request){ .arena = &x->arena };
	x->reply = (struct reply){ 0 };
	return received(x, desk, fastcgi_receive(x->fastcgi, fd, &x->rq, &x->reply));
}

enum exchange_end
exchange_go_on(struct exchange *x, int fd, struct desk *desk, struct fault *fault)
{
	x->arena.fault = fault;
	x->waited |= x->phase != PHASE_NONE;
	switch (x->phase) {
	case PHASE_READING:
		return received(x, desk, fastcgi_receive_on(x->fastcgi, &x->rq, &x->reply));
	case PHASE_HASHING:
		return answer(x, desk);
	case PHASE_HELD:
		return send_reply(x);
	case PHASE_SENDING:
		return send_more(x, desk);
	case PHASE_NONE:
		break;
	}
	return begin(x, fd, desk);
}

enum exchange_end
exchange_give_up(struct exchange *x, struct desk *desk)
{
	if (x->phase == PHASE_READING) {
		shared_count(desk->shared, COUNT_BUSY);
		x->reply = fastcgi_refuse(x->fastcgi, &x->rq);
		return send_refusal(x);
	}
	if (x->phase == PHASE_HELD)
		return send_reply(x);
	if (x->phase == PHASE_HASHING) {
		hash_give_up(x->rq.hash);
		return answer(x, desk);
	}
	fastcgi_drop(x->fastcgi);
	return ended(x, EXCHANGE_CLOSED);
}
