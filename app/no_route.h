/* no_route.h - what is answered at an address that is none, or that does not know this method. */
#ifndef NO_ROUTE_H
#define NO_ROUTE_H

#include "http/reply.h"

/* elsewhere: the address is one, for another method. To a program it is JSON. */
struct reply no_route(struct request *, bool elsewhere);

#endif
