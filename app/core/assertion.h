/* assertion.h - a client that shows who it is by a signature (private_key_jwt: RFC 7523, RFC 7521, OpenID Connect Core 1.0
 * section 9), with the private half of a public key that is registered in place of its secret.
 *
 * In this order: form, one SELECT of the client's keys, at most two signatures, and only then what the assertion says: a
 * claim that nobody has signed is believed in nothing but whose key to ask. When no key in use has signed it, those are asked
 * that have ended, by one SELECT and two signatures more: what is signed with one is refused as a secret that has ended, and
 * its use is noted.
 *
 * It is good until its `exp`, and for ASSERTION_MINUTES after its `iat` at most; without `iat`, `exp` may be no further ahead
 * than that. Each `jti` is good once for a client, on all machines: a row of the database says so.
 */
#ifndef CORE_ASSERTION_H
#define CORE_ASSERTION_H

#include "core/verify.h"
#include "crypto/digest.h"

enum {
	ASSERTION_MINUTES = 10,
	ASSERTION_SKEW_SECONDS = 60, /* how far two clocks may be apart */
	ASSERTION_JTI_BYTES = 200,
};

/* presented.assertion, for an address of presented.environment; presented.client_id is what else the request says of who it
 * is, empty when it says nothing. FAULT_BUSY and the like as verify_secret(). */
enum verdict verify_assertion(struct request *, const struct presented *, struct caller *);

/* What one says, its signature found good by the key of the row sid. wrong is what is wrong with what it says, VERDICT_GOOD
 * when nothing is. */
struct assertion {
	str client_id, sid;
	bool ended; /* so had that key: nobody is let in, whatever its row says now */
	enum verdict wrong;
	struct digest jti;
	int64_t until; /* from then on it is refused anyway, by any clock */
};

/* Whether it was not accepted before, from this client; from now on it was. A row that is there at once, outside of any
 * transaction; a request that is tried again has it already (rq->claimed). */
bool assertion_use(struct request *, const struct assertion *, int64_t client);

/* What the rows say of it, and the last part of verify_assertion(), in verify.c. */
enum verdict verify_asserted(
    struct request *, const struct presented *, const struct assertion *, struct caller *);

#endif
