/* audit_read.h - an export held against the key ring, and against checkpoints, without a database. */
#ifndef CORE_AUDIT_READ_H
#define CORE_AUDIT_READ_H

#include "core/audit_line.h"
#include "core/checkpoint.h"
#include "core/lines.h"

/* The checkpoints of one organization, in the order of their machines and numbers. */
enum { AUDIT_READ_CHECKPOINTS = 500000, AUDIT_READ_WRONGS = 20 };

struct audit_read_checkpoint;

/* What is wrong with the file itself. */
struct audit_read_wrong {
	int64_t line;
	str what; /* the end of a sentence: "is no entry: mac is missing" */
};

struct audit_read {
	struct arena *arena;
	const struct keyring *ring;
	struct audit_line_head head;
	str first_line;
	struct audit_report report; /* of all chains in it */
	struct audit_read_wrong wrongs[AUDIT_READ_WRONGS];
	int64_t wrong;             /* how many they are */
	int64_t wrong_checkpoints; /* lines of the log that were none; counted by the caller */
	struct audit_read_checkpoint *known;
	size_t known_n;
};

/* Reads the head; false, with a wrong noted, when it has none. Then the checkpoints are added, if there are
 * any, and then audit_read_rest() reads the entries. Faults past AUDIT_READ_CHECKPOINTS heads. */
bool audit_read_begin(struct audit_read *, struct arena *, const struct keyring *, struct lines *);
void audit_read_checkpoint(struct audit_read *, const struct checkpoint *);
void audit_read_rest(struct audit_read *, struct lines *);

#endif
