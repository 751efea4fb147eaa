/* checkpointed.h - what the housekeeper's job writes to the log, read back. */
#ifndef TESTS_CORE_CHECKPOINTED_H
#define TESTS_CORE_CHECKPOINTED_H

#include "core/audited.h"

#include "core/checkpoint.h"

#include <fcntl.h>

/* What one call of checkpoint_write() logs; in the start arena. */
static inline str
logged(void)
{
	char path[] = "/tmp/keydesk-log.XXXXXX";
	int fd = mkstemp(path), before = dup(STDERR_FILENO);
	size_t n;
	char *at;

	hand_ask(&world.hand, 0);
	dup2(fd, STDERR_FILENO);
	checkpoint_write(&world.hand.desk, &world.hand.arena);
	dup2(before, STDERR_FILENO);
	close(before);
	n = (size_t)lseek(fd, 0, SEEK_END);
	at = NEW(&world.hand.start, char, n);
	assert_int_equal(pread(fd, at, n, 0), n);
	close(fd);
	unlink(path);
	return (str){ at, n };
}

/* The same by a housekeeper that has just begun. */
static inline str
logged_anew(void)
{
	world.hand.desk.checkpoints = NULL;
	return logged();
}

/* Two parts of a log, one behind the other. */
static inline str
both(str one, str other)
{
	return fmt(&world.hand.start, "%.*s%.*s", STR(one), STR(other));
}

static inline enum checkpoint_line
read_line(str line, struct checkpoint *into)
{
	return checkpoint_read(&world.hand.start, world.hand.desk.keyring, line, into);
}

#endif
