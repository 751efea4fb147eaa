/* buf.c - text that is built piece by piece, with a limit. */
#include "check.h"

#include "base/buf.h"

#include <wchar.h>

static void
pieces_make_a_text(void **state)
{
	struct buf b = buf_new(test_arena(), 100);

	(void)state;
	CHECK_STR(buf_str(&b), "");
	buf_add(&b, S("ab"));
	buf_add(&b, (str){ 0 });
	buf_add_char(&b, 'c');
	buf_fmt(&b, "%d-%s", 42, "x");
	buf_fmt(&b, "%s", "");
	CHECK_STR(buf_str(&b), "abc42-x");
}

/* Past every doubling of its room, and with other things in the arena meanwhile. */
static void
long_text_stays_whole(void **state)
{
	struct arena *a = test_arena();
	struct buf b = buf_new(a, 100000);

	(void)state;
	for (int i = 0; i < 10000; i++) {
		buf_fmt(&b, "%04d", i);
		memset(NEW(a, char, 3), 'x', 3);
	}
	assert_int_equal(b.n, 40000);
	for (int i = 0; i < 10000; i++)
		CHECK_STR_EQ(str_part(buf_str(&b), (size_t)i * 4, 4), fmt(a, "%04d", i));
}

static void
one_large_piece(void **state)
{
	struct arena *a = test_arena();
	char *at = NEW(a, char, 5000);
	struct buf b = buf_new(a, 5001);

	(void)state;
	memset(at, 'p', 5000);
	buf_add_char(&b, 'o');
	buf_add(&b, (str){ at, 5000 });
	assert_int_equal(b.n, 5001);
	CHECK_STR_EQ(str_part(buf_str(&b), 1, 5000), ((str){ at, 5000 }));
}

static void
room_is_for_the_caller(void **state)
{
	struct buf b = buf_new(test_arena(), 1000);
	char *at = buf_room(&b, 600);

	(void)state;
	memset(at, 'r', 600);
	CHECK_STR(buf_str(&b), "");
	b.n += 3;
	CHECK_STR(buf_str(&b), "rrr");
	assert_ptr_equal(buf_room(&b, 0), at + 3);
}

static void
no_room_is_no_null(void **state)
{
	struct buf b = buf_new(test_arena(), 10);

	(void)state;
	assert_non_null(buf_room(&b, 0));
}

struct job {
	struct buf *buf;
	const char *text;
};

static void
add(void *arg)
{
	struct job *job = arg;

	buf_add(job->buf, str_of(job->text));
}

static void
add_fmt(void *arg)
{
	struct job *job = arg;

	buf_fmt(job->buf, "%s", job->text);
}

static void
add_char(void *arg)
{
	struct job *job = arg;

	buf_add_char(job->buf, *job->text);
}

static void
limit_may_be_reached_but_not_passed(void **state)
{
	static void (*const ways[])(void *) = { add, add_fmt };
	struct arena *a = test_arena();

	(void)state;
	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
		struct buf b = buf_new(a, 5);
		struct job job = { &b, "123456" };

		CHECK_FAULT(a, ways[i], &job, "over its limit of 5 bytes");
		job.text = "12345";
		assert_true(attempt(a->fault, ways[i], &job));
		CHECK_STR(buf_str(&b), "12345");
		job.text = "";
		assert_true(attempt(a->fault, ways[i], &job));
		job.text = "6";
		CHECK_FAULT(a, ways[i], &job, "over its limit of 5 bytes");
		CHECK_FAULT(a, add_char, &job, "over its limit of 5 bytes");
		CHECK_STR(buf_str(&b), "12345");
	}
}

static void
add_strange(void *arg)
{
	buf_fmt(arg, "%lc", (wint_t)0x20ac); /* no such character in the C locale */
}

static void
refused_format_faults(void **state)
{
	struct arena *a = test_arena();
	struct buf b = buf_new(a, 10);

	(void)state;
	CHECK_FAULT(a, add_strange, &b, "a format that printf refuses");
}

/* 256 bytes is the first room: printf's zero byte needs one more. */
static void
format_that_just_fills_the_room(void **state)
{
	struct buf b = buf_new(test_arena(), 1000);

	(void)state;
	for (int n = 250; n < 260; n++) {
		b = buf_new(test_arena(), 1000);
		buf_fmt(&b, "%0*d", n, 7);
		assert_int_equal(b.n, n);
		assert_int_equal(b.at[n - 1], '7');
		assert_true(b.room > b.n);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_make_a_text),
		cmocka_unit_test(long_text_stays_whole),
		cmocka_unit_test(one_large_piece),
		cmocka_unit_test(room_is_for_the_caller),
		cmocka_unit_test(no_room_is_no_null),
		cmocka_unit_test(limit_may_be_reached_but_not_passed),
		cmocka_unit_test(refused_format_faults),
		cmocka_unit_test(format_that_just_fills_the_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
