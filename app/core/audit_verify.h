/* audit_verify.h - the chains in the database, walked by key: nothing is kept, and nothing locked. */
#ifndef CORE_AUDIT_VERIFY_H
#define CORE_AUDIT_VERIFY_H

#include "core/audit_chain.h"

/* Walks a chain and its head into the report. What is committed meanwhile is looked at too, and is not
 * wrong. Outside a transaction. */
void audit_verify(struct request *, const struct audit_chain *, struct audit_report *);

/* A place in a chain: behind the entry of that number, which had that HMAC. All 0: at the beginning. */
struct audit_on {
	int64_t most; /* entries that are looked at in one call, about */
	int64_t seq;
	size_t mac_n;
	char mac[AUDIT_MAC_CHARS];
};
struct audit_on audit_on_of(int64_t seq, str mac);
str audit_on_mac(const struct audit_on *);

/* The same from there on; *on becomes where it has come. True when that is the end, and
 * then the head was looked at. What stood before the place and is gone, or another now, is as if a checkpoint had
 * known it. */
bool audit_verify_on(
    struct request *, const struct audit_chain *, struct audit_on *, struct audit_report *);

/* The chain behind that one, of any organization, in the order of their numbers; begin with
 * AUDIT_BEFORE_ALL. False when there is none. */
#define AUDIT_BEFORE_ALL ((struct audit_chain){ INT64_MIN, INT64_MIN })
bool audit_chain_next(struct request *, struct audit_chain *);

/* The numbers of a chain's entries, so many at a time, without those that are not there; begin with
 * { .next = the first, .many = how many }. False at the end; else from and to are the next part. Each is found by
 * key: a part costs the same wherever it is. */
struct audit_numbers {
	int64_t next, many;
	int64_t from, to;
	bool over;
};
bool audit_numbers(struct request *, const struct audit_chain *, struct audit_numbers *);

/* Notes the organizations that have no entry, which each begins with: the whole log of theirs is gone. */
void audit_verify_silent(struct request *, struct audit_report *);

#endif
