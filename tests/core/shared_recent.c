/* shared_recent.c - rows that were read a moment ago: for how long they are good, what ends them, and what is a miss. */
#define _GNU_SOURCE
#include "check.h"

#include "core/desk.h"
#include "core/shared_recent.h"

#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CACHE = 1024, LONG = 60, ROUNDS = 20000, WRITERS = 4 };

SHAPE(kept, int(id), text(name), flag(active), time(ends_at), text(note));

static const struct recent_question any = { &kept_shape, .texts = { STR_INIT("a"), STR_INIT("b") },
	.numbers = { 7 } };

static struct desk desk;

static struct request
request(struct arena *a)
{
	return (struct request){ .arena = a, .desk = &desk };
}

static void
fresh(void)
{
	int fd;

	if (desk.shared)
		shared_unmap(desk.shared);
	desk.shared = shared_make(test_arena()->fault, CACHE, &fd);
	close(fd);
}

static struct recent
begin(const struct recent_question *question)
{
	struct request rq = request(test_arena());

	return recent_begin(&rq, LONG * SECOND, question);
}

static void
keep(const struct recent_question *question, int64_t id)
{
	struct recent r = begin(question);

	recent_keep(&r, &(struct kept){ .id = id, .name = S("n"), .active = true, .ends_at = 5 });
}

/* Its id, or 0. */
static int64_t
found(const struct recent_question *question)
{
	struct recent r = begin(question);
	const struct kept *row = recent_row(&r);

	return row ? row->id : 0;
}

static void
a_row_comes_back_as_it_was(void **state)
{
	struct request rq;
	struct recent r;
	const struct kept *row;

	(void)state;
	fresh();
	rq = request(test_arena());
	r = recent_begin(&rq, SECOND * LONG, &any);
	assert_null(recent_row(&r));
	recent_keep(&r, &(struct kept){ 1, S("x\0y"), true, -4, S("") });
	row = recent_row(&r);
	assert_int_equal(row->id, 1);
	CHECK_STR_EQ(row->name, S("x\0y"));
	assert_true(row->active);
	assert_int_equal(row->ends_at, -4);
	assert_int_equal(row->note.n, 0);
	assert_int_equal(shared_counted(desk.shared, COUNT_REUSED), 1);
	recent_keep(&r, &(struct kept){ .id = 2 });
	assert_int_equal(found(&any), 2);
}

/* None of the others may answer for it. */
static void
each_question_has_its_own(void **state)
{
	SHAPE(other, int(id), text(name), flag(active), time(ends_at), text(note));
	struct recent_question all[] = { any, any, any, any, any, any };

	(void)state;
	fresh();
	all[0].row = &other_shape;
	all[1].texts[0] = S("");
	all[2].texts[0] = S("ab");
	all[2].texts[1] = S("");
	all[3].texts[2] = S("c");
	all[4].numbers[0] = 8;
	all[5].numbers[1] = 7;
	keep(&any, 1);
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		assert_int_equal(found(&all[i]), 0);
		keep(&all[i], (int64_t)i + 2);
	}
	assert_int_equal(found(&any), 1);
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		assert_int_equal(found(&all[i]), i + 2);
}

/* Counted from before it was asked for: the clock is what its reader says that it is. */
static void
it_is_good_for_as_long_as_its_reader_allows(void **state)
{
	struct recent asked, now;

	(void)state;
	fresh();
	asked = begin(&any);
	recent_keep(&asked, &(struct kept){ .id = 1 });
	now = begin(&any);
	now.max_age = SECOND / 2;
	now.at = asked.at + now.max_age - 1;
	assert_non_null(recent_row(&now));
	now.at = asked.at + now.max_age;
	assert_null(recent_row(&now));
	now.max_age++;
	assert_non_null(recent_row(&now));
	/* By a question that began before: not known to be as recent as that. */
	now.at = asked.at - 1;
	assert_null(recent_row(&now));
}

static void
without_an_age_nothing_is_kept(void **state)
{
	struct request rq;
	struct recent r;

	(void)state;
	fresh();
	keep(&any, 1);
	rq = request(test_arena());
	r = recent_begin(&rq, 0, &any);
	assert_null(recent_row(&r));
	recent_keep(&r, &(struct kept){ .id = 2 });
	assert_int_equal(found(&any), 1);
}

/* What was asked before somebody committed is what was before it, however late the answer comes. */
static void
a_commit_ends_what_was_asked_before_it(void **state)
{
	struct recent asked;

	(void)state;
	fresh();
	keep(&any, 1);
	assert_int_equal(found(&any), 1);
	asked = begin(&any);
	atomic_fetch_add(shared_commits(desk.shared), 1);
	assert_int_equal(found(&any), 0);
	recent_keep(&asked, &(struct kept){ .id = 2 });
	assert_int_equal(found(&any), 0);
	/* Nor does it come back to whoever began before. */
	assert_int_equal(((const struct kept *)recent_row(&asked))->id, 2);
	keep(&any, 3);
	assert_int_equal(found(&any), 3);
}

/* It may have been killed between its COMMIT and its counting. */
static void
the_end_of_a_worker_ends_it_too(void **state)
{
	(void)state;
	fresh();
	keep(&any, 1);
	shared_worker_here(desk.shared, 77);
	assert_int_equal(found(&any), 1);
	shared_worker_gone(desk.shared, 77);
	assert_int_equal(found(&any), 0);
}

static void
nothing_is_reused_while_it_is_paused(void **state)
{
	(void)state;
	fresh();
	keep(&any, 1);
	shared_recent_pause(desk.shared, true);
	assert_int_equal(found(&any), 0);
	keep(&any, 2);
	shared_recent_pause(desk.shared, false);
	assert_int_equal(found(&any), 1);
}

static void
what_is_too_long_is_not_kept(void **state)
{
	static char text[70000];
	struct recent r;
	struct recent_question q = any;

	(void)state;
	fresh();
	memset(text, 'x', sizeof text);
	r = begin(&any);
	recent_keep(&r, &(struct kept){ .id = 1, .name = { text, 900 } });
	assert_int_equal(found(&any), 1);
	recent_keep(&r, &(struct kept){ .id = 2, .name = { text, 1000 } });
	assert_int_equal(found(&any), 1);
	recent_keep(&r, &(struct kept){ .id = 2, .name = { text, 65536 } });
	assert_int_equal(found(&any), 1);
	q.texts[0] = (str){ text, RECENT_KEY_BYTES };
	keep(&q, 3);
	assert_int_equal(found(&q), 0);
	q.texts[0].n = 100;
	keep(&q, 3);
	assert_int_equal(found(&q), 3);
}

/* Any number of what callers can make many of leaves the others where they are; and all of it has its bound. */
static void
many_of_one_kind_leave_the_others(void **state)
{
	struct recent_question q = any, own = any;
	int left = 0;

	(void)state;
	fresh();
	for (int64_t i = 0; i < 100; i++) {
		own.numbers[2] = i;
		keep(&own, i + 1);
	}
	q.many = true;
	for (int64_t i = 0; i < ROUNDS; i++) {
		q.numbers[1] = i + 1;
		keep(&q, i + 1);
	}
	for (int64_t i = 0; i < 100; i++) {
		own.numbers[2] = i;
		assert_int_equal(found(&own), i + 1);
	}
	for (int64_t i = 0; i < ROUNDS; i++) {
		q.numbers[1] = i + 1;
		left += found(&q) != 0;
	}
	assert_in_range(left, 1000, 4096);
}

/* A process that writes the same entry without end, each time as one of two rows of one length. */
_Noreturn static void
write_for_ever(void)
{
	static char ones[400], twos[400];

	memset(ones, '1', sizeof ones);
	memset(twos, '2', sizeof twos);
	for (int64_t i = 0;; i++) {
		struct recent r = begin(&any);
		bool one = i % 2 == 0;

		recent_keep(&r, &(struct kept){ .id = one ? 1 : 2,
				    .name = { one ? ones : twos, sizeof ones } });
	}
}

/* Never half of one and half of another; nor does one that is killed in the middle leave more than a miss. */
static void
who_is_killed_while_writing_leaves_a_miss_at_most(void **state)
{
	pid_t writers[WRITERS];
	int hits = 0;

	(void)state;
	fresh();
	for (int i = 0; i < WRITERS; i++) {
		writers[i] = fork();
		if (writers[i] == 0)
			write_for_ever();
	}
	for (int i = 0; i < ROUNDS || hits == 0; i++) {
		struct recent r = begin(&any);
		const struct kept *row = recent_row(&r);

		if (!row)
			continue;
		hits++;
		assert_int_equal(row->name.n, 400);
		for (size_t k = 0; k < row->name.n; k++)
			assert_int_equal(row->name.at[k], '0' + row->id);
	}
	for (int i = 0; i < WRITERS; i++) {
		kill(writers[i], SIGKILL);
		waitpid(writers[i], NULL, 0);
	}
	keep(&any, 9);
	assert_int_equal(found(&any), 9);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_comes_back_as_it_was),
		cmocka_unit_test(each_question_has_its_own),
		cmocka_unit_test(it_is_good_for_as_long_as_its_reader_allows),
		cmocka_unit_test(without_an_age_nothing_is_kept),
		cmocka_unit_test(a_commit_ends_what_was_asked_before_it),
		cmocka_unit_test(the_end_of_a_worker_ends_it_too),
		cmocka_unit_test(nothing_is_reused_while_it_is_paused),
		cmocka_unit_test(what_is_too_long_is_not_kept),
		cmocka_unit_test(many_of_one_kind_leave_the_others),
		cmocka_unit_test(who_is_killed_while_writing_leaves_a_miss_at_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
