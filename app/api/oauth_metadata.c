/* oauth_metadata.c - what a client has to know of the token service (RFC 8414), of each environment by themselves.
 *
 *      GET /.well-known/oauth-authorization-server                  of production
 *      GET /.well-known/oauth-authorization-server/integration      of integration, whose issuer has that path
 *
 * response_types_supported is empty: the RFC wants it to be there, and there is no authorization endpoint. The scopes are
 * left out, as it allows: what an installation has in its catalogue is not for strangers.
 */
#include "api/api.h"
#include "api/client_auth.h"
#include "base/buf.h"
#include "core/token.h"
#include "crypto/public_key.h"
#include "http/json.h"

enum { METADATA_MAX_BYTES = 8192 };

SHAPE(metadata, text(issuer), text(token_endpoint), text(introspection_endpoint),
    text(revocation_endpoint), text(jwks_uri), many(grant_types_supported),
    many(response_types_supported), many(token_endpoint_auth_methods_supported),
    many(token_endpoint_auth_signing_alg_values_supported),
    many(introspection_endpoint_auth_methods_supported),
    many(introspection_endpoint_auth_signing_alg_values_supported),
    many(revocation_endpoint_auth_methods_supported),
    many(revocation_endpoint_auth_signing_alg_values_supported), many(protected_resources),
    many(keydesk_token_signing_algs), text(keydesk_offline));

static const str offline = STR_INIT("A service that checks a token offline accepts it until exp, "
				    "also when it was revoked; introspection does not.");

struct reply
oauth_metadata(struct request *rq)
{
	static const str grant = STR_INIT("client_credentials");
	str environment =
	    str_ends(rq->path, S("/integration")) ? S("integration") : S("production");
	str issuer = token_issuer(rq, environment);
	struct strs methods = client_methods(rq->arena);
	struct strs algorithms = { public_key_algorithms, PUBLIC_KEY_ALGORITHMS };
	struct metadata said = { .issuer = issuer,
		.token_endpoint = fmt(rq->arena, "%.*s/oauth/token", STR(issuer)),
		.introspection_endpoint = fmt(rq->arena, "%.*s/oauth/introspect", STR(issuer)),
		.revocation_endpoint = fmt(rq->arena, "%.*s/oauth/revoke", STR(issuer)),
		.jwks_uri = fmt(rq->arena, "%.*s/.well-known/jwks.json", STR(issuer)),
		.grant_types_supported = { &grant, 1 },
		.token_endpoint_auth_methods_supported = methods,
		.token_endpoint_auth_signing_alg_values_supported = algorithms,
		.introspection_endpoint_auth_methods_supported = methods,
		.introspection_endpoint_auth_signing_alg_values_supported = algorithms,
		.revocation_endpoint_auth_methods_supported = methods,
		.revocation_endpoint_auth_signing_alg_values_supported = algorithms,
		.protected_resources = { &issuer, 1 },
		.keydesk_token_signing_algs = token_algorithms(rq, environment),
		.keydesk_offline = offline };
	struct buf json = buf_new(rq->arena, METADATA_MAX_BYTES);
	struct reply reply;

	json_write(&json, &metadata_shape, &said);
	reply = reply_json(200, buf_str(&json));
	reply_header(rq, &reply, S("Cache-Control"), S("public, max-age=300"));
	return reply;
}
