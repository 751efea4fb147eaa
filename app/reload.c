/* reload.c - the program is looked at by another process, and then executed anew in this one. */
#define _GNU_SOURCE
#include "reload.h"

#include "base/buf.h"
#include "base/log.h"
#include "core/settings.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

enum { WRONG_MAX = 1 << 16 };

pid_t
reload_check(char *program)
{
	char check[] = "check";
	char *const argv[] = { program, check, NULL };
	sigset_t none;
	pid_t pid = fork();

	if (pid == 0) {
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		signal(SIGPIPE, SIG_DFL);
		execvp(argv[0], argv);
		_exit(127);
	}
	if (pid < 0)
		log_say("reload refused: no process can be started: %s", strerror(errno));
	return pid;
}

static void
read_settings(void *arg)
{
	struct arena *a = arg;
	struct buf wrong = buf_new(a, WRONG_MAX);

	settings_read(a, &wrong);
	if (wrong.n)
		fault(a->fault, "%.*s", STR(str_trim(buf_str(&wrong))));
}

/* What was checked may have been edited meanwhile, and a program that has executed itself anew has no way back. */
static bool
settings_still_good(struct arena *a)
{
	size_t mark = arena_mark(a);
	bool good = attempt(a->fault, read_settings, a);

	if (!good)
		log_say("reload refused: the settings have changed since the check: %s",
		    a->fault->what);
	arena_wipe(a, mark);
	return good;
}

void
reload_exec(struct arena *a, const struct handover *h, char *const *argv)
{
	if (!settings_still_good(a))
		return;
	log_say("reload: the check is good, the program begins anew");
	handover_exec(a, h, argv);
	log_say("reload failed: %s cannot be executed: %s", argv[0], strerror(errno));
}
