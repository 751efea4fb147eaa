/* oauth_metadata.c - what a client has to know of the token service (RFC 8414), of each environment by themselves.
 *
 *      GET /.well-known/oauth-authorization-server                  of production
 *      GET /.well-known/oauth-authorization-server/integration      of integration, whose issuer has that path
 *
 * response_types_supported is empty: the RFC wants it to be there, and there is no authorization endpoint.
 */
#include "api/api.h"
#include "api/client_auth.h"
#include "base/buf.h"
#include "core/token.h"
#include "http/json.h"
#include "sql.h"

enum { METADATA_MAX_BYTES = 65536 };

SHAPE(metadata, text(issuer), text(token_endpoint), text(introspection_endpoint),
    text(revocation_endpoint), text(jwks_uri), many(grant_types_supported),
    many(response_types_supported), many(token_endpoint_auth_methods_supported),
    many(introspection_endpoint_auth_methods_supported),
    many(revocation_endpoint_auth_methods_supported), many(scopes_supported),
    many(protected_resources), many(keydesk_token_signing_algs), text(keydesk_offline));

static const str offline = STR_INIT("A service that checks a token offline accepts it until exp, "
				    "also when it was revoked; introspection does not.");

static struct strs
scopes(struct request *rq)
{
	struct oauth_metadata_scopes_rows rows = sql_oauth_metadata_scopes(rq->db);
	str *words = NEW(rq->arena, str, rows.n);

	for (size_t i = 0; i < rows.n; i++)
		words[i] = rows.at[i].word;
	return (struct strs){ words, rows.n };
}

struct reply
oauth_metadata(struct request *rq)
{
	static const str grant = STR_INIT("client_credentials");
	str environment =
	    str_ends(rq->path, S("/integration")) ? S("integration") : S("production");
	str issuer = token_issuer(rq, environment);
	struct strs methods = client_methods(rq->arena);
	struct metadata said = { .issuer = issuer,
		.token_endpoint = fmt(rq->arena, "%.*s/oauth/token", STR(issuer)),
		.introspection_endpoint = fmt(rq->arena, "%.*s/oauth/introspect", STR(issuer)),
		.revocation_endpoint = fmt(rq->arena, "%.*s/oauth/revoke", STR(issuer)),
		.jwks_uri = fmt(rq->arena, "%.*s/.well-known/jwks.json", STR(issuer)),
		.grant_types_supported = { &grant, 1 },
		.token_endpoint_auth_methods_supported = methods,
		.introspection_endpoint_auth_methods_supported = methods,
		.revocation_endpoint_auth_methods_supported = methods,
		.scopes_supported = scopes(rq),
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
