/* audit_line.h - an entry of the audit log as a line of an export, and the seal of the whole.
 *
 *      {"keydesk_audit":1,"organization":"4fK2...","name":"Northwind","chain":7,"exported_at":"...","from":"","to":"","key":1}
 *      {"chain":7,"machine":1,"entry":1,"at":"2026-11-20T14:03:09.000042Z","person_id":3,"person":"ann@...",...,"mac":"6f0c..."}
 *      {"entries":1,"mac":"5d20..."}
 *
 * The chain shows in each entry's mac. The last line's is an HMAC over every byte before it, so that a file
 * that was cut, or changed where the chain does not look, shows too.
 */
#ifndef CORE_AUDIT_LINE_H
#define CORE_AUDIT_LINE_H

#include "core/audit_chain.h"

enum { AUDIT_LINE_VERSION = 1 };

SHAPE(audit_line_head, int(keydesk_audit), text(organization), text(name), int(chain),
    text(exported_at), text(from), text(to), int(key));
SHAPE(audit_line, int(chain), int(machine), int(entry), text(at), int(person_id), text(person),
    text(act), text(object), text(detail), text(remote), text(request), int(key), text(mac));

/* A time to the microsecond, "2026-11-20T14:03:09.000042Z"; 0 is the empty text. */
str audit_time(struct arena *, int64_t);

/* The other way round; also "2026-11-20" (its beginning) and "2026-11-20T14:03:09Z". False when it is no
 * time; the empty text is 0. */
bool audit_time_read(str, int64_t *);

/* The entry as a line, and back: what it holds, in *into and *machine. The empty text, or what is wrong
 * with the line as the end of a sentence. Both in the arena. */
struct audit_line
audit_line_of(struct arena *, const struct audit_chain *, const struct audit_walk_row *);
str audit_line_read(struct arena *, str line, struct audit_chain *, struct audit_walk_row *into);

/* The same for the first line. */
str audit_line_read_head(struct arena *, str line, struct audit_line_head *);

/* The seal: over the lines so far, without their line ends. */
struct audit_seal {
	const struct digest *key;
	struct digest mac;
	int64_t lines;
};
void audit_seal_add(struct audit_seal *, str line);

/* The last line, for what was added: a head and entries. In the arena. */
str audit_seal_line(struct arena *, const struct audit_seal *);

#endif
