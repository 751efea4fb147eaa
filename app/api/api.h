/* api.h - what answers programs. */
#ifndef API_API_H
#define API_API_H

#include "http/reply.h"

struct reply auth(struct request *);
struct reply oauth_token(struct request *);
struct reply oauth_introspect(struct request *);
struct reply oauth_revoke(struct request *);
struct reply oauth_metadata(struct request *);
struct reply verify(struct request *);

/* Makes what an Authorizer was sent the question of a gateway that it is, before anything looks at its address. */
void verify_asked(struct request *);

struct reply jwks(struct request *);
struct reply health_live(struct request *);
struct reply health_ready(struct request *);
struct reply metrics(struct request *);

#endif
