/* exported.h - exports, and what is said of them. */
#ifndef TESTS_CORE_EXPORTED_H
#define TESTS_CORE_EXPORTED_H

#include "core/checkpointed.h"

#include "core/audit_export.h"
#include "core/audit_read.h"

/* The file, in the start arena. It is made two minutes from now, so that all checkpoints of this test
 * are of before. */
static inline str
export_of(const struct audit_export *wish)
{
	struct request *rq = hand_ask(&world.hand, wish->org);
	FILE *file = tmpfile();
	size_t n;
	char *at;

	rq->now = clock_now() + 2 * MINUTE;
	audit_export(rq, wish, file);
	n = (size_t)ftell(file);
	at = NEW(&world.hand.start, char, n);
	rewind(file);
	assert_int_equal(fread(at, 1, n, file), n);
	fclose(file);
	return (str){ at, n };
}

static inline str
export_json(int64_t org)
{
	return export_of(&(struct audit_export){ .org = org, .format = AUDIT_JSONL });
}

/* What is said of a file, with the checkpoints of a log. In the hand's arena: one at a time. */
static inline const struct audit_read *
read_back(str file, str log)
{
	struct request *rq = hand_ask(&world.hand, 0);
	struct audit_read *read = NEW(rq->arena, struct audit_read, 1);
	char path[] = "/tmp/keydesk-export.XXXXXX";
	int fd = mkstemp(path);
	struct checkpoint checkpoint;
	struct lines lines;

	assert_int_equal(write(fd, file.at, file.n), file.n);
	close(fd);
	assert_true(lines_open(rq->arena, &lines, str_of(path)));
	unlink(path);
	if (audit_read_begin(read, rq->arena, world.hand.desk.keyring, &lines)) {
		while (log.n)
			if (read_line(str_cut(log, '\n', &log), &checkpoint) == CHECKPOINT_GOOD)
				audit_read_checkpoint(read, &checkpoint);
		audit_read_rest(read, &lines);
	}
	lines_close(&lines);
	return read;
}

/* How much is wrong with it. */
static inline int64_t
wrong_in(str file)
{
	const struct audit_read *read = read_back(file, (str){ 0 });

	return read->wrong + read->report.wrong;
}

#endif
