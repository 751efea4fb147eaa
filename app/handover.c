/* handover.c - what a master leaves to itself when it executes the program anew. */
#define _GNU_SOURCE
#include "handover.h"

#include "base/buf.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* "1 PID LISTEN_FD OWN DEV INO SHARED_FD KIND PID KIND PID ...": the version, then whom it is for, so
 * that it is nobody else's by mistake. */
static const char variable[] = "_KEYDESK_HANDOVER";
enum { HANDOVER_VERSION = 1, HANDOVER_MAX = 8192, ARGUMENTS_MAX = 16384 };

/* All of 64 bits: some file systems number their files so. */
static uint64_t
next_number(struct arena *a, str *rest)
{
	const char *word = str_c(a, str_cut(*rest, ' ', rest));
	char *end;
	uint64_t number;

	errno = 0;
	number = strtoull(word, &end, 10);
	if (!isdigit((unsigned char)word[0]) || *end || errno)
		fault(a->fault, "the handover of the former program is malformed");
	return number;
}

bool
handover_read(struct arena *a, struct handover *h)
{
	str rest = str_copy(a, str_of(getenv(variable)));

	unsetenv(variable);
	if (rest.n == 0)
		return false;
	if (next_number(a, &rest) != HANDOVER_VERSION)
		fault(a->fault, "the handover of the former program is of another version");
	if (next_number(a, &rest) != (uint64_t)getpid())
		return false;
	h->listener.fd = (int)next_number(a, &rest);
	h->listener.own = next_number(a, &rest) == 1;
	h->listener.dev = (dev_t)next_number(a, &rest);
	h->listener.ino = (ino_t)next_number(a, &rest);
	h->shared_fd = (int)next_number(a, &rest);
	while (rest.n != 0) {
		enum child_kind kind = (enum child_kind)next_number(a, &rest);
		struct child *child = children_add(h->children, (pid_t)next_number(a, &rest), kind);

		if (!child)
			fault(a->fault, "the handover has too many processes");
		child->old = true;
	}
	fcntl(h->listener.fd, F_SETFD, FD_CLOEXEC);
	fcntl(h->shared_fd, F_SETFD, FD_CLOEXEC);
	return true;
}

bool
handover_waits(void)
{
	return getenv(variable) != NULL;
}

char **
handover_arguments(struct arena *a)
{
	char *text = NEW(a, char, ARGUMENTS_MAX), **argv;
	int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, ARGUMENTS_MAX - 1);
	size_t count = 0;

	if (fd >= 0)
		close(fd);
	if (n <= 0 || n == ARGUMENTS_MAX - 1 || text[n - 1] != 0)
		fault(a->fault, "the arguments of this process cannot be read");
	for (ssize_t i = 0; i < n; i++)
		count += text[i] == 0;
	argv = NEW(a, char *, count + 1);
	for (size_t i = 0; i < count; i++) {
		argv[i] = text;
		text += strlen(text) + 1;
	}
	return argv;
}

void
handover_exec(struct arena *a, const struct handover *h, char *const *argv)
{
	size_t mark = arena_mark(a);
	struct buf text = buf_new(a, HANDOVER_MAX);

	buf_fmt(&text, "%d %d %d %d %" PRIu64 " %" PRIu64 " %d", HANDOVER_VERSION, (int)getpid(),
	    h->listener.fd, h->listener.own, (uint64_t)h->listener.dev, (uint64_t)h->listener.ino,
	    h->shared_fd);
	for (size_t i = 0; i < h->children->n; i++)
		buf_fmt(&text, " %d %d", (int)h->children->at[i].kind, (int)h->children->at[i].pid);
	setenv(variable, str_c(a, buf_str(&text)), 1);
	fcntl(h->listener.fd, F_SETFD, 0);
	fcntl(h->shared_fd, F_SETFD, 0);

	execvp(argv[0], argv);

	fcntl(h->listener.fd, F_SETFD, FD_CLOEXEC);
	fcntl(h->shared_fd, F_SETFD, FD_CLOEXEC);
	unsetenv(variable);
	arena_wipe(a, mark);
}
