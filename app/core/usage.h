/* usage.h - who calls with which secret, and how it ends: from shared memory into the database. */
#ifndef CORE_USAGE_H
#define CORE_USAGE_H

#include "core/shared_use.h"
#include "db/db.h"

/* Rows of callers that a secret has at most, beside the one for the others. Those who were only ever refused
 * have half of them: a flood of refused calls leaves room for whoever is accepted. */
enum { USAGE_CALLERS_MAX = 200, USAGE_REFUSED_MAX = 100 };

/* Writes the batch, in the transaction of the caller, and that it was written; a batch that was written before
 * (its taker died between COMMIT and saying so, or never heard the answer) is left alone. Rows are written in
 * one order everywhere, so that two machines that write the same ones do not deadlock. A full secret's caller
 * that was not seen for a day makes room for a new one, and is summed with the others. */
void usage_write(struct db *, struct arena *, const struct shared_uses *);

/* The outcome as it is kept ("accepted", "revoked"). Of a number that is none, the empty text. */
str usage_word(enum use_outcome);

#endif
