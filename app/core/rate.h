/* rate.h - how many calls a minute a credential and a network may make, what its caller is told of that, and forms.
 *
 * Counted in the memory of this machine (core/shared_rate.h). What is left is said by the headers RateLimit-Policy and RateLimit
 * (draft-ietf-httpapi-ratelimit-headers-10) and, where it is spent, Retry-After.
 * A request is counted once, however often it is tried after a conflict; only the first try has the first two headers.
 */
#ifndef CORE_RATE_H
#define CORE_RATE_H

#include "core/settings.h"
#include "http/reply.h"

/* Counts a call from that address, before anything is looked at. False when its network has spent its budget
 * (KEYDESK_CALLS_PER_ADDRESS): an IPv4 address, or the first 64 bits of an IPv6 one. Once for a request, which may ask anew because
 * the catalogue has changed: whoever hears false asks no more. */
bool rate_of_address(struct request *, str address);

/* How many calls a minute a client may make; 0 is any number. chosen is its own limit, 0 that of the installation
 * (KEYDESK_CALLS_PER_MINUTE); neither is above KEYDESK_CALLS_PER_MINUTE_MAX, whatever is stored. */
int64_t rate_in_force(const struct settings *, int64_t chosen);

/* Counts a call of a client that is accepted, which no stranger can spend. False when rate_in_force() is spent. */
bool rate_of_client(struct request *, int64_t client, int64_t chosen);

/* Counts a token that the client ends by itself: each is written down for good, so they are 10 a second. False when that is spent. */
bool rate_of_revocation(struct request *, int64_t client);

/* Counts a form of whoever is signed in: each holds the row that whoever deactivates them waits for. Their session may send
 * KEYDESK_WRITES_PER_SECOND, and all of theirs twice as many: who has stolen one leaves room to end it from another.
 * False when either is spent. */
bool rate_of_forms(struct request *);

/* Called by serve() for each answer to a program: what its limits are, where it has any. */
void rate_headers(struct request *, struct reply *);

#endif
