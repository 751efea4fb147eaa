/* runner.h - what the parts of the runner of page tests share. tests/README.md says what they do. */
#ifndef TESTS_PAGES_RUNNER_H
#define TESTS_PAGES_RUNNER_H

#include "base/clock.h"
#include "core/actor.h"
#include "core/client.h"
#include "core/desk.h"
#include "http/reply.h"
#include "site/route.h"

#include <mysql.h>

/* ---- world.c: the installation that all tests share: a scratch database and the program's own parts */

struct world {
	struct fault fault;
	struct arena start, request, test;
	const struct settings *settings;
	struct desk *desk;
	struct db *nowhere;   /* a database that does not answer */
	struct permits *full; /* of which each is taken */
	struct db *partly;    /* one of two nodes, the other of which does not */
	MYSQL *root;          /* may do anything */
	char name[64];        /* of the database, and of the account that serves */
	char folder[64];      /* the key ring and the log */
	int log, out;         /* what serve() logs, and the real standard error */
	int64_t tests;        /* begun so far: gives each test a network of its own */
	int64_t catalogue;    /* its version once it was made the default one */
};

/* Ends the process with a message when it cannot be made. */
void world_open(struct world *);
void world_close(struct world *);

/* Runs it as the database's root. Rows are parted by "; ", columns by a blank, NULL is "NULL". An error is
 * a fault. In the arena given. */
str world_sql(struct world *, struct arena *, str text);

/* Something asked of core/ directly, as at the command line, in a transaction of its own. */
struct request world_begin(struct world *, int64_t now);
void world_end(struct request *);

/* What has been logged since the last call. */
str world_logged(struct world *, struct arena *);

/* ---- fixture.c: the organization of a test, its people and keys, and words in braces */

enum who {
	WHO_NOBODY,
	WHO_MEMBER,
	WHO_COMPLIANCE_ADMIN,
	WHO_ADMIN,
	WHO_OPERATOR,    /* of the installation, without an organization */
	WHO_DEACTIVATED, /* was an admin, and has a session from then */
	WHOS
};

struct fixture_person {
	int64_t person, user;
	str id, name, email, password;
};

/* A browser: its cookies, and the token for its forms. */
struct visitor {
	str name;
	struct pair cookies[8];
	size_t n;
	str csrf, csrf_cookies; /* the token, and the cookies it was given with */
};

struct question {
	str method, address, body, type, host, origin, csrf;
	bool no_csrf, no_origin, no_database, no_node, no_permits, no_limit;
	struct pair params[24]; /* of FastCGI, besides the usual ones */
	size_t params_n;
};

struct test {
	struct world *world;
	struct arena *arena;
	const char *file;
	str heading;
	int line;
	bool failed;
	int64_t now;
	str remote;             /* the visitors' address */
	int64_t org, other_org; /* its own, and the one that has the foreign objects */
	struct fixture_person people[WHOS];
	struct visitor visitors[8], *visitor;
	size_t visitors_n;
	struct pair words[64]; /* what {name} stands for */
	size_t words_n;
	struct question next, last; /* what has been said of the next one; the one asked last */
	struct request rq;
	struct reply reply;
	str text, before; /* the last reply with its headers, and the one before it */
	str log;
	const struct settings *settings; /* of this test, where it has any of its own */
	int64_t entries;                 /* the audit entries before the last request */
};

/* The settings anew, from the environment. */
const struct settings *world_settings(struct arena *);

/* Makes the test's organization. The arena is wiped before. */
void fixture_begin(struct test *, struct world *);

const char *who_word(enum who);
bool who_of(str word, enum who *);

/* The person of that role, made when first needed; NULL for nobody. */
const struct fixture_person *fixture_person(struct test *, enum who);

/* From here on that role asks, signed in; or a browser of that name in which nobody has signed in. */
void fixture_as(struct test *, str name);

/* A key {name} of the organization, or of another one: {name.client_id}, {name.secret}, {name.sid}. */
struct fixture_key {
	str name, label, environment;
	int64_t days; /* how old it is */
	bool stored, used, foreign;
	bool rotating; /* a rotation with an overlap of a day has begun */
	bool pending;  /* the operator made it, and nobody has opened it */
	bool deactivated;
	/* of a scoped credential: lists with commas; permissions by full name, places by their words */
	bool scoped;
	str may, in, networks;
	int64_t ends_days; /* until it ends, from now; 0 is never */
	/* of an additional secret, which has those too: whose it is, at first the member's, and the word of its account
	 * key, at first the first one there is */
	bool additional, only_reads;
	enum who whose;
	str key;
};
void fixture_key(struct test *, const struct fixture_key *);

/* That key, and the id of a decision about its secret: it was revoked. */
str fixture_decision(struct test *, const struct fixture_key *);

/* The words {name}, {name.client_id}, {name.secret} and so on. */
void fixture_key_words(struct test *, str name, const struct client_made *);

/* Makes a scoped one within rq's transaction. The organization is entitled to what it may do. */
bool fixture_scoped(
    struct test *, struct request *rq, const struct fixture_key *, struct client_made *made);

/* An additional secret; {name.client_id} is its account key's. And the client of the Data API, unless there is one. */
void fixture_additional(struct test *, const struct fixture_key *);
void fixture_data_api(struct test *, const struct fixture_key *);

/* A member {name} of the organization, or of the other one, who is on the list of the Data API. */
void fixture_listed(struct test *, str name, bool foreign);

/* The person of that public id is deactivated, by hand where no door is named, and swept. */
struct fixture_left {
	str id, door; /* console (by the admin) or command */
	bool unswept;
};
void fixture_left(struct test *, const struct fixture_left *);

/* One that is pending. */
void fixture_pending(struct test *, const struct fixture_key *);

/* An organization {name} that the operator has founded: {name.token} is of its first admin's link, {name.email}
 * that person's address, {name.row} its row. known is who is invited, if it is one of the test's people. */
struct fixture_founded {
	str name, label;
	enum who known;
	bool keys; /* with first keys in both environments */
};
void fixture_founded(struct test *, const struct fixture_founded *);

/* The test's organization, or the other one. */
int64_t fixture_org(struct test *, bool foreign);

/* An account {name}, or a workspace of the account {account}: {name.row} is its row. */
struct fixture_account {
	str name, label, account;
	bool foreign;
};
void fixture_account(struct test *, const struct fixture_account *);
void fixture_workspace(struct test *, const struct fixture_account *);

/* A declared place {name} of the key {key}; and a caller of the secret of that sid, which may be {key.sid}: its
 * last call was so many minutes ago. */
struct fixture_place {
	str name, key, label, networks, program;
};
void fixture_place(struct test *, const struct fixture_place *);
struct fixture_caller {
	str sid, address, program;
	int64_t minutes, calls, refused;
};
void fixture_caller(struct test *, const struct fixture_caller *);

/* One item {name} of a replacement that goes on for the key {key}: the caller 10.0.0.7 shop/2.1. */
void fixture_replacement_item(struct test *, str name, str key);

/* A session {name} of that person, in no browser of the test; of somebody else of the same organization
 * when that is NULL. */
void fixture_session(struct test *, str name, const struct fixture_person *);

/* Entitles the organization to these APIs and to no other: their words, parted by blanks; "*" is all of them.
 * At first it is entitled to none. */
void fixture_entitled(struct test *, str apis);

/* Members may give these to secrets of their own, by full name with a blank between two. */
void fixture_members_may(struct test *, str permissions);

/* An API {name} of the catalogue, which nobody holds; its word is {name.word}. Each test begins with the default
 * catalogue. */
void fixture_api(struct test *, str name);
void fixture_catalogue(struct test *);

/* Turns on the second factor of that person, whose sessions end: {member.seed} and {member.recovery}, one of the codes.
 * And the code that an app makes of a seed now: {code:member.seed}, of the next or the last 30 s with +1 or -1. */
void fixture_factor(struct test *, enum who);
bool fixture_code(struct test *, str word, str *code);

/* A set-up link whose token is {setup}; the installation counts as not set up yet. */
void fixture_setup(struct test *);

void word_set(struct test *, str name, str value);

/* A text in which {name} is replaced by what it stands for, {x*100} by 100 times x, {%e9} by that byte. */
enum words_for { WORDS_PLAIN, WORDS_FORM, WORDS_SQL };
str words(struct test *, str text, enum words_for);

/* ---- ask.c: a request and its reply */

/* Asks as the test's visitor, then checks what holds for every reply. */
void ask(struct test *, const struct question *);

/* The same as it stands: no token is added, nothing is checked. The reply lives until the next request, its
 * text as long as the test. */
void ask_raw(struct test *, const struct question *);

str reply_find(const struct reply *, str header);

/* A reply without what differs each time: numbers of requests, decision ids and values of fields. */
str reply_normal(struct test *, str text);

/* ---- check.c: what holds for every reply */

/* Says what is wrong, once for each test, with the reply it is about. */
void complain(struct test *, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What a refused request, and any GET, must leave as it was. */
str check_state(struct test *);
void check_reply(struct test *, str state);

/* ---- html.c */

/* The empty text when the page is well-formed, else what is wrong with it. */
str html_wrong(struct arena *, str page);

/* ---- script.c */

/* Runs the lines of one test. */
void script_run(struct test *, str lines);

/* script_given.c: runs one that says who asks, or what there is; false when the word says neither. */
bool script_given(struct test *, str word, str rest);

/* ---- general.c: tests made from the route table */

/* Gives each to run(), which calls work(test, i) in an organization of its own and counts it. */
struct general {
	str name;
	void (*work)(struct test *, size_t i);
	size_t i;
};
void general_each(struct arena *, void (*run)(void *arg, const struct general *), void *arg);

/* general_forged.c: what it runs besides; the number is not used. */
void general_forged_secrets(struct test *, size_t);
void general_small_arena(struct test *, size_t);
void general_tried_again(struct test *, size_t);
void general_honest_form(struct test *, size_t);

#endif
