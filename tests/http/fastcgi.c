/* fastcgi.c - tests of app/http/fastcgi.c: what it answers, over a socket pair on which the test is the
 * web server. What it refuses: fastcgi_refused.c; whom it
 * does not wait for: fastcgi_slow.c. */
#define _GNU_SOURCE
#include "http/records.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- what is answered */

static void
a_request_is_read_and_answered(void **state)
{
	struct wire w = wire();
	struct reply reply;
	struct answer answer;

	(void)state;
	request(&w.to, KEEP, "GET", "/a/b?c=d");
	param(&w.to, S("HTTPS"), S("on"));
	param(&w.to, S("HTTP_HOST"), S("keys.example.test"));
	param(&w.to, S("HTTP_COOKIE"), S("sid=1"));
	param(&w.to, S("HTTP_EMPTY"), S(""));
	param(&w.to, S("CONTENT_LENGTH"), S(""));
	end_params(&w.to);
	body(&w.to, S(""));
	assert_int_equal(deliver(&w), FASTCGI_REQUEST);
	assert_int_equal(w.rq.method, GET);
	CHECK_STR(w.rq.path, "/a/b");
	CHECK_STR(w.rq.query, "c=d");
	CHECK_STR(w.rq.host, "keys.example.test");
	CHECK_STR(w.rq.remote, "192.0.2.1");
	CHECK_STR(w.rq.cookie, "sid=1");
	CHECK_STR(w.rq.body, "");
	CHECK_STR(request_param(&w.rq, S("FCGI_ROLE")), "RESPONDER");
	CHECK_STR(request_param(&w.rq, S("HTTP_EMPTY")), "");
	assert_true(w.rq.https);
	assert_true(w.rq.now > 0);
	assert_int_equal(w.rq.number.n, 16);

	reply = see_other(&w.rq, "/a");
	reply_header(&w.rq, &reply, S("X-Number"), w.rq.number);
	assert_int_equal(send_all(&w, &reply), FASTCGI_KEPT);
	answer = answer_of(w.a, w.theirs);
	CHECK_STR_EQ(
	    answer.out, fmt(w.a,
			    "Status: 303 See Other\r\nContent-Length: 0\r\nX-Number: %.*s\r\n"
			    "Location: /a\r\n\r\n",
			    STR(w.rq.number)));
	assert_int_equal(answer.ended, 1);
	assert_false(answer.closed);
	close(w.theirs);
	close(w.ours);
}

static void
a_body_comes_in_several_records(void **state)
{
	struct wire w = wire();
	char *content = NEW(w.a, char, 50000);
	struct reply reply;
	int room = 1 << 18;

	(void)state;
	setsockopt(w.ours, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
	for (size_t i = 0; i < 50000; i++)
		content[i] = (char)(i * 31 >> 3);
	request(&w.to, CLOSE, "POST", "/");
	param(&w.to, S("CONTENT_LENGTH"), S("50000"));
	param(&w.to, S("CONTENT_TYPE"), S("text/PLAIN;charset=utf-8"));
	end_params(&w.to);
	body(&w.to, (str){ content, 50000 });
	assert_int_equal(deliver(&w), FASTCGI_REQUEST);
	assert_int_equal(w.rq.method, POST);
	CHECK_STR(w.rq.type, "text/plain");
	CHECK_STR_EQ(w.rq.body, ((str){ content, 50000 }));

	reply = reply_text(200, w.rq.body);
	assert_int_equal(send_all(&w, &reply), FASTCGI_ENDED);
	assert_false(is_open(w.ours));
	struct answer answer = answer_of(w.a, w.theirs);
	assert_true(answer.closed);
	assert_int_equal(answer.ended, 1);
	CHECK_HOLDS(answer.out, "Status: 200 OK\r\nContent-Type: text/plain; "
				"charset=utf-8\r\nContent-Length: 50000\r\n\r\n");
	assert_true(str_ends(answer.out, w.rq.body));
	close(w.theirs);
}

static void
a_kept_connection_has_many_requests(void **state)
{
	struct wire w = wire();
	struct reply reply;
	str first_number = { 0 };

	(void)state;
	for (int i = 0; i < 3; i++) {
		request(&w.to, KEEP, i ? "GET" : "POST", i ? "/later" : "/first");
		if (i == 0)
			param(&w.to, S("CONTENT_LENGTH"), S("5"));
		end_params(&w.to);
		body(&w.to, i ? S("") : S("hello"));
		assert_int_equal(deliver(&w), FASTCGI_REQUEST);
		CHECK_STR_EQ(w.rq.path, i ? S("/later") : S("/first"));
		CHECK_STR_EQ(w.rq.body, i ? S("") : S("hello"));
		assert_true(i == 0 || !str_eq(w.rq.number, first_number));
		first_number = w.rq.number;
		reply = reply_text(200, w.rq.path);
		assert_int_equal(send_all(&w, &reply), FASTCGI_KEPT);
		assert_true(str_ends(answer_of(w.a, w.theirs).out, i ? S("/later") : S("/first")));
	}
	shutdown(w.theirs, SHUT_WR);
	deliver(&w);
	check_closed(&w);
}

static void
some_answers_have_no_body(void **state)
{
	struct wire w = wire();
	struct reply reply = reply_text(200, S("hello"));
	str out;

	(void)state;
	request(&w.to, KEEP, "HEAD", "/");
	end_params(&w.to);
	body(&w.to, S(""));
	assert_int_equal(deliver(&w), FASTCGI_REQUEST);
	assert_int_equal(w.rq.method, GET);
	assert_int_equal(send_all(&w, &reply), FASTCGI_KEPT);
	out = answer_of(w.a, w.theirs).out;
	CHECK_HOLDS(out, "Content-Length: 5\r\n");
	assert_true(str_ends(out, S("\r\n\r\n")));

	request(&w.to, CLOSE, "GET", "/");
	end_params(&w.to);
	body(&w.to, S(""));
	assert_int_equal(deliver(&w), FASTCGI_REQUEST);
	reply = (struct reply){ .status = 204 };
	assert_int_equal(send_all(&w, &reply), FASTCGI_ENDED);
	CHECK_STR(answer_of(w.a, w.theirs).out, "Status: 204 No Content\r\n\r\n");
	close(w.theirs);
}

/* ---- forged records */

static void
add_forged(struct buf *b)
{
	request(b, KEEP, "GET", "/forged");
	param(b, S("SSL_CLIENT_VERIFY"), S("SUCCESS"));
	end_params(b);
	body(b, S(""));
}

static void
records_in_a_body_are_only_its_bytes(void **state)
{
	struct wire w = wire();
	struct buf forged = buf_new(w.a, 1 << 16);
	struct reply reply = reply_text(200, S("done"));

	(void)state;
	for (int i = 0; i < 100; i++) /* across the library's buffer of 8,192 bytes */
		add_forged(&forged);
	request(&w.to, KEEP, "POST", "/true");
	param(&w.to, S("CONTENT_LENGTH"), fmt(w.a, "%zu", forged.n));
	end_params(&w.to);
	body(&w.to, buf_str(&forged));
	assert_int_equal(deliver(&w), FASTCGI_REQUEST);
	CHECK_STR(w.rq.path, "/true");
	CHECK_STR_EQ(w.rq.body, buf_str(&forged));
	CHECK_STR(request_param(&w.rq, S("SSL_CLIENT_VERIFY")), "");
	assert_int_equal(send_all(&w, &reply), FASTCGI_KEPT);
	assert_int_equal(answer_of(w.a, w.theirs).ended, 1);

	request(&w.to, KEEP, "GET", "/next");
	end_params(&w.to);
	body(&w.to, S(""));
	assert_int_equal(deliver(&w), FASTCGI_REQUEST);
	CHECK_STR(w.rq.path, "/next");
	assert_int_equal(send_all(&w, &reply), FASTCGI_KEPT);
	close(w.theirs);
	close(w.ours);
}

static void
records_behind_a_refused_body_are_not_read(void **state)
{
	struct wire w;

	(void)state;
	for (int i = 0; i < 2; i++) {
		w = wire();
		request(&w.to, KEEP, "POST", "/");
		param(&w.to, S("CONTENT_LENGTH"), i ? S("3") : S("60000"));
		end_params(&w.to);
		record(&w.to, RECORD_STDIN, S("four"));
		for (int k = 0; k < 100; k++)
			add_forged(&w.to);
		deliver(&w);
		check_refused(&w, i ? 400 : 413, "");
	}
}

static void
a_request_sent_too_early_ends_the_connection(void **state)
{
	struct wire w = wire();
	struct reply reply = reply_text(200, S("done"));

	(void)state;
	for (int i = 0; i < 2; i++) {
		request(&w.to, KEEP, "GET", "/");
		end_params(&w.to);
		body(&w.to, S(""));
	}
	assert_int_equal(deliver(&w), FASTCGI_REQUEST);
	assert_int_equal(send_all(&w, &reply), FASTCGI_ENDED);
	assert_false(is_open(w.ours));
	assert_int_equal(answer_of(w.a, w.theirs).ended, 1);
	close(w.theirs);
}

/* ---- what is left in memory */

enum { SECRETS = 4, SECRET_BYTES = 24, HIDE = 0x55 };

/* The text of one of the secrets, which stands nowhere in the program: a parameter of the first record,
 * one behind the library's first buffer, a body, an answer. */
static char *
secret_write(char *to, int which)
{
	for (int i = 0; i < SECRET_BYTES; i++)
		to[i] = (char)('A' + (i * i + which * 5 + i * which) % 26);
	return to;
}

/* How often each secret stands in the process's own memory. The needles and what was read are hidden
 * (xor), so that the search does not find itself. */
static void
secrets_count(int found[SECRETS])
{
	static char needles[SECRETS][SECRET_BYTES], chunk[1 << 16];
	FILE *maps = fopen("/proc/self/maps", "r");
	int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	unsigned long from, to;
	char line[512], mode[5];

	assert_non_null(maps);
	for (int k = 0; k < SECRETS; k++) {
		found[k] = 0;
		secret_write(needles[k], k);
		for (int i = 0; i < SECRET_BYTES; i++)
			needles[k][i] ^= HIDE;
	}
	while (fgets(line, sizeof line, maps)) {
		/* Not the sanitizer's shadow of terabytes. */
		/* NOLINTNEXTLINE(cert-err34-c): the kernel writes these numbers */
		if (sscanf(line, "%lx-%lx %4s", &from, &to, mode) != 3 || mode[1] != 'w' ||
		    to - from > (256ul << 20))
			continue;
		for (; from < to; from += sizeof chunk - SECRET_BYTES) {
			size_t want = to - from < sizeof chunk ? to - from : sizeof chunk;
			ssize_t n = pread(memory, chunk, want, (off_t)from);

			for (ssize_t i = 0; i < n; i++)
				chunk[i] ^= HIDE;
			for (int k = 0; k < SECRETS && n > 0; k++)
				found[k] +=
				    memmem(chunk, (size_t)n, needles[k], SECRET_BYTES) != NULL;
			explicit_bzero(chunk, sizeof chunk);
		}
	}
	fclose(maps);
	close(memory);
}

/* Valgrind puts a free() of its own in the place of ours, which overwrites (base/wipe.c): then there is nothing to see. */
static void
skip_with_another_free(void)
{
	const char *before = getenv("RUN"); /* tests/units.sh */

	if (!before || strncmp(before, "valgrind", strlen("valgrind")) != 0)
		return;
	print_message(
	    "skipped: secrets_do_not_outlive_their_request, as valgrind has a free() of its own\n");
	skip();
}

static void
secrets_do_not_outlive_their_request(void **state)
{
	struct fastcgi_limits wide = {
		.body_bytes = 100, .param_bytes = 20000, .deadline_seconds = 1, .send_seconds = 1
	};
	struct wire w = wire_in(test_arena(), &wide);
	char *secret[SECRETS];
	int found[SECRETS];
	struct reply reply;

	(void)state;
	skip_with_another_free();
	for (int k = 0; k < SECRETS; k++)
		secret[k] = secret_write(NEW(w.a, char, SECRET_BYTES), k);
	request(&w.to, KEEP, "POST", "/");
	param(&w.to, S("HTTP_AUTHORIZATION"), (str){ secret[0], SECRET_BYTES });
	for (int i = 0; i < 200; i++)
		param(&w.to, S("HTTP_FILLER"), S("of the library's buffer of 8,192 bytes"));
	param(&w.to, S("HTTP_COOKIE"), (str){ secret[1], SECRET_BYTES });
	param(&w.to, S("CONTENT_LENGTH"), S("24"));
	end_params(&w.to);
	body(&w.to, (str){ secret[2], SECRET_BYTES });
	assert_int_equal(deliver(&w), FASTCGI_REQUEST);
	CHECK_STR_EQ(w.rq.cookie, ((str){ secret[1], SECRET_BYTES }));
	reply = reply_text(200, (str){ secret[3], SECRET_BYTES });
	assert_int_equal(send_all(&w, &reply), FASTCGI_KEPT);

	secrets_count(found);
	for (int k = 0; k < SECRETS; k++)
		assert_true(found[k] > 0);
	arena_wipe(w.a, 0);
	secrets_count(found);
	for (int k = 0; k < SECRETS; k++)
		assert_int_equal(found[k], 0);
	close(w.theirs);
	close(w.ours);
}

static void
signals_are_left_alone(void **state)
{
	struct sigaction now;

	(void)state;
	sigaction(SIGTERM, NULL, &now);
	assert_true(now.sa_handler == SIG_DFL);
	sigaction(SIGUSR1, NULL, &now);
	assert_true(now.sa_handler == SIG_DFL);
	sigaction(SIGPIPE, NULL, &now);
	assert_true(now.sa_handler == SIG_IGN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_is_read_and_answered),
		cmocka_unit_test(a_body_comes_in_several_records),
		cmocka_unit_test(a_kept_connection_has_many_requests),
		cmocka_unit_test(some_answers_have_no_body),
		cmocka_unit_test(records_in_a_body_are_only_its_bytes),
		cmocka_unit_test(records_behind_a_refused_body_are_not_read),
		cmocka_unit_test(a_request_sent_too_early_ends_the_connection),
		cmocka_unit_test(secrets_do_not_outlive_their_request),
		cmocka_unit_test(signals_are_left_alone),
	};

	fastcgi_init();
	return cmocka_run_group_tests_name("http/fastcgi", tests, NULL, NULL);
}
