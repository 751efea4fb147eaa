/* token.h - access tokens (RFC 9068) and the keys that sign them.
 *
 * Production and integration have their own keys and issuers. A key is in the database, sealed under the
 * key ring; each thread opens what it needs and keeps it. A service that checks a token offline accepts
 * it until exp; at /verify it dies with its secret.
 *
 * The claim scope holds the permissions that the credential has at that moment, one blank between two. At
 * /verify the token is good for no other; rows decide whether the credential still has them. It is empty, and
 * narrows nothing, for account keys alone: when theirs are over TOKEN_SCOPE_BYTES, or there are none. Of all others
 * those count that fit, so that their token may do less and never more; without any the claim is "none", which no
 * permission is, so that a service which checks tokens offline cannot take it for an account key's.
 */
#ifndef CORE_TOKEN_H
#define CORE_TOKEN_H

#include "base/shape.h"
#include "core/verify.h"

enum { TOKEN_SCOPE_BYTES = 2048 };

SHAPE(token_claims, text(iss), text(sub), text(client_id), text(aud), int(exp), int(iat), text(jti),
    text(scope), text(org), text(env), text(kds));

/* A thread's ready keys. Made empty, in the start arena; filled when first needed, and compared with the
 * database again after a minute, or after 5 s when a token names a key that is not among them. */
struct signing;
struct signing *signing_open(struct arena *start);

/* Makes the signing key of an environment when it has none: at init. True when one was made. */
bool signing_begin(struct request *, str environment);

/* For how many seconds a token made now is good: settings.token_seconds, and no longer than the secret behind
 * it, so that a service which checks tokens offline refuses it then too. */
int64_t token_seconds(const struct request *, const struct caller *);

/* Seals every signing key that is sealed under another key of the ring anew, under this one; how many. The
 * key must be in the ring of each machine that serves. Faults when one cannot be opened. */
int64_t signing_reseal(struct request *, int number);

/* Whether the row's key can be opened with the ring. */
struct signing_list_row;
bool signing_opens(struct request *, const struct signing_list_row *);

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

/* Which algorithms sign the tokens of an environment ("ES256"), by the keys that are not retired. */
struct strs token_algorithms(struct request *, str environment);

/* Whether the word is one of those in the scope. */
bool token_scope_lists(str scope, str word);

/* Signature, issuer, times: GOOD, MALFORMED, FORGED or EXPIRED. Says nothing of the secret behind it. */
enum verdict token_read(struct request *, str token, struct token_claims *);

/* The issuer of an environment: settings.url, with /integration behind it for that one. */
str token_issuer(struct request *, str environment);

/* The public keys of an environment as a JWK Set. Each has its own: a service that has loaded one takes no token of
 * the other, though it looks at nothing but the signature. */
str token_jwks(struct request *, str environment);

#endif
