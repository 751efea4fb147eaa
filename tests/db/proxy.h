/* proxy.h - stands between a client and the database and loses one answer when it is told to: the only
 * way to see a connection end after a statement was executed and before its answer came. */
#ifndef TESTS_DB_PROXY_H
#define TESTS_DB_PROXY_H

#include "check.h"

#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

struct proxy {
	char folder[40];
	char path[60];
	_Atomic int
	    *left; /* how many of the client's messages until an answer is lost; 0: none is */
	_Atomic int *only_reads; /* not 0: the server says that it is read-only */
	pid_t process;
};

static inline struct sockaddr_un
proxy_address(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	return address;
}

/* Rows of a name and a value, each behind its length. */
static inline void
proxy_lie(char *bytes, size_t n)
{
	static const char says[] = "read_only\3OFF";
	char *at = memmem(bytes, n, says, sizeof says - 1);

	if (at)
		memcpy(at, "read_only\3YES", sizeof says - 1);
}

/* Passes on what is there. False at the end, or after the server's answer that is to be lost. */
static inline bool
proxy_pass(const struct proxy *p, int client, int server)
{
	struct pollfd both[] = { { .fd = client, .events = POLLIN },
		{ .fd = server, .events = POLLIN } };
	static char bytes[1 << 16];
	ssize_t n;

	poll(both, 2, -1);
	if (both[1].revents) {
		n = read(server, bytes, sizeof bytes);
		if (n > 0 && atomic_load(p->only_reads))
			proxy_lie(bytes, (size_t)n);
		return n > 0 && write(client, bytes, (size_t)n) == n;
	}
	n = read(client, bytes, sizeof bytes);
	if (n <= 0 || write(server, bytes, (size_t)n) != n)
		return false;
	if (atomic_load(p->left) == 0 || atomic_fetch_sub(p->left, 1) > 1)
		return true;
	(void)!read(server, bytes, sizeof bytes);
	return false;
}

_Noreturn static inline void
proxy_work(const struct proxy *p, int listening)
{
	struct sockaddr_un to = proxy_address(getenv("KEYDESK_TEST_SOCKET"));

	signal(SIGPIPE, SIG_IGN);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		int client = accept(listening, NULL, NULL);
		int server = socket(AF_UNIX, SOCK_STREAM, 0);

		if (connect(server, (struct sockaddr *)&to, sizeof to) != 0)
			_exit(1);
		while (proxy_pass(p, client, server))
			continue;
		close(client);
		close(server);
	}
}

static inline void
proxy_open(struct proxy *p)
{
	int listening = socket(AF_UNIX, SOCK_STREAM, 0);
	struct sockaddr_un at;

	snprintf(p->folder, sizeof p->folder, "/tmp/keydesk-proxy-XXXXXX");
	assert_non_null(mkdtemp(p->folder));
	snprintf(p->path, sizeof p->path, "%s/s", p->folder);
	at = proxy_address(p->path);
	assert_int_equal(bind(listening, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(listening, 4), 0);
	p->left = mmap(
	    NULL, 2 * sizeof *p->left, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	p->only_reads = p->left + 1;
	p->process = fork();
	if (p->process == 0)
		proxy_work(p, listening);
	close(listening);
}

static inline void
proxy_close(struct proxy *p)
{
	kill(p->process, SIGKILL);
	waitpid(p->process, NULL, 0);
	munmap(p->left, 2 * sizeof *p->left);
	unlink(p->path);
	rmdir(p->folder);
}

#endif
