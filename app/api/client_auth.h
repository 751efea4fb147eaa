/* client_auth.h - which client asks an OAuth address: its authentication (RFC 6749 section 2.3), and its refusal
 * (section 5.2).
 *
 * A method is a line of the table in client_auth.c; the metadata names those that are there.
 */
#ifndef API_CLIENT_AUTH_H
#define API_CLIENT_AUTH_H

#include "api/parameters.h"
#include "core/verify.h"
#include "http/reply.h"

/* What is judged alike at each address that takes a client ID and a secret: use is counted and noted. presented says
 * in which environment, and which call they want to make, if that is asked. */
enum verdict client_judge(struct request *, const struct presented *, struct caller *);

/* The environment that an OAuth address is of: /integration/... or the other one. */
str client_environment(const struct request *);

/* Who asks, by what the body holds; call is what they want, NULL when all may. */
struct call;
struct client {
	const struct parameters *p;
	struct call *call;
	struct caller caller;
};

/* Whether a client of that environment is accepted, by just one method; fills in the caller. If not, *refusal is the
 * answer. */
bool client_accepted(struct request *, struct client *, struct reply *refusal);

/* The names of the methods. */
struct strs client_methods(struct arena *);

#endif
