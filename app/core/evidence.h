/* evidence.h - who still uses the old secret of a rotation, and whether it may end.
 *
 * The rule. A caller is a network address with a program's name; it uses a secret when a call of it was
 * accepted. The questions are asked in this order, and the first yes is the verdict:
 *
 *      unknown    the new secret has never been used
 *      not yet    the old one was used less than an hour ago, or the new one is in use for less than an
 *                 hour, or a caller of the old one's last 30 days has not been seen with the new one
 *      unknown    the old one had more callers in these 30 days than are kept apart (200)
 *      safe       otherwise
 *
 * Use is written up to 10 s behind. What the rule cannot see: a job that runs seldom, on a machine and under a
 * program's name from which the new secret is used as well.
 */
#ifndef CORE_EVIDENCE_H
#define CORE_EVIDENCE_H

#include "http/request.h"

enum { EVIDENCE_DAYS = 30, EVIDENCE_CALLERS_MAX = 500 };

/* How long the old secret must have been silent, and the new one in use. */
#define EVIDENCE_SILENCE HOUR

enum evidence_verdict { EVIDENCE_UNKNOWN, EVIDENCE_NOT_YET, EVIDENCE_SAFE };

/* What is known of one of the two. calls are those since the rotation began. */
struct evidence_side {
	str hint, last_used_from, last_used_by;
	int64_t made_at, last_used_at, calls;
};

/* When a caller last used each; 0: not, or for the old one not in these 30 days. */
struct evidence_caller {
	str address, program;
	int64_t old_at, new_at;
	bool
	    still; /* not seen with the new one, or with the old one within the silence asked for */
};

struct evidence {
	struct evidence_side old, fresh;
	str sid;                        /* of the new secret: what a form says that it has seen */
	int64_t ends_at, first_used_at; /* the end of the old one; the first use of the new one */
	enum evidence_verdict verdict;
	size_t still; /* callers that still use the old one: they come first */
	bool others;  /* the old one has callers that are not kept apart */
	struct evidence_caller *callers;
	size_t n;
};

/* The evidence of the rotation that runs for the client of that id in rq->org; NULL when none does. */
const struct evidence *evidence_of(struct request *, str id);

#endif
