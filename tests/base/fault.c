/* fault.c - leave at once, to one place. */
#define _GNU_SOURCE
#include "check.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

struct job {
	struct fault *fault;
	int steps;
	bool inner;
	struct job *next;
	void (*next_work)(void *);
};

static void
succeed(void *arg)
{
	struct job *job = arg;

	job->steps++;
}

static void
go_wrong(void *arg)
{
	struct job *job = arg;

	job->steps++;
	fault(job->fault, "no %s, %d of them", "tea", 3);
}

static void
be_busy(void *arg)
{
	struct job *job = arg;

	fault_as(job->fault, FAULT_BUSY, "busy");
}

static void
complain_long(void *arg)
{
	struct job *job = arg;

	fault(job->fault, "%0300d", 7);
}

static void
complain_quoting(void *arg)
{
	struct job *job = arg;

	fault(job->fault, "while pouring: %s", job->fault->what);
}

static void
try_inside(void *arg)
{
	struct job *job = arg;

	job->inner = attempt(job->fault, job->next_work, job->next);
	job->steps++;
}

static void
try_inside_then_fail(void *arg)
{
	struct job *job = arg;

	try_inside(arg);
	fault(job->fault, "the outer one");
}

static void
returning_is_success(void **state)
{
	struct fault f = { 0 };
	struct job job = { .fault = &f };

	(void)state;
	assert_true(attempt(&f, succeed, &job));
	assert_int_equal(job.steps, 1);
	assert_int_equal(f.kind, FAULT_NONE);
	assert_false(f.armed);
}

static void
fault_comes_back_with_its_story(void **state)
{
	struct fault f = { 0 };
	struct job job = { .fault = &f };

	(void)state;
	assert_false(attempt(&f, go_wrong, &job));
	assert_int_equal(job.steps, 1);
	assert_int_equal(f.kind, FAULT_PROGRAM);
	CHECK_STR(str_of(f.what), "no tea, 3 of them");
	assert_true(str_ends(str_of(f.file), S("fault.c")));
	assert_true(f.line > 0);
	assert_false(f.armed);
	assert_false(attempt(&f, be_busy, &job));
	assert_int_equal(f.kind, FAULT_BUSY);
	assert_true(attempt(&f, succeed, &job));
	assert_int_equal(f.kind, FAULT_NONE);
}

static void
story_is_cut_at_255_bytes(void **state)
{
	struct fault f = { 0 };
	struct job job = { .fault = &f };

	(void)state;
	assert_false(attempt(&f, complain_long, &job));
	assert_int_equal(strlen(f.what), 255);
}

static void
story_may_quote_the_one_before(void **state)
{
	struct fault f = { 0 };
	struct job job = { .fault = &f };

	(void)state;
	assert_false(attempt(&f, go_wrong, &job));
	assert_false(attempt(&f, complain_quoting, &job));
	CHECK_STR(str_of(f.what), "while pouring: no tea, 3 of them");
}

static void
inner_attempt_catches_its_own(void **state)
{
	struct fault f = { 0 };
	struct job inner = { .fault = &f };
	struct job outer = { .fault = &f, .inner = true, .next = &inner, .next_work = go_wrong };

	(void)state;
	assert_true(attempt(&f, try_inside, &outer)); /* it returned, whatever went wrong inside */
	assert_false(outer.inner);
	assert_int_equal(inner.steps, 1);
	assert_int_equal(outer.steps, 1);
}

static void
outer_fault_point_is_back_after_an_inner_attempt(void **state)
{
	struct fault f = { 0 };
	struct job inner = { .fault = &f };
	struct job outer = { .fault = &f, .next = &inner, .next_work = go_wrong };

	(void)state;
	assert_false(attempt(&f, try_inside_then_fail, &outer));
	CHECK_STR(str_of(f.what), "the outer one");
	assert_int_equal(outer.steps, 1);

	outer.next_work = succeed;
	assert_false(attempt(&f, try_inside_then_fail, &outer));
	assert_true(outer.inner);
	CHECK_STR(str_of(f.what), "the outer one");
	assert_false(f.armed);
}

/* What a process that runs work(job) leaves on standard error, and that it ended by abort(). */
static void
check_aborts(void (*work)(void *), struct job *job, const char *words)
{
	char text[512];
	ssize_t n;
	int ends[2], status;
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		static const struct rlimit no_core = { 0, 0 };

		setrlimit(RLIMIT_CORE, &no_core);
		dup2(ends[1], STDERR_FILENO);
		work(job);
		_exit(0);
	}
	close(ends[1]);
	n = read(ends[0], text, sizeof text);
	close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
	check_holds_((str){ text, n > 0 ? (size_t)n : 0 }, str_of(words), __FILE__, __LINE__);
}

static void
attempt_it(void *arg)
{
	struct job *job = arg;

	attempt(job->fault, go_wrong, job);
}

static void
fault_outside_an_attempt_ends_the_process(void **state)
{
	struct fault f = { 0 };
	struct job job = { .fault = &f };

	(void)state;
	check_aborts(go_wrong, &job, "fault.c:");
	check_aborts(go_wrong, &job, ": no tea, 3 of them\n");
}

static void
fault_with_library_memory_in_hand_ends_the_process(void **state)
{
	struct fault f = { .held = 1 };
	struct job job = { .fault = &f };

	(void)state;
	check_aborts(attempt_it, &job, "no tea, 3 of them (with library memory in hand)");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(returning_is_success),
		cmocka_unit_test(fault_comes_back_with_its_story),
		cmocka_unit_test(story_is_cut_at_255_bytes),
		cmocka_unit_test(story_may_quote_the_one_before),
		cmocka_unit_test(inner_attempt_catches_its_own),
		cmocka_unit_test(outer_fault_point_is_back_after_an_inner_attempt),
		cmocka_unit_test(fault_outside_an_attempt_ends_the_process),
		cmocka_unit_test(fault_with_library_memory_in_hand_ends_the_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
