/* runner.c - runs the page tests: runner [NAME], only those whose file, or kind, holds NAME.
 *
 * Each test has an organization of its own in one scratch database; serve() runs in this process. With
 * KEYDESK_TEST_PAGES a folder, the last page of each test is written there, to be looked at.
 */
#define _GNU_SOURCE
#include "pages/runner.h"

#include "core/file.h"

#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct runner {
	struct world world;
	str only;
	int passed, failed;
};

/* What one attempt() is about. */
struct running {
	struct runner *runner;
	struct test test;
	str lines;
	const struct general *general;
};

static void
run_work(void *arg)
{
	struct running *running = arg;
	struct test *t = &running->test;

	fixture_begin(t, &running->runner->world);
	if (running->general)
		running->general->work(t, running->general->i);
	else
		script_run(t, running->lines);
}

/* "tests/pages/a.test" and "full: two keys" become "a--full-two-keys.html". */
static str
page_name(struct arena *a, const struct test *t)
{
	str file = str_of(strrchr(t->file, '/') + 1);
	str name = fmt(a, "%.*s--%.*s", STR(str_part(file, 0, file.n - 5)), STR(t->heading));
	struct buf b = buf_new(a, name.n + 10);

	for (size_t i = 0; i < name.n; i++) {
		bool plain = strchr("abcdefghijklmnopqrstuvwxyz0123456789_-", name.at[i]) != NULL;

		if (plain || (b.n && b.at[b.n - 1] != '-'))
			buf_add_char(&b, plain ? name.at[i] : '-');
	}
	return fmt(a, "%.*s.html", STR(buf_str(&b)));
}

static void
write_page(struct test *t)
{
	const char *folder = getenv("KEYDESK_TEST_PAGES");
	str body = t->reply.body, path;
	int fd;

	if (!folder || !str_starts(t->reply.type, S("text/html")))
		return;
	path = fmt(t->arena, "%s/%.*s", folder, STR(page_name(t->arena, t)));
	fd = open(str_c(t->arena, path), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0 || write(fd, body.at, body.n) != (ssize_t)body.n)
		complain(t, "its page could not be written to %s", folder);
	if (fd >= 0)
		close(fd);
}

static void
run_test(struct runner *r, struct running *running)
{
	struct fault *fault = &r->world.fault;
	struct test *t = &running->test;

	if (!attempt(fault, run_work, running)) {
		complain(t, "%s (%s:%d)", fault->what, fault->file, fault->line);
		db_rollback(r->world.desk->db);
	} else if (!running->general) {
		write_page(t);
	}
	if (t->failed)
		r->failed++;
	else
		r->passed++;
}

static void
run_general(void *arg, const struct general *general)
{
	struct runner *r = arg;
	struct running running = { .runner = r, .general = general };

	if (r->only.n && str_find(general->name, r->only) == general->name.n)
		return;
	running.test.file = "tests/pages/general.c";
	running.test.heading = general->name;
	run_test(r, &running);
}

/* One test from its heading to the next one's. */
static str
cut_test(str *rest, int *lines)
{
	size_t end = str_find(*rest, S("\n== "));
	str test = str_part(*rest, 0, end + (end < rest->n));

	*rest = str_part(*rest, test.n, rest->n);
	*lines = 0;
	for (size_t i = 0; i < test.n; i++)
		*lines += test.at[i] == '\n';
	return test;
}

static void
run_file(struct runner *r, const char *path)
{
	str rest = file_read(&r->world.start, str_of(path));
	int line = 1, lines;

	while (rest.n) {
		str text = cut_test(&rest, &lines);
		struct running running = { .runner = r };

		if (str_starts(text, S("== "))) {
			running.test.file = path;
			running.test.line = line;
			running.test.heading =
			    str_trim(str_part(str_cut(text, '\n', &running.lines), 3, text.n));
			run_test(r, &running);
		}
		line += lines;
	}
}

static void
run_files(struct runner *r, const char *pattern)
{
	glob_t found = { 0 };

	glob(pattern, 0, NULL, &found);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		str path = str_of(found.gl_pathv[i]);

		if (str_find(path, r->only) < path.n || r->only.n == 0)
			run_file(r, found.gl_pathv[i]);
	}
	globfree(&found);
}

static void
open_work(void *arg)
{
	world_open(arg);
}

int
main(int argc, char **argv)
{
	static struct runner runner;
	int64_t began = clock_monotonic();

	runner.only = argc > 1 ? str_of(argv[1]) : (str){ 0 };
	if (!attempt(&runner.world.fault, open_work, &runner.world)) {
		printf("pages: %s (%s:%d)\n", runner.world.fault.what, runner.world.fault.file,
		    runner.world.fault.line);
		return 1;
	}
	run_files(&runner, "tests/pages/*.test");
	run_files(&runner, "tests/api/*.test");
	general_each(&runner.world.start, run_general, &runner);
	world_close(&runner.world);
	printf("pages: %d passed, %d failed in %.1f s\n", runner.passed, runner.failed,
	    (double)(clock_monotonic() - began) / (double)SECOND);
	return runner.failed != 0;
}
