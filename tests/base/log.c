/* log.c - one line of key=value on standard error, which nobody outside can forge. */
#define _GNU_SOURCE
#include "check.h"

#include "base/log.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A pipe in the place of standard error while a line is written. */
static str
caught(void (*work)(const void *), const void *arg)
{
	char *text = NEW(test_arena(), char, 65536);
	int ends[2], before = dup(STDERR_FILENO);
	ssize_t n;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	dup2(ends[1], STDERR_FILENO);
	close(ends[1]);
	work(arg);
	dup2(before, STDERR_FILENO);
	close(before);
	n = read(ends[0], text, 65536);
	close(ends[0]);
	assert_true(n > 0);
	return (str){ text, (size_t)n };
}

static void
log_value(const void *value)
{
	struct log_line line;

	log_begin(&line, "request");
	log_text(&line, "value", *(const str *)value);
	log_int(&line, "status", -200);
	log_end(&line);
}

/* What stands for the value in the line. */
static void
check_value(str value, const char *shown)
{
	str line = caught(log_value, &value), rest;
	size_t at = str_find(line, S(" value="));

	rest = str_part(line, at + 7, line.n);
	assert_true(str_ends(rest, S(" status=-200\n")));
	CHECK_STR_EQ(str_part(rest, 0, rest.n - 13), str_of(shown));
}

static void
line_has_time_process_and_values(void **state)
{
	str value = S("x"), line = caught(log_value, &value), rest = line;
	str time = str_cut(rest, ' ', &rest);
	char expected[80];

	(void)state;
	assert_int_equal(time.n, 24);
	for (size_t i = 0; i < time.n; i++) {
		char form = "dddd-dd-ddTdd:dd:dd.dddZ"[i];

		if (form == 'd')
			assert_true(time.at[i] >= '0' && time.at[i] <= '9');
		else
			assert_int_equal(time.at[i], form);
	}
	snprintf(expected, sizeof expected, "pid=%d request value=x status=-200\n", (int)getpid());
	CHECK_STR_EQ(rest, str_of(expected));
}

static void
plain_values_stand_as_they_are(void **state)
{
	(void)state;
	check_value(S("/credentials/abc"), "/credentials/abc");
	check_value(S("a\\b"), "a\\b");
	check_value(S("~!#$%&'()*+,-./:;<>?@[]^_`{|}"), "~!#$%&'()*+,-./:;<>?@[]^_`{|}");
}

static void
others_are_quoted(void **state)
{
	(void)state;
	check_value(S(""), "\"\"");
	check_value((str){ 0 }, "\"\"");
	check_value(S("a b"), "\"a b\"");
	check_value(S("a=b"), "\"a=b\"");
	check_value(S("a\"b"), "\"a\\\"b\"");
	check_value(S("a \\\" status=200"), "\"a \\\\\\\" status=200\"");
	check_value(S("Müller €"), "\"Müller €\"");
}

static void
no_byte_forges_a_line(void **state)
{
	(void)state;
	check_value(S("a\nb"), "\"a?b\"");
	check_value(S("a\r\n2026 pid=1 request"), "\"a??2026 pid=1 request\"");
	check_value(S("a\0b"), "\"a?b\"");
	check_value(S("\x1b[2J\x7f\t"), "\"?[2J??\"");
	check_value(S("\xc2\x9b"
		      "2J"),
	    "\"??2J\""); /* the same escape as one character */
	check_value(S("\xff\x80"), "\"??\"");
}

static void
log_long(const void *arg)
{
	struct log_line line;
	char value[3000];

	memset(value, *(const char *)arg, sizeof value);
	log_begin(&line, "request");
	log_text(&line, "value", (str){ value, sizeof value });
	log_text(&line, "more", S("more"));
	log_end(&line);
}

static void
long_lines_are_cut(void **state)
{
	static const char fillers[] = { 'x', '"', '\n' };

	(void)state;
	for (size_t i = 0; i < sizeof fillers; i++) {
		str line = caught(log_long, &fillers[i]);

		assert_int_equal(line.n, 1001);
		assert_int_equal(str_find_char(line, '\n'), 1000);
	}
}

static void
log_number(const void *arg)
{
	struct log_line line;

	log_begin(&line, "number");
	log_int(&line, "n", *(const int64_t *)arg);
	log_end(&line);
}

static void
numbers_of_all_sizes(void **state)
{
	static const int64_t numbers[] = { 0, 7, -7, 10, INT64_MAX, INT64_MIN };
	static const char *const shown[] = { " n=0\n", " n=7\n", " n=-7\n", " n=10\n",
		" n=9223372036854775807\n", " n=-9223372036854775808\n" };

	(void)state;
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		assert_true(str_ends(caught(log_number, &numbers[i]), str_of(shown[i])));
}

static void
log_long_name(const void *arg)
{
	struct log_line line;

	log_begin(&line, arg);
	log_int(&line, "n", 1);
	log_end(&line);
}

static void
long_names_are_cut(void **state)
{
	char name[2000];
	str line;

	(void)state;
	memset(name, 'n', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	line = caught(log_long_name, name);
	assert_int_equal(line.n, 1001);
	assert_int_equal(line.at[1000], '\n');
	assert_int_equal(line.at[999], 'n');
}

static void
say(const void *arg)
{
	log_say("worker %d fell: %s", 7, (const char *)arg);
}

static void
sentences(void **state)
{
	char words[2000];

	(void)state;
	CHECK_HOLDS(caught(say, "signal 11"), " say text=\"worker 7 fell: signal 11\"\n");
	CHECK_HOLDS(caught(say, "a\nb"), "text=\"worker 7 fell: a?b\"\n");
	memset(words, 'w', sizeof words - 1);
	words[sizeof words - 1] = '\0';
	CHECK_HOLDS(caught(say, words), "wwww\"\n");
}

static void
full_log_is_no_fault(void **state)
{
	int before = dup(STDERR_FILENO);
	str value = S("x");

	(void)state;
	close(STDERR_FILENO);
	log_value(&value);
	assert_int_equal(dup2(before, STDERR_FILENO), STDERR_FILENO);
	close(before);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(line_has_time_process_and_values),
		cmocka_unit_test(plain_values_stand_as_they_are),
		cmocka_unit_test(others_are_quoted),
		cmocka_unit_test(no_byte_forges_a_line),
		cmocka_unit_test(numbers_of_all_sizes),
		cmocka_unit_test(long_lines_are_cut),
		cmocka_unit_test(long_names_are_cut),
		cmocka_unit_test(sentences),
		cmocka_unit_test(full_log_is_no_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
