/* audit_verify.h - the chains in the database, walked by key: nothing is kept, and nothing locked. */
#ifndef CORE_AUDIT_VERIFY_H
#define CORE_AUDIT_VERIFY_H

#include "core/audit_chain.h"

/* Walks a chain and its head into the report. What is committed meanwhile is looked at too, and is not
 * wrong. Outside a transaction. */
void audit_verify(struct request *, const struct audit_chain *, struct audit_report *);

/* The chain behind that one, of any organization, in the order of their numbers; begin with
 * AUDIT_BEFORE_ALL. False when there is none. */
#define AUDIT_BEFORE_ALL ((struct audit_chain){ INT64_MIN, INT64_MIN })
bool audit_chain_next(struct request *, struct audit_chain *);

/* Notes the organizations that have no entry, which each begins with: the whole log of theirs is gone. */
void audit_verify_silent(struct request *, struct audit_report *);

#endif
