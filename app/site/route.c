/* route.c - which line of the map answers a request. */
#include "site/route.h"

#include "core/actor.h"
#include "http/path.h"

const struct route *
route_find(const struct route *routes, size_t n, struct request *rq, bool *elsewhere)
{
	*elsewhere = false;
	for (size_t i = 0; i < n; i++) {
		str id = { 0 }, token = { 0 };

		if (!path_match(str_of(routes[i].pattern), rq->path, &id, &token))
			continue;
		if (routes[i].method == rq->method) {
			rq->id = id;
			rq->token = token;
			return &routes[i];
		}
		*elsewhere = true;
	}
	return NULL;
}

bool
route_is_page(const struct route *routes, size_t n, str path)
{
	str id, token;

	for (size_t i = 0; i < n; i++)
		if (routes[i].method == GET && routes[i].may != PROGRAM &&
		    path_match(str_of(routes[i].pattern), path, &id, &token))
			return true;
	return false;
}

/* "health" of /health/live. */
static str
first_part(str path)
{
	str rest;

	return str_cut(str_part(path, 1, path.n), '/', &rest);
}

bool
route_is_for_programs(const struct route *routes, size_t n, str path)
{
	for (size_t i = 0; i < n; i++)
		if (routes[i].may == PROGRAM &&
		    str_eq(first_part(str_of(routes[i].pattern)), first_part(path)))
			return true;
	return false;
}

static void
check_pair(struct fault *fault, const struct route *one, const struct route *other)
{
	if (one->method == other->method &&
	    path_overlap(str_of(one->pattern), str_of(other->pattern)))
		fault(fault, "routes %s and %s overlap", one->pattern, other->pattern);
}

/* Only who is signed in, and sends a form, has a password to give. */
static void
check_proof(struct fault *fault, const struct route *route)
{
	if (route->proof &&
	    (route->method != POST || route->may == PROGRAM || route->may == ANYONE))
		fault(fault, "route %s cannot ask for a password", route->pattern);
}

void
route_check(struct fault *fault, const struct route *routes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		check_proof(fault, &routes[i]);
		for (size_t k = i + 1; k < n; k++)
			check_pair(fault, &routes[i], &routes[k]);
	}
}

bool
access_may(const struct actor *actor, enum access may)
{
	switch (may) {
	case ANYONE:
	case PROGRAM:
		return true;
	case SIGNED_IN:
		return actor != NULL;
	case USER:
		return actor && actor->user != 0;
	case DATA_API:
		return actor && (actor->role == ROLE_ADMIN || actor->data_access);
	case CREDENTIALS_SEE:
	case CREDENTIALS_CHANGE:
		return actor && (actor->role == ROLE_ADMIN || actor->role == ROLE_COMPLIANCE_ADMIN);
	case ADMIN:
		return actor && actor->role == ROLE_ADMIN;
	case OPERATOR:
		return actor && actor->is_operator;
	case CATALOGUE_SEE:
		return access_may(actor, OPERATOR) || access_may(actor, CREDENTIALS_SEE);
	case NOBODY:
		break;
	}
	return false;
}
