/* no_route.c - what is answered at an address that is none, or that does not know this method. */
#include "no_route.h"

#include "api/error.h"
#include "core/desk.h"
#include "serve.h"
#include "site/page.h"
#include "site/route.h"

static bool
answers(const struct request *rq, enum method method)
{
	struct request other = *rq;
	bool elsewhere;

	other.method = method;
	return route_find(rq->desk->routes, rq->desk->routes_n, &other, &elsewhere) != NULL;
}

/* It says which methods the address does know (RFC 9110 section 15.5.6). */
static struct reply
wrong_method(struct request *rq)
{
	bool reads = answers(rq, GET), writes = answers(rq, POST);
	struct reply reply;

	if (serve_for_program(rq))
		reply = api_error(
		    rq, 405, "invalid_request", S("this address does not answer that method"));
	else
		reply = sorry(rq, 405);
	reply_header(rq, &reply, S("Allow"),
	    reads && writes ? S("GET, HEAD, POST")
	    : reads         ? S("GET, HEAD")
			    : S("POST"));
	return reply;
}

struct reply
no_route(struct request *rq, bool elsewhere)
{
	if (elsewhere)
		return wrong_method(rq);
	if (serve_for_program(rq))
		return api_error(rq, 404, "not_found", S("there is no such address"));
	return sorry(rq, 404);
}
