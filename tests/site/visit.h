/* visit.h - a browser in the tests of site/: its cookies, headers and forms. */
#ifndef TESTS_SITE_VISIT_H
#define TESTS_SITE_VISIT_H

#include "core/fixture.h"

#include "site/session.h"

/* A reply header's value: of several with one name the first that begins so. */
static inline str
header_of(const struct reply *reply, const char *name, const char *begins)
{
	for (const struct header *h = reply->headers; h; h = h->next)
		if (str_eq(h->name, str_of(name)) && str_starts(h->value, str_of(begins)))
			return h->value;
	return (str){ 0 };
}

/* A request that comes with this Cookie header, and whoever it shows to be signed in. In no transaction. */
static inline struct request *
visit_at(str cookie, int64_t now)
{
	struct request *rq = hand_ask(&world.hand, 0);

	rq->method = GET;
	rq->now = now;
	rq->cookie = str_copy(rq->arena, cookie);
	session_find(rq);
	return rq;
}

static inline struct request *
visit(str cookie)
{
	return visit_at(cookie, clock_now());
}

static inline void
send_form(struct request *rq, str body)
{
	rq->method = POST;
	rq->type = S("application/x-www-form-urlencoded");
	rq->body = body;
}

/* The cookies that a reply sets, as the browser sends them: "keydesk=...". In the start arena. */
static inline str
session_cookie_of(const struct reply *reply, const char *name)
{
	str rest, value = header_of(reply, "Set-Cookie", name);

	return str_copy(&world.hand.start, str_cut(value, ';', &rest));
}

/* session_start() for somebody whose password has just been proven. */
static inline struct reply
started(struct request *rq, struct proven who)
{
	const struct person_hash_row *row = sql_person_hash(rq->db, .person = who.person);

	who.hash = row ? row->password_hash : (str){ 0 };
	return session_start(rq, &who, S("/"));
}

/* Signs in with this cookie in hand; the session's cookie. */
static inline str
sign_in_with(str cookie, const struct proven *who)
{
	struct request *rq = visit(cookie);
	struct reply reply;

	db_begin(rq->db, DB_WRITE);
	reply = started(rq, *who);
	db_commit(rq->db);
	return session_cookie_of(&reply, world.settings.https ? "__Host-keydesk=" : "keydesk=");
}

static inline str
sign_in(const struct people *p)
{
	return sign_in_with(
	    (str){ 0 }, &(struct proven){ .person = p->person, .user = p->user, .org = p->org });
}

#endif
