/* serve.c - the life of one request: route, session, transaction, access, CSRF, audit, reply. */
#define _GNU_SOURCE
#include "serve.h"

#include "api/api.h"
#include "apology.h"
#include "core/actor.h"
#include "core/again.h"
#include "core/audit.h"
#include "core/data_api.h"
#include "core/endpoints.h"
#include "core/machine.h"
#include "core/pasted.h"
#include "core/rate.h"
#include "core/shared_recent.h"
#include "core/signing.h"
#include "core/together.h"
#include "core/token_words.h"
#include "no_route.h"
#include "routes.h"
#include "site/key.h"
#include "site/late.h"
#include "site/proof.h"
#include "site/session.h"
#include "sql.h"
#include "trace.h"

#include <unistd.h>

const struct desk *
serve_link(struct arena *start, const struct settings *settings)
{
	struct desk *desk = NEW(start, struct desk, 1);

	*desk = (struct desk){
		.settings = settings, .routes = routes, .routes_n = routes_n, .start = start
	};
	route_check(start->fault, routes, routes_n);
	page_link(desk, pages, pages_n);
	return desk;
}

struct desk *
serve_open(
    struct arena *start, const struct desk *linked, struct shared *shared, struct permits *permits)
{
	const struct settings *settings = linked->settings;
	struct desk *desk = NEW(start, struct desk, 1);

	*desk = *linked;
	desk->start = start;
	desk->shared = shared;
	desk->permits = permits;
	desk->together = together_make(start, TOGETHER_PATIENCE);
	desk->pid = getpid();
	desk->keyring = keyring_load(start, str_c(start, settings->keyring));
	desk->self = machine_self(start, settings);
	desk->db = db_open(start, &settings->db);
	db_count_commits(desk->db, shared_commits(shared));
	return desk;
}

struct desk *
serve_thread(struct arena *start, const struct desk *shared)
{
	struct desk *desk = NEW(start, struct desk, 1);

	*desk = *shared;
	desk->start = start;
	desk->db = db_another(start, shared->db);
	desk->signing = signing_open(start);
	desk->endpoints = endpoints_open(start);
	desk->words = token_words_open(start);
	return desk;
}

bool
serve_for_program(const struct request *rq)
{
	if (rq->route)
		return rq->route->may == PROGRAM;
	return route_is_for_programs(rq->desk->routes, rq->desk->routes_n, rq->path);
}

/* One try at answering; what attempt() calls. */
struct work {
	struct request *rq;
	struct reply reply;
};

static struct reply
to_sign_in(struct request *rq)
{
	struct reply reply;

	if (rq->method == GET && rq->path.n > 1)
		reply = see_other(rq, "/sign-in?next=%.*s", STR(rq->path));
	else
		reply = see_other(rq, "/sign-in");
	reply.undo = true;
	return reply;
}

/* A write begins by counting the person's act, so that none outlives their deactivation, another role, or the end of
 * an operator's right. */
static bool
counted(struct request *rq)
{
	if (rq->me && sql_user_acts(rq->db, .me = rq->me, .role = role_text(rq->actor->role)) != 1)
		return false;
	if (rq->me && rq->route->may != OPERATOR)
		return true;
	return sql_person_acts(rq->db, .person = rq->actor->person) == 1;
}

/* Who ends sessions holds the row that counted() waits for, so the session is looked for after it. */
static bool
still_there(struct request *rq)
{
	return counted(rq) && session_alive(rq);
}

/* So is whoever takes somebody's access to the Data API away. */
static bool
reaches_still(struct request *rq)
{
	const struct actor *actor = rq->actor;

	return rq->route->may != DATA_API || (actor && actor->role == ROLE_ADMIN) ||
	       data_listed(rq);
}

/* A secret in an address stays in none: the page at the address without it says what to do. */
static struct reply
without_query(struct request *rq)
{
	struct reply reply = see_other(rq, "%.*s?did=secret-in-address", STR(rq->path));

	reply.undo = true;
	return reply;
}

/* Whether all that is open to them is to turn their second factor on. */
static bool
factor_first(const struct request *rq)
{
	return rq->actor && rq->actor->factor_missing && rq->route->may != ANYONE &&
	       !rq->route->factorless;
}

static struct reply
to_factor(struct request *rq)
{
	struct reply reply = see_other(rq, "/profile/factor");

	reply.undo = true;
	return reply;
}

static struct reply
answer_person(struct request *rq)
{
	const struct route *route = rq->route;

	if (route->method == GET && pasted_in_query(rq))
		return without_query(rq);
	if (!rq->actor && !access_may(NULL, route->may))
		return to_sign_in(rq);
	if (!rq->ours) /* first, as a role is of the organization where they are now */
		return not_ours(rq);
	if (!access_may(rq->actor, route->may))
		return forbidden(rq);
	if (factor_first(rq))
		return to_factor(rq);
	if (route->method == POST && rq->actor && !rq->unproven && !still_there(rq))
		return to_sign_in(rq);
	if (route->method == POST && !rq->unproven && !reaches_still(rq))
		return forbidden(rq);
	return route->page(rq);
}

static void
after_work(void *arg)
{
	struct request *rq = arg;

	rq->route->after(rq);
}

/* What is committed stays so, whatever becomes of this. */
static void
run_after(struct request *rq)
{
	if (attempt(rq->arena->fault, after_work, rq))
		return;
	db_rollback(rq->db);
	apology_log(rq, rq->arena->fault);
}

/* A page says that something is done once every node of the database has it: whoever asks another one, be
 * it a program with a secret that has just ended or the next page of this person, finds it so. */
static void
finish(struct request *rq, enum db_mode mode, struct reply *reply)
{
	if (rq->unproven) {
		db_rollback(rq->db);
		proof_refuse(rq, reply);
		return;
	}
	if (reply->undo) {
		db_rollback(rq->db);
		return;
	}
	audit_write(rq);
	db_commit(rq->db);
	if (rq->route->after)
		run_after(rq);
	if (mode == DB_WRITE)
		rq->late = db_confirm(rq->db);
}

static enum db_mode
mode_of(const struct request *rq)
{
	if (serve_for_program(rq))
		return rq->route->mode;
	return rq->route->method == GET || rq->unproven ? DB_READ : DB_WRITE;
}

static struct reply
transaction(struct request *rq)
{
	bool program = serve_for_program(rq);
	enum db_mode mode;
	struct reply reply;

	rq->unproven = rq->route->proof && !rq->before.proven;
	mode = mode_of(rq);
	db_begin(rq->db, mode);
	reply = program ? rq->route->page(rq) : answer_person(rq);
	finish(rq, mode, &reply);
	return reply;
}

static bool
address_ours(const struct request *rq)
{
	return serve_for_program(rq) || str_eq(rq->host, rq->desk->settings->host);
}

/* Once, however often the request is tried, and not for what will be refused anyway: a form of another
 * site must not use up what a person may try. */
static void
run_before(struct request *rq)
{
	const struct route *route = rq->route;

	if (rq->before.done || (route->method != POST && !route->before) ||
	    !access_may(rq->actor, route->may) || !rq->ours || factor_first(rq))
		return;
	rq->before.too_fast = route->method == POST && rq->actor && !rate_of_forms(rq);
	if (route->proof && !rq->before.too_fast)
		proof_take(rq);
	if (route->before && !rq->before.too_fast)
		route->before(rq);
	rq->before.done = true;
	rq->before.mark = arena_mark(rq->arena);
}

static struct reply
answer(struct request *rq)
{
	bool elsewhere;

	rq->route = route_find(rq->desk->routes, rq->desk->routes_n, rq, &elsewhere);
	if (!address_ours(rq))
		return sorry(rq, 421);
	if (!serve_for_program(rq))
		session_find(rq);
	if (!rq->route)
		return no_route(rq, elsewhere);
	rq->ours = rq->route->method != POST || (!serve_for_program(rq) && csrf_ok(rq));
	run_before(rq);
	return rq->before.too_fast ? too_many(rq) : transaction(rq);
}

static void
answer_work(void *arg)
{
	struct work *work = arg;

	db_begin(work->rq->db, DB_NONE);
	work->reply = answer(work->rq);
}

/* What a try has put into the request is taken out again, but for what before() found, that an assertion is ours, and what was
 * counted. */
static void
forget(struct request *rq, struct request *asked)
{
	asked->before = rq->before.done ? rq->before : asked->before;
	asked->claimed = rq->claimed;
	asked->counted = asked->counted_before = rq->counted;
	*rq = *asked;
}

/* Once its hash is computed; and what its network was charged it is not charged again. Both stay in the arena, where
 * they are. */
static struct reply
to_be_run_anew(struct request *rq, struct request *asked)
{
	asked->hash = rq->hash;
	asked->limits = rq->limits;
	forget(rq, asked);
	rq->before.mark = arena_mark(rq->arena);
	return (struct reply){ 0 };
}

/* Conflicts are tried again, from the session on. */
static struct reply
try_until_done(struct request *rq)
{
	struct request asked = *rq;
	struct work work = { .rq = rq };
	size_t mark = arena_mark(rq->arena);
	struct again tried = again_begin();
	struct fault *fault = rq->arena->fault;

	while (!attempt(fault, answer_work, &work)) {
		db_rollback(rq->db);
		if (fault->kind == FAULT_HASH)
			return to_be_run_anew(rq, &asked);
		if (rq->route && rq->route->stubborn)
			again_stubborn(&tried);
		if (!again(&tried, fault, rq->db))
			return apologize(rq, fault);
		forget(rq, &asked);
		arena_wipe(rq->arena, asked.before.done ? asked.before.mark : mark);
	}
	return work.reply;
}

static void
add_headers(struct request *rq, struct reply *reply)
{
	reply->refuses = reply->status >= 400 && serve_for_program(rq);
	/* The caller hears them with the answer of another one. */
	if (rq->authorizes && reply->status == 200) {
		rate_headers(rq, reply);
		return;
	}
	reply_header(rq, reply, S("X-Request-Number"), rq->number);
	if (serve_for_program(rq)) {
		rate_headers(rq, reply);
		if (!rq->route || (rq->route->page != jwks && rq->route->page != oauth_metadata))
			reply_header(rq, reply, S("Cache-Control"), S("no-store"));
		reply_header(rq, reply, S("X-Content-Type-Options"), S("nosniff"));
		return;
	}
	late_say(rq, reply);
	page_headers(rq, reply);
	if (rq->visit.n)
		cookie_set(
		    rq, reply, &(struct cookie){ .name = "keydesk_visit", .value = rq->visit });
	key_reveal_headers(rq, reply);
}

/* The last resort: even the headers did not fit, of a reply whose transaction is over. */
static void
header_work(void *arg)
{
	struct work *work = arg;

	add_headers(work->rq, &work->reply);
}

struct reply
serve(struct desk *desk, struct request *rq)
{
	struct work work = { .rq = rq };

	rq->desk = desk;
	rq->db = desk->db;
	rq->environment = S("production");
	if (rq->authorizes)
		verify_asked(rq);
	if (!rq->began) {
		rq->began = clock_monotonic();
		shared_count(desk->shared, COUNT_REQUESTS);
	}
	db_bind(desk->db, rq->arena);
	work.reply = try_until_done(rq);
	if (work.reply.status && !attempt(rq->arena->fault, header_work, &work))
		work.reply = apology_after();
	db_unbind(desk->db);
	if (work.reply.status)
		trace_request(rq, &work.reply, clock_monotonic() - rq->began);
	return work.reply;
}
