/* records.h - a web server for tests: FastCGI records made by hand, and what comes back. */
#ifndef TESTS_HTTP_RECORDS_H
#define TESTS_HTTP_RECORDS_H

#include "check.h"

#include "base/buf.h"
#include "http/fastcgi.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum {
	RECORD_BEGIN = 1,
	RECORD_ABORT = 2,
	RECORD_END = 3,
	RECORD_PARAMS = 4,
	RECORD_STDIN = 5,
	RECORD_STDOUT = 6,
	RESPONDER = 1,
	CLOSE = 0,
	KEEP = 1,
};

/* One record of request 1; at most 65,535 bytes of content. */
static inline void
record(struct buf *b, int type, str content)
{
	char head[8] = { 1, (char)type, 0, 1, (char)(content.n >> 8), (char)content.n, 0, 0 };

	buf_add(b, (str){ head, sizeof head });
	buf_add(b, content);
}

static inline void
begin(struct buf *b, int role, int keep)
{
	char content[8] = { 0, (char)role, (char)keep, 0, 0, 0, 0, 0 };

	record(b, RECORD_BEGIN, (str){ content, sizeof content });
}

static inline void
param_length(struct buf *b, size_t n)
{
	char four[4] = { (char)(n >> 24 | 0x80), (char)(n >> 16), (char)(n >> 8), (char)n };

	if (n < 128)
		buf_add_char(b, (char)n);
	else
		buf_add(b, (str){ four, sizeof four });
}

/* A parameter in a record of its own. */
static inline void
param(struct buf *b, str name, str value)
{
	struct buf content = buf_new(b->arena, 70000);

	param_length(&content, name.n);
	param_length(&content, value.n);
	buf_add(&content, name);
	buf_add(&content, value);
	record(b, RECORD_PARAMS, buf_str(&content));
}

/* All of a body, and its end. */
static inline void
body(struct buf *b, str content)
{
	for (; content.n; content = str_part(content, 30000, content.n))
		record(b, RECORD_STDIN, str_part(content, 0, 30000));
	record(b, RECORD_STDIN, (str){ 0 });
}

/* The beginning of a request up to its last parameter, which the caller ends with end_params(). */
static inline void
request(struct buf *b, int keep, const char *method, const char *uri)
{
	begin(b, RESPONDER, keep);
	param(b, S("REQUEST_METHOD"), str_of(method));
	param(b, S("REQUEST_URI"), str_of(uri));
	param(b, S("REMOTE_ADDR"), S("192.0.2.1"));
}

static inline void
end_params(struct buf *b)
{
	record(b, RECORD_PARAMS, (str){ 0 });
}

/* What came back so far. */
struct answer {
	str out;
	int ended;   /* requests that were ended */
	bool closed; /* properly, after all of it */
};

static inline struct answer
answer_of(struct arena *a, int fd)
{
	struct answer answer = { 0 };
	struct buf all = buf_new(a, 1 << 22), out = buf_new(a, 1 << 22);
	ssize_t n;

	while ((n = recv(fd, buf_room(&all, 4096), 4096, MSG_DONTWAIT)) > 0)
		all.n += (size_t)n;
	answer.closed = n == 0;
	for (str rest = buf_str(&all); rest.n >= 8;) {
		const unsigned char *head = (const unsigned char *)rest.at;
		size_t content = (size_t)head[4] << 8 | head[5];

		if (head[1] == RECORD_STDOUT)
			buf_add(&out, str_part(rest, 8, content));
		answer.ended += head[1] == RECORD_END;
		rest = str_part(rest, 8 + content + head[6], rest.n);
	}
	answer.out = buf_str(&out);
	return answer;
}

static const struct fastcgi_limits limits = {
	.body_bytes = 50000,
	.param_bytes = 4000,
	.deadline_seconds = 1,
	.send_seconds = 1,
};

/* A web server's end, and the program's. What it sends is built in `to`. */
struct wire {
	struct arena *a;
	struct fastcgi *f;
	int theirs, ours;
	struct buf to;
	struct request rq;
	struct reply reply;
	enum fastcgi_got got;
};

static inline struct wire
wire_in(struct arena *a, const struct fastcgi_limits *l)
{
	struct wire w = { .a = a, .to = buf_new(a, 1 << 20), .rq.arena = a };
	struct timeval wait = { l->deadline_seconds, 0 };
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	w.theirs = pair[0];
	w.ours = pair[1];
	setsockopt(w.ours, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
	setsockopt(w.ours, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
	w.f = fastcgi_open(a, l);
	return w;
}

static inline struct wire
wire(void)
{
	return wire_in(test_arena(), &limits);
}

/* Goes on with what waits, as the dispatcher would. */
static inline enum fastcgi_got
receive_all(struct wire *w)
{
	while (w->got == FASTCGI_WAITS) {
		int64_t left = fastcgi_deadline(w->f) - clock_monotonic();
		struct pollfd ours = { .fd = w->ours, .events = POLLIN };

		if (left > 0)
			poll(&ours, 1, (int)(left / 1000) + 1);
		w->got = fastcgi_receive_on(w->f, &w->rq, &w->reply);
	}
	return w->got;
}

/* Sends what was built, and lets the program read it. */
static inline enum fastcgi_got
deliver(struct wire *w)
{
	if (w->to.n)
		assert_int_equal(send(w->theirs, w->to.at, w->to.n, 0), w->to.n);
	w->to.n = 0;
	w->got = fastcgi_receive(w->f, w->ours, &w->rq, &w->reply);
	return receive_all(w);
}

static inline enum fastcgi_sent
send_all(struct wire *w, const struct reply *reply)
{
	enum fastcgi_sent sent = fastcgi_send(w->f, &w->rq, reply);

	while (sent == FASTCGI_FULL || sent == FASTCGI_LINGERS) {
		int64_t left = fastcgi_deadline(w->f) - clock_monotonic();
		struct pollfd ours = { .fd = w->ours,
			.events = sent == FASTCGI_FULL ? POLLOUT : POLLIN };

		if (left > 0)
			poll(&ours, 1, (int)(left / 1000) + 1);
		sent = fastcgi_send_on(w->f);
	}
	return sent;
}

static inline bool
is_open(int fd)
{
	return fcntl(fd, F_GETFD) != -1;
}

/* The request was refused with that status and those words; the connection ends with the answer. */
static inline void
check_refused(struct wire *w, int status, const char *words)
{
	struct answer answer;

	assert_int_equal(w->got, FASTCGI_REFUSED);
	assert_int_equal(w->reply.status, status);
	CHECK_STR(w->rq.path, "");
	assert_int_equal(w->rq.params_n, 0);
	assert_int_equal(w->rq.number.n, 16);
	shutdown(w->theirs, SHUT_WR); /* or the program waits for what may come */
	assert_int_equal(send_all(w, &w->reply), FASTCGI_ENDED);
	assert_false(is_open(w->ours));
	answer = answer_of(w->a, w->theirs);
	assert_true(str_starts(answer.out, fmt(w->a, "Status: %d ", status)));
	assert_true(str_find(answer.out, str_of(words)) < answer.out.n);
	assert_int_equal(answer.ended, 1);
	assert_true(answer.closed);
	close(w->theirs);
}

static inline void
check_closed(struct wire *w)
{
	struct answer answer;

	assert_int_equal(w->got, FASTCGI_CLOSED);
	assert_false(is_open(w->ours));
	answer = answer_of(w->a, w->theirs);
	assert_int_equal(answer.ended, 0);
	close(w->theirs);
}

#endif
