/* process.c - what each process gives up before it works for anybody. */
#define _GNU_SOURCE
#include "process.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { NAME_MAX_BYTES = 32 };

void
process_hide(void)
{
	struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
	if (!PROCESS_SANITIZED) /* the leak checker has to look into its own process */
		prctl(PR_SET_DUMPABLE, 0);
}

/* A connection is a descriptor, and the usual limit of 1024 is for programs that use select(). */
static void
raise_file_limit(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max < 8192 ? files.rlim_max : 8192;
		setrlimit(RLIMIT_NOFILE, &files);
	}
}

static void
drop_root(struct fault *f, const struct settings *settings)
{
	char name[NAME_MAX_BYTES + 1] = { 0 };
	struct passwd *user;

	memcpy(name, settings->user.at,
	    settings->user.n < NAME_MAX_BYTES ? settings->user.n : NAME_MAX_BYTES);
	user = getpwnam(name);
	if (!user || user->pw_uid == 0)
		fault(f, "KEYDESK_USER: '%s' %s", name, user ? "is root" : "does not exist");
	if (initgroups(name, user->pw_gid) != 0 ||
	    setresgid(user->pw_gid, user->pw_gid, user->pw_gid) != 0 ||
	    setresuid(user->pw_uid, user->pw_uid, user->pw_uid) != 0)
		fault(f, "cannot become '%s': %s", name, strerror(errno));
}

static void
end_with(pid_t master)
{
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != master) /* it died before we asked to hear of it */
		_exit(0);
}

void
process_become(struct fault *f, const struct settings *settings, pid_t master)
{
	sigset_t all;

	/* A fault of the processor must end the process, and a forbidden call be refused (confine.c);
	 * everything else waits for signalfd. */
	sigfillset(&all);
	sigdelset(&all, SIGSEGV);
	sigdelset(&all, SIGBUS);
	sigdelset(&all, SIGFPE);
	sigdelset(&all, SIGILL);
	sigdelset(&all, SIGABRT);
	sigdelset(&all, SIGSYS);
	sigprocmask(SIG_SETMASK, &all, NULL);
	signal(SIGPIPE, SIG_IGN);

	end_with(master);
	if (geteuid() == 0)
		drop_root(f, settings);
	end_with(master); /* dropping the user has cleared it */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		fault(f, "no_new_privs: %s", strerror(errno));
	raise_file_limit();
	process_hide();
}

int
process_signals(struct fault *f, const int *signals, size_t n)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	for (size_t i = 0; i < n; i++)
		sigaddset(&set, signals[i]);
	fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (fd < 0)
		fault(f, "signalfd: %s", strerror(errno));
	return fd;
}

int
process_signal(int fd)
{
	struct signalfd_siginfo info;

	return read(fd, &info, sizeof info) == sizeof info ? (int)info.ssi_signo : 0;
}
