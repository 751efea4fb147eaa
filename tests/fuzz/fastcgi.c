/* fastcgi.c - fuzzes app/http/fastcgi.c and fastcgi_send.c: whatever records come, a request is whole or there is none.
 *
 * The input is read as records, so that most of them have a header that fits. Two things are left out
 * that only a web server can send and libfcgi 2.4.2 does not bear: lengths of 16 MiB and more in
 * parameters (some end the process, as app/http/fastcgi.c says), management records (each leaks).
 */
#include "fuzz.h"

#include "http/fastcgi.c"

#include <fcntl.h>

enum { BEGIN = 1, PARAMS = 4, STDIN = 5, WIRE_MAX = 60000 };

static const struct fastcgi_limits limits = { 300, 200, 1, 1, 1 };

/* Takes n bytes from the input. */
static str
cut(str *input, size_t n)
{
	str part = str_part(*input, 0, n);

	*input = str_part(*input, part.n, input->n);
	return part;
}

static size_t
record(char *to, char type, char id, str content)
{
	memcpy(to, (char[]){ 1, type, 0, id, (char)(content.n >> 8), (char)content.n, 0, 0 }, 8);
	for (size_t i = 0; i < content.n; i++) {
		bool huge = type != STDIN && (unsigned char)content.at[i] > 0x80;

		to[8 + i] = huge ? content.at[i] & 0x7f : content.at[i];
	}
	return 8 + content.n;
}

/* A record of any kind with any content. */
static size_t
any_record(char *to, str *input, unsigned char kind, size_t n)
{
	static const char types[] = { BEGIN, PARAMS, STDIN, 2, 3, 6, 8, 11, 77 };
	char type = types[kind % sizeof types];

	return record(to, type, kind < 250 ? 1 : 2, cut(input, n));
}

static size_t
param_record(char *to, str *input, unsigned char kind, size_t n)
{
	static const str names[] = { STR_INIT("REQUEST_URI"), STR_INIT("REQUEST_METHOD"),
		STR_INIT("CONTENT_LENGTH"), STR_INIT("CONTENT_TYPE"), STR_INIT("HTTP_COOKIE"),
		STR_INIT("HTTPS"), STR_INIT("A=B"), STR_INIT("") };
	str name = names[kind % 8], value = cut(input, n % 128);
	char content[256] = { (char)name.n, (char)value.n };

	memcpy(content + 2, name.at, name.n);
	if (value.n)
		memcpy(content + 2 + name.n, value.at, value.n);
	return record(to, PARAMS, 1, (str){ content, 2 + name.n + value.n });
}

/* One record, as the first two bytes of the input say and the next ones fill it. */
static size_t
wire_record(char *to, str *input)
{
	str head = cut(input, 2);
	unsigned char kind = (unsigned char)head.at[0];
	size_t n = head.n > 1 ? (unsigned char)head.at[1] : 0;
	char begin[8] = { 0, 1, (char)(n & 1), 0, 0, 0, 0, 0 };

	switch (kind >> 5) {
	case 0:
	case 1:
		return param_record(to, input, kind, n);
	case 2:
		return record(to, PARAMS, 1, (str){ 0 });
	case 3:
		return record(to, STDIN, 1, cut(input, n));
	case 4:
		return record(to, STDIN, 1, (str){ 0 });
	case 5:
		return record(to, BEGIN, 1, (str){ begin, sizeof begin });
	default:
		return any_record(to, input, kind, n);
	}
}

static void
check_request(const struct request *rq)
{
	str length = request_param(rq, S("CONTENT_LENGTH"));
	int64_t said = 0;

	must(length.n == 0 || str_int(length, &said));
	must(rq->body.n == (size_t)said && rq->body.n <= limits.body_bytes);
	must(rq->params_n <= PARAMS_MAX && rq->path.n > 0 && rq->path.at[0] == '/');
	for (size_t i = 0; i < rq->params_n; i++)
		must(str_find_char(rq->params[i].name, '=') == rq->params[i].name.n);
	must(str_eq(request_param(rq, S("FCGI_ROLE")), S("RESPONDER")));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static char wire[WIRE_MAX + 600];
	static struct fastcgi *f;
	static struct arena start;
	static struct fault fault;
	struct request rq = { .arena = fuzz_arena() };
	struct reply reply = reply_text(200, S("hello"));
	str input = { (const char *)data, n };
	enum fastcgi_got got;
	size_t sent = 0;
	int pair[2];
	enum fastcgi_sent ended;

	if (!f) {
		fastcgi_init();
		arena_open(&start, &fault, 4096);
		f = fastcgi_open(&start, &limits);
	}
	if (n % 8) /* most inputs begin as they should */
		sent = record(wire, BEGIN, 1, (str){ (char[]){ 0, 1, 1, 0, 0, 0, 0, 0 }, 8 });
	while (input.n && sent < WIRE_MAX)
		sent += wire_record(wire + sent, &input);
	must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	must(send(pair[0], wire, sent, 0) == (ssize_t)sent);
	shutdown(pair[0], SHUT_WR);

	got = fastcgi_receive(f, pair[1], &rq, &reply);
	must(got != FASTCGI_WAITS); /* they have said that nothing more comes */
	must(rq.number.n == NUMBER_CHARS && rq.arena->fault->held == 0);
	if (got == FASTCGI_REQUEST)
		check_request(&rq);
	if (got != FASTCGI_CLOSED) {
		ended = fastcgi_send(f, &rq, &reply);
		/* libfcgi has answered each second beginning of a request. */
		while (ended == FASTCGI_FULL && recv(pair[0], wire, sizeof wire, MSG_DONTWAIT) > 0)
			ended = fastcgi_send_on(f);
		must(ended == FASTCGI_ENDED || (ended == FASTCGI_KEPT && got == FASTCGI_REQUEST));
		if (ended == FASTCGI_KEPT)
			close(pair[1]);
	}
	must(f->request.in == NULL && fcntl(pair[1], F_GETFD) == -1);
	close(pair[0]);
	return 0;
}
