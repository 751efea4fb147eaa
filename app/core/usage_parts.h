/* usage_parts.h - what the files of usage share: the secrets of a batch, and rows for a statement. */
#ifndef CORE_USAGE_PARTS_H
#define CORE_USAGE_PARTS_H

#include "core/usage.h"

/* A secret, and what its callers did, in the order of addresses and programs. */
struct used {
	int64_t secret, org, client;
	str environment;
	const struct shared_use *const *uses;
	size_t n;
};
struct used_all {
	struct used *at; /* in the order of secrets, each once */
	size_t n;
};

SHAPE(secret_row, int(secret));

/* However they ended; and those that were not accepted. */
int64_t usage_calls(const struct shared_use *);
int64_t usage_refused(const struct shared_use *);

/* The sum of the callers for whom there was no room in shared memory. */
bool usage_is_other(const struct shared_use *);

/* n structs T as JSON, for JSON_TABLE(:rows, '$[*]' COLUMNS (...)): one statement writes them all. In the
 * arena. */
#define usage_rows(arena, T, rows, n) usage_rows_(arena, &T##_shape, rows, n)
str usage_rows_(struct arena *, const struct shape *, const void *rows, size_t n);

/* Writes who called, with the rows of all these secrets locked by this transaction; a secret has no more rows than
 * USAGE_CALLERS_MAX and one. */
void usage_write_callers(struct db *, struct arena *, const struct used_all *);

#endif
