/* fastcgi_slow.c - tests of app/http/fastcgi.c and fastcgi_send.c: whom they do not wait for. */
#define _GNU_SOURCE
#include "http/fastcgi_parts.h"
#include "http/records.h"

#include <pthread.h>

/* ---- what comes slowly, or is slowly taken */

static void
a_body_is_gone_on_with_as_it_comes(void **state)
{
	struct wire w = wire();
	struct reply reply = reply_text(200, S("done"));
	struct buf whole = buf_new(w.a, 4096);
	int waits = 0;

	(void)state;
	request(&whole, KEEP, "POST", "/slow");
	param(&whole, S("CONTENT_LENGTH"), S("6"));
	end_params(&whole);
	assert_int_equal(send(w.theirs, whole.at, whole.n, 0), whole.n);
	whole.n = 0;
	record(&whole, RECORD_STDIN, S("abc"));
	whole.at[whole.n - 8 - 3 + 6] = 5; /* padding behind it, as nginx sends it */
	buf_add(&whole, S("....."));
	record(&whole, RECORD_STDIN, S("def"));
	record(&whole, RECORD_STDIN, S(""));
	w.got = fastcgi_receive(w.f, w.ours, &w.rq, &w.reply);
	/* Record by record: nobody waits, and half of a request is none. */
	for (size_t at = 0, n; at < whole.n; at += n) {
		n = at == 0 ? 16 : 11;
		n = n < whole.n - at ? n : whole.n - at;
		assert_int_equal(w.got, FASTCGI_WAITS);
		assert_true(fastcgi_deadline(w.f) > clock_monotonic());
		assert_int_equal(w.rq.arena->fault->held, 0);
		assert_int_equal(send(w.theirs, whole.at + at, n, 0), n);
		w.got = fastcgi_receive_on(w.f, &w.rq, &w.reply);
		waits++;
	}
	assert_int_equal(waits, 3);
	assert_int_equal(w.got, FASTCGI_REQUEST);
	CHECK_STR(w.rq.path, "/slow");
	CHECK_STR(w.rq.body, "abcdef");
	assert_int_equal(send_all(&w, &reply), FASTCGI_KEPT);
	close(w.theirs);
	close(w.ours);
}

static int64_t
wait_of(int fd)
{
	struct timeval wait = { 0 };
	socklen_t n = sizeof wait;

	assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, &n), 0);
	return wait.tv_sec * SECOND + wait.tv_usec;
}

/* What is left of the time is less with each piece, and whole again for the next request. */
static void
a_kept_connection_waits_as_long_as_before(void **state)
{
	static const struct fastcgi_limits patient = { 100, 1000, 60, 1, 1 };
	struct wire w = wire_in(test_arena(), &patient);
	struct reply reply = reply_text(200, S("done"));

	(void)state;
	request(&w.to, KEEP, "POST", "/slow");
	param(&w.to, S("CONTENT_LENGTH"), S("3"));
	end_params(&w.to);
	assert_int_equal(send(w.theirs, w.to.at, w.to.n, 0), w.to.n);
	w.to.n = 0;
	assert_int_equal(fastcgi_receive(w.f, w.ours, &w.rq, &w.reply), FASTCGI_WAITS);
	assert_true(wait_of(w.ours) == 60 * SECOND);
	w.f->deadline -= 20 * SECOND;
	body(&w.to, S("abc"));
	assert_int_equal(send(w.theirs, w.to.at, w.to.n, 0), w.to.n);
	assert_int_equal(fastcgi_receive_on(w.f, &w.rq, &w.reply), FASTCGI_REQUEST);
	assert_true(wait_of(w.ours) <= 41 * SECOND);
	assert_int_equal(send_all(&w, &reply), FASTCGI_KEPT);
	assert_true(wait_of(w.ours) == 60 * SECOND);
	close(w.theirs);
	close(w.ours);
}

static void
a_body_that_cannot_be_waited_for_is_refused(void **state)
{
	struct wire w = wire();
	struct answer answer;

	(void)state;
	request(&w.to, KEEP, "POST", "/");
	param(&w.to, S("CONTENT_LENGTH"), S("6"));
	param(&w.to, S("CONTENT_TYPE"), S("application/json"));
	end_params(&w.to);
	assert_int_equal(send(w.theirs, w.to.at, w.to.n, 0), w.to.n);
	assert_int_equal(fastcgi_receive(w.f, w.ours, &w.rq, &w.reply), FASTCGI_WAITS);
	w.reply = fastcgi_refuse(w.f, &w.rq);
	CHECK_STR(w.rq.path, "");
	/* The refusal can be read, though they are still sending. */
	assert_int_equal(fastcgi_send(w.f, &w.rq, &w.reply), FASTCGI_LINGERS);
	assert_int_equal(send(w.theirs, "abc", 3, MSG_NOSIGNAL), 3);
	answer = answer_of(w.a, w.theirs);
	CHECK_HOLDS(answer.out, "Status: 503 Service Unavailable\r\n");
	CHECK_HOLDS(answer.out, "Retry-After: 2\r\n");
	CHECK_HOLDS(answer.out, "{\"error\":\"temporarily_unavailable\"");
	assert_int_equal(fastcgi_send_on(w.f), FASTCGI_LINGERS);
	close(w.theirs);
	assert_int_equal(fastcgi_send_on(w.f), FASTCGI_ENDED);
	assert_false(is_open(w.ours));
}

static void
a_reply_is_gone_on_with_when_there_is_room(void **state)
{
	enum { BYTES = 1000000 };
	struct wire w = wire();
	char *content = NEW(w.a, char, BYTES), *taken = NEW(w.a, char, BYTES);
	struct reply reply = reply_text(200, (str){ content, BYTES });
	enum fastcgi_sent sent;
	size_t come = 0;
	ssize_t n;
	int waits = 0;

	(void)state;
	request(&w.to, KEEP, "GET", "/");
	end_params(&w.to);
	body(&w.to, S(""));
	assert_int_equal(deliver(&w), FASTCGI_REQUEST);
	for (sent = fastcgi_send(w.f, &w.rq, &reply); sent == FASTCGI_FULL;
	     sent = fastcgi_send_on(w.f)) {
		waits++;
		while ((n = recv(w.theirs, taken, BYTES, MSG_DONTWAIT)) > 0)
			come += (size_t)n;
	}
	assert_int_equal(sent, FASTCGI_KEPT);
	while ((n = recv(w.theirs, taken, BYTES, MSG_DONTWAIT)) > 0)
		come += (size_t)n;
	assert_true(waits > 3);
	assert_true(come > BYTES);
	close(w.theirs);
	close(w.ours);
}

/* ---- deadlines: three slow peers at a time, each with an arena of its own */

struct slow {
	struct fault fault;
	struct arena arena;
	struct wire w;
	bool kept;
	pthread_t thread;
};

static void *
receive_slowly(void *arg)
{
	struct slow *slow = arg;

	slow->w.got = fastcgi_receive(slow->w.f, slow->w.ours, &slow->w.rq, &slow->w.reply);
	receive_all(&slow->w);
	return NULL;
}

static void *
send_slowly(void *arg)
{
	struct slow *slow = arg;
	char *content = NEW(&slow->arena, char, 1 << 20);
	struct reply reply = reply_text(200, (str){ content, 1 << 20 });

	receive_slowly(slow);
	slow->kept = send_all(&slow->w, &reply) == FASTCGI_KEPT;
	return NULL;
}

static void
slow_start(struct slow *slow, void *(*work)(void *))
{
	struct wire *w = &slow->w;

	assert_int_equal(send(w->theirs, w->to.at, w->to.n, 0), w->to.n);
	assert_int_equal(pthread_create(&slow->thread, NULL, work, slow), 0);
}

static void
slow_peers_are_not_waited_for(void **state)
{
	struct slow slow[3] = { 0 };

	(void)state;
	for (int i = 0; i < 3; i++) {
		arena_open(&slow[i].arena, &slow[i].fault, (size_t)8 << 20);
		slow[i].w = wire_in(&slow[i].arena, &limits);
		request(&slow[i].w.to, KEEP, "POST", "/");
		param(&slow[i].w.to, S("CONTENT_LENGTH"), i == 1 ? S("100") : S(""));
		if (i != 0)
			end_params(&slow[i].w.to);
		if (i == 2)
			body(&slow[i].w.to, S(""));
		slow_start(&slow[i], i == 2 ? send_slowly : receive_slowly);
	}
	/* A byte every now and then would make the whole body in 5 seconds. */
	while (pthread_tryjoin_np(slow[1].thread, NULL) != 0) {
		send(slow[1].w.theirs, "\1\5\0\1\0\1\0\0x", 9, 0);
		usleep(50000);
	}
	pthread_join(slow[0].thread, NULL);
	pthread_join(slow[2].thread, NULL);
	check_closed(&slow[0].w);
	check_refused(&slow[1].w, 408, "The request came too slowly.");
	assert_int_equal(slow[2].w.got, FASTCGI_REQUEST);
	assert_false(slow[2].kept);
	assert_false(is_open(slow[2].w.ours));
	for (int i = 0; i < 3; i++)
		arena_close(&slow[i].arena);
}

static void
a_deadline_that_has_passed_is_seen_without_reading(void **state)
{
	static const struct fastcgi_limits none = { .body_bytes = 10, .param_bytes = 1000 };
	struct wire w = wire_in(test_arena(), &none);

	(void)state;
	request(&w.to, KEEP, "GET", "/");
	end_params(&w.to);
	body(&w.to, S(""));
	assert_int_equal(deliver(&w), FASTCGI_REFUSED);
	assert_int_equal(w.reply.status, 408);
	assert_int_equal(send_all(&w, &w.reply), FASTCGI_ENDED);
	assert_false(is_open(w.ours));
	close(w.theirs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_body_is_gone_on_with_as_it_comes),
		cmocka_unit_test(a_kept_connection_waits_as_long_as_before),
		cmocka_unit_test(a_body_that_cannot_be_waited_for_is_refused),
		cmocka_unit_test(a_reply_is_gone_on_with_when_there_is_room),
		cmocka_unit_test(slow_peers_are_not_waited_for),
		cmocka_unit_test(a_deadline_that_has_passed_is_seen_without_reading),
	};

	fastcgi_init();
	return cmocka_run_group_tests_name("http/fastcgi_slow", tests, NULL, NULL);
}
