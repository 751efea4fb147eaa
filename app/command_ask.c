/* command_ask.c - one request, answered on standard output: gdb, valgrind and perf need no web server. */
#include "command.h"

#include "base/random.h"
#include "core/person.h"
#include "serve.h"
#include "sql.h"

#include <stdio.h>
#include <unistd.h>

enum { CACHE_ENTRIES = 64, SESSION_CHARS = 43 };

/* A session of the person for this one request; its cookie. Empty, with the reason said, when there is no
 * such person. */
static str
begin_session(struct command_run *run, struct desk *desk)
{
	const struct person_by_email_row *person =
	    sql_person_by_email(desk->db, .email = str_lower(run->arena, run->options.as));
	const struct person_home_row *home =
	    person ? sql_person_home(desk->db, .person = person->person) : NULL;
	str token = random_base62(run->arena, SESSION_CHARS);
	struct digest hash = digest_sha256(token);

	if (!person) {
		say_wrong("there is no user %.*s", STR(run->options.as));
		return (str){ 0 };
	}
	sql_session_add(desk->db, .token_hash = DIGEST_STR(hash),
	    .public_id = random_base62(desk->start, 10), .person = person->person,
	    .user = home ? home->user : 0, .environment = S("production"), .remote = S("127.0.0.1"),
	    .program = S("keydesk ask"), .now = clock_now());
	return token;
}

static void
end_session(struct desk *desk, str token)
{
	struct digest hash = digest_sha256(token);

	sql_session_end(desk->db, .token_hash = DIGEST_STR(hash));
}

static bool
read_question(const struct command_run *run, struct request *rq)
{
	str address, method = str_cut(run->options.question, ' ', &address);

	rq->path = str_cut(str_trim(address), '?', &rq->query);
	rq->method = str_eq(method, S("GET")) ? GET : METHOD_NONE;
	if (rq->method == GET && str_starts(rq->path, S("/")))
		return true;
	say_wrong("ask takes one question such as 'GET /credentials'; only GET");
	return false;
}

static void
print_reply(const struct reply *reply)
{
	say("%d %s\n", reply->status, reply_reason(reply->status));
	for (const struct header *h = reply->headers; h; h = h->next)
		say("%.*s: %.*s\n", STR(h->name), STR(h->value));
	say("\n%.*s\n", STR(reply->body));
}

enum exit_code
command_ask(struct command_run *run)
{
	struct arena *a = run->arena;
	struct request rq = { .arena = a,
		.now = clock_now(),
		.number = random_base62(a, 16),
		.host = run->settings->host,
		.remote = S("127.0.0.1") };
	struct reply reply;
	struct shared *shared;
	struct desk *desk;
	str token = { 0 };
	int fd;

	if (!read_question(run, &rq))
		return EXIT_USAGE;
	shared = shared_make(a->fault, CACHE_ENTRIES, &fd);
	close(fd);
	desk = serve_thread(
	    a, serve_open(a, serve_link(a, run->settings), shared, permits_make(a, 1, 1, 1)));
	db_bind(desk->db, a);
	if (run->options.as.n)
		token = begin_session(run, desk);
	if (run->options.as.n && token.n == 0)
		return EXIT_REFUSED;
	rq.cookie = fmt(a, "%skeydesk=%.*s", run->settings->https ? "__Host-" : "", STR(token));
	reply = serve(desk, &rq);
	print_reply(&reply);
	if (token.n)
		end_session(desk, token);
	return reply.status < 500 ? EXIT_DONE : EXIT_BROKEN;
}
