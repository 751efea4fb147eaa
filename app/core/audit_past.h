/* audit_past.h - checkpoints held against the database: what was there once is there still.
 *
 * Each is looked up by its key, so that a log of any length takes no memory; of a chain that lacks
 * entries only the first and the last of them are kept.
 */
#ifndef CORE_AUDIT_PAST_H
#define CORE_AUDIT_PAST_H

#include "core/audit_chain.h"
#include "core/checkpoint.h"

/* Chains with something wrong that are told apart; of more only their number is known. */
enum { AUDIT_PAST_CHAINS = 4096 };

struct audit_past {
	int64_t lines, heads, last_at; /* how many were good, and when the last of them was made */
	struct audit_past_chain *chains;
	size_t chains_n;
	int64_t others;
};

struct audit_past audit_past_begin(struct arena *);

/* Looks the heads of a checkpoint up, outside a transaction; only that organization's if org is given. */
void audit_past_look(
    struct request *, struct audit_past *, const struct checkpoint *, const int64_t *org);

/* What was wrong, into the report. */
void audit_past_end(struct request *, struct audit_past *, struct audit_report *);

#endif
