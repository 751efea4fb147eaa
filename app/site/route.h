/* route.h - a line of the map: an address, what answers it, and who may ask. */
#ifndef SITE_ROUTE_H
#define SITE_ROUTE_H

#include "core/decision.h"
#include "db/db.h"
#include "http/reply.h"

/* Who may ask. The zero value refuses. */
enum access {
	NOBODY,
	ANYONE, /* signed in or not */
	SIGNED_IN,
	USER,               /* whoever belongs to an organization */
	DATA_API,           /* admins, and whom they have given access to the Data API */
	CREDENTIALS_SEE,    /* admins and compliance admins */
	CREDENTIALS_CHANGE, /* both, and account keys admins only: the handler asks key_to_change() */
	ADMIN,
	OPERATOR,
	CATALOGUE_SEE, /* operators, admins and compliance admins */
	PROGRAM,       /* no cookie counts; the handler checks what was presented */
};

/* What :id stands for: the test that asks for another organization's object makes one of these. A CLIENT is an
 * account key or a scoped credential, SCOPED only the latter, SECRET an additional secret. DATA is the one client of the
 * Data API in the environment that is shown: no :id names it. */
enum object {
	NO_OBJECT,
	CLIENT,
	SESSION,
	ACCOUNT,
	WORKSPACE,
	SCOPED,
	SECRET,
	DATA,
	PLACE,
	REPLACEMENT_ITEM,
	PERSON,       /* a user of the organization */
	API,          /* of the catalogue: no organization's */
	ORGANIZATION, /* the operator's */
	DECISION,     /* about a credential of the organization: :decision names it */
};

/* Whether a POST must come with the person's password: site/proof.h. */
enum proof_needed {
	PROOF_NEEDLESS,
	PROOF_LATELY, /* when it was last given over KEYDESK_PROOF_MINUTES ago */
	PROOF_NOW,    /* always */
};

struct route {
	enum method method;
	const char *pattern;
	struct reply (*page)(struct request *);
	enum access may;
	enum object object;
	enum db_mode mode;        /* of programs; people's GET reads, their POST writes */
	enum decision_asked asks; /* of programs: its refusals have an id of that kind */
	enum proof_needed proof;  /* of people's POST: serve() sees to it */
	void (*before)(
	    struct request *); /* of people: once, before the transaction, if let through */
	void (*after)(
	    struct request *); /* of people: once the transaction is committed, in transactions of
	                          its own; what it does not get done is the housekeeper's */
	bool stubborn;         /* a conflict is tried again for 30 s: core/again.h */
	bool
	    personal; /* about the person, not the organization: its form is good in each of theirs */
	bool factorless;  /* open to whom a second factor is required of, and who has none yet */
	const char *says; /* what it does, for the printed map */
};

/* The route of the request's method and path, with rq->id and rq->token filled in; NULL when there is
 * none. *elsewhere is set when only the method is wrong. */
const struct route *route_find(const struct route *, size_t n, struct request *, bool *elsewhere);

/* Whether a GET route of people answers this path: what `next` may hold. */
bool route_is_page(const struct route *, size_t n, str path);

/* Whether an address is one of programs, or would be one if there were such: its first part begins a line that
 * is theirs, as /health/x does. */
bool route_is_for_programs(const struct route *, size_t n, str path);

/* Faults when two lines could answer the same request, or one cannot ask for the proof that it wants. */
void route_check(struct fault *, const struct route *, size_t n);

/* Whether whoever is signed in may ask this. */
struct actor;
bool access_may(const struct actor *, enum access);

#endif
