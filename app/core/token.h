/* token.h - access tokens (RFC 9068).
 *
 * Production and integration have their own issuers, and their own keys (core/signing.h). A service that checks a token
 * offline accepts it until exp; at /verify it dies with its secret, and with the key that signed it.
 *
 * The claim scope holds the permissions that the credential has at that moment, one blank between two. At
 * /verify the token is good for no other; rows decide whether the credential still has them. It is empty, and
 * narrows nothing, for account keys alone: when theirs are over TOKEN_SCOPE_BYTES, or there are none. Of all others
 * those count that fit, so that their token may do less and never more; without any the claim is "none", which no
 * permission is, so that a service which checks tokens offline cannot take it for an account key's.
 *
 * The token of a scoped credential also says where it may work: accounts and workspaces (core/token_parts.h), as they were
 * when it was made. At /verify and introspection rows decide that.
 */
#ifndef CORE_TOKEN_H
#define CORE_TOKEN_H

#include "base/shape.h"
#include "core/verify.h"

enum { TOKEN_SCOPE_BYTES = 2048 };

SHAPE(token_claims, text(iss), text(sub), text(client_id), text(aud), int(exp), int(iat), text(jti),
    text(scope), text(org), text(env), text(kds));

/* For how many seconds a token made now is good: settings.token_seconds, and no longer than the secret behind
 * it, so that a service which checks tokens offline refuses it then too. */
int64_t token_seconds(const struct request *, const struct caller *);

/* A token for a caller who was just accepted, good for token_seconds(). scope is its claim: what token_scope() or
 * token_scope_narrowed() gives. */
str token_make(struct request *, const struct caller *, str scope);

/* The claim scope of what the caller may do now; see above for "none" and the empty one. */
str token_scope(struct request *, const struct caller *);

/* Of that the permissions in wanted, with one blank between two. False, and *scope is empty, when one of them is none
 * that the caller has, or they are not written so (RFC 6749 section 3.3). What a permission includes is another word. */
bool token_scope_narrowed(struct request *, const struct caller *, str wanted, str *scope);

/* What of a token's claim scope its caller may do now, by the rows. False when it was for something, and nothing of that
 * is left: then /verify refuses it for every call. */
bool token_scope_left(struct request *, const struct caller *, str claimed, str *scope);

/* Which algorithms sign the tokens of an environment ("ES256"), by the keys that are published. */
struct strs token_algorithms(struct request *, str environment);

/* Where a caller works who is held to places (caller->placed): whole accounts, and workspaces, as many of both together as
 * that at most; those that are there now, by one statement. */
SHAPE(token_places, many(accounts), many(workspaces));
struct token_places token_places_of(struct request *, const struct caller *, size_t most);

/* Whether the word is one of those in the scope. */
bool token_scope_lists(str scope, str word);

/* Signature, issuer, times: GOOD, MALFORMED, FORGED or EXPIRED. Says nothing of the secret behind it. It believes the keys
 * that the thread has loaded: ask again when signing_stands() then says that a row knows of others. */
enum verdict token_read(struct request *, str token, struct token_claims *);

/* The issuer of an environment: settings.url, with /integration behind it for that one. */
str token_issuer(struct request *, str environment);

/* The public keys of an environment as a JWK Set. Each has its own: a service that has loaded one takes no token of
 * the other, though it looks at nothing but the signature. */
str token_jwks(struct request *, str environment);

#endif
