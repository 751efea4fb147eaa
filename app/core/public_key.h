/* public_key.h - a public key in place of a secret, as it is kept: sealed under the ring, bound to its
 * row and its client.
 *
 * It is no secret. It is sealed so that nobody who can only write to the database can register one, as nobody can make a
 * hash there without the ring's pepper.
 */
#ifndef CORE_PUBLIC_KEY_H
#define CORE_PUBLIC_KEY_H

#include "core/client.h"
#include "core/key_text.h"
#include "sql.h"

/* A row to be, for client_add_primary(): the key sealed under the active key of the ring. Of a NULL it is
 * secret_fresh(). */
struct fresh_secret
public_key_fresh(struct request *, str environment, str client_id, const struct public_key *);

/* Whether the organization has, or had, a secret with this key. Then it is not registered again: what ended once, because
 * others may have it, does not come back under another name. Other organizations are not asked, or anybody could find
 * out there, or prevent, what they use. */
bool public_key_known(struct request *, const struct public_key *);

/* The key of such a row of that client, as DER in the arena; empty when it was sealed under a key that the ring has not, or
 * not for this row and client. */
str public_key_open(struct request *, str client_id, const struct public_keys_of_row *);

/* Seals all anew under the ring's key of that number, and says so in their rows; how many. In a transaction of commands,
 * whose entry covers it. */
int64_t public_key_reseal(struct request *, int number);

#endif
