/* fastcgi_refused.c - tests of app/http/fastcgi.c: what it refuses. */
#define _GNU_SOURCE
#include "http/records.h"

/* ---- what is refused */

static struct wire
post(const char *length, const char *type, size_t n)
{
	struct wire w = wire();
	char *content = NEW(w.a, char, n);

	memset(content, 'x', n);
	request(&w.to, KEEP, "POST", "/");
	if (length)
		param(&w.to, S("CONTENT_LENGTH"), str_of(length));
	param(&w.to, S("CONTENT_TYPE"), str_of(type));
	end_params(&w.to);
	body(&w.to, (str){ content, n });
	deliver(&w);
	return w;
}

static void
a_body_over_the_limit_is_refused(void **state)
{
	struct wire w = post("50001", "", 50001);

	(void)state;
	check_refused(&w, 413, "The body is too large.");
	w = post("50000", "", 50001);
	check_refused(&w, 413, "The body is too large.");
	w = post("999999999", "application/json; charset=utf-8", 90000);
	check_refused(&w, 413,
	    "{\"error\":\"invalid_request\",\"error_description\":\"The body is too large.\"}");
}

static void
a_body_is_as_long_as_was_said(void **state)
{
	static const char *const wrong[] = { NULL, "", "0", "9", "11", "-10", "10x", "0x0a", "+10",
		" 10", "1e1", "99999999999999999999999", "-1" };
	struct wire w;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		w = post(wrong[i], "", 10);
		check_refused(&w, 400, "The request is malformed.");
	}
	w = post("10", "application/json", 9);
	check_refused(&w, 400, "{\"error\":\"invalid_request\"");
}

static void
too_many_parameters_are_refused(void **state)
{
	struct wire w = wire();
	char *long_value = NEW(w.a, char, 4000);

	(void)state;
	memset(long_value, 'x', 4000);
	request(&w.to, KEEP, "GET", "/");
	param(&w.to, S("HTTP_LONG"), (str){ long_value, 4000 });
	end_params(&w.to);
	body(&w.to, S(""));
	deliver(&w);
	check_refused(&w, 431, "The headers are too large.");

	w = wire();
	request(&w.to, KEEP, "GET", "/");
	for (int i = 0; i < 500; i++)
		param(&w.to, S("A"), S("b"));
	end_params(&w.to);
	body(&w.to, S(""));
	deliver(&w);
	check_refused(&w, 431, "The headers are too large.");
}

static void
what_makes_no_sense_is_refused(void **state)
{
	struct wire w = wire();

	(void)state;
	request(&w.to, KEEP, "GET", "http://elsewhere.test/");
	end_params(&w.to);
	body(&w.to, S(""));
	deliver(&w);
	check_refused(&w, 400, "The request is malformed.");

	w = wire();
	request(&w.to, KEEP, "GET", "/");
	param(&w.to, S("HTTP_X\0Y"), S("z"));
	end_params(&w.to);
	body(&w.to, S(""));
	deliver(&w);
	check_refused(&w, 400, "The request is malformed.");
}

/* ---- what is closed without a word */

/* The web server leaves after what it has sent. */
static void
leave(struct wire *w)
{
	if (w->to.n)
		assert_int_equal(send(w->theirs, w->to.at, w->to.n, 0), w->to.n);
	w->to.n = 0;
	shutdown(w->theirs, SHUT_WR);
	deliver(w);
	check_closed(w);
}

static void
a_request_cut_anywhere_is_none(void **state)
{
	size_t whole = 1;

	(void)state;
	for (size_t n = 0; n < whole; n++) {
		struct wire w = wire();

		request(&w.to, KEEP, "POST", "/");
		param(&w.to, S("CONTENT_LENGTH"), S("2"));
		end_params(&w.to);
		body(&w.to, S("ab"));
		whole = w.to.n;
		w.to.n = n;
		leave(&w);
	}
	assert_true(whole > 100);
}

static void
an_aborted_request_is_none(void **state)
{
	struct wire w = wire();

	(void)state;
	request(&w.to, KEEP, "POST", "/");
	record(&w.to, RECORD_ABORT, S(""));
	deliver(&w);
	check_closed(&w);

	w = wire();
	request(&w.to, KEEP, "POST", "/");
	param(&w.to, S("CONTENT_LENGTH"), S("2"));
	end_params(&w.to);
	record(&w.to, RECORD_STDIN, S("ab"));
	record(&w.to, RECORD_ABORT, S(""));
	deliver(&w);
	check_closed(&w);
}

static void
other_roles_are_closed(void **state)
{
	static const int others[] = { 0, 3, 4, 255 };

	(void)state;
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		struct wire w = wire();

		begin(&w.to, others[i], KEEP);
		param(&w.to, S("REQUEST_URI"), S("/"));
		end_params(&w.to);
		body(&w.to, S(""));
		deliver(&w);
		check_closed(&w);
	}
}

/* It is asked as soon as its parameters are there, body or none, and nothing behind them is ever read as a request. */
static void
an_authorizer_has_no_body(void **state)
{
	static const int flags[] = { 0, KEEP };

	(void)state;
	for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
		struct wire w = wire();

		begin(&w.to, 2, flags[i]);
		param(&w.to, S("REQUEST_METHOD"), S("POST"));
		param(&w.to, S("REQUEST_URI"), S("/v1/things?a=b"));
		param(&w.to, S("CONTENT_LENGTH"), S("2"));
		end_params(&w.to);
		deliver(&w);
		assert_true(w.rq.authorizes);
		CHECK_STR(w.rq.path, "/v1/things");
		assert_int_equal(w.rq.body.n, 0);
		assert_int_equal(send_all(&w, &(struct reply){ .status = 200 }), FASTCGI_ENDED);
		assert_false(is_open(w.ours));
		assert_int_equal(answer_of(w.a, w.theirs).ended, 1);
		close(w.theirs);
	}
}

static void
garbage_is_closed(void **state)
{
	static const str garbage[] = {
		STR_INIT("GET / HTTP/1.1\r\nHost: keys.example.test\r\n\r\n"),
		STR_INIT("\2\1\0\1\0\10\0\0\0\1\0\0\0\0\0\0"),
		STR_INIT("\1\1\0\0\0\10\0\0\0\1\0\0\0\0\0\0"),
		STR_INIT("\1\1\0\1\0\7\0\0\0\1\0\0\0\0\0\0"),
		STR_INIT("\1\1\0\1\0\10\0\0\0\1\0\0\0\0\0\0\1\5\0\1\0\0\0\0"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof garbage / sizeof garbage[0]; i++) {
		struct wire w = wire();

		buf_add(&w.to, garbage[i]);
		leave(&w);
	}
}

static void
a_peer_that_left_does_no_harm(void **state)
{
	struct wire w = wire();
	struct reply reply = reply_text(200, S("hello"));

	(void)state;
	request(&w.to, KEEP, "GET", "/");
	end_params(&w.to);
	body(&w.to, S(""));
	assert_int_equal(deliver(&w), FASTCGI_REQUEST);
	close(w.theirs);
	assert_int_equal(send_all(&w, &reply), FASTCGI_ENDED);
	assert_false(is_open(w.ours));
}

/* ---- mistakes of the program */

static void
receive(void *arg)
{
	struct wire *w = arg;

	fastcgi_receive(w->f, w->ours, &w->rq, &w->reply);
}

static void
wrong_use_is_a_fault(void **state)
{
	struct fastcgi_limits large = { (size_t)64 << 20, 1000, 1, 1, 1 };
	struct wire w = wire_in(test_arena(), &large);
	struct reply reply = reply_text(200, S("late"));

	(void)state;
	CHECK_FAULT(w.a, receive, &w, "an arena that cannot hold a request");
	w = wire();
	request(&w.to, KEEP, "GET", "/");
	end_params(&w.to);
	body(&w.to, S(""));
	assert_int_equal(deliver(&w), FASTCGI_REQUEST);
	CHECK_FAULT(w.a, receive, &w, "before the last one was answered");
	assert_int_equal(send_all(&w, &reply), FASTCGI_KEPT);
	close(w.theirs);
	close(w.ours);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_body_over_the_limit_is_refused),
		cmocka_unit_test(a_body_is_as_long_as_was_said),
		cmocka_unit_test(too_many_parameters_are_refused),
		cmocka_unit_test(what_makes_no_sense_is_refused),
		cmocka_unit_test(a_request_cut_anywhere_is_none),
		cmocka_unit_test(an_aborted_request_is_none),
		cmocka_unit_test(other_roles_are_closed),
		cmocka_unit_test(an_authorizer_has_no_body),
		cmocka_unit_test(garbage_is_closed),
		cmocka_unit_test(a_peer_that_left_does_no_harm),
		cmocka_unit_test(wrong_use_is_a_fault),
	};

	fastcgi_init();
	return cmocka_run_group_tests_name("http/fastcgi_refused", tests, NULL, NULL);
}
