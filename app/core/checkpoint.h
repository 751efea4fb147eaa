/* checkpoint.h - how far each chain of the audit log had come, in the log, out of the database's reach.
 *
 *      ... pid=7 checkpoint at=1795183389000042 machine=1 key=1 heads=0:12:6f0c...,7:33:91ab... check=5d20...
 *
 * at is in microseconds since 1970, heads are ORGANIZATION:ENTRY:MAC, and check is an HMAC under the ring's
 * audit key over what stands between the word checkpoint and it, so that no line can be made or changed
 * without the ring. Each machine writes the heads of its own chains: all of them when its housekeeper
 * begins, then every minute those that have moved.
 */
#ifndef CORE_CHECKPOINT_H
#define CORE_CHECKPOINT_H

#include "core/audit.h"
#include "core/desk.h"

/* Six of the longest fit a line of the log. */
enum { CHECKPOINT_HEADS = 6 };

struct checkpoint_head {
	int64_t org, seq;
	str mac; /* a view of the line */
};

struct checkpoint {
	int64_t at, machine;
	struct checkpoint_head heads[CHECKPOINT_HEADS];
	size_t n;
};

/* Logs the heads that have moved since the last call in this process, at most CHECKPOINT_HEADS in a line.
 * Remembers them in the start arena, 32 bytes for each chain. A head that has gone back, or away, or has
 * another HMAC than it had, is said in the log when it is so twice in a row: nothing of the program does
 * that. */
void checkpoint_write(struct desk *, struct arena *);

/* What a line of the log is. */
enum checkpoint_line {
	CHECKPOINT_NONE, /* something else */
	CHECKPOINT_GOOD,
	CHECKPOINT_BAD, /* changed, cut, or made under another ring */
};

/* Reads a line, whatever stands before the checkpoint's own words (a journal's prefix). */
enum checkpoint_line
checkpoint_read(struct arena *, const struct keyring *, str line, struct checkpoint *);

#endif
