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
 * not for this row and client. Each is sealed twice, for different purposes: what is kept of a key that has ended, to tell who
 * still signs with it, never opens as one that is in use. */
enum key_kept { KEY_IN_USE, KEY_ENDED };
str
public_key_open(struct request *, str client_id, const struct public_keys_of_row *, enum key_kept);

/* The client's last PUBLIC_KEYS_ENDED keys that have ended, to be opened as such. */
enum { PUBLIC_KEYS_ENDED = 8 };
struct public_keys_of_rows public_keys_ended(struct request *, str client_id);

/* Seals all anew under the ring's key of that number, and says so in their rows; how many. Each is a change by itself, so that
 * nobody who uses one waits for more, and what is left undone by whoever dies between is done by the next one. For commands,
 * outside a transaction. */
int64_t public_key_reseal(struct request *, int number);

/* How many keys in use do not open with this ring, so that who signs with them is refused. Reads them all: for commands. */
int64_t public_keys_lost(struct request *);

#endif
