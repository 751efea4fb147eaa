/* audit_export.h - an organization's audit log as a file that can be kept: lines of JSON, or CSV.
 *
 * What was committed when it begins is in it, and nothing later, though nothing is locked or held open: a
 * chain only grows, so its length is its snapshot. Machine by machine, each in the order of its numbers.
 */
#ifndef CORE_AUDIT_EXPORT_H
#define CORE_AUDIT_EXPORT_H

#include "base/buf.h"
#include "core/audit_line.h"
#include "core/audit_list.h"

#include <stdio.h>

enum audit_format { AUDIT_FORMAT_NONE, AUDIT_JSONL, AUDIT_CSV };

struct audit_export {
	int64_t org; /* 0: the installation's */
	enum audit_format format;
	int64_t from,
	    to; /* of each chain, from its first entry at or after the one to its last before
	                     the other: whole runs of entries; 0: no limit */
	const struct audit_query *only; /* not NULL: an excerpt, which is the list of these, newest
	                                   first, without head and seal: nothing shows that it is whole */
};

/* Piece by piece, each in a transaction or none: begin says what is in it. In the arena, as what *only points to must be;
 * more() takes of it what stands behind. Adds about STREAM_PIECE_BYTES; false when that was the end. */
struct audit_exporting;
struct audit_exporting *audit_export_begin(struct request *, const struct audit_export *);
bool audit_export_more(struct request *, void *exporting, struct buf *);

/* Writes it, in bounded memory; returns how many entries there are. Outside a transaction. Faults when
 * the file takes no more. */
int64_t audit_export(struct request *, const struct audit_export *, FILE *out);

/* A text as a cell of CSV (RFC 4180). One that a spreadsheet could take for a formula - it begins with =
 * + - @ tab or CR, at its beginning or behind what may part cells elsewhere - gets a ' before that
 * character. */
void audit_csv_cell(struct buf *, str);

#endif
