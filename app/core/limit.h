/* limit.h - at most n is a key, not a count: what is limited has one of n numbered places.
 *
 * A UNIQUE key over (organization, environment, what) and the place makes the limit hold under any
 * race, on one server and on a cluster that certifies at commit. Who makes something picks a random free
 * place and INSERTs; a duplicate key means another try.
 */
#ifndef CORE_LIMIT_H
#define CORE_LIMIT_H

#include <stddef.h>
#include <stdint.h>

enum { LIMIT_MAX = 1000 };

/* A free place, each equally likely, or 0 when the limit is reached. taken holds the n places in use.
 * Places are given among 1..k, k the largest with k + (taken above k) <= limit, so that after a limit
 * was lowered the old places above it still count. */
int64_t limit_pick(const int64_t *taken, size_t n, int64_t limit);

#endif
