/* confine.c - which calls of the system a process may still make once it is ready to serve.
 *
 * The list was found by running all tests with it: a call that is missing stands in the log. A refused call
 * is not made; the kernel sends SIGSYS to its thread, and the handler writes the line and puts EPERM where
 * the caller looks for the result (seccomp(2), SECCOMP_RET_TRAP). The handler interrupts only what made the
 * call, and takes no lock.
 */
#define _GNU_SOURCE
#include "confine.h"

#include "base/log.h"
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#if defined(__x86_64__)
#define RESULT_OF(context) ((context)->uc_mcontext.gregs[REG_RAX])
#elif defined(__aarch64__)
#define RESULT_OF(context) ((context)->uc_mcontext.regs[0])
#endif

/* ---- what may be called */

/* clang-format off */
static const char *const calls[] = {
	/* memory; mmap and mprotect below */
	"brk", "madvise", "mremap", "munmap",
	/* what is open; openat, fcntl and ioctl below */
	"access", "close", "dup", "faccessat", "faccessat2", "fstat", "lseek", "newfstatat", "pread64",
	"read", "readv", "stat", "statx", "write", "writev",
	/* the web server's connections, and the database's; socket below */
	"accept4", "bind", "connect", "getpeername", "getsockname", "getsockopt", "recvfrom", "recvmsg",
	"sendmmsg", "sendmsg", "sendto", "setsockopt", "shutdown",
	/* waiting */
	"clock_nanosleep", "epoll_ctl", "epoll_pwait", "epoll_wait", "futex", "nanosleep", "poll", "ppoll",
	"restart_syscall", "sched_yield", "select", "pselect6",
	/* time and chance, which mostly ask no kernel */
	"clock_getres", "clock_gettime", "getrandom", "gettimeofday", "time",
	/* the process itself; tgkill below, for abort() */
	"exit", "exit_group", "getegid", "geteuid", "getgid", "getpid", "getppid", "gettid", "getuid",
	"rseq", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sched_getaffinity", "set_robust_list",
	"sigaltstack", "sysinfo", "uname",
};
/* clang-format on */

/* A call that may be made when (argument & mask) == value. */
struct condition {
	const char *call;
	unsigned argument;
	uint64_t mask, value;
};

/* Several lines of one call are alternatives. */
static const struct condition conditions[] = {
	/* what libfcgi says where a connection ends within its parameters: no socket, and never one of ours */
	{ "accept", 0, UINT32_MAX, UINT32_MAX },
	{ "open", 1, O_ACCMODE | O_CREAT | O_TRUNC | __O_TMPFILE, O_RDONLY },
	{ "openat", 2, O_ACCMODE | O_CREAT | O_TRUNC | __O_TMPFILE, O_RDONLY },
	{ "mmap", 2, PROT_EXEC, 0 },
	{ "mprotect", 2, PROT_EXEC, 0 },
	{ "socket", 0, UINT32_MAX, AF_UNIX },
	{ "socket", 0, UINT32_MAX, AF_INET },
	{ "socket", 0, UINT32_MAX, AF_INET6 },
	{ "socket", 0, UINT32_MAX, AF_NETLINK }, /* getaddrinfo() asks which addresses we have */
	{ "fcntl", 1, UINT32_MAX, F_GETFD },
	{ "fcntl", 1, UINT32_MAX, F_SETFD },
	{ "fcntl", 1, UINT32_MAX, F_GETFL },
	{ "fcntl", 1, UINT32_MAX, F_SETFL },
	{ "fcntl", 1, UINT32_MAX, F_DUPFD_CLOEXEC },
	/* and not TIOCSTI, which types into the terminal of whoever started us at one */
	{ "ioctl", 1, UINT32_MAX, FIONBIO },
	{ "ioctl", 1, UINT32_MAX, FIONREAD },
	{ "ioctl", 1, UINT32_MAX, TCGETS },
};

struct filter {
	scmp_filter_ctx context;
	int error; /* the first one, as a negative errno */
};

/* A call that this machine does not have is none to allow. */
static void
allow(struct filter *f, const char *call, unsigned n, const struct scmp_arg_cmp *conditions_of)
{
	int number = seccomp_syscall_resolve_name(call);
	int error;

	if (number == __NR_SCMP_ERROR || number < 0)
		return;
	error = seccomp_rule_add_array(f->context, SCMP_ACT_ALLOW, number, n, conditions_of);
	if (error && !f->error)
		f->error = error;
}

static void
set(struct filter *f, enum scmp_filter_attr attribute, uint32_t value)
{
	int error = seccomp_attr_set(f->context, attribute, value);

	if (error && !f->error)
		f->error = error;
}

static void
fill(struct filter *f, enum confined who)
{
	const struct scmp_arg_cmp ours = {
		.arg = 0, .op = SCMP_CMP_EQ, .datum_a = (scmp_datum_t)getpid()
	};
	const struct scmp_arg_cmp near = { .arg = 0, .op = SCMP_CMP_EQ, .datum_a = AF_UNIX };

	set(f, SCMP_FLTATR_CTL_TSYNC, 1);
	set(f, SCMP_FLTATR_CTL_LOG, 1);
	set(f, SCMP_FLTATR_CTL_OPTIMIZE, 2); /* a tree */
	for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
		allow(f, calls[i], 0, NULL);
	for (size_t i = 0; i < sizeof conditions / sizeof conditions[0]; i++) {
		const struct condition *c = &conditions[i];
		struct scmp_arg_cmp is = {
			.arg = c->argument,
			.op = SCMP_CMP_MASKED_EQ,
			.datum_a = c->mask,
			.datum_b = c->value,
		};

		allow(f, c->call, 1, &is);
	}
	allow(f, "tgkill", 1, &ours);
	if (who == CONFINE_HOUSEKEEPER)
		allow(f, "socketpair", 1, &near);
}

/* ---- what is refused */

#ifdef RESULT_OF

/* Those that somebody would try; of others the number has to do. */
static const struct {
	int number;
	const char *name;
} names[] = {
	{ SYS_accept, "accept" },
	{ SYS_bpf, "bpf" },
	{ SYS_clone, "clone" },
	{ SYS_clone3, "clone3" },
	{ SYS_execve, "execve" },
	{ SYS_execveat, "execveat" },
	{ SYS_fcntl, "fcntl" },
	{ SYS_fchmodat, "fchmodat" },
	{ SYS_io_uring_setup, "io_uring_setup" },
	{ SYS_ioctl, "ioctl" },
	{ SYS_kill, "kill" },
	{ SYS_linkat, "linkat" },
	{ SYS_listen, "listen" },
	{ SYS_memfd_create, "memfd_create" },
	{ SYS_mkdirat, "mkdirat" },
	{ SYS_mmap, "mmap" },
	{ SYS_mprotect, "mprotect" },
	{ SYS_openat, "openat" },
	{ SYS_openat2, "openat2" },
	{ SYS_prctl, "prctl" },
	{ SYS_process_vm_readv, "process_vm_readv" },
	{ SYS_process_vm_writev, "process_vm_writev" },
	{ SYS_ptrace, "ptrace" },
	{ SYS_renameat2, "renameat2" },
	{ SYS_socket, "socket" },
	{ SYS_socketpair, "socketpair" },
	{ SYS_tgkill, "tgkill" },
	{ SYS_unlinkat, "unlinkat" },
#ifdef SYS_open
	{ SYS_fork, "fork" },
	{ SYS_open, "open" },
	{ SYS_rename, "rename" },
	{ SYS_unlink, "unlink" },
	{ SYS_vfork, "vfork" },
#endif
};

static void
refuse(int signal, siginfo_t *info, void *at)
{
	ucontext_t *context = at;
	int before = errno;
	struct log_line line;

	(void)signal;
	log_begin(&line, "forbidden");
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (names[i].number == info->si_syscall)
			log_text(&line, "call", str_of(names[i].name));
	log_int(&line, "number", info->si_syscall);
	log_end(&line);
	RESULT_OF(context) = -EPERM;
	errno = before;
}

static uint32_t
refusal(void)
{
	struct sigaction action = { .sa_sigaction = refuse, .sa_flags = SA_SIGINFO | SA_NODEFER };

	sigaction(SIGSYS, &action, NULL);
	return SCMP_ACT_TRAP;
}

#else

static uint32_t
refusal(void)
{
	return SCMP_ACT_ERRNO(EPERM);
}

#endif

void
confine(struct fault *fault, enum confined who)
{
	struct filter filter = { 0 };

	if (PROCESS_SANITIZED)
		return;
	filter.context = seccomp_init(refusal());
	if (!filter.context)
		fault(fault, "seccomp: no filter can be made");
	fill(&filter, who);
	if (!filter.error)
		filter.error = seccomp_load(filter.context);
	seccomp_release(filter.context);
	if (filter.error)
		fault(fault, "seccomp: %s", strerror(-filter.error));
}
