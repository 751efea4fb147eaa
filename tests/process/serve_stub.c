/* serve_stub.c - a serve() that does what its address says, and a database that is a file, so that the
 * processes can be tested by themselves: master, workers, dispatcher, housekeeper and libfcgi are real.
 *
 *      /                    ok pid=1 generation=365 workers=2 body=0 remote=192.0.2.1
 *      /sleep?ms=100        the same, later
 *      /crash               the process ends by a signal
 *      /big?kb=100          that much text
 *      /echo                the body
 *      /note?secret=7       the secret was used
 *      /try                 call=errno of what a process has forbidden itself, and of what it has not
 *
 * generation is KEYDESK_CADENCE_DAYS. STUB names a folder: the file `check` in it makes the check fail,
 * `held` makes it stop until somebody lets it go on,
 * `broken` the start of a worker, `down` is a database that is away, `conflict` one in which nothing succeeds,
 * `elsewhere` the lease of another machine; `poison` makes a batch of uses one that cannot be written; uses are written to `uses`, a line for each purge to `purged`.
 */
#define _GNU_SOURCE
#include "serve.h"

#include "core/lease.h"
#include "core/usage.h"
#include "housekeeper.h"
#include "master.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

struct db {
	struct arena *arena;
};

/* ---- the database */

static int
open_file(const char *name, int flags)
{
	char path[256];

	snprintf(path, sizeof path, "%s/%s", getenv("STUB"), name);
	return open(path, flags, 0666);
}

static bool
there_is(const char *name)
{
	int fd = open_file(name, O_RDONLY);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

void
db_bind(struct db *db, struct arena *arena)
{
	db->arena = arena;
}

const char *
db_place_wrong(const struct db_place *place)
{
	(void)place;
	return NULL;
}

bool
db_may_move(const struct db *db)
{
	(void)db;
	return false;
}

void
db_settle(struct db *db)
{
	(void)db;
}

void
db_warm(struct arena *arena, const struct db_place *place)
{
	(void)arena;
	(void)place;
}

bool
db_alive(struct db *db)
{
	(void)db;
	return !there_is("down");
}

void
db_begin(struct db *db, enum db_mode mode)
{
	if (there_is("conflict"))
		fault_as(db->arena->fault, FAULT_CONFLICT, "a conflict in mode %d", (int)mode);
}

void
db_commit(struct db *db)
{
	(void)db;
}

void
db_rollback(struct db *db)
{
	(void)db;
}

void
usage_write(struct db *db, struct arena *a, const struct shared_uses *uses)
{
	int fd;

	(void)db;
	if (there_is("poison"))
		fault(a->fault, "it will never be written");
	fd = open_file("uses", O_WRONLY | O_APPEND | O_CREAT);
	for (size_t i = 0; i < uses->n; i++)
		dprintf(fd, "%" PRId64 " %" PRId64 " %s\n", uses->at[i].secret,
		    uses->at[i].calls[USE_ACCEPTED], uses->at[i].address);
	close(fd);
}

bool
lease_take(struct db *db, const struct lease *lease)
{
	(void)db;
	(void)lease;
	return !there_is("elsewhere");
}

void
lease_leave(struct db *db, const struct lease *lease)
{
	int fd = open_file("left", O_WRONLY | O_CREAT);

	(void)db;
	(void)lease;
	close(fd);
}

/* ---- the jobs that are tested; the others ask a real database */

static void
purge_now(struct desk *desk, struct arena *arena)
{
	int fd = open_file("purged", O_WRONLY | O_APPEND | O_CREAT);

	(void)desk;
	(void)arena;
	dprintf(fd, "purged\n");
	close(fd);
}

const struct housekeeping_job housekeeping_jobs[] = {
	{ "write_uses", 2, housekeeping_write_uses, false },
	{ "purge_now", 60, purge_now, true },
};
const size_t housekeeping_jobs_n = 2;

/* ---- serve.h */

const struct desk *
serve_link(struct arena *start, const struct settings *settings)
{
	struct desk *desk = NEW(start, struct desk, 1);

	if (there_is("broken"))
		fault(start->fault, "the templates are broken");
	*desk = (struct desk){ .settings = settings };
	return desk;
}

struct desk *
serve_open(
    struct arena *start, const struct desk *linked, struct shared *shared, struct permits *permits)
{
	struct desk *desk = NEW(start, struct desk, 1);

	if (there_is("broken"))
		fault(start->fault, "the templates are broken");
	*desk = (struct desk){ .settings = linked->settings,
		.shared = shared,
		.permits = permits,
		.keyring = NEW(start, struct keyring, 1) };
	return desk;
}

struct desk *
serve_thread(struct arena *start, const struct desk *shared)
{
	struct desk *desk = NEW(start, struct desk, 1);

	*desk = *shared;
	desk->start = start;
	desk->db = NEW(start, struct db, 1);
	return desk;
}

static void
sleep_ms(int64_t ms)
{
	struct timespec t = { ms / 1000, (long)(ms % 1000) * 1000000 };

	nanosleep(&t, NULL);
}

static void
tried(struct buf *out, const char *call, long result)
{
	buf_fmt(out, "%s=%d ", call, result < 0 ? errno : 0);
}

static void
try_memory(struct buf *out)
{
	size_t page = 4096;
	void *writable =
	    mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	tried(out, "memory", writable == MAP_FAILED ? -1 : 0);
	tried(out, "mprotect", mprotect(writable, page, PROT_READ | PROT_EXEC));
	tried(out, "mmap",
	    mmap(NULL, page, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
		    MAP_FAILED
		? -1
		: 0);
	tried(out, "memfd_create", syscall(SYS_memfd_create, "x", 0));
}

/* The calls themselves: a library's function may do something else instead. */
static void
try_calls(struct buf *out)
{
	char *const argv[] = { (char[]){ "true" }, NULL };

	tried(out, "execve", syscall(SYS_execve, "/bin/true", argv, argv + 1));
	tried(out, "execveat", syscall(SYS_execveat, AT_FDCWD, "/bin/true", argv, argv + 1, 0));
	tried(out, "clone", syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL));
	tried(out, "clone3", syscall(SYS_clone3, NULL, 0));
	tried(out, "ptrace", syscall(SYS_ptrace, PTRACE_TRACEME, 0, 0, 0));
	tried(
	    out, "process_vm_readv", syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0));
	tried(out, "kill", syscall(SYS_kill, getppid(), 0));
	tried(out, "tgkill", syscall(SYS_tgkill, getppid(), getppid(), 0));
	tried(out, "prctl", syscall(SYS_prctl, PR_SET_DUMPABLE, 1, 0, 0, 0));
	tried(out, "io_uring_setup", syscall(SYS_io_uring_setup, 1, NULL));
	tried(out, "ioctl", syscall(SYS_ioctl, 0, TIOCSTI, "x"));
	tried(out, "unlinkat", syscall(SYS_unlinkat, AT_FDCWD, "/nowhere", 0));
	tried(out, "renameat2", syscall(SYS_renameat2, AT_FDCWD, "/nowhere", AT_FDCWD, "/no", 0));
	tried(out, "openat", open_file("made", O_WRONLY | O_CREAT));
	tried(out, "reading", open_file("settings", O_RDONLY));
	tried(out, "socket", socket(AF_PACKET, SOCK_RAW, 0));
	tried(out, "database", socket(AF_INET, SOCK_STREAM, 0));
	tried(out, "listen", syscall(SYS_listen, socket(AF_UNIX, SOCK_STREAM, 0), 1));
	try_memory(out);
}

/* No reply here is a stream. */
bool
serve_more(
    struct desk *desk, struct request *rq, const struct stream *stream, struct serve_piece *piece)
{
	(void)desk;
	(void)rq;
	(void)stream;
	(void)piece;
	return false;
}

struct reply
serve(struct desk *desk, struct request *rq)
{
	if (str_eq(rq->path, S("/crash")))
		abort();
	if (str_eq(rq->path, S("/sleep")))
		sleep_ms(query_int(rq, S("ms"), 0));
	if (str_eq(rq->path, S("/note")))
		shared_note_use(
		    desk->shared, &(struct use_note){ .secret = query_int(rq, S("secret"), 0),
				      .now = rq->now,
				      .address = rq->remote });
	if (str_eq(rq->path, S("/echo")))
		return reply_text(200, rq->body);
	if (str_eq(rq->path, S("/try"))) {
		struct buf out = buf_new(rq->arena, 4096);

		try_calls(&out);
		return reply_text(200, buf_str(&out));
	}
	if (str_eq(rq->path, S("/big"))) {
		size_t n = (size_t)query_int(rq, S("kb"), 0) * 1024;
		char *text = NEW(rq->arena, char, n);

		memset(text, 'x', n);
		return reply_text(200, (str){ text, n });
	}
	return reply_text(
	    200, fmt(rq->arena, "ok pid=%d generation=%d workers=%d body=%zu remote=%.*s",
		     (int)getpid(), (int)desk->settings->cadence_days, shared_workers(desk->shared),
		     rq->body.n, STR(rq->remote)));
}

/* ---- the program: serve [--ready-fd N] | check */

struct beginning {
	struct arena *arena;
	int ready_fd, status;
};

static void
begin(void *arg)
{
	struct beginning *b = arg;
	struct buf wrong = buf_new(b->arena, 65536);
	const struct settings *settings = settings_read(b->arena, &wrong);

	if (wrong.n != 0)
		fault(b->arena->fault, "%.*s", STR(buf_str(&wrong)));
	b->status = master_run(b->arena, settings, NULL, b->ready_fd);
}

int
main(int argc, char **argv)
{
	static struct fault fault;
	struct arena arena;
	struct beginning b = { .arena = &arena, .ready_fd = -1, .status = 1 };
	int64_t fd;

	if (argc == 2 && there_is("held"))
		raise(SIGSTOP);
	if (argc == 2 && strcmp(argv[1], "check") == 0)
		return there_is("check");
	if (argc == 4 && str_int(str_of(argv[3]), &fd))
		b.ready_fd = (int)fd;
	arena_open(&arena, &fault, (size_t)64 << 20);
	if (!attempt(&fault, begin, &b))
		fprintf(stderr, "stub: %s\n", fault.what);
	return b.status;
}
