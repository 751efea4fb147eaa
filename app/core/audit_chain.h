/* audit_chain.h - whether the entries of a chain are what was written, told one after the other.
 *
 * They come from the database (audit_verify.h) or from an export (audit_read.h). Nothing ends at the first
 * thing that is wrong: the next entry is held against the HMAC that stands in its predecessor.
 */
#ifndef CORE_AUDIT_CHAIN_H
#define CORE_AUDIT_CHAIN_H

#include "core/audit.h"
#include "crypto/keyring.h"
#include "sql.h"

enum audit_wrong {
	AUDIT_NOTHING,
	AUDIT_CHANGED,   /* first to last: not what was written there */
	AUDIT_MISSING,   /* first to last: no such entries */
	AUDIT_NO_NUMBER, /* first: below 1, or there twice */
	AUDIT_NO_KEY,    /* first to last: of a key that the ring does not have */
	AUDIT_RETIRED,   /* first to last: of a key that was retired before */
	AUDIT_CUT,       /* first to last: the head counts them, and they are gone */
	AUDIT_ADDED,     /* first to last: the head does not know them */
	AUDIT_HEAD,      /* the head is not that of entry `last` */
	AUDIT_NO_HEAD,   /* the head of a chain of `last` entries is gone */
	AUDIT_NO_CHAIN,  /* an organization (or the installation) without any entry */
	AUDIT_PAST_GONE, /* the checkpoint of `at` knew entries up to `last`, of which there is none
	                       from `first` on */
	AUDIT_PAST_CHANGED, /* entry `last` is not the one that the checkpoint of `at` knew */
};

struct audit_finding {
	enum audit_wrong what;
	struct audit_chain chain;
	int64_t first, last; /* entry numbers */
	int64_t at;          /* when the first of them says that it was; or the checkpoint's time */
	int64_t key;         /* of AUDIT_NO_KEY and AUDIT_RETIRED */
};

/* What was found. Of more than AUDIT_FINDINGS only how many they are. */
enum { AUDIT_FINDINGS = 50 };
struct audit_report {
	struct audit_finding at[AUDIT_FINDINGS];
	size_t n;        /* of these */
	int64_t wrong;   /* in all */
	int64_t entries; /* how many were looked at */
};

void audit_found(struct audit_report *, const struct audit_finding *);

/* What is wrong, in words, in the arena: "entry 5 (2026-11-20T14:03:09Z) is not what was written there". */
str audit_finding_words(struct arena *, const struct audit_finding *);

/* The same as one word for programs: "changed", "missing". */
str audit_finding_word(enum audit_wrong);

struct audit_check {
	const struct keyring *ring;
	struct arena *arena; /* what an entry takes is given back at once */
	struct audit_report *report;
	struct audit_chain chain;
	int64_t seq;               /* of the entry before; 0 at first */
	bool mac_known;            /* whether mac is that entry's */
	bool key_current;          /* an entry of a key that is not retired has come */
	struct audit_finding open; /* may go on with the next entry */
	size_t mac_n;
	char mac[AUDIT_MAC_CHARS];
};

/* The chain's entries come in the order of their numbers, between begin and end. seq is the number
 * before the first one: more than 0 where they do not begin at the beginning, and then the first cannot be
 * held against its predecessor. The report goes on with what it holds. */
struct audit_check audit_check_begin(
    const struct keyring *, struct arena *, struct audit_report *, const struct audit_chain *);
void audit_check_from(struct audit_check *, int64_t seq);
void
audit_check_behind(struct audit_check *, int64_t seq, str mac); /* an entry whose HMAC is known */
void audit_check_entry(struct audit_check *, const struct audit_walk_row *);
void audit_check_end(struct audit_check *);

/* The HMAC of the last entry: a view. */
str audit_check_mac(const struct audit_check *);

#endif
