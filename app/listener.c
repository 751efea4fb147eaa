/* listener.c - the socket on which the web server speaks FastCGI. */
#define _GNU_SOURCE
#include "listener.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { LISTEN_BACKLOG = 511, LISTEN_FD = 3 /* sd_listen_fds(3) */ };

static int
socket_option(int fd, int option)
{
	int value = 0;
	socklen_t size = sizeof value;

	return getsockopt(fd, SOL_SOCKET, option, &value, &size) == 0 ? value : -1;
}

/* A descriptor that systemd or spawn-fcgi has left, moved out of the way; -1 when there is none. */
static int
inherited(struct fault *f)
{
	str fds = str_of(getenv("LISTEN_FDS")), pid = str_of(getenv("LISTEN_PID"));
	int64_t n = 0, for_pid = getpid();
	int fd = 0;

	if (str_int(fds, &n) && n >= 1 && (pid.n == 0 || str_int(pid, &for_pid)) &&
	    for_pid == getpid())
		fd = LISTEN_FD;
	else if (socket_option(0, SO_ACCEPTCONN) != 1)
		return -1;

	unsetenv("LISTEN_FDS"); /* those we start are not meant */
	unsetenv("LISTEN_PID");
	if (socket_option(fd, SO_ACCEPTCONN) != 1 || socket_option(fd, SO_DOMAIN) != AF_UNIX)
		fault(f, "the inherited descriptor %d is no listening Unix socket", fd);
	if (fd != 0)
		return fd;
	fd = fcntl(0, F_DUPFD_CLOEXEC, LISTEN_FD);
	close(0);
	if (open("/dev/null", O_RDONLY) != 0 || fd < 0)
		fault(f, "the inherited descriptor 0 cannot be moved: %s", strerror(errno));
	return fd;
}

static struct sockaddr_un
address_of(struct fault *f, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t n = strlen(path);

	if (n >= sizeof address.sun_path)
		fault(f, "KEYDESK_LISTEN: the path is too long");
	memcpy(address.sun_path, path, n + 1);
	return address;
}

/* Whether another program listens there; a name that nobody listens at may be replaced. */
static void
refuse_taken(struct fault *f, const char *path)
{
	struct sockaddr_un address = address_of(f, path);
	struct stat is;
	int fd, answer;

	if (lstat(path, &is) != 0)
		return;
	if (!S_ISSOCK(is.st_mode))
		fault(f, "KEYDESK_LISTEN: %s is no socket", path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	errno = 0;
	answer = connect(fd, (const struct sockaddr *)&address, sizeof address);
	if (answer == 0 || errno == EAGAIN) /* EAGAIN: somebody listens, and is busy */
		fault(f, "KEYDESK_LISTEN: another program answers at %s", path);
	close(fd);
}

static gid_t
group_of(struct arena *a, str name)
{
	struct group *group;

	if (name.n == 0)
		return (gid_t)-1;
	group = getgrnam(str_c(a, name));
	if (!group)
		fault(a->fault, "KEYDESK_LISTEN_GROUP: there is no group '%.*s'", STR(name));
	return group->gr_gid;
}

/* Binds under a temporary name and renames when it has its mode and listens. */
static struct listener
bind_own(struct arena *a, const struct settings *settings)
{
	const char *path = str_c(a, settings->listen);
	const char *beside = str_c(a, fmt(a, "%s.%d", path, (int)getpid()));
	struct sockaddr_un address = address_of(a->fault, beside);
	gid_t group = group_of(a, settings->listen_group);
	struct listener l = { .own = true };
	struct stat is;
	mode_t before;
	bool bound;

	refuse_taken(a->fault, path);
	unlink(beside);
	l.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	before = umask(0177);
	bound = bind(l.fd, (const struct sockaddr *)&address, sizeof address) == 0;
	umask(before);
	if (!bound || chown(beside, (uid_t)-1, group) != 0 || chmod(beside, 0660) != 0 ||
	    listen(l.fd, LISTEN_BACKLOG) != 0 || stat(beside, &is) != 0 ||
	    rename(beside, path) != 0) {
		int why = errno;

		unlink(beside);
		fault(a->fault, "KEYDESK_LISTEN: %s: %s", path, strerror(why));
	}
	l.dev = is.st_dev;
	l.ino = is.st_ino;
	return l;
}

struct listener
listener_open(struct arena *a, const struct settings *settings)
{
	struct listener l = { .fd = inherited(a->fault) };

	if (l.fd < 0)
		l = bind_own(a, settings);
	if (fcntl(l.fd, F_SETFD, FD_CLOEXEC) != 0 || fcntl(l.fd, F_SETFL, O_NONBLOCK) != 0)
		fault(a->fault, "the listening socket: %s", strerror(errno));
	return l;
}

void
listener_remove(const struct listener *l, struct arena *a, const struct settings *settings)
{
	const char *path = str_c(a, settings->listen);
	struct stat is;

	if (l->own && lstat(path, &is) == 0 && is.st_dev == l->dev && is.st_ino == l->ino)
		unlink(path);
}
