/* request.h - what a visitor asks, once it has been read whole and found within all limits.
 *
 * Everything in it lives in the request's arena, or in what libfcgi keeps until the reply is sent. The members
 * below the line are filled in by serve(); the structs they point to belong to higher layers and are only carried here.
 */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include "base/clock.h"
#include "base/str.h"

enum method {
	METHOD_NONE, /* one that no route has */
	GET,         /* HEAD too: request.head says so, and the body is not sent */
	POST,
};

struct pair {
	str name, value;
};

/* What was found before the transaction, once, and stays when that is tried again. */
struct beforehand {
	bool done;
	size_t mark;        /* of the arena: what is below it stays as well */
	bool too_often;     /* this attempt is beyond what the throttle allows */
	bool recovery_only; /* no code of the app is taken: core/factor.h */
	bool too_fast;      /* so many forms this second are beyond what may be sent */
	bool proven;        /* the password was given lately, or just now: site/proof.h */
	bool wrong;         /* another one was given */
	str proof_error;    /* what the form says to that */
	str hash;           /* of a new password */
};

/* What a program is told of its limits, as values of headers; empty where there are none. */
struct limits {
	str policy, left;
	int64_t retry; /* seconds until a call is answered again; 0 when this one is */
};

/* As what a request has been counted: of whom, and whether at all. */
struct counted {
	int64_t client; /* as a call of that one's limit */
	int64_t secret; /* as a use of that one */
	bool address, revocation;
};

struct request {
	struct arena *arena;
	struct db *db;
	int64_t now; /* when it came in; the time of everything it does */
	str number;  /* 16 characters: in the log, in a header and on the sorry page */
	enum method method;
	bool head;
	bool https;
	bool claimed; /* its assertion was accepted in a try before: core/assertion.h */
	struct counted counted, counted_before; /* up to now, and in the tries before this one */
	bool authorizes; /* as an Authorizer: whether the request may be made; it has no body */
	str path;        /* as sent, before the '?', not decoded */
	str query;       /* as sent, after the '?' */
	str host;        /* the Host header */
	str remote;      /* the caller's address, as the web server says */
	str type;        /* Content-Type without its parameters, in lower case */
	str cookie;      /* the Cookie header */
	str body;
	const struct pair *params; /* all FastCGI parameters */
	size_t params_n;

	/* ---- from here on filled in by serve() */
	struct desk *desk; /* what lives as long as the thread: core/desk.h */
	int64_t began;     /* by clock_monotonic() */
	const struct route *route;
	str id, token;               /* of :id and :token in the route's address */
	const struct actor *actor;   /* core/actor.h; NULL when nobody is signed in */
	int64_t org;                 /* the organization of whoever is signed in, or 0 */
	int64_t me;                  /* user.id of whoever is signed in, or 0 */
	str environment;             /* "production" or "integration": what the pages show */
	str csrf;                    /* what each form must send back */
	str visit;                   /* a fresh visitor's cookie, to be set; usually empty */
	const struct policy *policy; /* core/policy.h: of org, once it was asked for */
	bool unproven; /* the password that the route asks for was not given: nothing may be done */
	bool ours;     /* no form of another site's */
	struct beforehand before;
	struct audit_entries *audit; /* core/audit.h: collected, written last */
	uint32_t late;               /* which hosts of the database have not confirmed it, by bit */
	struct limits limits;        /* core/rate.h */
	struct hash_wait *hash;      /* core/hashing.h: what it waits for, or has waited for */
	str verdict, subject;        /* for the log: what was decided, about which public id */
	const struct decision
	    *decision; /* core/decision.h: why a program is refused, once that is known */
};

/* Fills in method, head, https, path, query, host, remote, type and cookie from the parameters. False
 * when REQUEST_URI is no path (an absolute address, "*", none) or holds blanks or control bytes. */
bool request_parse(struct request *);

/* A FastCGI parameter by its name; the empty text when there is none. */
str request_param(const struct request *, str name);

/* Several in one walk: of each of n names the first value, and how often it was sent. */
struct param_found {
	str value;
	int times;
};
void request_find(const struct request *, const str *names, struct param_found *, size_t n);

/* Whether a parameter of that name was sent twice (an attack, or a broken web server). */
bool request_param_twice(const struct request *, str name);

/* A request header, by its CGI name ("HTTP_X_API_KEY"). The same lookup under a name that says more. */
str request_header(const struct request *, str cgi_name);

/* A cookie's value as it was sent; of two with one name the first. */
str request_cookie(const struct request *, str name);

/* A decoded field of the query. Absent, broken or not UTF-8: the empty text, or otherwise. */
str query_text(const struct request *, str name);
int64_t query_int(const struct request *, str name, int64_t otherwise);

#endif
